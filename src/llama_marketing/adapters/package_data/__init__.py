"""The dated data that ships inside the package, with the operator's files laid over it."""
