"""Why Rollbook says what it says of a pupil: a day, judged on what was known at the end of that day or of another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host import clock, kept_cases, known_settings, rule_plugins
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.known_settings import Known
from rollbook.host.load import Loaded, load
from rollbook.host.state import opened, register_files
from rollbook.host.store.followup import case_events
from rollbook.host.store.people import pupils
from rollbook.host.store.runs import judged
from rollbook.rules import catalogue
from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Explanation
from rollbook.rules.explain.plain_text import lines_of
from rollbook.rules.explain.whole import Asked, explain
from rollbook.rules.problems import RulesProblem


@dataclass(frozen=True)
class CaseThen:
    """A case as it stood when the knowledge ended. changed: the day judged when it came to be so, and why."""

    case: int
    episode: int
    state: str
    first: date
    last: date
    changed: date
    reason: str


@dataclass(frozen=True)
class Explained:
    """known_on: the day at whose end all this was known. settings_noted: False where the local settings of that day
    were not noted, and those of the configuration now were taken.
    """

    explanation: Explanation
    school_name: str
    known_on: date
    settings_noted: bool
    case: CaseThen | None

    @property
    def text(self) -> str:
        """The whole in plain English."""
        return "\n".join([*_heading(self), "", *lines_of(self.explanation)])


def of_case(
    config: Config,
    case_id: int,
    *,
    as_at: date | None = None,
    known_on: date | None = None,
    now: clock.Clock = clock.now,
) -> Explained:
    """Why there is, or is no longer, such a case. Days as in `of_rule`.

    Raises FixSettings also when there is no such case, or there was none yet.
    """
    with opened(config) as database, database.read() as conn:
        kept = kept_cases.of_number(conn, case_id)
        if kept is None:
            raise FixSettings(f"There is no case {case_id}: `rollbook cases --all` lists them.")
        school = config.school(kept.school)
        day, known = _days(conn, school, as_at, known_on, now)
        then = _case_then(conn, case_id, known)
        asked = Asked(kept.kind, kept.school, kept.pupil, (then.first, then.last))
        return _explained(conn, config, school, asked, day, known, then)


def of_rule(
    config: Config,
    rule: str,
    pupil: int,
    *,
    school: int | None = None,
    as_at: date | None = None,
    known_on: date | None = None,
    now: clock.Clock = clock.now,
) -> Explained:
    """Why a rule says what it says of a pupil, whether it is due or not.

    as_at: the day judged; the last one that was judged at the school if not given. known_on: the day at whose end it
    was known; `as_at` where that was given, else today. Raises FixSettings: no such rule or pupil, one at several
    schools, a day to come, one on which the rule was not yet in force or nothing was known.
    """
    with opened(config) as database, database.read() as conn:
        there = _school_of(conn, config, pupil, school)
        day, known = _days(conn, there, as_at, known_on, now)
        return _explained(conn, config, there, Asked(rule, there.urn, pupil), day, known, None)


def _days(
    conn: sa.Connection, school: SchoolConfig, as_at: date | None, known_on: date | None, now: clock.Clock
) -> tuple[date, date]:
    today = clock.day_of(now())
    if as_at is not None and as_at > today:
        raise FixSettings(
            f"{as_at.isoformat()} has not come yet: no day can be judged before its end. Correct --as-at; what would "
            "change the answer by then is told of the last day judged."
        )
    if as_at is not None:
        return as_at, known_on or as_at
    last = conn.execute(sa.select(judged.c.as_at).where(judged.c.school == school.urn)).scalar()
    return last or today, known_on or today


def _school_of(conn: sa.Connection, config: Config, pupil: int, school: int | None) -> SchoolConfig:
    query = sa.select(pupils.c.school).where(pupils.c.pupil == pupil).distinct().order_by(pupils.c.school)
    found = list(conn.execute(query).scalars())
    if not found:
        raise FixSettings(f"There is no pupil {pupil}: `rollbook pupils find` asks for a name and prints the number.")
    if school is not None and school not in found:
        raise FixSettings(f"Pupil {pupil} is not at school {school}, but at {', '.join(map(str, found))}.")
    if school is None and len(found) > 1:
        raise FixSettings(f"Pupil {pupil} is at several schools ({', '.join(map(str, found))}): say which by --school.")
    return config.school(school or found[0])


def _explained(
    conn: sa.Connection,
    config: Config,
    school: SchoolConfig,
    asked: Asked,
    as_at: date,
    known_on: date,
    case: CaseThen | None,
) -> Explained:
    moment = clock.end_of(known_on)
    settings = known_settings.as_known(conn, config, school, moment)
    loaded = load(conn, register_files(config), settings.school, as_at, moment, schools=config.schools)
    told = _asked(config, loaded, school, asked, as_at, known_on, settings)
    return Explained(told, school.name, known_on, settings.noted, case)


def _asked(
    config: Config,
    loaded: Loaded,
    school: SchoolConfig,
    asked: Asked,
    as_at: date,
    known_on: date,
    settings: Known,
) -> Explanation:
    known = rule_plugins.known(config)
    there = f"{school.name} ({school.urn})"
    try:
        catalogue.rule(asked.rule, known)
        if asked.pupil in loaded.unjudged:
            raise FixSettings(f"Pupil {asked.pupil} of {there} has no date of birth, and so is not judged.")
        if asked.pupil not in loaded.registers.pupils["pupil"]:
            raise FixSettings(
                f"At the end of {known_on.isoformat()} nothing was known of pupil {asked.pupil} at {there}. Ask by a "
                f"later day of knowledge (--known-on)."
            )
        return explain(loaded.registers, as_at, asked, local=settings.local, known=known)
    except RulesProblem as problem:
        raise FixSettings(f"{problem.sentence[0].upper()}{problem.sentence[1:]}.") from problem


def _case_then(conn: sa.Connection, case_id: int, known_on: date) -> CaseThen:
    """By the ledger, whose events say since when each is so."""
    query = sa.select(case_events.c.at, case_events.c.content).where(case_events.c.case == case_id)
    events = [(row.at, row.content) for row in conn.execute(query.order_by(case_events.c.number)) if row.content]
    stood = [(at, content) for at, content in events if "state" in content]
    past = [content for at, content in stood if at <= clock.end_of(known_on)]
    if not past:
        raise FixSettings(_too_early(case_id, known_on, [at for at, _ in stood]))
    content = past[-1]
    # What came later, as more days of the same absence, left the state as it was.
    same = takewhile(lambda one: _standing(one) == _standing(content), reversed(past))
    *_, brought = same
    first, last = (date.fromisoformat(content[name]) for name in ("first", "last"))
    since = date.fromisoformat(brought["as_at"])
    return CaseThen(case_id, content["episode"], content["state"], first, last, since, brought["reason"])


def _standing(content: Mapping[str, Any]) -> tuple[int, str]:
    return content["episode"], content["state"]


def _too_early(case_id: int, known_on: date, moments: list[datetime]) -> str:
    if not moments:
        return f"What happened to case {case_id} was lawfully purged. Ask by --pupil and --rule."
    opened_on = clock.day_of(moments[0]).isoformat()
    return (
        f"Case {case_id} was opened on {opened_on}: at the end of {known_on.isoformat()} there was none. Ask by a "
        f"later day of knowledge (--known-on), or by --pupil and --rule."
    )


def _heading(told: Explained) -> Iterator[str]:
    explanation = told.explanation
    yield f"{explanation.title} ({explanation.rule})"
    yield f"Pupil number {explanation.pupil} at {told.school_name} ({explanation.school})"
    yield f"Judged as at {words.day(explanation.as_at)}, on what was known at the end of {words.day(told.known_on)}"
    if not told.settings_noted:
        yield "The local settings of that day were not kept; those of the configuration now were taken."
    if told.case is not None:
        case = told.case
        yield f"Case {case.case}, episode {case.episode}: {case.state} since {words.day(case.changed)}. {case.reason}"
