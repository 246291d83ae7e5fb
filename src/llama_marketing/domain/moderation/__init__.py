"""Comments of a client's audience: judged by a model, acted on by rules."""
