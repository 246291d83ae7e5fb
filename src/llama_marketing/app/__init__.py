"""The use cases: service classes with the customer's names, their settings and container."""
