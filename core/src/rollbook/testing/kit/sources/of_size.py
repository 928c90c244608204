"""Checks of clause 9."""
