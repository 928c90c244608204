"""Checks of clause 8."""
