"""A client's configuration: its fields, how it changes, how its key is shown."""
