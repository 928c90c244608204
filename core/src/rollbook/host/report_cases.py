"""Cases and their messages, for people. A pupil is Rollbook's own number here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from rollbook.cases.case import Case
from rollbook.cases.review import review
from rollbook.contract.destination import Kind
from rollbook.contract.errors import FixSettings
from rollbook.host import kept_cases, kept_messages, kept_news, refusals
from rollbook.host.config import Config
from rollbook.host.homes import HOME, Homes
from rollbook.host.kept_messages import Kept
from rollbook.host.kind_words import rule_called
from rollbook.host.news_words import of_notice
from rollbook.host.report_messages import message_rows, school_names
from rollbook.host.rows import (
    AttemptRow,
    CaseDetail,
    CaseRow,
    EventRow,
    FillRow,
    MessageDetail,
    MessageRow,
)
from rollbook.host.state import opened
from rollbook.host.store.followup import attempts, case_events, fills, messages
from rollbook.host.store.followup import cases as cases_table
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.state import POSSIBLY_THERE, UNSENT, State
from rollbook.rules import catalogue

_COUNT = [state.value for state in (*UNSENT, *POSSIBLY_THERE)]


def cases(
    config: Config, *, school: int | None = None, waiting: bool = False, kind: str | None = None
) -> list[CaseRow]:
    """What has to be followed up, what is due first before the rest. waiting: only what waits for somebody
    (`kept_cases.waits`). kind: the rule, the kind of its messages, or the words for them.
    """
    where = [cases_table.c.school == school] if school is not None else []
    where += [kept_cases.waits()] if waiting else []
    where += [cases_table.c.kind == rule_called(kind)] if kind is not None else []
    with opened(config) as database, database.read() as conn:
        kept = kept_cases.select(conn, *where)
        found = kept_messages.select(conn, messages.c.state.in_(_COUNT)) + refusals.standing(conn)
    of_case: dict[int | None, list[Kept]] = defaultdict(list)
    for said in found:
        of_case[said.case].append(said)
    rows = [_row(config, one, of_case[one.number]) for one in kept]
    return sorted(rows, key=lambda row: (row.due_by or date.max, row.school, row.pupil, row.episode))


def case(config: Config, case_id: int) -> CaseDetail:
    """A case whole: what, since when, on what evidence, under what law, and all that was done about it."""
    with opened(config) as database, database.read() as conn:
        kept = _found(conn, case_id)
        row = case_row(conn, config, case_id)
        said = kept_messages.select(conn, messages.c.case == case_id)
        return CaseDetail(
            row=row,
            figures=kept.figures,
            evidence=tuple(kept.evidence),
            settings=tuple(kept.settings),
            law=tuple(kept.law),
            events=tuple(_events(conn, case_id)),
            messages=tuple(message_rows(config, said)),
            fills=tuple(_fills(conn, kept)),
            text=review(kept, title=_title(kept.kind)).as_text(),
            told=tuple(_told(conn, kept)),
        )


def _told(conn: sa.Connection, kept: Case) -> Iterator[str]:
    """What authorities said of a penalty notice that was asked for."""
    if kept.kind not in OF_CASES or OF_CASES[kept.kind].kind != Kind.PENALTY_NOTICE_REQUEST.value:
        return
    for row in kept_news.of_case(conn, kept.school, kept.pupil, kept.episode):
        yield f"{row.destination} says: {of_notice(row.content)} (`rollbook news show {row.id}`)"


def _title(kind: str) -> str:
    """The rule's title; of a plugin's rule its id, for a case outlives the plugin."""
    rule = catalogue.RULES.get(kind)
    return rule.title if rule else kind


def outbox(config: Config, *, school: int | None = None, state: str | None = None) -> list[MessageRow]:
    """Messages, in the order in which they were made."""
    where = [messages.c.school == school] if school is not None else []
    where += [messages.c.state == state] if state is not None else []
    with opened(config) as database, database.read() as conn:
        return list(message_rows(config, kept_messages.select(conn, *where)))


def message(config: Config, message_id: int) -> MessageDetail:
    """A message whole, with its content, which is personal, and every attempt to send it."""
    with opened(config) as database, database.read() as conn:
        kept = found_message(conn, message_id)
        query = sa.select(attempts).where(attempts.c.message == message_id).order_by(attempts.c.id)
        tried = [
            AttemptRow(row.at, row.ended, row.outcome, row.reference, tuple(row.reasons)) for row in conn.execute(query)
        ]
        return MessageDetail(next(message_rows(config, [kept])), kept.content, tuple(tried))


def found_message(conn: sa.Connection, message_id: int) -> Kept:
    """The message with that number. Raises FixSettings when there is none."""
    kept = kept_messages.select(conn, messages.c.id == message_id)
    if not kept:
        raise FixSettings(f"There is no message {message_id}: `rollbook outbox` lists them.")
    return kept[0]


def case_row(conn: sa.Connection, config: Config, case_id: int) -> CaseRow:
    """A case in a list. Raises FixSettings when there is no such case."""
    of_it = messages.c.case == case_id
    said = kept_messages.select(conn, of_it, messages.c.state.in_(_COUNT)) + refusals.standing(conn, of_it)
    return _row(config, _found(conn, case_id), said)


def _row(config: Config, kept: Case, said: Sequence[Kept]) -> CaseRow:
    held = [one for one in said if one.state is State.HELD]
    lacks = tuple(sorted({field for one in held for field in one.lacks}))
    return CaseRow(
        case=kept.number or 0,
        rule=kept.kind,
        kind=OF_CASES[kept.kind].kind if kept.kind in OF_CASES else None,
        school=kept.school,
        school_name=school_names(config).get(kept.school, str(kept.school)),
        pupil=kept.pupil,
        episode=kept.episode,
        state=kept.state.value,
        first=kept.first,
        last=kept.last,
        reached=kept.reached,
        opened=kept.opened_on,
        due_by=_due_by(kept),
        settled=kept.settled,
        held_for=lacks or (("approval",) if held else ()),
        told=any(one.state is not State.REFUSED for one in said),
        refused=tuple(dict.fromkeys(why for one in said if one.state is State.REFUSED for why in _why(one))),
    )


def _why(refused: Kept) -> tuple[str, ...]:
    return refused.reasons or ("no reason was given",)


def _due_by(kept: Case) -> date | None:
    due_by = kept.figures.get("due_by")
    return date.fromisoformat(due_by) if isinstance(due_by, str) else None


def _found(conn: sa.Connection, case_id: int) -> Case:
    kept = kept_cases.of_number(conn, case_id)
    if kept is None:
        raise FixSettings(f"There is no case {case_id}: `rollbook cases` lists them.")
    return kept


def _events(conn: sa.Connection, case_id: int) -> list[EventRow]:
    query = sa.select(case_events).where(case_events.c.case == case_id).order_by(case_events.c.number)
    return [_event(row, row.content or {}) for row in conn.execute(query)]


def _event(row: sa.Row[Any], content: dict[str, Any]) -> EventRow:
    return EventRow(
        seq=row.number,
        at=row.at,
        event=str(content.get("what", "purged")),
        reason=str(content.get("reason") or content.get("outcome") or content.get("field") or ""),
        by=content.get("by"),
        as_at=date.fromisoformat(content["as_at"]) if content.get("as_at") else None,
        digest=row.digest,
    )


def _fills(conn: sa.Connection, kept: Case) -> list[FillRow]:
    """Of a field that was filled twice, the newest word counts."""
    query = sa.select(fills).where(fills.c.case == kept.number).order_by(fills.c.id)
    moved = Homes(conn, kept.school, kept).overtaken(kept)
    return [
        FillRow(row.field, row.value, row.by, row.at, overtaken=moved and row.field == HOME)
        for row in conn.execute(query)
    ]
