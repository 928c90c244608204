"""The tables of the Arbor source but marks: each made from the records of Arbor's entities, over whichever route.

A table takes `read` (`loading.Read`), which gives every record of an entity, and asks it once for each; `window`, whose
last day is today. What cannot be read is set aside by entity and id, never by name.
"""

from __future__ import annotations

from rollbook_arbor.tables.contacts import contacts
from rollbook_arbor.tables.enrolments import guests
from rollbook_arbor.tables.flags import flags
from rollbook_arbor.tables.leave import leave
from rollbook_arbor.tables.loading import MUST_EXIST, Read, check_records
from rollbook_arbor.tables.pupils import pupils
from rollbook_arbor.tables.roll import roll
from rollbook_arbor.tables.sessions import sessions

__all__ = ["MUST_EXIST", "Read", "check_records", "contacts", "flags", "guests", "leave", "pupils", "roll", "sessions"]
