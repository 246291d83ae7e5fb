"""The typed results, one file a use case."""
