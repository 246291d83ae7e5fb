"""One folder a technology; driven adapters implement ports, driving ones call the services."""
