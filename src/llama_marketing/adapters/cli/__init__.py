"""The command line ``llama-marketing`` (extra ``cli``): typer reads, rich shows."""
