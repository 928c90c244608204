"""Whether what a plugin answers is what the contract says, where it is no page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rollbook.contract.destination import Outcome, Receipt
from rollbook.contract.errors import VendorMustAct
from rollbook.contract.source import SchoolRef
from rollbook.host.guard import clean

REASONS = 50


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
    if revision is not None and (not isinstance(revision, int) or isinstance(revision, bool)):
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
