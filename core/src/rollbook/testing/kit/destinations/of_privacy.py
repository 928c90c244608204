"""Checks of clause 13."""
