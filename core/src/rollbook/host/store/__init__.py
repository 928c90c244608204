"""The host's state: all but the marks themselves, in one database that only the main process opens."""
