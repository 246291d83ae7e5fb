"""The models, the hosts that serve them, and since when: dated data and pure views of it."""
