"""Checks of clause 7."""
