"""The store in this process's memory, each container its own: for tests, benchmarks, trials."""
