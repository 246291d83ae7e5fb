"""The embedded model: a real llama.cpp server with small weights, for the demo and the tests."""
