"""What a call costs: dated prices, exact integer sums and bounds on tokens not yet counted."""
