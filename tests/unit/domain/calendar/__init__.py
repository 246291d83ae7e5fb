"""Tests of the content calendar."""
