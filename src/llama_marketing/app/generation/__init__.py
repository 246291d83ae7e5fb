"""Generating content: admission, calls, stream, and the service that tells the story."""
