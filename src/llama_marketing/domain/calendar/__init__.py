"""The content calendar of a month: its plan, its repair, and what other programs read of it."""
