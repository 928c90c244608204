"""What `check` says of the regular feed: what goes to whom, by the word of both; sessions are pupils' marks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rollbook.contract.regular import Regular
from rollbook.host.config import USUAL_REPORTS, DestinationConfig, SchoolConfig
from rollbook.host.rows import CheckLine
from rollbook.host.worker import Worker

_WORDS = {
    Regular.DAY: "how complete each day's registers are",
    Regular.WEEK: "each week's attendance in figures, without small numbers",
    Regular.SESSIONS: "EVERY MARK OF EVERY PUPIL, each day",
}


def lines(there: DestinationConfig, schools: Sequence[SchoolConfig], worker: Worker) -> Iterator[CheckLine]:
    """A line for each report that goes there and of how many schools, and one for sessions that do not though the
    configuration says so. `schools`: those of its authorities. Raises Problem, as `wanted` does.
    """
    carried = worker.describe().regular
    if not carried and there.regular - USUAL_REPORTS:
        yield CheckLine(True, there.name, _CARRIES_NONE.format(there.plugin), note=True)
    if not carried or not schools:
        return
    if not there.regular:
        yield CheckLine(True, there.name, "No report of the regular feed is sent: `regular` is empty.")
    wanted = {school.urn: worker.wanted(school.urn) for school in schools}
    for kind in (kind for kind in Regular if kind in there.regular & carried):
        number = sum(kind in asked for asked in wanted.values())
        if number:
            of = "1 school" if number == 1 else f"{number} schools"
            yield CheckLine(
                True,
                there.name,
                f"Of {of} it is sent {_WORDS[kind]} (`{kind.value}` of the regular feed).",
                note=kind is Regular.SESSIONS,
            )
    asks = any(Regular.SESSIONS in asked for asked in wanted.values())
    if (Regular.SESSIONS in there.regular) != asks:
        yield CheckLine(True, there.name, _ONE_SIDE[asks], note=True)


_CARRIES_NONE = "`regular` has no use here: the plugin {} carries no report of the regular feed. Leave it out."
_ONE_SIDE = {
    False: "`regular` names sessions, and the authority asks for them of none of these schools: no mark of a pupil is "
    "sent.",
    True: "The authority asks for sessions, which are the marks of every pupil, and `regular` does not name them: none "
    "is sent. Name them only where the agreement of both says so.",
}
