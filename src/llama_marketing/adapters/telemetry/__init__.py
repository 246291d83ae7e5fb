"""Tells facts on: as log records, and as OpenTelemetry spans and metrics."""
