"""Forms and CSV files for an authority that has no interface: the destination `la_files`."""
