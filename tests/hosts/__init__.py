"""The hosts of the catalog, each played on its own wire by a speaker."""
