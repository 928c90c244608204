"""Judge one school: load its register, ask the rules, match the cases, compose the messages; all in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version

import polars as pl
import sqlalchemy as sa

from rollbook.cases.case import Change, What
from rollbook.cases.match import match
from rollbook.contract.errors import FixSettings, VendorMustAct
from rollbook.host import kept_cases, known_settings, rule_plugins
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.found import due, without_case
from rollbook.host.kept_messages import Kept
from rollbook.host.load import Loaded, load
from rollbook.host.recipients import Recipients, Routes
from rollbook.host.registers import RegisterFiles
from rollbook.host.store.columns import dumps
from rollbook.host.store.runs import judged as judged_table
from rollbook.host.telling import say_all, to_say
from rollbook.host.untaken import untold
from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.problems import RegisterProblem, SettingRefused
from rollbook.rules.thresholds import LocalSettings

# More new or changed statutory messages than this at once are held for a person: a wrong file, a year's rollover.
_MANY, _MANY_OF = 5, 50  # more than 5, and more than one pupil in 50

_COUNTED = {
    What.OPENED: "cases_opened",
    What.CHANGED: "cases_changed",
    What.REOPENED: "cases_changed",
    What.CLOSED: "cases_closed",
    What.WITHDRAWN: "cases_withdrawn",
    What.JOINED: "cases_withdrawn",
}


@dataclass(frozen=True)
class Judged:
    """findings: rule -> for how many pupils it is due. messages: those that are new or were overtaken."""

    counts: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    messages: Sequence[Kept] = ()
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def local_settings(config: Config) -> LocalSettings:
    """What was set locally. Raises FixSettings for what no rule knows or the law does not leave open."""
    try:
        return LocalSettings(
            authorities=config.authorities,
            trust=config.policy,
            schools={school.urn: school.policy for school in config.schools if school.policy},
        )
    except SettingRefused as refused:
        raise FixSettings(f"{config.path}: {refused.sentence}.") from refused


def judge(
    conn: sa.Connection,
    files: RegisterFiles,
    config: Config,
    school: SchoolConfig,
    recipients: Recipients,
    *,
    as_at: date,
    moment: datetime,
    run: int,
) -> Judged:
    """Judge the day `as_at` on what is known now. When neither inputs nor day are new, it counts, and puts what the
    register and the configuration say now of a pupil or school into the messages that were not sent.

    Raises FixSettings (a day before the last one judged, a bad local setting, a damaged file), VendorMustAct (the
    register cannot be read as one).
    """
    before = conn.execute(sa.select(judged_table).where(judged_table.c.school == school.urn)).first()
    if before is not None and as_at < before.as_at:
        raise FixSettings(
            f"{school.name} ({school.urn}) was already judged as at {before.as_at.isoformat()}; {as_at.isoformat()} is "
            f"before that. Sync without --as-at, or with a later day."
        )
    known_settings.keep(conn, config, school, moment)
    loaded = load(conn, files, school, as_at, schools=config.schools)
    evaluation = _evaluated(config, school, loaded, as_at)
    inputs = _inputs(config, school, loaded, recipients)
    sentences = _unjudged(school, loaded) + _failed(school, evaluation)
    said = Judged(findings=due(evaluation), sentences=sentences)
    first = before.first_judged if before is not None else school.judge_from or as_at
    if before is not None and (before.as_at, before.inputs) == (as_at, inputs):
        routes = Routes(conn, config, school, recipients)
        made = say_all(conn, config, school, routes, {}, moment, hold=())
        notes = _notes(conn, school, evaluation, first, routes)
        return replace(said, notes=notes, counts={"messages": len(made)} if made else {}, messages=made)
    changes = _matched(conn, school, loaded, evaluation, as_at, first)
    kept = [kept_cases.keep(conn, change, as_at=as_at, moment=moment, run=run) for change in changes]
    routes = Routes(conn, config, school, recipients)
    reasons = to_say(conn, school.urn, kept, routes)
    many = _many(conn, school, reasons, loaded) if before is not None else {}
    made = say_all(conn, config, school, routes, reasons, moment, hold=many)
    _note(conn, school.urn, as_at, first, inputs, moment)
    counts = Counter(_COUNTED[change.what] for change in kept if change.what in _COUNTED)
    sentences = said.sentences + (_mass(school, sum(many.values())) if many and made else ())
    notes = _notes(conn, school, evaluation, first, routes)
    return Judged(counts | {"messages": len(made)}, said.findings, made, sentences, notes)


def _evaluated(config: Config, school: SchoolConfig, loaded: Loaded, as_at: date) -> Evaluation:
    try:
        known = rule_plugins.known(config)
        return evaluate(loaded.registers, as_at, local=local_settings(config), known=known)
    except RegisterProblem as problem:
        raise VendorMustAct(
            f"The register of {school.name} ({school.urn}) was kept and could not be judged: {problem.sentence}."
        ) from problem


def _matched(
    conn: sa.Connection, school: SchoolConfig, loaded: Loaded, evaluation: Evaluation, as_at: date, first: date
) -> list[Change]:
    return match(
        kept_cases.of_school(conn, school.urn),
        evaluation.findings,
        school=school.urn,
        as_at=as_at,
        first_judged=first,
        school_days=loaded.school_days,
        horizon=loaded.horizon,
        judged=set(evaluation.answers),
        unjudged_pupils=loaded.unjudged,
        unjudged=_unjudged_kinds(evaluation),
    )


def _unjudged_kinds(evaluation: Evaluation) -> set[tuple[str, int]]:
    """Rules, and pupils of whom the rule says that it could not judge them: nothing of theirs is withdrawn for that."""
    found = set()
    for name, answer in evaluation.answers.items():
        due = evaluation.rules[name].due
        if due is not None and "not_judged" in answer.columns:
            without = answer.filter(pl.col(due).is_null() & pl.col("not_judged").is_not_null())
            found |= {(name, pupil) for pupil in without["pupil"]}
    return found


def _many(
    conn: sa.Connection, school: SchoolConfig, reasons: Mapping[int | None, str | None], loaded: Loaded
) -> dict[str, int]:
    """The kinds of case of which unusually many have something to say at once, and of how many."""
    counts = Counter(case.kind for case in kept_cases.of_school(conn, school.urn) if case.number in reasons)
    most = max(_MANY, loaded.registers.pupils.height // _MANY_OF)
    return {kind: number for kind, number in counts.items() if number > most}


def _mass(school: SchoolConfig, number: int) -> tuple[str, ...]:
    return (
        f"{number} cases of {school.name} ({school.urn}) are new or changed at once, which is unusual: their messages "
        f"are held. Look at the export, and approve them if they are right.",
    )


def _unjudged(school: SchoolConfig, loaded: Loaded) -> tuple[str, ...]:
    if not loaded.unjudged:
        return ()
    return (
        f"{len(loaded.unjudged)} pupils of {school.name} ({school.urn}) have no date of birth and were not judged: "
        f"enter it in the MIS.",
    )


def _failed(school: SchoolConfig, evaluation: Evaluation) -> tuple[str, ...]:
    return tuple(f"At {school.name} ({school.urn}) {why}." for why in evaluation.failed.values())


def _notes(
    conn: sa.Connection, school: SchoolConfig, evaluation: Evaluation, first: date, routes: Routes
) -> tuple[str, ...]:
    known = kept_cases.of_school(conn, school.urn)
    return without_case(evaluation, known, first) + untold(school, routes, known)


def _inputs(config: Config, school: SchoolConfig, loaded: Loaded, recipients: Recipients) -> str:
    """A digest of all that a judgement rests on: the register, the settings, who is told, and the program."""
    told = sorted(
        [kind.value, la, there.name, sorted(there.required)]
        for kind, taking in recipients.items()
        for la, there in taking.items()
    )
    parts = [
        loaded.digest,
        known_settings.rows(config, school),
        dict(school.returns) or dict(config.returns),
        told,
        version("rollbook"),
        rule_plugins.versions(config),
    ]
    return hashlib.sha256(dumps(parts).encode()).hexdigest()


def _note(conn: sa.Connection, school: int, as_at: date, first: date, inputs: str, moment: datetime) -> None:
    conn.execute(judged_table.delete().where(judged_table.c.school == school))
    row = {"school": school, "as_at": as_at, "first_judged": first, "inputs": inputs, "at": moment}
    conn.execute(judged_table.insert(), row)
