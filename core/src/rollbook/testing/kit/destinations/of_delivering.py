"""Checks of clause 11."""
