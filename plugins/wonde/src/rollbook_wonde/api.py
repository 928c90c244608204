"""Requests to Wonde. An answer that is none becomes the error that says what Rollbook is to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from rollbook.contract import Client, Connection, FixSettings, NeedsCredentials, Problem, RetryLater, VendorMustAct
from rollbook_wonde.records import Listed


class NotApproved(NeedsCredentials):
    """A school has not approved what is asked for, or took that back. At one school it stops that school alone."""


ERRORS: dict[int, tuple[type[Problem], str]] = {
    401: (NeedsCredentials, "Wonde does not know the token: copy it again from Wonde's dashboard."),
    403: (NotApproved, "A school at Wonde has not approved {label}, or took that back: ask it to approve it again."),
    404: (FixSettings, "Wonde has no {label} there: check url (the domain is the region's) and the school's key."),
    422: (FixSettings, "Wonde does not accept how it was asked for {label}: check page_size and days_parameters."),
}
"""By status. What a 422 lists is not repeated: it may hold anything."""


def opened(client: Client, settings: Mapping[str, Any]) -> Connection:
    """A connection that signs in with the token, to be used in a `with`."""
    headers = {"Authorization": f"Bearer {settings['token'].reveal()}"}
    return client.at(settings["url"], headers=headers, ca_file=settings.get("ca_file"))


def pages(
    api: Connection, path: str, asked: Mapping[str, object], label: str, twice: bool = False
) -> Iterator[tuple[str, list[msgspec.Raw]]]:
    """The records at `path`, a page at a time, each page with its place for messages.

    By cursor: where somebody edits the register meanwhile, numbered pages skip a record or give one twice. Wonde says
    no total; so a page that has a next one must be full, and none may lead to where we were. `twice`: the last page is
    asked for again, and the longer answer counts; what is missing from it would be taken for deleted.
    """
    been: list[str] = []
    listed = _read(api, path, asked, label)
    while True:
        page = listed.meta.pagination if listed.meta else None
        if twice and not (page and page.next):
            again = _read(api, been[-1], None, label) if been else _read(api, path, asked, label)
            listed = max(listed, again, key=lambda one: len(one.data))
        if not _fits(listed, been):
            raise RetryLater(f"Page {len(been) + 1} of Wonde's {label} is not the one asked for, or not whole.")
        yield f"{label}, page {len(been) + 1}", listed.data
        page = listed.meta.pagination if listed.meta else None
        if not (page and page.next):
            return
        been.append(page.next)
        listed = _read(api, page.next, None, label)


def _fits(listed: Listed, been: list[str]) -> bool:
    page = listed.meta.pagination if listed.meta else None
    if page is None:
        return not been
    full = len(listed.data) == page.per_page if page.more else len(listed.data) <= page.per_page
    here = page.current_page in (None, len(been) + 1) and page.next not in been
    return full and here and page.more == (page.next is not None)


def _read(api: Connection, path: str, asked: Mapping[str, Any] | None, label: str) -> Listed:
    """A page. `label` names the request in the log, in place of its address."""
    answer = api.get(path, label=label, params=asked or None)
    if answer.status_code in ERRORS:
        error, sentence = ERRORS[answer.status_code]
        raise error(sentence.format(label=label))
    if answer.status_code != 200:
        raise RetryLater(f"Wonde has a fault of its own (HTTP {answer.status_code} for {label}).")
    try:
        return msgspec.json.decode(answer.content, type=Listed)
    except msgspec.ValidationError:
        raise VendorMustAct(f"Wonde's answer for {label} is not of the form agreed: tell Wonde.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise RetryLater(f"What answered for {label} was not Wonde: is a proxy or a sign-in page between?") from None
