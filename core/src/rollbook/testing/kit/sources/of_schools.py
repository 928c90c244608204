"""Clause 3: check, schools, and credentials that are not good."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from rollbook.contract import NeedsCredentials, Page, Remark, SchoolRef
from rollbook.host.page_checks import whole_pull
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import advised, must, required, some
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import WEEK, WINDOW, SourceStage

MOST_REQUESTS = 25
MOST_STOPS = 5
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
    changing = [one for one in requests if one.startswith(_CHANGES)]
    must(not changing, f"check makes a request that changes something: {some(changing)}")
    must(len(requests) <= MOST_REQUESTS, f"check makes {len(requests)} requests; {MOST_REQUESTS} are enough")


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
    _refused(stage, Fault.UNAUTHORISED)


@required("S05", "3.5")
def revoked_consent(stage: SourceStage) -> None:
    """A consent that the school took back (403) is NeedsCredentials, in check, schools and pull."""
    _refused(stage, Fault.FORBIDDEN)


def _refused(stage: SourceStage, fault: Fault) -> None:
    line, school = stage.http, stage.met()
    line.forget()
    line.next(fault, times=None)
    calls: dict[str, Callable[[], Any]] = {
        "check": lambda: stage.checked(),
        "schools": lambda: stage.made().schools(),
        "pull of pupils": lambda: list(stage.made().pull(Table.PUPILS, school, WEEK, None)),
        "pull of marks": lambda: list(stage.made().pull(Table.MARKS, school, WEEK, None)),
    }
    for name, call in calls.items():
        before = len(line.requests)
        problem = stage.problem_of(call)
        if name == "schools" and problem is None and len(line.requests) == before:
            continue  # it is known from the settings, and nobody was asked
        ended = f"{type(problem).__name__}: {problem.sentence}" if problem else "no error"
        must(isinstance(problem, NeedsCredentials), f"{name}, answered with {fault.value}, ends in {ended}")


@required("S06", "3.6")
def credential_ends_in_mid_pull(stage: SourceStage) -> None:
    """A credential that ends in the middle of a pull (401, once) is renewed and the rows are whole, or it is
    NeedsCredentials.
    """
    line, _ = stage.http, stage.met()
    requests = stage.requests_of(Table.MARKS, WEEK)
    for spared in range(0, requests, max(1, -(-requests // MOST_STOPS))):
        line.forget()
        line.next(Fault.UNAUTHORISED, after=spared)
        pulled, problem = stage.try_pull(Table.MARKS, WEEK, source=stage.made(**stage.small_pages))
        where = f"401 at request {spared + 1} of {requests}"
        if pulled is None:
            ended = f"{type(problem).__name__}: {problem and problem.sentence}"
            must(isinstance(problem, NeedsCredentials), f"{where} ends in {ended}")
        else:
            other = stage.unlike(Table.MARKS, pulled.rows, WEEK)
            must(not other, f"{where} ends in a pull that is not whole: {other}")
