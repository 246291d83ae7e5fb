"""What every host speaks, whatever its dialect."""
