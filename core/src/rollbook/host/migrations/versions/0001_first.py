"""The first form of the state. A released step is never edited: the next form is the next step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table; a table comes after those that it refers to."""
    _runs()
    _registers()
    _pupils()
    _roll_and_calendar()
    _contacts_leave_and_notices()
    _quarantine()
    _cases()
    _messages()
    _attempts_and_fills()


def _runs() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.create_table(
        "runs",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("exit_status", sa.Integer(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=True),
        sa.Column("deliveries", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "run_schools",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("sentences", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("newest_session", sa.Date(), nullable=True),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["runs.id"], name="fk_run_schools_run"),
        sa.PrimaryKeyConstraint("run", "school", name="pk_run_schools"),
    )


def _registers() -> None:
    op.create_table(
        "manifest",
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("marks_file", sa.String(), nullable=False),
        sa.Column("marks_digest", sa.String(), nullable=False),
        sa.Column("marks_rows", sa.Integer(), nullable=False),
        sa.Column("replaced_file", sa.String(), nullable=True),
        sa.Column("replaced_digest", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("school", "year", name="pk_manifest"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("covered_to", sa.Date(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("connection", "school", "table", name="pk_checkpoints"),
    )
    op.create_table(
        "judged",
        sa.Column("school", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("as_at", sa.Date(), nullable=False),
        sa.Column("first_judged", sa.Date(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("school", name="pk_judged"),
    )


def _pupils() -> None:
    op.create_table(
        "pupils",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("upn", sa.String(), nullable=True),
        sa.Column("former_upn", sa.String(), nullable=True),
        sa.Column("surname", sa.String(), nullable=True),
        sa.Column("forename", sa.String(), nullable=True),
        sa.Column("preferred_surname", sa.String(), nullable=True),
        sa.Column("preferred_forename", sa.String(), nullable=True),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("in_source", sa.Boolean(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_pupils"),
    )
    op.create_index("ix_pupils_dob", "pupils", ["dob"], unique=False)
    op.create_index("ix_pupils_standing", "pupils", ["school", "known_to"], unique=False)
    op.create_index("ix_pupils_upn", "pupils", ["upn"], unique=False)
    op.create_table(
        "links",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=True),
        sa.Column("school", sa.Integer(), nullable=True),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
    )
    op.create_index("ix_links_pupil", "links", ["pupil"], unique=False)
    op.create_index("ix_links_value", "links", ["kind", "value"], unique=False)


def _roll_and_calendar() -> None:
    op.create_table(
        "roll",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("from", sa.Date(), nullable=False),
        sa.Column("to", sa.Date(), nullable=True),
        sa.Column("year_group", sa.SmallInteger(), nullable=True),
        sa.Column("class_name", sa.String(), nullable=True),
        sa.Column("boarder", sa.Boolean(), nullable=True),
        sa.Column("in_source", sa.Boolean(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_roll"),
    )
    op.create_index("ix_roll_pupil", "roll", ["pupil"], unique=False)
    op.create_index("ix_roll_standing", "roll", ["school", "known_to"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("session", sa.SmallInteger(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_standing", "sessions", ["school", "known_to"], unique=False)


def _contacts_leave_and_notices() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("relationship", sa.String(), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("lives_with", sa.Boolean(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("telephone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
    )
    op.create_index("ix_contacts_standing", "contacts", ["school", "known_to"], unique=False)
    op.create_table(
        "leave",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("from", sa.Date(), nullable=False),
        sa.Column("to", sa.Date(), nullable=False),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leave"),
    )
    op.create_index("ix_leave_standing", "leave", ["school", "known_to"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("parent", sa.String(), nullable=False),
        sa.Column("issued", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("known_from", sa.DateTime(), nullable=False),
        sa.Column("known_to", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_standing", "notices", ["school", "known_to"], unique=False)


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=True),
        sa.Column("table", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("session", sa.SmallInteger(), nullable=True),
        sa.Column("raw", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("closed", sa.DateTime(), nullable=True),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_standing", "quarantine", ["school", "state"], unique=False)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reached", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("kind", "school", "pupil", "episode", name="uq_cases_kind_school_pupil_episode"),
    )
    op.create_index("ix_cases_school", "cases", ["school", "state"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case", SERIAL, nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_case_events_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
        sa.UniqueConstraint("school", "number", name="uq_case_events_school_number"),
    )
    op.create_index("ix_case_events_case", "case_events", ["case"], unique=False)


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case", SERIAL, nullable=True),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lacks", sa.Text(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_messages_case"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint(
            "destination",
            "kind",
            "school",
            "pupil",
            "episode",
            "revision",
            name="uq_messages_destination_kind_school_pupil_episode_revision",
        ),
    )
    op.create_index("ix_messages_case", "messages", ["case"], unique=False)
    op.create_index("ix_messages_state", "messages", ["state"], unique=False)


def _attempts_and_fills() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("message", SERIAL, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name="fk_attempts_message"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_message", "attempts", ["message"], unique=False)
    op.create_table(
        "fills",
        sa.Column("id", SERIAL, autoincrement=True, nullable=False),
        sa.Column("case", SERIAL, nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case"], ["cases.id"], name="fk_fills_case"),
        sa.PrimaryKeyConstraint("id", name="pk_fills"),
    )
    op.create_index("ix_fills_case", "fills", ["case"], unique=False)
