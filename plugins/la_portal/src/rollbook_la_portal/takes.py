"""What the authority's end says of itself (`GET /v1/whoami`): for which schools, and which kinds it takes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from rollbook.contract import FixSettings, Regular, Remark, VendorMustAct
from rollbook_feed import FEED_VERSION
from rollbook_la_portal.feed_kinds import FEED_KINDS
from rollbook_la_portal.portal import Portal, json_object, unexpected


@dataclass(frozen=True)
class Takes:
    """name: of this client there. schools: those it speaks for; None is every school. versions, kinds, regular: those
    that are taken, of ours. sessions: the schools that agreed to send each mark. tells: whether it gives news.
    least: the fewest pupils of which a row of a week may show figures.
    """

    name: str
    schools: frozenset[int] | None
    versions: frozenset[str]
    kinds: frozenset[str]
    regular: frozenset[Regular]
    sessions: frozenset[int]
    tells: bool
    least: int

    def speaks_for(self, school: int) -> bool:
        """Whether the school is one of this client's."""
        return self.schools is None or school in self.schools

    def wanted(self, school: int) -> frozenset[Regular]:
        """What of the regular feed it asks of a school (F-28)."""
        agreed = self.regular if school in self.sessions else self.regular - {Regular.SESSIONS}
        return agreed if self.speaks_for(school) else frozenset()


def takes(portal: Portal) -> Takes:
    """What it says, asked once in a run. Raises as `Portal.get`."""
    known = portal.session.takes
    if known is None:
        known = portal.session.takes = asked(portal)
    return known


def asked(portal: Portal) -> Takes:
    """What it says now. Raises as `Portal.get`, and VendorMustAct where that is not in the feed's form."""
    answer = portal.get("v1/whoami", label="whoami")
    if answer.status_code != 200:
        raise unexpected(portal.host, "v1/whoami", answer)
    said = json_object(answer)
    if not isinstance(said.get("feed_versions"), list) or not isinstance(said.get("kinds"), list):
        raise VendorMustAct(f"{portal.host} does not say at v1/whoami which versions and kinds of the feed it takes.")
    schools = said.get("schools", [])
    return Takes(
        name="".join(c for c in str(said.get("name") or "") if c.isprintable())[:200],
        schools=None if schools is None else _urns(schools),
        versions=_of(said.get("feed_versions"), {FEED_VERSION}),
        kinds=_of(said.get("kinds"), {kind.value for kind in FEED_KINDS}),
        regular=frozenset(Regular(kind) for kind in _of(said.get("regular"), set(Regular))),
        sessions=_urns(said.get("sessions")),
        tells=bool(_listed(said.get("news"))),
        least=least if isinstance(least := said.get("least"), int) else 0,
    )


def to_send(portal: Portal) -> Takes:
    """As `takes`, before something is sent. Raises as it does, and FixSettings: it takes another version, or does not
    answer as the feed has it. Nothing was sent then.
    """
    try:
        known = takes(portal)
    except VendorMustAct as odd:
        raise FixSettings(odd.sentence, detail=odd.detail) from None
    if FEED_VERSION not in known.versions:
        raise FixSettings(_OTHER_VERSION.format(portal.host, FEED_VERSION))
    return known


def remarks(host: str, known: Takes) -> Iterator[Remark]:
    """What of it a person should know."""
    yield Remark(True, f"Signed in at {host} as {known.name or 'an unnamed client'}.")
    yield _of_schools(known.schools)
    if FEED_VERSION not in known.versions:
        yield Remark(False, _OTHER_VERSION.format(host, FEED_VERSION))
    yield from _of_kinds(known.kinds)
    wanted = ", ".join(sorted(known.regular))
    yield Remark(True, f"Of the regular feed it asks for {wanted}." if wanted else "It asks for no regular feed.")


_OTHER_VERSION = "{} does not take version {} of the feed: ask the authority."


def _of_schools(schools: frozenset[int] | None) -> Remark:
    if schools is None:
        return Remark(True, "It may report for every school.")
    if not schools:
        return Remark(False, "It may report for no school: ask the authority to add yours.")
    return Remark(True, "It may report for schools " + ", ".join(str(urn) for urn in sorted(schools)) + ".")


def _of_kinds(kinds: frozenset[str]) -> Iterator[Remark]:
    missing = sorted({kind.value for kind in FEED_KINDS} - kinds)
    if not kinds:
        yield Remark(False, "It takes no kind of message: ask the authority.")
        return
    yield Remark(True, f"It takes {', '.join(sorted(kinds))}.")
    if missing:
        told = "tell the authority of these in another way, by a destination with `kinds`, or by hand"
        yield Remark(True, f"It does not take {', '.join(missing)}: {told}.", note=True)


def _of(told: Any, ours: Collection[str]) -> frozenset[str]:
    """Those of ours that are told; what we do not know is passed over."""
    return frozenset(one for one in _listed(told) if isinstance(one, str) and one in ours)


def _urns(told: Any) -> frozenset[int]:
    return frozenset(urn for urn in _listed(told) if isinstance(urn, int))


def _listed(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []
