"""Unit tests of the telemetry."""
