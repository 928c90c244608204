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

HEAD = "0006"  # the newest step of `migrations`
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
    sqlite_autoincrement=True,  # else the highest number is given again, once its row was deleted
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
    Column(
        "kind", String(40), nullable=False
    ),  # of message, of regular body, of news; or what the receiver made of them
    Column("school", Integer),  # people are of none
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

# The people of the authority: from its own list, made from a message, or made by an officer.
people = Table(
    "people",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("origin", String(10), nullable=False),  # list, message, officer
    Column("reference", String(100), unique=True),  # the authority's own
    Column("upn", String(13)),
    Column("former_upn", String(13)),
    Column("surname", String(200), nullable=False),
    Column("forename", String(200), nullable=False),
    Column("preferred_surname", String(200)),
    Column("preferred_forename", String(200)),
    Column("dob", String(10), nullable=False),
    Column("home_la", String(3)),
    Column("listed_at", String(32)),  # when the authority's list last had them
    Index("people_upn", "upn"),
    Index("people_former_upn", "former_upn"),
    Index("people_dob", "dob"),
    sqlite_autoincrement=True,
)

# Who a school's pupil is. `told` is the digest of what the school says that identifies the pupil.
registrations = Table(
    "registrations",
    metadata,
    Column("school", Integer, primary_key=True, autoincrement=False),
    Column("pupil", BigInteger, primary_key=True, autoincrement=False),
    Column("reference", String(20), nullable=False),  # of the message that it was told by
    Column("told", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # matched, proposed, conflict, unmatched
    Column("person", ForeignKey("people.id")),
    Column("words", String(500), nullable=False),
    Column("settled_by", String(200)),  # the officer; without one, it is what the receiver found
    Column("at", String(32), nullable=False),
    Index("registrations_state", "state", "at"),
    Index("registrations_person", "person"),
)

# Each state that a registration has had, the present one too.
matchings = Table(
    "matchings",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("school", Integer, nullable=False),
    Column("pupil", BigInteger, nullable=False),
    Column("state", String(10), nullable=False),
    Column("person", BigInteger),
    Column("words", String(500), nullable=False),
    Column("settled_by", String(200)),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    Index("matchings_pupil", "school", "pupil"),
)

# The last message that was looked at for who it is about: one row, or none before the first.
looked_at = Table("looked_at", metadata, Column("upto", BigInteger, primary_key=True, autoincrement=False))

# The regular feed: every revision, once; the highest counts.
regular = Table(
    "regular",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("school", Integer, nullable=False),
    Column("day", String(10), nullable=False),  # the day, or the Monday of the week
    Column("revision", Integer, nullable=False),
    Column("client", ForeignKey("clients.client"), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON
    Column("digest", String(64), nullable=False),
    Column("received_at", String(32), nullable=False),
    UniqueConstraint("kind", "school", "day", "revision"),
)

# What schools are told, numbered from 1 for each. A number is never used again.
news = Table(
    "news",
    metadata,
    Column("school", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(64), nullable=False),  # `id` in the feed: the authority's own
    Column("revision", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("who", String(200), nullable=False),
    UniqueConstraint("school", "kind", "name", "revision"),
)

# Numbers of news up to this were used, though the news may not be here: it was deleted, or a backup was restored; if
# that, clients may have something else under a number than what is here.
news_used = Table(
    "news_used",
    metadata,
    Column("school", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
    Column("restored", Boolean, nullable=False),
)

# Up to which number a client has the news of a school (it asked after it), and up to which it was given them then.
news_asked = Table(
    "news_asked",
    metadata,
    Column("school", Integer, primary_key=True, autoincrement=False),
    Column("client", ForeignKey("clients.client"), primary_key=True),
    Column("has", Integer, nullable=False),
    Column("given", Integer, nullable=False),
    Column("at", String(32), nullable=False),
)

# Who may see the pages, each by a password of their own.
officers = Table(
    "officers",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("secret", String(200), nullable=False),  # a slow hash, never the password
    Column("made_at", String(32), nullable=False),
    Column("ended_at", String(32)),
)
