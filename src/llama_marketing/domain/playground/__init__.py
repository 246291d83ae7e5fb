"""One prompt to several providers at once, side by side."""
