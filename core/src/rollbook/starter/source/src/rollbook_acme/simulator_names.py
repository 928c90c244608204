"""How Acme writes: its names of fields, and its marks. The simulator writes so. Edit this until it is true."""

from __future__ import annotations

FIELDS: dict[str, str] = {}
"""Rollbook's name of a column -> Acme's. What is not here keeps its name."""

MARKS: dict[str, str] = {}
"""A national code -> the mark that Acme writes for it. What is not here is written as it is."""
