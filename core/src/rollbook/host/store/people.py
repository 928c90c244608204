"""Who, since when: pupils, the links that lead to them, the roll, the calendar. What replaces a row closes it."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, SmallInteger, Table

from rollbook.host.store.columns import known, metadata, number, pupil, school, standing, text

pupils = Table(
    "pupils",
    metadata,
    number(),
    school(),
    pupil(),
    text("upn"),
    text("former_upn"),
    text("surname"),
    text("forename"),
    text("preferred_surname"),
    text("preferred_forename"),
    Column("dob", Date),
    text("sex"),
    text("address"),
    text("postcode"),
    text("home_la"),
    Column("in_source", Boolean, nullable=False),  # false: the source no longer names this pupil
    *known(),
    standing("pupils"),
    Index("ix_pupils_upn", "upn"),
    Index("ix_pupils_dob", "dob"),
)

# What leads to a pupil's number. kind `key`: a connection's own key at a school; kind `upn`: of every school.
links = Table(
    "links",
    metadata,
    number(),
    text("kind", nullable=False),
    text("connection"),
    Column("school", Integer),
    text("value", nullable=False),
    pupil(),
    *known(),
    Index("ix_links_value", "kind", "value"),
    Index("ix_links_pupil", "pupil"),
)

roll = Table(
    "roll",
    metadata,
    number(),
    school(),
    pupil(),
    Column("from", Date, nullable=False),
    Column("to", Date),
    Column("year_group", SmallInteger),
    text("class_name"),
    Column("boarder", Boolean),
    text("destination"),
    text("ground"),
    Column("in_source", Boolean, nullable=False),
    *known(),
    standing("roll"),
    Index("ix_roll_pupil", "pupil"),
)

sessions = Table(
    "sessions",
    metadata,
    number(),
    school(),
    Column("date", Date, nullable=False),
    Column("session", SmallInteger, nullable=False),  # 0 is AM, 1 is PM
    Column("open", Boolean, nullable=False),
    *known(),
    standing("sessions"),
)

contacts = Table(
    "contacts",
    metadata,
    number(),
    school(),
    pupil(),
    text("name", nullable=False),
    text("relationship"),
    Column("priority", SmallInteger),
    Column("lives_with", Boolean),
    text("address"),
    text("postcode"),
    text("telephone"),
    text("email"),
    *known(),
    standing("contacts"),
)

leave = Table(
    "leave",
    metadata,
    number(),
    school(),
    pupil(),
    Column("from", Date, nullable=False),
    Column("to", Date, nullable=False),
    *known(),
    standing("leave"),
)

notices = Table(
    "notices",
    metadata,
    number(),
    school(),
    pupil(),
    text("parent", nullable=False),
    Column("issued", Date, nullable=False),
    text("outcome"),
    text("kind"),  # penalty (null too) | improve
    Column("ends", Date),
    *known(),
    standing("notices"),
)

flags = Table(
    "flags",
    metadata,
    number(),
    school(),
    pupil(),
    text("flag", nullable=False),
    Column("from", Date),
    Column("to", Date),
    text("authority"),
    *known(),
    standing("flags"),
)

contact_log = Table(
    "contact_log",
    metadata,
    number(),
    school(),
    pupil(),
    Column("date", Date, nullable=False),
    text("type"),
    text("by"),
    text("to"),
    text("outcome"),
    *known(),
    standing("contact_log"),
)

# Marks that a pupil was given at another school, one row for each such school and school year: a joiner brings
# hundreds, and they change all at once or not at all. `marks` is as `host.elsewhere` writes it.
elsewhere = Table(
    "elsewhere",
    metadata,
    number(),
    school(),
    pupil(),
    Column("where", Integer, nullable=False),  # a URN, or a LAESTAB of seven digits
    Column("year", SmallInteger, nullable=False),  # in which the school year begins
    text("marks", nullable=False),
    *known(),
    standing("elsewhere"),
)

# Which of the tables that a source may leave out each connection gave, if without rows, and since when: no row here,
# and what rests on such a table is not judged; a row here and none there, and there is nothing of the kind.
given = Table(
    "given",
    metadata,
    number(),
    school(),
    text("connection", nullable=False),
    text("table", nullable=False),
    *known(),
    standing("given"),
)
