"""Whether GraphQL and REST call a record by the same id. Arbor does not say that they do.

Only where some kinds of record come by one route and some by the other does it matter: they refer to each other.
"""

from __future__ import annotations

from typing import Final

from rollbook.contract import VendorMustAct
from rollbook_arbor.answers import Refused
from rollbook_arbor.entities import ATTENDANCE_MARK, STUDENT, Entity
from rollbook_arbor.reading import Reader
from rollbook_arbor.shapes import reference

DIFFER: Final = (
    "GraphQL and REST do not call the same records by the same ids, so that what one gives cannot be joined to what "
    'the other gives: set route = "rest", or ask the school to approve what GraphQL refuses'
)
_SOME = 50


def same_ids(read: Reader) -> bool:
    """Whether some marks of the school's table, and some pupils, have the same ids by both routes; true where one of
    the two is not in use. Raises RetryLater, NeedsCredentials, VendorMustAct.
    """
    return all(_same(read, entity) for entity in (ATTENDANCE_MARK, STUDENT))


def check(read: Reader, host: str) -> None:
    """Raises VendorMustAct where the ids of both routes differ."""
    if not same_ids(read):
        raise VendorMustAct(f"{host}: {DIFFER}.")


def _same(read: Reader, entity: Entity) -> bool:
    if read.graphql is None or read.rest is None:
        return True
    by_rest = {reference(href) for href in read.rest.some(entity, _SOME)}
    try:
        by_graphql = set(read.graphql.some(entity, _SOME))
    except Refused:
        return True  # it comes by REST alone: there is nothing to compare
    return not by_rest or not by_graphql or bool(by_rest & by_graphql)
