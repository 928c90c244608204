"""What a plugin is. This is all that a vendor sees of Rollbook, with `rollbook.tables`.

Heavy parts are loaded when first used, so that a command that needs only the errors stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from rollbook.contract.going import tell_name

if TYPE_CHECKING:
    from rollbook.contract.client import Client, Connection, Limits, Unanswered, check_address, retry_after
    from rollbook.contract.destination import Action, Destination, Key, Kind, Message, Outcome, Receipt
    from rollbook.contract.errors import (
        DeliveryRefused,
        DeliveryUnknown,
        FixSettings,
        NeedsCredentials,
        Problem,
        RetryLater,
        SetAside,
        VendorMustAct,
    )
    from rollbook.contract.files import write_whole
    from rollbook.contract.hookspecs import hookimpl, hookspec
    from rollbook.contract.news import News, NewsPage
    from rollbook.contract.persons import people_in, without_people
    from rollbook.contract.regular import Regular, Report
    from rollbook.contract.rule import Field, Judged, Reading, Rule
    from rollbook.contract.settings import FolderField, Secret, SecretField, Settings
    from rollbook.contract.source import Checkpoint, Done, Page, Reject, Remark, SchoolRef, Source, Window

CONTRACT_VERSION = "1.0"
"""The version of this contract. A plugin says, as a text of its own, which it was built for; see docs/contract.md."""

_HOMES = {
    "client": "Client Connection Limits Unanswered check_address retry_after",
    "destination": "Action Destination Key Kind Message Outcome Receipt",
    "errors": "DeliveryRefused DeliveryUnknown FixSettings NeedsCredentials Problem RetryLater SetAside VendorMustAct",
    "files": "write_whole",
    "hookspecs": "hookimpl hookspec",
    "news": "News NewsPage",
    "persons": "people_in without_people",
    "regular": "Regular Report",
    "rule": "Field Judged Reading Rule",
    "settings": "FolderField Secret SecretField Settings",
    "source": "Checkpoint Done Page Reject Remark SchoolRef Source Window",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [  # noqa: RUF022 - in the order in which a newcomer reads them
    "CONTRACT_VERSION",
    "hookimpl",
    "hookspec",
    "Source",
    "Page",
    "Done",
    "Window",
    "Checkpoint",
    "SchoolRef",
    "Remark",
    "Reject",
    "Destination",
    "Message",
    "Key",
    "Kind",
    "Action",
    "Receipt",
    "Outcome",
    "Regular",
    "Report",
    "News",
    "NewsPage",
    "people_in",
    "without_people",
    "write_whole",
    "Rule",
    "Field",
    "Reading",
    "Judged",
    "Settings",
    "Secret",
    "SecretField",
    "FolderField",
    "Client",
    "Connection",
    "Limits",
    "Unanswered",
    "check_address",
    "retry_after",
    "Problem",
    "RetryLater",
    "NeedsCredentials",
    "FixSettings",
    "VendorMustAct",
    "SetAside",
    "DeliveryRefused",
    "DeliveryUnknown",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    tell_name(name)
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
