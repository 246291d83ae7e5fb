"""Tests of the comparison of providers."""
