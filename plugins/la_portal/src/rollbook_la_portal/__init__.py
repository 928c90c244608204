"""Destinations for Rollbook: the open feed over HTTPS to a local authority, forms for one without an interface, and
Common Transfer Files in a folder.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.contract import hookimpl

if TYPE_CHECKING:
    from rollbook.contract import Destination

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    """The local authority's portal, the place where forms are put, and the folder of transfer files."""
    from rollbook_la_portal.destination import LaPortal
    from rollbook_la_portal.files.destination import LaFiles
    from rollbook_la_portal.transfer.destination import TransferFiles

    return [LaPortal, LaFiles, TransferFiles]
