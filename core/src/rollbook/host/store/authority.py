"""What passes between a school and its authority without a case behind it: the regular feed, and news."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, UniqueConstraint

from rollbook.host.store.columns import SERIAL, Json, metadata, moment, number, school, text

# The newest revision of each report of the regular feed, and what became of it. It holds nothing of a pupil.
reports = Table(
    "reports",
    metadata,
    text("destination", nullable=False),
    school(),
    text("kind", nullable=False),  # day | week | sessions
    Column("day", Date, nullable=False),  # of a week its Monday
    Column("revision", Integer, nullable=False),
    text("digest", nullable=False),  # of what it said, but for when it was reckoned and last read
    text("state", nullable=False),  # sending | said | refused; sending: no answer is known
    moment("at"),
    PrimaryKeyConstraint("destination", "school", "kind", "day"),
)

# What an authority told a school. `number` counts there, without a gap: the highest is the number to ask after.
news = Table(
    "news",
    metadata,
    number(),
    text("destination", nullable=False),
    school(),
    Column("number", SERIAL, nullable=False),
    text("kind", nullable=False),
    text("name", nullable=False),  # the authority's own name of the thing, for ever
    Column("revision", Integer, nullable=False),
    text("action", nullable=False),  # send | amend | withdraw
    moment("at"),  # when the authority said it
    Column("holds", Boolean, nullable=False),  # of all revisions of a thing, the highest
    Column("content", Json, nullable=False),  # personal; of what holds alone
    Column("wrong", Json, nullable=False),  # what of it is not of the open feed's form; of what is, empty
    moment("came"),
    text("seen_by"),
    moment("seen", nullable=True),
    UniqueConstraint("destination", "school", "number"),
    Index("ix_news_thing", "school", "kind", "name"),
)
