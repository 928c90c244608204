"""The files of marks that were taken before: an older one that comes late must not undo what a newer one corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from rollbook.contract import Checkpoint, FixSettings, Problem, RetryLater
from rollbook_csv.reading import Reading
from rollbook_csv.saved import was_before
from rollbook_csv.values import NO_REGISTER

REMEMBERED = 200  # files, newest last: a file a night for a school year


def checkpoint(
    reading: Reading, rows: pl.DataFrame, last: date, before: Checkpoint | None
) -> tuple[dict[str, Any], list[str]]:
    """What to remember of this file, and what to say of it where it is older and accept_older takes it.

    Remembered is its name, its SHA-256, the newest day of its marks, when it was saved if it says so, and
    `superseded`: by what digests those are known that were taken before it. Also by what its marks are known
    (`contents`), how many rows were set aside, and the newest file before it that had fewer of them (`sound`).

    last: the day up to which marks are asked for. Marks of later days (leave that was granted) come and go, and prove
    nothing. Raises FixSettings, unless accept_older takes it, when this is not the file taken before, and is older: it
    was taken earlier still, its newest day is an earlier one, or the same and it was saved earlier. None is older that
    has the very marks of the file taken before, nor that from which that one came by breaking rows: whoever mends them
    has it again.
    Raises RetryLater when it begins behind the newest day that is known, and nobody has a mark in it: a term has begun,
    and its first register is not taken.
    """
    before = before or {}
    known = _newest(before)
    newest = newest_day(rows, max(last, known) if known else last)
    superseded = _superseded(before, reading.digest)
    contents = _contents(rows)
    same = reading.digest == before.get("digest") or contents == before.get("contents")
    try:
        if not same:
            _refuse_older(reading, rows, newest, before)
        notes = []
    except (FixSettings, RetryLater) as refusal:
        if not reading.settings["accept_older"]:
            raise
        notes = [_accepted(refusal)]
    remembered = {
        "file": reading.file,
        "digest": reading.digest,
        "newest": newest.isoformat() if newest else None,
        "made": reading.made,
        "superseded": superseded,
        "contents": contents,
        "aside": reading.lost,
        "sound": _sound_now(before, reading.lost),
    }
    return remembered, notes


def _refuse_older(reading: Reading, rows: pl.DataFrame, newest: date | None, before: Checkpoint) -> None:
    known = _newest(before)
    mended = _sound(before)[:1] == [_short(reading.digest)]
    if not mended:
        _refuse_known(reading, before)
    _refuse_earlier_day(reading, rows, newest, known)
    if newest == known and not mended:
        _refuse_earlier_made(reading, before.get("made"))


def _accepted(refusal: Problem) -> str:
    """Said of a file that would have been refused."""
    why, _, _ = refusal.sentence.partition(". ")
    return f"{why}. It was used, because accept_older = true is set: take that out of the settings now."


def newest_day(rows: pl.DataFrame, last: date) -> date | None:
    """The newest day, not after `last`, on which somebody has a mark; `-` and `#` are none."""
    made = rows.filter(pl.col("date") <= last, pl.col("code").str.strip_chars().is_in(NO_REGISTER).not_())
    newest = made["date"].max()
    return newest if isinstance(newest, date) else None


def _refuse_known(reading: Reading, before: Checkpoint) -> None:
    if _short(reading.digest) not in _listed(before):
        return
    raise FixSettings(
        f"{reading.file} is older than the file that was taken last: the very same was taken before that. Nothing of "
        f"it was used, for it would undo corrections. Export again; of several files that fit, the one whose name is "
        f"last is read. If every correction since was taken back on purpose, set accept_older = true for one sync."
        f"{_not_mended(before)}"
    )


def _not_mended(before: Mapping[str, Any]) -> str:
    """Why a file that comes back is no mended one, where the last one had rows set aside."""
    if not before.get("aside"):
        return " The last file had no row set aside that this one could mend."
    return " Rows of the last file were set aside, but this is not the file that was taken before they were."


def _refuse_earlier_day(reading: Reading, rows: pl.DataFrame, newest: date | None, known: date | None) -> None:
    if known is None or (newest is not None and newest >= known):
        return
    first = rows["date"].min()
    if newest is None and isinstance(first, date) and first > known:
        raise RetryLater(
            f"{reading.file} has no marks yet since {known.isoformat()}, the day of the newest that are known: its "
            f"days go on from {first.isoformat()}. There is nothing to do until the first register is taken."
        )
    said = f"its newest marks are of {newest.isoformat()}" if newest else "it has no marks"
    raise FixSettings(
        f"{reading.file} is older than the file that was taken last: {said}, and there were marks of "
        f"{known.isoformat()}. Nothing of it was used, for it would undo corrections. Export again; of several "
        f"files that fit, the one whose name is last is read. If it is right all the same, set accept_older = true for "
        f"one sync: it is taken up to its newest day, and marks of later days stay as they are."
    )


def _refuse_earlier_made(reading: Reading, known: Any) -> None:
    """Nothing is said of a checkpoint of another form: an earlier version left it."""
    try:
        if reading.made is None or not was_before(reading.made, known):
            return
    except (TypeError, ValueError, OverflowError):
        return
    raise FixSettings(
        f"{reading.file} is older than the file that was taken last: it says that it was saved at "
        f"{_told(reading.made)}, and that one at {_told(known)}. Nothing of it was used, for it "
        f"would undo corrections. Export again; if it is the newer and a clock was wrong, set accept_older = true for "
        f"one sync."
    )


def _told(made: str) -> str:
    return made.replace("T", " ").replace("+00:00", " UTC")


def _contents(rows: pl.DataFrame) -> str:
    """By what the marks of a file are known, in whatever order: the same only of one version of Polars, and after
    another a file counts as changed.
    """
    marks = rows.select("pupil", "date", "session", "code")
    return f"{marks.height}-{int(marks.hash_rows(seed=0).sum()):x}"


def _sound_now(before: Mapping[str, Any], aside: int) -> list[Any]:
    """As `_sound`, of the file that has `aside` rows set aside."""
    digest, rows = before.get("digest"), before.get("aside")
    last: list[Any] = [_short(digest), rows] if isinstance(digest, str) and isinstance(rows, int) else []
    sound = _sound(before) or last
    return sound if sound and aside > sound[1] else []


def _sound(before: Mapping[str, Any]) -> list[Any]:
    """The short digest, and the rows set aside, of the newest file with fewer of them than that taken last; or none."""
    sound = before.get("sound")
    known = isinstance(sound, list) and [type(one) for one in sound] == [str, int]
    return list(sound) if isinstance(sound, list) and known else []


def _superseded(before: Mapping[str, Any], digest: str) -> list[str]:
    """Of the files taken before this one, the newest last; a part of each digest, which is enough to know it by."""
    last = before.get("digest")
    listed = [*_listed(before), *([_short(last)] if isinstance(last, str) else [])]
    return [one for one in listed if one != _short(digest)][-REMEMBERED:]


def _listed(before: Mapping[str, Any]) -> list[str]:
    """None of a checkpoint of another form: an earlier version left it."""
    listed = before.get("superseded")
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []


def _short(digest: str) -> str:
    return digest[:16]


def _newest(before: Mapping[str, Any]) -> date | None:
    """As `_listed`."""
    try:
        return date.fromisoformat(before.get("newest") or "")
    except (TypeError, ValueError):
        return None
