"""Clause 3: check, schools, and credentials that are not good."""

from __future__ import annotations

from functools import partial
from typing import Any

from rollbook.contract import FixSettings, NeedsCredentials, Page, Remark, SchoolRef
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import advised, must, required, some
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import WINDOW, SourceStage
from rollbook.testing.kit.trial import DAYS, positions, refused, requests_of, under

MOST_REQUESTS = 25
MOST_STOPS = 5
UNAUTHORISED = 401
_CHANGES = ("PUT ", "PATCH ", "DELETE ")


@required("S01", "3.1")
def check_is_well(stage: SourceStage) -> None:
    """Where all is well, `check` says something, and that it is well."""
    found: list[Remark] = []
    problem = stage.problem_of(lambda: found.extend(stage.checked()))
    must(problem is None, f"check ends in {type(problem).__name__}: {problem and problem.sentence}")
    must(found, "check yields no Remark: say what was read, and the newest day that has marks")
    strange = [one for one in found if not isinstance(one, Remark) or not one.text.strip()]
    must(not strange, f"check yields what is no Remark with a text: {some(strange)}")
    bad = [one.text for one in found if not one.ok]
    must(not bad, f"all is well at the other end, and check says otherwise: {some(bad)}")


@advised("S02", "3.2")
def check_is_narrow(stage: SourceStage) -> None:
    """`check` makes 25 requests at most, and none that changes something."""
    stage.http.forget()
    stage.checked()
    requests = list(stage.http.requests)
    must(requests, "check makes no request: it must read something, to see whether it may")
    changing = [one for one in requests if one.startswith(_CHANGES)]
    if any(one.startswith("POST ") for one in requests):
        changing += sorted({one for one in requests if one.startswith("POST ")} - _posts_of_reading(stage))
    must(not changing, f"check makes a request that changes something: {some(changing)}")
    must(len(requests) <= MOST_REQUESTS, f"check makes {len(requests)} requests; {MOST_REQUESTS} are enough")


def _posts_of_reading(stage: SourceStage) -> set[str]:
    """The POSTs of a pull: a sign-in, a query. Any other may change something."""
    stage.http.forget()
    for table in stage.tables:
        stage.pull(table, DAYS)
    return {one for one in stage.http.requests if one.startswith("POST ")}


@required("S03", "3.3")
def schools_can_be_pulled(stage: SourceStage) -> None:
    """Each school is named once, and the pupils of whatever it names can be pulled."""
    source = stage.made()
    named = source.schools()
    must(named, "schools() names no school: the simulator's settings must see one")
    must(all(isinstance(one, SchoolRef) and one.key.strip() for one in named), "a school has no key")
    keys = [one.key for one in named]
    must(len(set(keys)) == len(keys), f"a school is named twice: {some(keys)}")
    for school in named[:MOST_STOPS]:
        problem = stage.problem_of(partial(_pupils_of, source, school))
        must(problem is None, f"schools() names {school.key!r}, and its pull fails: {problem and problem.sentence}")


def _pupils_of(source: Any, school: SchoolRef) -> None:
    pulled = whole_pull(source.pull(Table.PUPILS, school, WINDOW, None), Table.PUPILS, WINDOW)
    rows = sum(item.rows.height for item in pulled if isinstance(item, Page))
    must(rows, f"schools() names {school.key!r}, and its pull gives no pupil")


@required("S04", "3.4")
def wrong_credentials(stage: SourceStage) -> None:
    """A credential that the other end does not know (401) is NeedsCredentials, in check, schools and pull."""
    refused(stage, Fault.UNAUTHORISED)


@required("S05", "3.5")
def revoked_consent(stage: SourceStage) -> None:
    """A consent that a school took back (403) is NeedsCredentials; in a pull, FixSettings where other schools go on."""
    refused(stage, Fault.FORBIDDEN, of_a_school=FixSettings)


@required("S06", "3.6")
def credential_ends_in_mid_pull(stage: SourceStage) -> None:
    """A credential that ends in the middle of a pull (`expired`, once) is renewed and the rows are whole, or it is
    NeedsCredentials.
    """
    ended = stage.ended
    requests = requests_of(stage, Table.MARKS, pulls=2)
    first = {0} if ended.status != UNAUTHORISED else set()  # a sign-in does not say that what it gives has ended
    for after in sorted({*positions(requests, MOST_STOPS), 1} - first):
        pulled, problem = under(stage, Table.MARKS, Fault.UNAUTHORISED, after=after, instead=ended)
        where = f"HTTP {ended.status} at request {after + 1} of {requests}"
        if pulled is None:
            told = f"{type(problem).__name__}: {problem and problem.sentence}"
            must(isinstance(problem, NeedsCredentials), f"{where} ends in {told}")
        else:
            other = stage.unlike(Table.MARKS, pulled.rows, DAYS)
            must(not other, f"{where} ends in a pull that is not whole: {other}")
