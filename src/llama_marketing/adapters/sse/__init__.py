"""Server-sent events: a pure decoder and a pure encoder."""
