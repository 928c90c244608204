"""Checks of clause 6."""
