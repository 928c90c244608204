"""A destination for Rollbook: Common Transfer Files of leavers whose destination is not known, in a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rollbook.contract import hookimpl

if TYPE_CHECKING:
    from rollbook.contract import Destination

CONTRACT_VERSION = "1.0"


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    """The folder from which a person uploads."""
    from rollbook_la_portal.transfer.destination import TransferFiles

    return [TransferFiles]
