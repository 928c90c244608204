"""Reports of the regular feed: a day, a week or a day's sessions, each put at its own address with a revision."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import httpx

from rollbook.contract import Outcome, Receipt, Regular, Report, people_in
from rollbook_feed import FEED_VERSION, regular_problems
from rollbook_feed.regular.suppress import suppress
from rollbook_la_portal.answers import REFUSALS, kind_of, moment, reasons
from rollbook_la_portal.portal import Portal, json_object, unexpected
from rollbook_la_portal.takes import to_send

_AT: Final = {Regular.DAY: ("days", "date"), Regular.WEEK: ("weeks", "week"), Regular.SESSIONS: ("sessions", "date")}
_HELD: Final = (
    "the authority holds another report under revision {}, and {} is its newest, as after a restored backup: the next "
    "sync makes it again under a later one"
)
_NOT_WANTED: Final = "the authority does not ask for this of school {} now: `rollbook check` says for what it asks"


def put_report(portal: Portal, report: Report, least: int) -> Receipt:
    """What came of a report. least: the smallest number of pupils that a week shows; the authority's own, where that
    is larger. Raises as `Portal.put`.
    """
    least = max(least, to_send(portal).least)
    try:
        body = body_of(report, least)
    except ValueError as error:
        return _refused(str(error))
    wrong = [f"{row['pointer']}: {row['problem']}" for row in regular_problems(report.kind, body)]
    if not wrong and report.kind not in to_send(portal).wanted(report.school):
        wrong = [_NOT_WANTED.format(report.school)]
    if wrong:
        return _refused(*wrong)
    return _judged(portal, report, portal.put(_address(report), label=report.kind.value, body=body))


def body_of(report: Report, least: int) -> dict[str, Any]:
    """The report as the feed has it. Raises ValueError where the rows of a week do not agree with each other."""
    said: dict[str, Any] = {"feed_version": FEED_VERSION, "school": report.school, "revision": report.revision}
    said |= {_AT[report.kind][1]: report.day.isoformat(), **report.content}
    return said | ({"least": least, "rows": suppress(said["rows"], least)} if report.kind is Regular.WEEK else {})


def _judged(portal: Portal, report: Report, answer: httpx.Response) -> Receipt:
    status = answer.status_code
    held = json_object(answer) if status in (200, 201) else {}
    revision = report.revision if status == 204 else _revision(held)
    if revision:  # where it says none, somebody else answered: a proxy for one
        at = moment(held.get("received_at")) or datetime.now(UTC)
        return Receipt(
            Outcome.ACCEPTED, f"{report.kind.value} {report.day}", at, revision=max(report.revision, revision)
        )
    if status == 409:
        newest = _newest(portal, report)
        return _refused(_HELD.format(report.revision, newest or "a later one"), revision=newest)
    if status == 403 and kind_of(answer) == "not-wanted":  # it asked for it when the run began
        portal.session.takes = None
        return _refused(_NOT_WANTED.format(report.school))
    if status in REFUSALS:
        # The marks of a day are of hundreds of children: of these the authority's own words are not shown.
        return _refused(*reasons(answer, None if report.kind is Regular.SESSIONS else people_in(report.content)))
    raise unexpected(portal.host, "v1/schools", answer)


def _newest(portal: Portal, report: Report) -> int | None:
    """The newest revision that is held there."""
    answer = portal.get(_address(report), label=report.kind.value)
    return _revision(json_object(answer)) or None if answer.status_code == 200 else None


def _revision(held: dict[str, Any]) -> int:
    revision = held.get("revision")
    return revision if isinstance(revision, int) and not isinstance(revision, bool) else 0


def _address(report: Report) -> str:
    return f"v1/schools/{report.school}/{_AT[report.kind][0]}/{report.day.isoformat()}"


def _refused(*why: str, revision: int | None = None) -> Receipt:
    return Receipt(Outcome.REFUSED, "", datetime.now(UTC), why, revision)
