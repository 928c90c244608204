"""The people who must be told of a child's unexplained absence: social worker, youth justice worker, virtual head."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from rollbook.rules.days import Days
from rollbook.rules.finding import findings_of
from rollbook.rules.flags import NO_FLAGS, flags
from rollbook.rules.pairs import NO_SESSIONS, any_roles, how_many, look_up, sessions
from rollbook.rules.rule import SESSION_LIST, Field, Judged, Reading, Rule
from rollbook.rules.runs import runs_of
from rollbook.rules.spells import spells
from rollbook.tables import codes
from rollbook.tables.words import Flag

_TOLD = {
    Flag.SOCIAL_WORKER.value: "social worker",
    Flag.YOUTH_JUSTICE.value: "youth justice worker",
    Flag.LOOKED_AFTER.value: "virtual school head",
}
_WORDS = pl.List(pl.String)
_WORKERS = (
    Field("workers", _WORDS, "who must be told: social worker, youth justice worker, virtual school head"),
    Field("authorities", _WORDS, "of each of them the number of the authority, null where it is not known"),
    Field("not_judged", pl.String, "why it could not be judged, or null"),
)


def judge_absence(reading: Reading) -> Judged:
    """A stretch of school days with an N or O on each, of which one lies in the spell of a flag that names a worker."""
    told = _told(reading)
    if told is None:
        return Judged(reading.not_judged(WORKER_NOTICE.answer, NO_FLAGS))
    part = reading.days.only(told.get_column("e"))
    ids = codes.ids(*reading.settings.law("no_reason_codes"))
    days = _stretches(part, ids).join(told, on="e", how="inner", maintain_order="left")
    days = days.filter(pl.col("date").is_between(pl.max_horizontal("from", WORKER_NOTICE.first_day), pl.col("to")))
    each = days.group_by("run", maintain_order=True).agg(
        pl.col("e").first(),
        first=pl.col("date").min(),
        last=pl.col("date").max(),
        ended=~pl.col("unbroken").first() | (pl.col("to").max() < reading.as_at),
        sessions=pl.col("n").filter(pl.col("c").is_first_distinct()).sum().cast(pl.UInt32),
    )
    each = each.join(_who(days), on="run", maintain_order="left").with_columns(reached="first")
    marked = days.select("e", "c", "pair", "run", "date").unique(maintain_order=True)
    marked = marked.join(each.select("run", "first", "ended"), on="run", how="inner", maintain_order="left")
    begun = sessions(marked.filter(pl.col("date") == pl.col("first")).drop("date", "first", "ended"), ids)
    figures = each.select("workers", "authorities", "sessions")
    listed = sessions(marked.filter(~pl.col("ended")).drop("first", "ended", "run"), ids)
    answer = _answer(reading, each, "sessions")
    found = findings_of(WORKER_NOTICE, reading, each, figures, begun)
    return Judged(answer, found, reading.days.keyed(listed).select(*SESSION_LIST))


def judge_deletion(reading: Reading) -> Judged:
    """From some days before the last day on the roll to as many after it. No session is evidence: the roll is."""
    told = _told(reading)
    if told is None:
        return Judged(reading.not_judged(WORKER_NOTICE_DELETION.answer, NO_FLAGS))
    wanted = reading.settings.column("worker_notice_deletion_days", pl.Int32)
    leaving = spells(reading).filter(pl.col("to").is_not_null() & ~pl.col("goes_on")).with_row_index("run")
    leaving = leaving.select("run", "e", "school", begins="from", last="to").join(wanted, on="school", how="left")
    some_days = pl.duration(days="worker_notice_deletion_days")
    leaving = leaving.filter(pl.col("last") >= WORKER_NOTICE_DELETION.first_day)
    first = pl.max_horizontal("begins", pl.col("last") - some_days, WORKER_NOTICE_DELETION.first_day)
    leaving = leaving.with_columns(first=first).filter(pl.col("first") <= reading.as_at)
    leaving = leaving.with_columns(reached="first", ended=pl.col("last") + some_days < reading.as_at)
    leaving = leaving.filter(pl.col("last") >= reading.as_at - timedelta(days=366))
    both = leaving.join(told, on="e", how="inner", maintain_order="left")
    both = both.filter((pl.col("from") <= pl.col("last")) & (pl.col("to") >= pl.col("first")))
    gone = pl.col("to").max() < pl.min_horizontal("last", reading.as_at).first()  # nobody is left to be told
    each = both.group_by("run", maintain_order=True).agg(
        pl.col("e", "first", "last", "reached").first(), ended=pl.col("ended").first() | gone
    )
    each = each.join(_who(both), on="run", maintain_order="left").with_columns(last_day="last").sort("run")
    figures = each.select("workers", "authorities", "last_day")
    found = findings_of(WORKER_NOTICE_DELETION, reading, each, figures, NO_SESSIONS)
    return Judged(_answer(reading, each, "last_day"), found)


def _told(reading: Reading) -> pl.DataFrame | None:
    """e, from, to, worker, authority: the spells of the flags that name someone to be told."""
    spells_of = flags(reading)
    if spells_of is None:
        return None
    named = spells_of.filter(pl.col("flag").is_in(list(_TOLD)))
    worker = pl.col("flag").replace_strict(_TOLD, return_dtype=pl.String)
    return named.select("e", "from", "to", "authority", worker=worker)


def _who(rows: pl.DataFrame) -> pl.DataFrame:
    """run, workers, authorities: each worker at each authority once; where one is known, that it is not is left out."""
    at = rows.select("run", "worker", "authority").unique()
    some = pl.col("authority").is_not_null().any().over("run", "worker")
    at = at.filter(pl.col("authority").is_not_null() | ~some).sort("run", "worker", "authority")
    return at.group_by("run", maintain_order=True).agg(workers="worker", authorities="authority")


def _stretches(part: Days, ids: tuple[int, ...]) -> pl.DataFrame:
    """The days with one of `ids` in any session: run, e, c, pair, date, n (how many), unbroken (of the run)."""
    found = runs_of(part, any_roles(ids))
    days = part.dated(found.days).with_columns(n=look_up(how_many(ids)))
    return days.join(found.runs.select("run", "unbroken"), on="run", how="left", maintain_order="left")


def _answer(reading: Reading, each: pl.DataFrame, figure: str) -> pl.DataFrame:
    """The latest that stands, of each enrolment."""
    standing = each.filter(~pl.col("ended")).group_by("e", maintain_order=True).last()
    answer = reading.spread(standing.select("e", "workers", "authorities", figure, since="first"))
    due = pl.col("since").is_not_null()
    return answer.select(
        due.alias("due"), "since", figure, "workers", "authorities", not_judged=pl.lit(None, pl.String)
    )


_LAW = (
    "DfE, Working together to improve school attendance (August 2024): pupils with a social worker, paragraph 52 of "
    "youth justice workers, looked-after children",
)
WORKER_NOTICE = Rule(
    id="worker_notice",
    title="Someone to be told of unexplained absence",
    says=(
        "The social worker, the youth justice worker and, of a child who is looked after, the virtual school head are "
        "told of unexplained absence: each stretch of school days with an N or an O on them. Of a coming deletion from "
        "the roll they are told by worker_notice_deletion. Who they are is the flags' to say, by their dates: a day "
        "counts for those whose flag held on it, and they are told while one of their flags still holds."
    ),
    law=_LAW,
    first_day=date(2024, 8, 19),
    settings=("no_reason_codes",),
    answer=(
        Field("due", pl.Boolean, "whether such a stretch stands on the day; null where that could not be judged"),
        Field("since", pl.Date, "the first day of it"),
        Field("sessions", pl.UInt32, "its sessions of N and O"),
        *_WORKERS,
    ),
    due="due",
    judge=judge_absence,
)
WORKER_NOTICE_DELETION = Rule(
    id="worker_notice_deletion",
    title="Someone to be told of a coming deletion",
    says=(
        "The same people are told when the name of such a child is to be deleted from the roll. Due from some days "
        "before the last day on the roll to as many after it, for one that came to be known late, unless the last of "
        "their flags ended before it. It is no deletion return, and standard transition is not exempt from it."
    ),
    law=_LAW,
    first_day=date(2024, 8, 19),
    settings=("worker_notice_deletion_days",),
    answer=(
        Field("due", pl.Boolean, "whether they are to be told now; null where that could not be judged"),
        Field("since", pl.Date, "the day from which they are"),
        Field("last_day", pl.Date, "the last day on the roll"),
        *_WORKERS,
    ),
    due="due",
    judge=judge_deletion,
)
