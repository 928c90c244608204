"""What became of a message: by its key, and where that is still to be judged by the reference that it was given."""

from __future__ import annotations

from rollbook.contract import FixSettings, Key, Outcome, Receipt, VendorMustAct
from rollbook_la_portal.answers import kind_of, receipt
from rollbook_la_portal.portal import Portal, unexpected


def look_up(portal: Portal, key: Key, people: frozenset[str] = frozenset()) -> Receipt | None:
    """The newest revision held under a key; its reasons without `people`. Raises as `Portal.get`, FixSettings where the
    school is not this client's.
    """
    answer = portal.get(f"v1/messages/{key}", label="look up")
    if answer.status_code == 404 and kind_of(answer) == "nothing-held":
        return None
    if answer.status_code == 403:
        raise FixSettings(f"{portal.host} does not let this client speak for school {key.school}: ask the authority.")
    if answer.status_code != 200:
        raise unexpected(portal.host, "v1/messages", answer)
    held = receipt(answer, people)
    if held is None or held.revision is None:
        raise VendorMustAct(f"{portal.host} answered a look-up with something that is no receipt.")
    return _judged(portal, held, people) if held.outcome is Outcome.PENDING else held


def _judged(portal: Portal, held: Receipt, people: frozenset[str]) -> Receipt:
    """The same revision by its status (F-23), which a receiver may know before its look-up does."""
    if not held.reference:
        return held
    answer = portal.get(f"v1/status/{held.reference}", label="status")
    now = receipt(answer, people) if answer.status_code == 200 else None
    return held if now is None or now.revision != held.revision else now
