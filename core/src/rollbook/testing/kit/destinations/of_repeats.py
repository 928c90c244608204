"""Checks of clause 12."""
