"""Providers side by side: what each did for a client, how sure that is, and which to choose."""
