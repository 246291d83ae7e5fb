"""Jobs: work in parts that is done in the background, and how far it is."""
