"""Which UPN a pupil has, and which it replaced: the dates decide.

A pupil has one UPN at a time. A temporary one gives way to the permanent one when that is known, and a child who is
adopted may be given another (DfE, Unique Pupil Numbers guide).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from rollbook.tables.checks import upn_problem
from rollbook_arbor.tables.loading import Row

_FIRST: Final = datetime(1, 1, 1)  # noqa: DTZ001 - the school's own clock, without a zone
_LAST: Final = datetime(9999, 12, 31)  # noqa: DTZ001


@dataclass(frozen=True)
class Upns:
    """current and former, None where there is none; wrong: what is the matter with the current one, if anything."""

    current: str | None = None
    former: str | None = None
    wrong: str | None = None


def upns_on(rows: Sequence[Row], day: date) -> Upns:
    """The UPNs of one student as they stand at the end of `day`. rows: of `shaped.UPN`.

    Of several current ones a permanent comes before a temporary one, a later before an earlier. Of two that are equal
    in this, neither is taken.
    """
    begun = [row for row in rows if _start(row).date() <= day]
    current = [row for row in begun if row["endDatetime"] is None or row["endDatetime"].date() >= day]
    best = max((_rank(row) for row in current), default=None)
    chosen = {_upn(row) for row in current if _rank(row) == best}
    if len(chosen) > 1:
        return Upns(wrong="holds at the same time as another UPN of the pupil: the pupil is taken without either")
    upn = next(iter(chosen), None)
    former = [row for row in begun if _upn(row) != upn and upn_problem(_upn(row)) is None]
    last = max(former, key=lambda row: (_start(row), row["endDatetime"] or _LAST, _upn(row)), default=None)
    replaced = _upn(last) if last else None
    if upn and upn_problem(upn):
        return Upns(None, replaced, "is not a well-formed UPN: the pupil is taken without it. Correct it in Arbor")
    return Upns(upn, replaced)


def _rank(row: Row) -> tuple[bool, datetime]:
    return not row["isTemporary"], _start(row)


def _start(row: Row) -> datetime:
    start: datetime | None = row["startDatetime"]
    return start or _FIRST


def _upn(row: Row) -> str:
    return str(row["upn"]).upper()
