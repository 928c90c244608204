"""The checks of destinations."""
