"""Billing events on Amazon SQS."""
