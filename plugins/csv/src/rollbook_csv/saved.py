"""When a workbook says that it was saved. A file of text does not say."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from rollbook_csv.files import Taken
from rollbook_csv.sheets import ENDINGS

# ISO/IEC 29500-2, 11.1 (core properties); ISO/IEC 26300, 4.3.2.11 and 4.3.2.4 (metadata). The last save goes before.
_STATED = (
    ("docProps/core.xml", re.compile(rb"<dcterms:modified[^>]*>([^<]{10,40})<")),
    ("docProps/core.xml", re.compile(rb"<dcterms:created[^>]*>([^<]{10,40})<")),
    ("meta.xml", re.compile(rb"<dc:date>([^<]{10,40})<")),
    ("meta.xml", re.compile(rb"<meta:creation-date>([^<]{10,40})<")),
)


def saved_at(taken: Taken) -> datetime | None:
    """The time in UTC, in whole seconds; one without a zone, as LibreOffice writes it, is taken for UTC. None where the
    file has none that can be read. What it unpacks to was measured before, by `packed.open_packed`.
    """
    if not taken.name.lower().endswith(ENDINGS):
        return None
    with zipfile.ZipFile(io.BytesIO(taken.data)) as packed:
        parts = {name: packed.read(name) for name in {*dict(_STATED)} & {*packed.namelist()}}
    stated = [found[1] for name, pattern in _STATED if (found := pattern.search(parts.get(name, b"")))]
    try:
        made = datetime.fromisoformat(stated[0].decode("ascii").strip())
        return (made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)).replace(microsecond=0)
    except (IndexError, ValueError, OverflowError):
        return None
