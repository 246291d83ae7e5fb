"""The limits of the platforms: how a text is counted, judged and shortened. Pure."""
