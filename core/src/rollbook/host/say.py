"""What is said of a case: its messages, composed from the case as it stands and from those already there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from rollbook.cases.case import Case
from rollbook.host import kept_messages
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.homes import HOME, Homes
from rollbook.host.kept_messages import Kept
from rollbook.host.recipients import Recipient
from rollbook.host.store.followup import case_events, fills
from rollbook.host.store.people import contact_log, contacts, flags, notices, pupils, roll
from rollbook.outbox.compose import compose
from rollbook.outbox.drafts import Subject
from rollbook.outbox.filling import fitting
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.state import State
from rollbook.rules import catalogue

MANY_AT_ONCE = "It is one of unusually many at once: a person must say that they are right."


@dataclass(frozen=True)
class _Said:
    """A case and why it is spoken of."""

    case: Case
    reason: str


def makes_messages(case: Case) -> bool:
    """Whether cases of this kind are told to anybody, where somebody takes them."""
    return case.kind in OF_CASES


def say(
    conn: sa.Connection,
    config: Config,
    school: SchoolConfig,
    case: Case,
    recipient: Recipient,
    moment: datetime,
    *,
    reason: str | None = None,
    hold: bool = False,
    again: bool = False,
) -> list[Kept]:
    """Compose and keep the messages that a case needs. Returns those that are new or were overtaken.

    reason: why the case changed (None: what the ledger says). hold: whether they wait for a named person's yes though
    the configuration lets them go. What waits for one waits on, however its content changes meanwhile.
    """
    assert case.number is not None
    if not makes_messages(case):
        return []
    of = OF_CASES[case.kind]
    there = kept_messages.of_key(conn, recipient.name, of.kind, case.school, case.pupil, case.episode)
    unusual = hold or any(one.state is State.HELD and MANY_AT_ONCE in one.reasons for one in there)
    for_a_yes = unusual or any(one.state is State.HELD and not one.lacks for one in there)
    why = reason if reason is not None else _last_reason(conn, case.number)
    composed = compose(
        _Said(case, why),
        _subject(conn, config, school, case, recipient.authority),
        kept_messages.earlier(there),
        destination=recipient.name,
        release="held" if for_a_yes else config.release(school, of.kind),
        required=recipient.required,
        fills=fitting(_filled(conn, case), of.fields),
        again=again,
        gone=recipient.gone,
    )
    return kept_messages.keep(
        conn,
        composed,
        there,
        case=case.number,
        destination=recipient.name,
        moment=moment,
        why_held=(MANY_AT_ONCE,) if unusual else (),
        why=recipient.gone or why,
    )


def _filled(conn: sa.Connection, case: Case) -> dict[str, str]:
    """What persons supplied for a case's messages, by field; the newest word on each. The home authority, which may go
    before the source's, is in the pupil's row already.
    """
    query = sa.select(fills.c.field, fills.c.value).where(fills.c.case == case.number, fills.c.field != HOME)
    return {row.field: row.value for row in conn.execute(query.order_by(fills.c.id))}


def _last_reason(conn: sa.Connection, case: int) -> str:
    query = sa.select(case_events.c.content).where(case_events.c.case == case).order_by(case_events.c.id.desc())
    contents = [row.content for row in conn.execute(query) if row.content]
    return next((str(content["reason"]) for content in contents if content.get("amends")), "")


def said_of(school: SchoolConfig) -> dict[str, Any]:
    """What messages say of the school that they are from."""
    return {"urn": school.urn, "laestab": school.laestab, "name": school.name, "la": school.la}


def _subject(conn: sa.Connection, config: Config, school: SchoolConfig, case: Case, authority: str | None) -> Subject:
    spell = _spell(conn, case)
    contact = school.contact if any(vars(school.contact).values()) else config.installation.contact
    return Subject(
        school=said_of(school),
        contact=vars(contact),
        pupil=_pupil(conn, case, spell),
        contacts=_standing(conn, contacts, case),
        due_by=_day(case.figures.get("due_by")) or case.reached,
        rule_version=_version(case.kind),
        last_attended=_day(case.figures.get("last_attended")),
        authority=authority,
        **_also(conn, case, spell),
    )


def _pupil(conn: sa.Connection, case: Case, spell: dict[str, Any] | None) -> dict[str, Any]:
    rows = _standing(conn, pupils, case)
    details = rows[-1] if rows else {}
    home = Homes(conn, case.school, case).of(case)
    return details | {"year_group": spell["year_group"] if spell else None, "home_la": home}


def _spell(conn: sa.Connection, case: Case) -> dict[str, Any] | None:
    """The spell on the roll that a case is of: of an entry or a deletion its own, of any other the last."""
    spells = sorted(_standing(conn, roll, case), key=lambda spell: spell["from"])
    end = {"new_pupil_return": "from", "deletion_return": "to"}.get(case.kind)
    own = [spell for spell in spells if end is not None and spell[end] == case.reached]
    return next(iter(own or spells[-1:]), None)


_TABLES = {
    "missing": {"flags": flags, "contact_log": contact_log},
    "support_referral": {"flags": flags},
    "penalty_notice": {"flags": flags, "notices": notices},
}
"""For a kind of case, what else is looked up: a message says nothing that it is not for."""


def _also(conn: sa.Connection, case: Case, spell: dict[str, Any] | None) -> dict[str, Any]:
    found: dict[str, Any] = {name: _standing(conn, table, case) for name, table in _TABLES.get(case.kind, {}).items()}
    if "flags" in found:
        found["flags"] = [row for row in found["flags"] if _holds(row, case.reached)]
    return found | {"spell": spell}


def _holds(flag: dict[str, Any], day: date) -> bool:
    """Whether it holds on that day, or since: who is to be brought in is asked now."""
    return flag["to"] is None or flag["to"] >= day


def _standing(conn: sa.Connection, table: sa.Table, case: Case) -> list[dict[str, Any]]:
    query = sa.select(table).where(
        table.c.school == case.school, table.c.pupil == case.pupil, table.c.known_to.is_(None)
    )
    return [dict(row) for row in conn.execute(query.order_by(table.c.id)).mappings()]


def _version(kind: str) -> str:
    rule = catalogue.RULES.get(kind)
    return rule.first_day.isoformat() if rule and rule.first_day else ""


def _day(value: object) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) and value else None
