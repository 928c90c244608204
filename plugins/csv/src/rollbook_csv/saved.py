"""When a workbook says that it was saved. A file of text does not say."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rollbook_csv.files import Taken
from rollbook_csv.sheets import ENDINGS

_SCHOOLS_TIME = ZoneInfo("Europe/London")
# ISO/IEC 29500-2, 11.1 (core properties); ISO/IEC 26300, 4.3.2.11 and 4.3.2.4 (metadata). The last save goes before.
_STATED = (
    ("docProps/core.xml", re.compile(rb"<dcterms:modified[^>]*>([^<]{10,40})<")),
    ("docProps/core.xml", re.compile(rb"<dcterms:created[^>]*>([^<]{10,40})<")),
    ("meta.xml", re.compile(rb"<dc:date>([^<]{10,40})<")),
    ("meta.xml", re.compile(rb"<meta:creation-date>([^<]{10,40})<")),
)


def saved_at(taken: Taken) -> str | None:
    """The time that the file states, in whole seconds as ISO 8601: in UTC (`+00:00`), or without a zone where it has
    none, as LibreOffice writes it. None where the file has none that can be read. What it unpacks to was measured
    before, by `packed.open_packed`.
    """
    if not taken.name.lower().endswith(ENDINGS):
        return None
    with zipfile.ZipFile(io.BytesIO(taken.data)) as packed:
        parts = {name: packed.read(name) for name in {*dict(_STATED)} & {*packed.namelist()}}
    stated = [found[1] for name, pattern in _STATED if (found := pattern.search(parts.get(name, b"")))]
    try:
        made = datetime.fromisoformat(stated[0].decode("ascii").strip()).replace(microsecond=0)
        return (made.astimezone(UTC) if made.tzinfo else made).isoformat()
    except (IndexError, ValueError, OverflowError):
        return None


def was_before(one: str, other: str) -> bool:
    """Whether the first of two times, as `saved_at` gives them, was surely before the second. One without a zone is
    that of a clock in a school, which shows one hour twice in autumn. Raises ValueError for what is no such time.
    """
    return max(_moments(one)) < min(_moments(other))


def _moments(text: str) -> list[datetime]:
    """When it may have been, in UTC."""
    made = datetime.fromisoformat(text)
    if made.tzinfo:
        return [made.astimezone(UTC)]
    return [made.replace(tzinfo=_SCHOOLS_TIME, fold=fold).astimezone(UTC) for fold in (0, 1)]
