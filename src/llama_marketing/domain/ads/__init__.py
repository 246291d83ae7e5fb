"""Ads of Meta: their fields, buttons, policies and how they will look. Pure."""
