"""The people of the authority, and who a school's pupil is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the tables. Messages that came before are looked at with the next ones."""
    op.create_table(
        "people",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("reference", sa.String(100), unique=True),
        sa.Column("upn", sa.String(13)),
        sa.Column("former_upn", sa.String(13)),
        sa.Column("surname", sa.String(200), nullable=False),
        sa.Column("forename", sa.String(200), nullable=False),
        sa.Column("preferred_surname", sa.String(200)),
        sa.Column("preferred_forename", sa.String(200)),
        sa.Column("dob", sa.String(10), nullable=False),
        sa.Column("home_la", sa.String(3)),
    )
    for name in ("upn", "former_upn", "dob"):
        op.create_index(f"people_{name}", "people", [name])
    op.create_table(
        "registrations",
        sa.Column("school", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("pupil", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("told", sa.String(64), nullable=False),
        *_state(sa.Column("person", SERIAL, sa.ForeignKey("people.id"))),
    )
    op.create_index("registrations_state", "registrations", ["state", "at"])
    op.create_index("registrations_person", "registrations", ["person"])
    op.create_table(
        "matchings",
        sa.Column("id", SERIAL, primary_key=True, autoincrement=True),
        sa.Column("school", sa.Integer(), nullable=False),
        sa.Column("pupil", sa.BigInteger(), nullable=False),
        *_state(sa.Column("person", sa.BigInteger())),
        sa.Column("who", sa.String(200), nullable=False),
    )
    op.create_index("matchings_pupil", "matchings", ["school", "pupil"])
    op.create_table("looked_at", sa.Column("upto", sa.BigInteger(), primary_key=True, autoincrement=False))


def _state(person: sa.Column[int]) -> list[sa.Column[Any]]:
    return [
        sa.Column("state", sa.String(10), nullable=False),
        person,
        sa.Column("words", sa.String(500), nullable=False),
        sa.Column("settled_by", sa.String(200)),
        sa.Column("at", sa.String(32), nullable=False),
    ]
