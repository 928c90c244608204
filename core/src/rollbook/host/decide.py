"""What named persons decide. Each decision is in the school's ledger: who, when, what; never a pupil's data.

A decision waits for no sync: while one runs, `lock.Busy` is raised. FixSettings says what cannot be done, and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from rollbook.cases.case import Case
from rollbook.cases.case import State as CaseState
from rollbook.contract.errors import FixSettings
from rollbook.host import clock, kept_cases, kept_messages
from rollbook.host.clock import Clock
from rollbook.host.config import Config
from rollbook.host.kept_messages import Kept
from rollbook.host.kind_words import several
from rollbook.host.lock import only_one
from rollbook.host.recipients import Recipient, Routes, concerned
from rollbook.host.report_cases import case_row, found_message
from rollbook.host.report_marks import quarantine_row
from rollbook.host.report_messages import message_rows, school_names
from rollbook.host.retrying import retry_quarantine
from rollbook.host.rows import CaseRow, MessageRow, QuarantineRow
from rollbook.host.say import makes_messages, say
from rollbook.host.state import opened
from rollbook.host.store.followup import fills, messages
from rollbook.host.store.followup import quarantine as quarantine_table
from rollbook.host.team import Team
from rollbook.host.telling import drop_strayed
from rollbook.outbox.filling import form_of, given_by
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.state import POSSIBLY_THERE, UNSENT, Event, State

__all__ = ["approve", "can_be_filled", "fill", "give_up", "retry_quarantine", "send_again", "settle", "waive"]


def approve(
    config: Config, case_id: int, *, by: str, now: Clock = clock.now, in_process: bool = False
) -> list[MessageRow]:
    """Let the held messages of a case go, at the next sync. Returns them. What they lack is looked up again first."""
    by = named(by)
    with Team(config, in_process=in_process) as team, deciding(config) as conn:
        case = _case(conn, case_id)
        moment = now()
        whole = _whole(conn, config, team, case, moment)
        also = {"by": by, "reasons": []}
        let_go = [
            kept_messages.step(conn, kept, Event.RELEASED, moment, also=also) if kept.state is State.HELD else kept
            for kept in whole
        ]
        revisions = [kept.revision for kept in let_go]
        _record(conn, case, {"what": "approved", "by": by, "revisions": revisions}, moment)
        return list(message_rows(config, let_go))


def settle(
    config: Config, case_ids: Sequence[int], *, by: str, reason: str = "", now: Clock = clock.now
) -> list[CaseRow]:
    """Say of cases of which nothing was sent nor is to be that there is no more to do: of a rule that makes no message,
    or where nobody takes them, or whose messages were given up. They wait again when what they rest on is another.
    Raises FixSettings for a case that is not there, is withdrawn, or has messages: then nothing is kept.
    """
    by = named(by)
    with deciding(config) as conn:
        found = [_case(conn, case_id) for case_id in case_ids]
        for case in found:
            if _in_state(conn, case, *UNSENT, *POSSIBLY_THERE):
                raise FixSettings(
                    f"Case {case.number} makes messages: they are let go (`cases approve`) or given up (`outbox "
                    f"give-up`), and the case ends with the register."
                )
            if case.state is CaseState.WITHDRAWN:
                raise FixSettings(f"Case {case.number} is withdrawn: there is nothing to settle.")
        moment = now()
        for case in found:
            kept_cases.settle(conn, case.number or 0, moment)
            _record(conn, case, {"what": "settled", "by": by, "reason": reason.strip()}, moment)
        return [case_row(conn, config, case_id) for case_id in case_ids]


def fill(
    config: Config,
    case_id: int,
    field: str,
    value: str,
    *,
    by: str,
    now: Clock = clock.now,
    in_process: bool = False,
) -> list[MessageRow]:
    """Supply a field that a message lacks; what the source says goes before it. Returns what is unsent now."""
    by = named(by)
    if not value.strip():
        raise FixSettings(f"The value for {field} is empty: nothing was filled.")
    can_be_filled(field)
    with Team(config, in_process=in_process) as team, deciding(config) as conn:
        case = _case(conn, case_id)
        _fields_of(case, field, value)
        moment = now()
        row = {"case": case_id, "field": field, "value": value.strip(), "by": by, "at": moment}
        conn.execute(fills.insert(), row)
        _record(conn, case, {"what": "filled", "by": by, "field": field}, moment)
        try:
            _say_anew(conn, config, team, case, moment)
        except ValueError as error:
            raise FixSettings(f"{error}.") from None
        return list(message_rows(config, _in_state(conn, case, *UNSENT)))


def can_be_filled(field: str) -> Mapping[str, str]:
    """Raises FixSettings unless a person may supply `field`; asked before its value is. Returns the words that it may
    be and what they mean; nothing where it may be any.
    """
    try:
        return form_of(field).choices or {}
    except ValueError as error:
        raise _refused(error) from None


def _fields_of(case: Case, field: str, value: str) -> None:
    """Raises FixSettings unless a message of this case has the field, and the value is in its form."""
    if not makes_messages(case):
        raise FixSettings(f"Case {case.number} makes no message: there is nothing to fill.")
    try:
        form_of(field, OF_CASES[case.kind].fields).read(field, value)
    except ValueError as error:
        raise _refused(error) from None


def _refused(error: ValueError) -> FixSettings:
    said = str(error)
    return FixSettings(f"{said[:1].upper()}{said[1:]}.")


def give_up(config: Config, message_id: int, *, by: str, reason: str, now: Clock = clock.now) -> MessageRow:
    """Say that a message which was not sent shall not be, or that one which was refused is seen to: it becomes void."""
    by, reason = named(by), _reason(reason)
    with deciding(config) as conn:
        kept = found_message(conn, message_id)
        if kept.state not in {*UNSENT, State.REFUSED}:
            raise FixSettings(
                f"Message {message_id} is {kept.state.value}: only one that is held, waiting or refused can be given "
                f"up. What was sent is withdrawn by correcting the register."
            )
        moment = now()
        also = {"by": by, "reasons": [reason]}
        void = kept_messages.step(conn, kept, Event.GIVEN_UP, moment, also=also)
        kept_messages.record(conn, kept, "given_up", moment, by=by, reason=reason)
        return next(message_rows(config, [void]))


def send_again(
    config: Config,
    message_id: int,
    *,
    by: str,
    reason: str,
    now: Clock = clock.now,
    in_process: bool = False,
) -> MessageRow:
    """A person has looked: a message that left without a reply, or that was to be judged there, is not there; or one
    that was refused or given up shall go after all (as a new revision). It waits for the next sync. Returns what will
    be sent.
    """
    by, reason = named(by), _reason(reason)
    with Team(config, in_process=in_process) as team, deciding(config) as conn:
        kept = found_message(conn, message_id)
        moment = now()
        if kept.state is State.UNKNOWN or kept.gone:
            also: dict[str, Any] = {"by": by, "pending": False, "reference": None, "reasons": []}
            waits = kept_messages.step(conn, kept, Event.NOT_FOUND, moment, also=also)
        elif kept.state is State.REFUSED or kept.given_up:
            waits = _said_again(conn, config, team, kept, moment)
        else:
            raise FixSettings(
                f"Message {message_id} is {kept.state.value}: only one that is unknown, refused, given up or no "
                f"longer found there is sent again."
            )
        kept_messages.record(conn, kept, "sent_again", moment, by=by, reason=reason)
        return next(message_rows(config, [waits]))


def waive(config: Config, quarantine_id: int, *, by: str, reason: str, now: Clock = clock.now) -> QuarantineRow:
    """Say that a row which was set aside is to be passed over, however often the source gives it."""
    by, reason = named(by), _reason(reason)
    with deciding(config) as conn:
        table = quarantine_table
        query = sa.select(table).where(table.c.id == quarantine_id)
        row = conn.execute(query).mappings().first()
        if row is None or row["state"] != "open":
            state = f"is {row['state']}" if row else "is not there"
            raise FixSettings(f"Row {quarantine_id} {state}: `rollbook quarantine` lists those that are open.")
        moment = now()
        waived = {"state": "waived", "closed": moment, "by": by, "why": reason}
        conn.execute(table.update().where(table.c.id == quarantine_id).values(waived))
        content = {"what": "waived", "by": by, "reason": reason, "row": quarantine_id, "kind": row["kind"]}
        kept_cases.write(conn, row["school"], None, content | {"at": moment.isoformat()}, moment)
        return quarantine_row(conn.execute(query).mappings().one(), school_names(config))


def _whole(conn: sa.Connection, config: Config, team: Team, case: Case, moment: datetime) -> list[Kept]:
    """The messages of a case that wait for a yes, with what the register and the configuration say now where they
    lacked something (then one may go by itself). Raises FixSettings: there is none, or something is lacking still.
    """
    held = _in_state(conn, case, State.HELD)
    if any(kept.lacks for kept in held):
        _say_anew(conn, config, team, case, moment)
        held = _in_state(conn, case, *UNSENT)
    if not held:
        raise FixSettings(f"Case {case.number} has no message that waits for a yes.")
    lacks = sorted({field for kept in held for field in kept.lacks})
    if lacks:
        how = " ".join(dict.fromkeys(f"{given_by(field)}." for field in lacks))
        raise FixSettings(f"A message of case {case.number} lacks {', '.join(lacks)}. {how}")
    return held


def _in_state(conn: sa.Connection, case: Case, *states: State) -> list[Kept]:
    return kept_messages.select(
        conn, messages.c.case == case.number, messages.c.state.in_([state.value for state in states])
    )


def _said_again(conn: sa.Connection, config: Config, team: Team, kept: Kept, moment: datetime) -> Kept:
    case = _case(conn, kept.case or 0)
    made = _say_anew(conn, config, team, case, moment, again_at=kept.destination)
    new = [one for one in made if one.state in UNSENT]
    if not new:
        raise FixSettings(f"Message {kept.number} needs nothing more: a later revision says it, or the case is over.")
    return new[-1]


def _say_anew(
    conn: sa.Connection, config: Config, team: Team, case: Case, moment: datetime, *, again_at: str | None = None
) -> list[Kept]:
    """Compose the messages of a case again, those for one destination alone where it is to be told again; and drop
    what is not yet sent to an authority that the case no longer concerns. Returns what is new or was overtaken.
    """
    school = config.school(case.school)
    routes = Routes(conn, config, school, team.recipients(school, concerned(conn, school)))
    made = drop_strayed(conn, routes, case, moment)
    for recipient in _recipients(config, team, routes, case):
        if again_at in (None, recipient.name):
            made += say(conn, config, school, case, recipient, moment, again=again_at is not None)
    return made


def _recipients(config: Config, team: Team, routes: Routes, case: Case) -> tuple[Recipient, ...]:
    """Who is told of a case. Raises the Problem for which a destination cannot be used; FixSettings: nobody is told."""
    told, school = routes.told(case), routes.school
    if told.by:
        return told.by
    kind = OF_CASES[case.kind].kind
    there = config.destination_of((*told.nobody, school.la)[0], kind)
    raise (team.unusable_plugins.get(there.name) if there else None) or FixSettings(
        f"No destination takes {several([kind])} for the authority {' or '.join(told.nobody) or school.la}: add a "
        f"destination."
    )


def _case(conn: sa.Connection, case_id: int) -> Case:
    case = kept_cases.of_number(conn, case_id)
    if case is None:
        raise FixSettings(f"There is no case {case_id}: `rollbook cases` lists them.")
    return case


def _record(conn: sa.Connection, case: Case, content: dict[str, Any], moment: datetime) -> None:
    kind, school, pupil, episode = case.key
    about = {"kind": kind, "school": school, "pupil": pupil, "episode": episode, "at": moment.isoformat()}
    kept_cases.write(conn, case.school, case.number, about | content, moment)


@contextmanager
def deciding(config: Config) -> Iterator[sa.Connection]:
    with only_one(config.installation.state), opened(config) as database, database.write() as conn:
        yield conn


def named(by: str) -> str:
    if not by.strip():
        raise FixSettings("A decision needs the name of who makes it.")
    if by.strip().casefold() == kept_cases.ITSELF:
        raise FixSettings("A decision needs a person's name: what Rollbook does by itself is kept under its own.")
    return by.strip()


def _reason(reason: str) -> str:
    if not reason.strip():
        raise FixSettings("A decision of this kind needs a reason; name no pupil in it.")
    return reason.strip()
