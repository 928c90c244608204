"""Checks of clause 3."""
