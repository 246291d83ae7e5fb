"""Rules of the house that hold for every file: what `make check` runs beside the linters."""
