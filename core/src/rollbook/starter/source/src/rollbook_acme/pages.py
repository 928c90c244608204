"""From Acme's records to a page of Rollbook's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from rollbook.contract import Page, Reject, VendorMustAct
from rollbook.tables.schemas import Table


def page_of(table: Table, form: Any, records: Iterable[msgspec.Raw], origin: str) -> Page:
    """A page of the records, each of that form. `origin` says where they came from, for messages.

    A record that cannot be read is set aside: Rollbook shows it to the school by its place, without its values. Where
    ten or more came and none can be read, it is Acme's form that changed: VendorMustAct. (A last page may have one.)
    """
    good, rejects = [], []
    for number, record in enumerate(records, 1):
        try:
            good.append(msgspec.json.decode(record, type=form))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            rejects.append(Reject(f"{origin}, record {number}", "", "a field is missing, or is not of its type"))
    if len(rejects) >= 10 and not good:
        raise VendorMustAct(f"No record of Acme's {table.value} is of the form agreed: tell Acme.")
    return Page.of(table, good, rejects=rejects, origin=origin)
