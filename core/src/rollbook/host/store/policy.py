"""What a school was judged by besides its register: its own facts, and the values that were set locally."""

from __future__ import annotations

from sqlalchemy import Table

from rollbook.host.store.columns import known, metadata, number, school, standing, text

settings_known = Table(
    "settings_known",
    metadata,
    number(),
    school(),
    text("name", nullable=False),
    text("value", nullable=False),  # JSON
    text("set_by", nullable=False),  # authority | trust | school; configuration: a fact of the school
    *known(),
    standing("settings_known"),
)
