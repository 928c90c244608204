"""Judge one school: load its register, ask the rules, match the cases, compose the messages; all in one transaction."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib.metadata import version

import polars as pl
import sqlalchemy as sa

from rollbook.cases.case import Case, Change, State, What
from rollbook.cases.match import match
from rollbook.contract.destination import Kind
from rollbook.contract.errors import FixSettings, VendorMustAct
from rollbook.host import kept_cases, known_settings, rule_plugins
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.found import due, without_case
from rollbook.host.kept_messages import Kept
from rollbook.host.load import Loaded, load
from rollbook.host.registers import RegisterFiles
from rollbook.host.say import Recipient, Recipients, makes_messages, say
from rollbook.host.store.columns import dumps
from rollbook.host.store.followup import case_events, cases, messages
from rollbook.host.store.runs import judged as judged_table
from rollbook.outbox.compose import ONLY_WHILE_OPEN
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
    said = Judged(findings=due(evaluation), sentences=sentences, notes=_undeliverable(school, recipients))
    first = before.first_judged if before is not None else school.judge_from or as_at
    if before is not None and (before.as_at, before.inputs) == (as_at, inputs):
        made = _say_all(conn, config, school, recipients, {}, moment, hold=False)
        notes = said.notes + _without_case(conn, school, evaluation, first)
        return replace(said, notes=notes, counts={"messages": len(made)} if made else {}, messages=made)
    changes = _matched(conn, school, loaded, evaluation, as_at, first)
    kept = [kept_cases.keep(conn, change, as_at=as_at, moment=moment, run=run) for change in changes]
    reasons = _to_say(conn, school.urn, kept, recipients)
    hold = before is not None and len(reasons) > max(_MANY, loaded.registers.pupils.height // _MANY_OF)
    made = _say_all(conn, config, school, recipients, reasons, moment, hold=hold)
    _note(conn, school.urn, as_at, first, inputs, moment)
    counts = Counter(_COUNTED[change.what] for change in kept if change.what in _COUNTED)
    sentences = said.sentences + (_mass(school, len(reasons)) if hold and made else ())
    notes = said.notes + _without_case(conn, school, evaluation, first)
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


def _say_all(
    conn: sa.Connection,
    config: Config,
    school: SchoolConfig,
    recipients: Recipients,
    reasons: Mapping[int | None, str | None],
    moment: datetime,
    *,
    hold: bool,
) -> list[Kept]:
    """The messages of every case that may need one: of which there is something to say, or something not yet sent."""
    unsent = _with_unsent(conn, school.urn)
    made: list[Kept] = []
    for case in kept_cases.of_school(conn, school.urn):
        recipient = _told(case, recipients)
        if recipient and (case.number in reasons or case.number in unsent):
            news = case.number in reasons
            reason = reasons.get(case.number)
            made += say(conn, config, school, case, recipient, moment, reason=reason, hold=hold and news)
    return made


def _told(case: Case, recipients: Recipients) -> Recipient | None:
    """Who is told of a case, if anybody is."""
    return recipients.get(Kind(case.kind)) if makes_messages(case) else None


def _to_say(
    conn: sa.Connection, school: int, changes: Sequence[Change], recipients: Recipients
) -> dict[int | None, str | None]:
    """The cases of which there is something to say, and why (None: as the ledger has it): those that changed now, and
    those that changed when nobody could be told, for the destination could not be used or there was none.
    """
    now = {change.case.number: change.reason for change in changes if change.amends and _told(change.case, recipients)}
    return dict.fromkeys(_left_unsaid(conn, school, recipients)) | now


def _left_unsaid(conn: sa.Connection, school: int, kinds: Collection[Kind]) -> set[int | None]:
    said = sa.select(messages.c.case, sa.func.max(messages.c.created).label("newest")).group_by(messages.c.case)
    newest = said.where(messages.c.school == school).subquery()
    query = (
        sa.select(case_events.c.case, case_events.c.content)
        .join(cases, cases.c.id == case_events.c.case)
        .outerjoin(newest, newest.c.case == case_events.c.case)
        .where(case_events.c.school == school, cases.c.kind.in_([kind.value for kind in kinds]))
        .where(sa.or_(cases.c.kind.not_in(ONLY_WHILE_OPEN), cases.c.state != State.CLOSED.value))
        .where(sa.or_(newest.c.newest.is_(None), case_events.c.at > newest.c.newest))
        .where(sa.or_(newest.c.newest.is_not(None), cases.c.state != State.WITHDRAWN.value))
    )
    return {row.case for row in conn.execute(query) if row.content and row.content.get("amends")}


def _with_unsent(conn: sa.Connection, school: int) -> set[int | None]:
    query = sa.select(messages.c.case).where(messages.c.school == school, messages.c.state.in_(("held", "waiting")))
    return {row.case for row in conn.execute(query)}


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


def _without_case(conn: sa.Connection, school: SchoolConfig, evaluation: Evaluation, first: date) -> tuple[str, ...]:
    return without_case(evaluation, kept_cases.of_school(conn, school.urn), first)


def _undeliverable(school: SchoolConfig, recipients: Recipients) -> tuple[str, ...]:
    if Kind.ATTENDANCE_RETURN in recipients:
        return ()
    return (
        f"No destination that can be used takes attendance returns for the authority {school.la}: what must be "
        f"reported to it stays here.",
    )


def _inputs(config: Config, school: SchoolConfig, loaded: Loaded, recipients: Recipients) -> str:
    """A digest of all that a judgement rests on: the register, the settings, who is told, and the program."""
    told = sorted([kind.value, there.name, sorted(there.required)] for kind, there in recipients.items())
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
