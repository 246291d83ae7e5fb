"""The pure core: models and rules, without clock, network, file, randomness or environment."""
