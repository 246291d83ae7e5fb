"""The playground: columns that are prepared, called, booked and told."""
