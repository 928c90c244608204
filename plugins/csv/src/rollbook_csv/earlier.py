"""The file of marks that was taken before: an older one that comes late must not undo what a newer one corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from rollbook.contract import Checkpoint, FixSettings
from rollbook_csv.reading import Reading

_NO_REGISTER = ("", "-", "#")


def checkpoint(reading: Reading, rows: pl.DataFrame, last: date, before: Checkpoint | None) -> dict[str, Any]:
    """What to remember of this file: its name, its SHA-256, and the newest day of its marks.

    last: the day up to which marks are asked for. Marks of later days (leave that was granted) come and go, and prove
    nothing. Raises FixSettings when the file taken before has marks of a newer day and this is not the same file.
    """
    known = _newest(before or {})
    newest = newest_day(rows, max(last, known) if known else last)
    found = {"file": reading.file, "digest": reading.digest, "newest": newest.isoformat() if newest else None}
    same = before is not None and before.get("digest") == reading.digest
    if known and (newest is None or newest < known) and not same and not reading.settings["accept_older"]:
        said = f"its newest marks are of {newest.isoformat()}" if newest else "it has no marks"
        raise FixSettings(
            f"{reading.file} is older than the file that was taken last: {said}, and there were marks of "
            f"{known.isoformat()}. Nothing of it was used, for it would undo corrections. Export again; of several "
            f"files that fit, the one whose name is last is read. If the marks of those days were taken out on "
            f"purpose, set accept_older = true for one sync."
        )
    return found


def newest_day(rows: pl.DataFrame, last: date) -> date | None:
    """The newest day, not after `last`, on which somebody has a mark; `-` and `#` are none."""
    made = rows.filter(pl.col("date") <= last, pl.col("code").str.strip_chars().is_in(_NO_REGISTER).not_())
    newest = made["date"].max()
    return newest if isinstance(newest, date) else None


def _newest(before: Mapping[str, Any]) -> date | None:
    """None of a checkpoint of another form: an earlier version left it."""
    try:
        return date.fromisoformat(before.get("newest") or "")
    except (TypeError, ValueError):
        return None
