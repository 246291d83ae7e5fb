"""The books: holds, counters, entries, roll-ups and the periods they belong to."""
