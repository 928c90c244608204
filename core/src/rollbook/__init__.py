"""Rollbook: from a school's registers to what the law says must follow."""
