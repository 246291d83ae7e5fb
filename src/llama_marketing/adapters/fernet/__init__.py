"""Sealing keys with Fernet, as the customer fixed it."""
