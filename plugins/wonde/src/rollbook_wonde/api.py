"""Requests to Wonde. An answer that is none becomes the error that says what Rollbook is to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from rollbook.contract import (
    Client,
    Connection,
    FixSettings,
    NeedsCredentials,
    RetryLater,
    VendorMustAct,
)

from rollbook_wonde.records import Listed, Pagination

REFUSED = {
    401: "Wonde does not know the token: copy it again from Wonde's dashboard.",
    403: "A school at Wonde has not approved Rollbook for {label}, or took its approval back: ask the school to approve "
    "it in its Wonde portal, or take the school out of this connection.",
}


def opened(client: Client, settings: Mapping[str, Any]) -> Connection:
    """A connection that signs in with the token, to be used in a `with`."""
    headers = {"Authorization": f"Bearer {settings['token'].reveal()}"}
    return client.at(settings["url"], headers=headers, ca_file=settings.get("ca_file"))


def pages(api: Connection, path: str, *, label: str, **asked: object) -> Iterator[tuple[str, list[msgspec.Raw]]]:
    """The records at `path`, a page at a time, each page with its place for messages.

    By cursor: where somebody edits the register meanwhile, numbered pages skip a record or give one twice. Wonde says
    no total; so a page that has a next one must be full, and no page may lead to where we were.
    """
    listed = _read(api, path, label, asked or None)
    been: set[str] = set()
    number = 1
    while True:
        page = listed.meta.pagination if listed.meta else None
        if (number > 1 and page is None) or (page and not _fits(page, number, len(listed.data), been)):
            raise RetryLater(f"Page {number} of Wonde's {label} is not the page that was asked for, or not all of it.")
        yield f"{label}, page {number}", listed.data
        if page is None or page.next is None:
            return
        been.add(page.next)
        number += 1
        listed = _read(api, page.next, label, None)


def _fits(page: Pagination, number: int, records: int, been: set[str]) -> bool:
    full = records == page.per_page if page.next else records <= page.per_page
    return full and page.more == (page.next is not None) and page.current_page in (None, number) and page.next not in been


def _read(api: Connection, path: str, label: str, asked: Mapping[str, object] | None) -> Listed:
    """A page. `label` names the request in the log, in place of its address."""
    answer = api.get(path, label=label, params=asked)
    if answer.status_code in REFUSED:
        raise NeedsCredentials(REFUSED[answer.status_code].format(label=label))
    if answer.status_code == 404:
        raise FixSettings(f"Wonde has no {label} there: check url (the domain is the region's) and the school's key.")
    if answer.status_code == 422:  # a list of what it does not accept; it is not repeated: it may hold anything
        raise FixSettings(f"Wonde does not accept how it was asked for {label}: check page_size and days_parameters.")
    if answer.status_code != 200:
        raise RetryLater(f"Wonde has a fault of its own (HTTP {answer.status_code} for {label}).")
    try:
        return msgspec.json.decode(answer.content, type=Listed)
    except msgspec.ValidationError:
        raise VendorMustAct(f"Wonde's answer for {label} is not of the form agreed: tell Wonde.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RetryLater(f"What answered for {label} was not Wonde: is a proxy or a sign-in page between?") from None
