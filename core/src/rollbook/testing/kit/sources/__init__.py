"""The checks of sources."""
