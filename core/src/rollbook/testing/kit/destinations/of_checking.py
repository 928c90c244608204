"""Checks of clause 10."""
