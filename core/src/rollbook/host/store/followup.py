"""What has to be followed up, what was decided, what was sent, and the ledger of it all."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, SmallInteger, Table, UniqueConstraint

from rollbook.host.store.columns import SERIAL, Json, metadata, moment, number, pupil, school, text

quarantine = Table(
    "quarantine",
    metadata,
    number(),
    school(),
    text("connection", nullable=False),
    pupil(nullable=True),
    text("table", nullable=False),
    text("place"),
    text("column"),
    Column("date", Date),
    Column("session", SmallInteger),
    text("raw"),
    text("kind", nullable=False),
    text("reason", nullable=False),
    text("state", nullable=False),  # open | released | waived
    Column("run", Integer, nullable=False),
    moment("opened"),
    moment("closed", nullable=True),
    text("by"),
    text("why"),
    Index("ix_quarantine_standing", "school", "state"),
)

cases = Table(
    "cases",
    metadata,
    number(),
    text("kind", nullable=False),  # the rule
    school(),
    pupil(),
    Column("episode", Integer, nullable=False),
    text("state", nullable=False),  # open | closed | withdrawn
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("reached", Date, nullable=False),
    Column("figures", Json, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("settings", Json, nullable=False),
    Column("law", Json, nullable=False),
    Column("opened_on", Date),
    moment("changed"),
    moment("settled", nullable=True),  # when a person said that there is no more to do; null while there may be
    UniqueConstraint("kind", "school", "pupil", "episode"),
    Index("ix_cases_school", "school", "state"),
)

# The ledger: one chain of digests a school. The content is kept beside its digest, so that a lawful purge of the
# content breaks no link.
case_events = Table(
    "case_events",
    metadata,
    number(),
    school(),
    Column("number", Integer, nullable=False),  # 1, 2, 3... within the school
    Column("case", SERIAL, ForeignKey("cases.id")),
    moment("at"),
    Column("content", Json),  # null once it was lawfully purged
    text("content_digest", nullable=False),
    text("previous", nullable=False),
    text("digest", nullable=False),
    UniqueConstraint("school", "number"),
    Index("ix_case_events_case", "case"),
)

messages = Table(
    "messages",
    metadata,
    number(),
    Column("case", SERIAL, ForeignKey("cases.id")),
    text("destination", nullable=False),
    text("kind", nullable=False),
    school(),
    pupil(),
    Column("episode", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    text("action", nullable=False),  # send | amend | withdraw
    Column("content", Json, nullable=False),
    text("state", nullable=False),  # held | waiting | sending | delivered | refused | unknown | void
    Column("lacks", Json, nullable=False),  # fields that the form requires and nobody has given yet
    Column("pending", Boolean, nullable=False),  # delivered, and yet to be judged there
    text("idempotency_key", nullable=False),
    text("reference"),
    Column("reasons", Json, nullable=False),
    moment("created"),
    moment("changed"),
    text("by"),
    UniqueConstraint("destination", "kind", "school", "pupil", "episode", "revision"),
    Index("ix_messages_state", "state"),
    Index("ix_messages_case", "case"),
)

# Every time a message left, and what came back.
attempts = Table(
    "attempts",
    metadata,
    number(),
    Column("message", SERIAL, ForeignKey("messages.id"), nullable=False),
    moment("at"),
    moment("ended", nullable=True),
    text("outcome"),  # accepted | pending | refused | unknown | later; null: sent, and no answer kept
    text("reference"),
    Column("reasons", Json, nullable=False),
    text("digest"),
    Index("ix_attempts_message", "message"),
)

# Fields of a form that a person supplied.
fills = Table(
    "fills",
    metadata,
    number(),
    Column("case", SERIAL, ForeignKey("cases.id"), nullable=False),
    text("field", nullable=False),
    text("value", nullable=False),
    text("by", nullable=False),
    moment("at"),
    Index("ix_fills_case", "case"),
)
