"""Whether what a plugin answers is what the contract says, where it is no page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from rollbook.contract.destination import Action, Outcome, Receipt
from rollbook.contract.errors import VendorMustAct
from rollbook.contract.news import News, NewsPage
from rollbook.contract.regular import Regular
from rollbook.contract.source import SchoolRef
from rollbook.host.guard import clean

REASONS = 50
NEWS_OF_A_PAGE = 1000
NEWS_BYTES = 256 * 1024  # of one piece's content, as the open feed bounds a message
HIGHEST = 2**53 - 1  # a number that JSON carries safely
_KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def must_be(value: Any, kind: type, call: str) -> None:
    """Raises VendorMustAct when the plugin's `call` gave something else."""
    if not isinstance(value, kind):
        raise VendorMustAct(f"{call}() gave a {type(value).__name__}, not a {kind.__name__}.")


def checked_school(school: Any) -> SchoolRef:
    """A school's key and name as text, its URN as a number or None. Raises VendorMustAct."""
    must_be(school, SchoolRef, "schools")
    urn_fits = school.urn is None or (isinstance(school.urn, int) and not isinstance(school.urn, bool))
    if not isinstance(school.key, str) or not isinstance(school.name, str) or not urn_fits:
        raise VendorMustAct("schools() gave a school whose key or name is no text, or whose URN is no number.")
    return SchoolRef(school.key, clean(school.name, 200), school.urn)


def checked_receipt(receipt: Any) -> Receipt:
    """A receipt whose every part is of its type, its moment in UTC, its texts cut. Raises VendorMustAct."""
    must_be(receipt, Receipt, "deliver")
    at, revision, reasons = receipt.at, receipt.revision, receipt.reasons
    if not isinstance(receipt.outcome, Outcome) or not isinstance(receipt.reference, str):
        raise VendorMustAct("A receipt has no outcome or no reference.")
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise VendorMustAct("A receipt's moment has no time zone.")
    if revision is not None and not _is_whole(revision):
        raise VendorMustAct("A receipt's revision is no number.")
    if not isinstance(reasons, list | tuple) or not all(isinstance(reason, str) for reason in reasons):
        raise VendorMustAct("A receipt's reasons are no list of texts.")
    return Receipt(
        outcome=receipt.outcome,
        reference=clean(receipt.reference, 300),
        at=at.astimezone(UTC),
        reasons=tuple(clean(reason, 300) for reason in reasons[:REASONS]),
        revision=revision,
        digest=None if receipt.digest is None else clean(receipt.digest, 200),
    )


def checked_wanted(wanted: Any, carried: frozenset[Regular]) -> frozenset[Regular]:
    """Of the reports that are asked for, those that the plugin says it carries. Raises VendorMustAct."""
    if not isinstance(wanted, frozenset | set) or not all(isinstance(kind, Regular) for kind in wanted):
        raise VendorMustAct("wanted() gave something else than a set of Regular.")
    return frozenset(wanted) & carried


def checked_news(page: Any, school: int, after: int) -> NewsPage:
    """A page of news that is of this school and comes after the number, its moments in UTC. Raises VendorMustAct."""
    must_be(page, NewsPage, "news")
    if not isinstance(page.items, list | tuple) or len(page.items) > NEWS_OF_A_PAGE or not _is_whole(page.next):
        raise VendorMustAct(f"news() gave no list of up to {NEWS_OF_A_PAGE} items with the number to ask after.")
    items = [_checked_item(item, school) for item in page.items]
    numbers = [after, *(item.number for item in items)]
    backwards = any(second <= first for first, second in pairwise(numbers))
    if backwards or (items and page.next < numbers[-1]):
        raise VendorMustAct("news() gave numbers that do not follow that asked after, or an earlier one as `next`.")
    return NewsPage(tuple(items), page.next)


def _checked_item(item: Any, school: int) -> News:
    must_be(item, News, "news")
    if item.school != school:
        raise VendorMustAct("news() gave news of another school than was asked for.")
    if not _is_whole(item.number) or not _is_whole(item.revision) or item.revision < 1:
        raise VendorMustAct("A piece of news has no number, or no revision.")
    named = isinstance(item.kind, str) and _KIND.fullmatch(item.kind) and isinstance(item.id, str)
    if not named or not _ID.fullmatch(item.id) or not isinstance(item.action, Action):
        raise VendorMustAct("A piece of news has no kind, id or action of the feed's form.")
    if not isinstance(item.at, datetime) or item.at.tzinfo is None:
        raise VendorMustAct("The moment of a piece of news has no time zone.")
    checked: News = replace(item, at=item.at.astimezone(UTC), content=_json(item))
    return checked


def _json(item: News) -> Mapping[str, Any]:
    try:
        written = json.dumps(item.content, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        written = ""
    if not isinstance(item.content, Mapping) or not 2 <= len(written) <= NEWS_BYTES:
        raise VendorMustAct(f"The content of a piece of news is no JSON object of at most {NEWS_BYTES // 1024} KiB.")
    kept: Mapping[str, Any] = json.loads(written)
    return kept


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= HIGHEST
