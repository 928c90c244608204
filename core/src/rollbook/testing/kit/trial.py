"""A pull under a fault, and whether what came of it is what a host may build on.

Three ends are well: a Problem of a reading kind; rows that are whole; and fewer rows, where the pull says so itself by
rows set aside, and, for marks, claims no days.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeAlias

import polars as pl

from rollbook.contract import NeedsCredentials, Problem, RetryLater, Source
from rollbook.host.guard import READING
from rollbook.host.page_checks import KEYS
from rollbook.tables.schemas import PAGES, Table
from rollbook.testing.kit import damage
from rollbook.testing.kit.check import DoesNotApply, must
from rollbook.testing.kit.line import Fault
from rollbook.testing.kit.source_stage import WEEK, Pulled, SourceStage, plain
from rollbook.testing.web import Answer

DAYS = WEEK
ASKED = (Table.MARKS, Table.PUPILS)
TRIED = 3  # requests of a pull of marks that a fault is tried at; of another table, the last alone

Ended: TypeAlias = tuple[Pulled | None, Problem | None]


def requests_of(stage: SourceStage, table: Table, *, pulls: int = 1) -> int:
    """How many requests a pull takes where all is well: the last of that many, for a source that keeps something from
    one to the next. Their answers are kept on the line's tape.
    """
    line = stage.http
    stage.ref(stage.made())  # not counted
    for _ in range(pulls):
        line.forget()
        stage.pull(table, DAYS, source=stage.made(**stage.small_pages))
    number = line.keep_tape()
    line.forget()
    must(
        number or table is not Table.MARKS,
        "a pull of marks asks nothing at the address of its simulator: it asks elsewhere, and no fault can be tried",
    )
    return number


def positions(number: int, most: int = TRIED) -> list[int]:
    """Some of that many requests: the last, the first, and others between them."""
    if most == 1 or not number:
        return [number - 1] * bool(number)
    return sorted({round(step * (number - 1) / (most - 1)) for step in range(most)})


@contextmanager
def fault(
    stage: SourceStage,
    what: Fault,
    *,
    times: int | None = None,
    after: int = 0,
    field: str = "",
    instead: Answer | None = None,
) -> Iterator[None]:
    """Within, the line does that; see `Line.next`. It is well again after it, and whatever nonsense the simulator was
    asked meanwhile is no failure of its.
    """
    line = stage.http
    failures = len(line.failures)
    line.next(what, times=times, after=after, field=field, instead=instead)
    try:
        yield
    finally:
        line.forget()
        del line.failures[failures:]


def under(
    stage: SourceStage,
    table: Table,
    what: Fault,
    *,
    times: int | None = 1,
    after: int = 0,
    field: str = "",
    instead: Answer | None = None,
) -> Ended:
    """How a pull ends while the line does that."""
    with fault(stage, what, times=times, after=after, field=field, instead=instead):
        return stage.try_pull(table, DAYS, source=stage.made(**stage.small_pages))


def at_each(
    stage: SourceStage, *faults: Fault, times: int | None = 1, spared: Callable[[Table], int] = lambda _: 0
) -> None:
    """Each fault at some requests of a pull of each table, once or from there on. Raises Failed unless every pull ends
    well, and DoesNotApply where no fault made any answer another. spared: how many requests at the end are left alone.
    """
    altered = 0
    for table in stage.tables:
        number = requests_of(stage, table)
        tried = max(0, number - spared(table))
        for what in faults:
            for after in positions(tried, TRIED if table is Table.MARKS else 1):
                with fault(stage, what, times=times, after=after):
                    ended = stage.try_pull(table, DAYS, source=stage.made(**stage.small_pages))
                    altered += stage.http.altered
                where = f"request {after + 1} of {number} for {table.value} met this: {what.value}"
                must_end_well(stage, table, ended, where)
    if not altered:
        raise DoesNotApply(f"answer that could be altered so: {' or '.join(faults)}")


def always(stage: SourceStage, what: Fault, kind: type[Problem] = RetryLater, *, all_tables: bool = False) -> None:
    """The fault at every request, or at every one from the middle of a pull of marks on: `check`, `schools` and the
    pulls must each end in a Problem of that kind. all_tables: pulls of every other table too, and from the last request
    of each on.
    """
    calls = _calls(stage)
    middle = requests_of(stage, Table.MARKS) // 2
    for name, after in [*((name, 0) for name in calls), (_MARKS, middle)]:
        _must_end_in(stage, what, (kind,), name, calls[name], after)
    for table in set(stage.tables) - {Table.MARKS} if all_tables else ():
        for after in sorted({0, max(0, requests_of(stage, table) - 1)}):
            _must_end_in(stage, what, (kind,), f"{_PULL} of {table.value}", partial(_whole_of, stage, table), after)


def refused(stage: SourceStage, what: Fault, of_a_school: type[Problem] = NeedsCredentials) -> None:
    """As `always`, with NeedsCredentials, and from some later request of each call on besides: the first may be a
    sign-in, behind which nothing else would be tried. of_a_school: what a pull may end in too.
    """
    stage.ref(stage.made())
    for name, call in _calls(stage).items():
        stage.http.forget()
        call()
        number = len(stage.http.requests)
        for after in sorted({0, *(one for one in (1, number // 2, number - 1) if 0 < one < number)}):
            kinds = (NeedsCredentials, of_a_school) if name.startswith(_PULL) else (NeedsCredentials,)
            _must_end_in(stage, what, kinds, name, call, after)


_PULL = "a pull"
_MARKS = f"{_PULL} of marks"


def _calls(stage: SourceStage) -> dict[str, Callable[[], bool]]:
    """What is asked of a source, each as a call that says whether its end is one to build on, whatever it met."""
    known = stage.made().schools()
    return {
        "check": lambda: not all(remark.ok for remark in stage.checked()),
        "schools": lambda: stage.made().schools() == known,
        _MARKS: partial(_whole_of, stage, Table.MARKS),
        f"{_PULL} of pupils": lambda: _whole(stage, Table.PUPILS, stage.made()),
    }


def _whole_of(stage: SourceStage, table: Table) -> bool:
    """Whether a pull of small pages is whole."""
    return _whole(stage, table, stage.made(**stage.small_pages))


def _whole(stage: SourceStage, table: Table, source: Source) -> bool:
    return not stage.unlike(table, stage.pull(table, DAYS, source=source).rows, DAYS)


def _must_end_in(
    stage: SourceStage, what: Fault, kinds: tuple[type[Problem], ...], name: str, call: Callable[[], bool], after: int
) -> None:
    """Raises Failed unless the call ends in a Problem of those kinds, or has met the fault late and ends well all the
    same: a pull whole, a check with words that not all is well.
    """
    ended: list[bool] = []
    with fault(stage, what, after=after):
        problem = stage.problem_of(lambda: ended.append(call()))
        met = len(stage.http.requests) > after
    told = f"every request{f' after {after}' if after else ''} meets this: {what.value}; {name}"
    borne = not met or (after > 0 and ended == [True])
    must(problem is not None or borne, f"{told} ends well. It must end in {kinds[0].__name__}")
    must(problem is None or isinstance(problem, kinds), f"{told} ends in {_kind(problem)}, not in {kinds[0].__name__}")


def damaged_must_end_well(stage: SourceStage, changes: Mapping[str, Callable[[bytes], bytes]]) -> None:
    """Each change, named by what it does, to all files at once and to each file alone: a source that refuses one of
    them may refuse it before it looks at the next. Raises Failed unless each pull ends well.
    """
    files = damage.files_of(stage)
    together = [("each file", files, table) for table in stage.tables]
    alone = [(file.name, [file], table) for file, table in readers(stage, files, stage.tables)]
    for what, change in changes.items():
        for name, damaged, table in together + alone:
            with damage.damaged(damaged, change):
                must_end_well(stage, table, stage.try_pull(table, DAYS), f"{name} {what}")


def readers(stage: SourceStage, files: list[Path], tables: Collection[Table]) -> list[tuple[Path, Table]]:
    """Each file with each of the tables that is read from it: whose pull ends otherwise where the file is empty."""
    found = []
    for file in files:
        with damage.damaged([file], lambda _: b""):
            ends = [(table, *stage.try_pull(table, DAYS)) for table in tables]
        found += [(file, table) for table, pulled, _ in ends if not pulled or _otherwise(stage, table, pulled)]
    return found


def _otherwise(stage: SourceStage, table: Table, pulled: Pulled) -> bool:
    return bool(pulled.rejects or stage.unlike(table, pulled.rows, DAYS))


def must_end_well(stage: SourceStage, table: Table, ended: Ended, when: str) -> None:
    """Raises Failed unless the pull ended in one of the three ways."""
    wrong = mistake(stage, table, ended)
    must(not wrong, f"{when}; {wrong}")


def mistake(stage: SourceStage, table: Table, ended: Ended, *, bare: bool = False) -> str:
    """What is wrong with the end of a pull; empty where nothing is. bare: values may be missing from its rows."""
    pulled, problem = ended
    if pulled is None:
        return "" if isinstance(problem, READING) else f"the pull ends in {_kind(problem)}"
    other = stage.unlike(table, pulled.rows, DAYS)
    if not other:
        return ""
    said = bool(pulled.rejects) and (table is not Table.MARKS or pulled.done.covers is None)
    strange, lost = against(table, pulled.rows, stage.truth(table, DAYS), stage.cls.code_map)
    if strange or not (said or (bare and not lost)):
        return (
            f"the pull ends in a Done, and {strange or other}. Raise a Problem, or set the rows aside and claim no days"
        )
    return ""


def against(table: Table, rows: pl.DataFrame, truth: pl.DataFrame, code_map: Mapping[str, str]) -> tuple[str, int]:
    """What rows say that is not so, in a few words, and how many rows of the truth are not among them.

    A value that is missing from a row says nothing.
    """
    names = [name for name in PAGES[table] if name != "line" and name in rows.columns and name in truth.columns]
    keys = [name for name in KEYS[table] if name in names]
    given, there = plain(table, rows.select(names), code_map), plain(table, truth.select(names), {})
    lost = there.join(given, on=keys, how="anti", nulls_equal=True).height
    strange = given.join(there, on=keys, how="anti", nulls_equal=True).height
    if strange:
        return f"{strange} rows of {table.value} are given that are not there", lost
    both = given.join(there, on=keys, how="inner", nulls_equal=True, suffix="_there")
    for name in (name for name in names if name not in keys):
        wrong = both.filter(pl.col(name).is_not_null() & pl.col(name).ne_missing(pl.col(f"{name}_there")))
        if wrong.height:
            said, held = wrong[name][0], wrong[f"{name}_there"][0]
            return f"{wrong.height} rows of {table.value} say {name} {said!r} where it is {held!r}", lost
    return "", lost


def _kind(problem: object) -> str:
    return f"{type(problem).__name__} ({problem})"
