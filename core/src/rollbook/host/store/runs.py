"""What ran, what each school's pull left, and which register files count."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, PrimaryKeyConstraint, Table

from rollbook.host.store.columns import Json, metadata, moment, number, school, text

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("key", LargeBinary, nullable=False),  # keys the digests that number pupils
    moment("created"),
)

runs = Table(
    "runs",
    metadata,
    number(),
    moment("started"),
    moment("ended", nullable=True),  # null while it runs, and for ever if it was killed
    Column("as_at", Date, nullable=False),
    text("program", nullable=False),
    Column("exit_status", Integer),
    text("sentence"),
    Column("deliveries", Json),
)

run_schools = Table(
    "run_schools",
    metadata,
    Column("run", Integer, ForeignKey("runs.id"), nullable=False),
    school(),
    text("connection", nullable=False),
    text("status", nullable=False),  # ok | degraded | failed
    Column("counts", Json, nullable=False),
    Column("findings", Json, nullable=False),
    Column("sentences", Json, nullable=False),
    Column("notes", Json, nullable=False),
    Column("newest_session", Date),
    moment("started"),
    moment("ended"),
    PrimaryKeyConstraint("run", "school"),
)

# The newest files of a school and school year. A file that no row names does not count, and is swept later.
manifest = Table(
    "manifest",
    metadata,
    school(),
    Column("year", Integer, nullable=False),  # the year in which the school year begins
    text("marks_file", nullable=False),  # below the folder of registers
    text("marks_digest", nullable=False),  # SHA-256 of the file
    Column("marks_rows", Integer, nullable=False),
    text("replaced_file"),
    text("replaced_digest"),
    text("content", nullable=False),  # digest of who, when, which code: what a decision rests on
    Column("run", Integer, nullable=False),
    PrimaryKeyConstraint("school", "year"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    text("connection", nullable=False),
    school(),
    text("table", nullable=False),
    Column("checkpoint", Json, nullable=False),
    Column("covered_to", Date),  # last day that a pull of marks was whole for
    moment("at"),
    PrimaryKeyConstraint("connection", "school", "table"),
)

judged = Table(
    "judged",
    metadata,
    Column("school", Integer, primary_key=True, autoincrement=False),
    Column("as_at", Date, nullable=False),
    Column("first_judged", Date, nullable=False),
    text("inputs", nullable=False),  # digest of all that the judgement rested on
    moment("at"),
)
