"""What Acme's marks are in the national codes, where they mean the same at every school."""

from __future__ import annotations

CODES: dict[str, str] = {}
"""Acme's mark -> national code. What is not here passes as it is: Rollbook sets aside what it does not know."""
