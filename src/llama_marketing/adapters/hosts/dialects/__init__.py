"""What each host speaks: pure translations between our chat words and a wire format."""
