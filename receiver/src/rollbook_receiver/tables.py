"""What the receiver keeps. Moments are text in ISO 8601, UTC, to the microsecond: they sort as they stand."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

HEAD = "0003"  # the newest step of `migrations`
SERIAL = BigInteger().with_variant(Integer(), "sqlite")

metadata = MetaData()

clients = Table(
    "clients",
    metadata,
    Column("client", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("secret", String(200), nullable=False),  # a slow hash, never the secret
    Column("every_school", Boolean, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
)

client_schools = Table(
    "client_schools",
    metadata,
    Column("client", ForeignKey("clients.client"), primary_key=True),
    Column("school", Integer, primary_key=True, autoincrement=False),  # URN
)

tokens = Table(
    "tokens",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of it
    Column("client", ForeignKey("clients.client"), nullable=False),
    Column("ends_at", String(32), nullable=False),
)

# Every revision is kept, once. `newest` marks the one that is the state.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", String(20), nullable=False, unique=True),
    Column("client", ForeignKey("clients.client"), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("school", Integer, nullable=False),
    Column("pupil", BigInteger, nullable=False),  # the sender's number
    Column("episode", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("action", String(10), nullable=False),
    Column("content", Text, nullable=False),  # canonical JSON
    Column("digest", String(64), nullable=False),
    Column("received_at", String(32), nullable=False),
    Column("newest", Boolean, nullable=False),
    UniqueConstraint("kind", "school", "pupil", "episode", "revision"),
    Index("messages_newest", "newest", "id"),
    Index("messages_received", "newest", "received_at"),
)

# The first answer under each idempotency key of a client.
answers = Table(
    "answers",
    metadata,
    Column("client", ForeignKey("clients.client"), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("body", String(64), nullable=False),  # digest of what was sent
    Column("message", ForeignKey("messages.id"), nullable=False),
    Index("answers_message", "message"),
)

# Who did what when. No name of a pupil, nor a UPN: `about` is a reference or a client. It only grows.
audit = Table(
    "audit",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),  # a client's id, an officer's name, or the account of a command
    Column("what", String(60), nullable=False),
    Column("about", String(60)),
    Column("school", Integer),
    Column("detail", String(500)),
    Index("audit_at", "at"),
)

# What is left of records that were deleted when their time was over: how many.
purges = Table(
    "purges",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Column("received_before", String(32), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("school", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("revisions", Integer, nullable=False),
)

# What the authority chose; a name that is not here has its default (see `settings`). The value is JSON.
settings = Table(
    "settings",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
)

# What became of a revision that an officer judges. A revision without a row was accepted as it came.
outcomes = Table(
    "outcomes",
    metadata,
    Column("message", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("outcome", String(10), nullable=False),
    Column("reasons", Text, nullable=False),  # JSON: a list of pointer and problem
    Index("outcomes_outcome", "outcome"),
)

# Every judgement, in order: the last is the outcome.
judgements = Table(
    "judgements",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("message", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("reasons", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Index("judgements_message", "message"),
)
