"""What a written mark means on a day. Asked of a single mark, not of a register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from rollbook.rules.rule import Field, Rule
from rollbook.tables import codes

CODE = Rule(
    id="code",
    title="What a mark means",
    says="A written mark becomes a national code by the day of its session; what cannot be known is never guessed.",
    law=("SI 2024/208, reg 10", "SI 2006/1751 (until 18 August 2024)"),
    first_day=None,
    settings=(),
    answer=(
        Field("code", pl.String, "the national code, or null"),
        Field("category", pl.String, "what the code says of the session, or null"),
        Field("quality", pl.String, "exact, alias, lossy, invalid or not_recorded"),
    ),
)


def answer(raw: str, day: date, mapped: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """The fields of the rule `code`. `mapped`: the vendor's or the school's own table of marks."""
    found = codes.meaning(raw, day, mapped)
    code = found.code
    return {
        "code": code.code if code else None,
        "category": code.category.value if code else None,
        "quality": found.quality.value,
    }
