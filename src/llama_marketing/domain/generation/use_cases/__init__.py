"""What each use case asks a model for, and what it makes of the reply."""
