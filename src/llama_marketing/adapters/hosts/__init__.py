"""Everything that touches the wire of a model's host."""
