"""The canonical tables: the columns through which the rooms meet.

A *page* table is what a source gives for one school: its pupils carry the vendor's own key. A *canonical* table is
what the host keeps and the rules read: every row names its school (URN) and the pupil by Rollbook's own number.
Dates are `pl.Date`; a moment is `pl.Datetime("us", "UTC")`; a spell's `from` and `to` are days, both included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import polars as pl
from polars.datatypes import DataTypeClass

from rollbook.tables.words import GROUNDS, ContactOutcome, ContactType, Destination, NoticeKind, NoticeOutcome

Kind: TypeAlias = pl.DataType | DataTypeClass
MOMENT = pl.Datetime("us", "UTC")
SCHOOL = pl.Int32  # URN
PUPIL = pl.Int64  # Rollbook's own number of a pupil
SESSION = pl.UInt8  # 0 is AM, 1 is PM
CODE = pl.UInt8  # an id of codes.toml
AM, PM = 0, 1


class Table(StrEnum):
    """The tables that a source may give. The first four and marks make a register; the others are optional."""

    SCHOOLS = "schools"
    SESSIONS = "sessions"
    PUPILS = "pupils"
    ROLL = "roll"
    MARKS = "marks"
    CONTACTS = "contacts"
    LEAVE = "leave"
    NOTICES = "notices"
    FLAGS = "flags"
    CONTACT_LOG = "contact_log"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Column:
    """A column of a page: its type, whether a row needs a value, whether it is personal, and what it means.

    form: a pattern that the whole of a text must have, in small letters; None: any text. Where another is written, the
    row is set aside if `else_aside` (without the value it would say something else), and else is used without it.
    """

    dtype: Kind
    required: bool
    doc: str
    personal: bool = False
    form: str | None = None
    else_aside: bool = False


_URN = "[0-9]{6}"

# What a source's page of each table holds. A column that is not required may be left out.
PAGES: Mapping[Table, Mapping[str, Column]] = {
    Table.SESSIONS: {
        "date": Column(pl.Date, True, "day"),
        "session": Column(pl.String, True, "`AM` or `PM`"),
        "open": Column(pl.Boolean, True, "whether the school planned to be open"),
    },
    Table.PUPILS: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil, the same on every day", True),
        "upn": Column(pl.String, False, "unique pupil number", True),
        "former_upn": Column(pl.String, False, "the UPN that this one replaced", True),
        "surname": Column(pl.String, False, "legal surname", True),
        "forename": Column(pl.String, False, "legal forename", True),
        "preferred_surname": Column(pl.String, False, "surname in use, where another", True),
        "preferred_forename": Column(pl.String, False, "forename in use, where another", True),
        "dob": Column(pl.Date, False, "date of birth; a pupil without one is kept, and judged when it is there", True),
        "sex": Column(pl.String, False, "`F`, `M` or empty", True),
        "address": Column(pl.String, False, "where the pupil normally lives, in one line", True),
        "postcode": Column(pl.String, False, "postcode of that address", True),
        "home_la": Column(
            pl.String,
            False,
            "number of the authority in whose area that address is, where it is another than the school's",
            True,
            form="[0-9]{3}",
        ),
    },
    Table.ROLL: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "from": Column(pl.Date, True, "first day on the roll"),
        "to": Column(pl.Date, False, "last day on the roll, included; empty while on it"),
        "year_group": Column(pl.Int8, False, "0 is reception, -1 nursery"),
        "class_name": Column(pl.String, False, "registration class"),
        "boarder": Column(pl.Boolean, False, "whether the pupil boards; empty is no"),
        "destination": Column(
            pl.String,
            False,
            "where a leaver went: a URN, or one of `words.Destination`",
            personal=True,
            form="|".join([_URN, *Destination]),
        ),
        "ground": Column(
            pl.String,
            False,
            "on which the name was deleted: a letter of reg 9(1), `words.GROUNDS`",
            form="|".join(GROUNDS),
        ),
        "first_mark": Column(
            pl.Date,
            False,
            "day of the first mark, where `from` is drawn from marks; empty where the source states `from`",
        ),
    },
    Table.MARKS: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "date": Column(pl.Date, True, "day"),
        "session": Column(pl.String, True, "`AM` or `PM`"),
        "code": Column(pl.String, False, "the mark as the vendor writes it; empty where none was made"),
        "line": Column(pl.Int32, False, "line of the file or number of the record, for messages"),
    },
    Table.CONTACTS: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "name": Column(pl.String, True, "full name", True),
        "relationship": Column(pl.String, False, "for example `mother`, `carer`", True),
        "priority": Column(pl.Int8, False, "1 is called first"),
        "lives_with": Column(pl.Boolean, False, "whether the pupil normally lives with this person", True),
        "address": Column(pl.String, False, "in one line", True),
        "postcode": Column(pl.String, False, "postcode of that address", True),
        "telephone": Column(pl.String, False, "a number to reach this person by", True),
        "email": Column(pl.String, False, "electronic mail address", True),
    },
    Table.LEAVE: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "from": Column(pl.Date, True, "first day of the leave that was granted"),
        "to": Column(pl.Date, True, "last day of it, included"),
    },
    Table.NOTICES: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "parent": Column(pl.String, True, "to whom the notice was issued", True),
        "issued": Column(pl.Date, True, "day of issue"),
        "outcome": Column(
            pl.String,
            False,
            "`paid`, `unpaid`, `prosecuted`, `withdrawn`; empty if not known",
            form="|".join(NoticeOutcome),
        ),
        "kind": Column(
            pl.String,
            False,
            "`penalty`, or `improve` for a notice to improve; empty is penalty",
            form="|".join(NoticeKind),
            else_aside=True,
        ),
        "ends": Column(pl.Date, False, "last day of the period to improve in, where the notice says one"),
    },
    Table.FLAGS: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "flag": Column(pl.String, True, "one of `words.Flag`, or a group that the school defines", True),
        "from": Column(pl.Date, False, "first day on which it holds; empty is always"),
        "to": Column(pl.Date, False, "last day on which it holds, included; empty while it does"),
        "authority": Column(
            pl.String,
            False,
            "number of the authority whose it is: that looks after the child, or whose worker it is",
            form="[0-9]{3}",
        ),
    },
    Table.CONTACT_LOG: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil", True),
        "date": Column(pl.Date, True, "day of the attempt"),
        "type": Column(
            pl.String,
            False,
            "one of `words.ContactType`; empty is another way",
            form="|".join(ContactType),
            else_aside=True,
        ),
        "by": Column(pl.String, False, "who tried", True),
        "to": Column(pl.String, False, "whom", True),
        "outcome": Column(
            pl.String,
            False,
            "one of `words.ContactOutcome`; empty is no answer",
            form="|".join(ContactOutcome),
            else_aside=True,
        ),
    },
    Table.ELSEWHERE: {
        "pupil": Column(pl.String, True, "the vendor's own key of the pupil, as this school has it", True),
        "where": Column(pl.Int32, True, "the school that made the mark: its URN, or its LAESTAB as seven digits"),
        "date": Column(pl.Date, True, "day"),
        "session": Column(pl.String, True, "`AM` or `PM`"),
        "code": Column(pl.String, False, "the mark, a national code of its day; empty where none was made"),
    },
}

Schema: TypeAlias = dict[str, Kind]


def _canonical(table: Table) -> Schema:
    own: Schema = {"school": SCHOOL}
    replaced: Schema = {"pupil": PUPIL, "session": SESSION}
    return own | {name: replaced.get(name, column.dtype) for name, column in PAGES[table].items()}


# What the host keeps and the rules read.
SCHOOLS: Schema = {
    "school": SCHOOL,
    "name": pl.String,
    "la": pl.String,  # the local authority's number
    "type": pl.String,  # maintained | academy | special | independent
    "lowest_year": pl.Int8,  # most junior year group, null if not known
    "highest_year": pl.Int8,  # most senior year group, null if not known
}
SESSIONS: Schema = _canonical(Table.SESSIONS)
PUPILS: Schema = _canonical(Table.PUPILS)
# Without `first_mark`, which says only how a page's `from` came about: `register.roll` settles the first day by it.
ROLL: Schema = {name: kind for name, kind in _canonical(Table.ROLL).items() if name != "first_mark"}
CONTACTS: Schema = _canonical(Table.CONTACTS)
LEAVE: Schema = _canonical(Table.LEAVE)
NOTICES: Schema = _canonical(Table.NOTICES)
FLAGS: Schema = _canonical(Table.FLAGS)
CONTACT_LOG: Schema = _canonical(Table.CONTACT_LOG)
# `school` is the one that was told of them, `where` the one that made them. Sorted and unique in all but the code.
ELSEWHERE: Schema = _canonical(Table.ELSEWHERE) | {"code": CODE}

# A register file: sorted by pupil, date, session, and unique in them. `raw` is kept where it is not the code's own
# letter; `known_from` is when the mark became known, `run` the run that brought it.
MARKS: Schema = {
    "pupil": PUPIL,
    "date": pl.Date,
    "session": SESSION,
    "code": CODE,
    "raw": pl.String,
    "known_from": MOMENT,
    "run": pl.Int32,
}
# Marks that another replaced, or that were deleted at the source: a year's second, small file.
REPLACED: Schema = MARKS | {"known_to": MOMENT}

# What was set aside, with the reason. `reason` and `place` hold no personal data; `raw` is the written mark.
QUARANTINE: Schema = {
    "school": SCHOOL,
    "pupil": PUPIL,  # null where the pupil could not be known
    "table": pl.String,
    "place": pl.String,  # file and line
    "column": pl.String,
    "date": pl.Date,
    "session": SESSION,
    "raw": pl.String,
    "kind": pl.String,  # unknown_code, lossy_code, two_marks, closed_day, not_on_roll, after_leaving, malformed, ...
    "reason": pl.String,  # a sentence
}

# What the rules say of a pupil and a stretch of days, for what may have to be followed up. See `rules.catalogue`.
FINDINGS: Schema = {
    "rule": pl.String,
    "school": SCHOOL,
    "pupil": PUPIL,
    "first": pl.Date,  # first day that the finding covers
    "last": pl.Date,  # last day that it covers so far
    "reached": pl.Date,  # day on which the rule's condition was met
    "ended": pl.Boolean,  # whether it has come to an end by the day looked at
    "figures": pl.String,  # JSON object: the rule's numbers
    "evidence": pl.String,  # JSON list of {date, session, code}: the sessions that count, up to `reached`
    "settings": pl.String,  # JSON list of {name, value, set_by}
    "law": pl.String,  # JSON list of references
}


# The tables that a source may leave out and that stand here as they are given, and the form of each. One that it never
# gave is not an empty one.
OPTIONAL: Mapping[Table, Schema] = {
    Table.CONTACTS: CONTACTS,
    Table.LEAVE: LEAVE,
    Table.NOTICES: NOTICES,
    Table.FLAGS: FLAGS,
    Table.CONTACT_LOG: CONTACT_LOG,
}


def page_schema(table: Table) -> Schema:
    """The types of every column that a page of `table` may have."""
    return {name: column.dtype for name, column in PAGES[table].items()}


def empty(schema: Schema) -> pl.DataFrame:
    """A table of that form with no rows."""
    return pl.DataFrame(schema=schema)


def conform(rows: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """`rows` with exactly the columns of `schema`, in its order; a column that is missing is filled with nulls.

    Raises polars.exceptions.InvalidOperationError when a value does not fit its type.
    """
    columns = [
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    ]
    return rows.select(columns)
