"""From a file that was read to the pages of the contract: of every table but the marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import PAGES, Table, conform, page_schema
from rollbook.tables.words import GROUNDS, ContactOutcome, ContactType, Destination, Flag, NoticeKind, NoticeOutcome
from rollbook_csv import misread, values
from rollbook_csv.reading import NO_KEY, Reading, open_file

_BAD_UPN = "is not a well-formed UPN: the pupil is taken without it"
_AUTHORITY = "the three figures of an authority's number"
_NO_SEX = "the value (not shown) is not F, Female, Girl, M, Male or Boy: the pupil is taken without it"
_ONLY_TEXT = (
    "the value (not shown) is only the text of a day, and others of the column are days: format the whole column as a "
    "date, and type it again"
)
_PERSON = ("surname", "forename", "preferred_surname", "preferred_forename", "address", "postcode")


def with_key(reading: Reading, key: str, *needed: str) -> None:
    """Name each row's pupil in the column `pupil`. Raises FixSettings when that column, or another of those needed,
    is not there.
    """
    hint = ""
    if not reading.has(key):
        hint = (
            f"Pupils are known by {key} in every file, as in that of the marks; `key` in the settings says otherwise."
        )
        if reading.headings.table == "marks":
            hint = NO_KEY
    reading.headings.require(key, *needed, hint=hint)
    reading.rows = reading.rows.with_columns(pupil=pl.col(key))
    reading.headings.where["pupil"] = reading.headings.where[key]
    reading.typed("pupil", values.text(pl.col("pupil")), "is blank: it is not known whose row this is", needed=True)


def day(reading: Reading, field: str, *, needed: bool, personal: bool = False, aside: bool = False) -> None:
    """Read a field of days in the stated form; a value that is no such day is repeated only if it is not personal."""
    form = reading.settings["date_form"]
    shown = pl.lit("the value (not shown)") if personal else values.shown_day(pl.col(field))
    wrong = pl.concat_str(shown, pl.lit(f" is not a day in the form {form}, which the settings state"))
    reason = pl.when(pl.col(field).str.starts_with(misread.ONLY_TEXT)).then(pl.lit(_ONLY_TEXT)).otherwise(wrong)
    if reading.headings.table != "marks":
        reading.days_as = reading.days_as or values.other_form(reading.rows[field].unique(), form)
    reading.typed(field, values.day(pl.col(field), form), reason, needed=needed, telling=True, aside=aside)


def half_day(reading: Reading) -> None:
    """Read the field `session`."""
    am, pm = reading.settings["am"], reading.settings["pm"]
    expected = f" is neither {' nor '.join([*am, *pm])}"
    reason = pl.concat_str(values.shown_session(pl.col("session")), pl.lit(expected))
    reading.typed("session", values.session(pl.col("session"), am, pm), reason, needed=True)


def pupils(reading: Reading) -> pl.DataFrame:
    """The page of pupils, one row each. A file of marks that names them serves too: each pupil's last row counts.

    Raises FixSettings when the marks have no column of birth dates, without which compulsory age is not known.
    """
    if reading.headings.table == "marks":
        reading.headings.require("dob", hint=_no_dob(reading))
        reading.rows = _newest(reading)
    day(reading, "dob", needed=False, personal=True)
    for field in ("upn", "former_upn"):
        if reading.has(field):
            _upn(reading, field)
    if reading.has("sex"):
        reading.typed("sex", values.sex(pl.col("sex")), _NO_SEX, needed=False)
    _words(reading, Table.PUPILS, "home_la", _AUTHORITY)
    return _page(reading, Table.PUPILS, {field: values.text(pl.col(field)) for field in _PERSON if reading.has(field)})


def roll(reading: Reading) -> pl.DataFrame:
    """The page of the roll, one row a spell."""
    day(reading, "from", needed=True)
    if reading.has("to"):
        day(reading, "to", needed=False)
    _words(reading, Table.ROLL, "destination", f"a URN, {_listed(Destination)}")
    _words(reading, Table.ROLL, "ground", f"a letter of regulation 9(1), {min(GROUNDS)} to {max(GROUNDS)}")
    return _page(reading, Table.ROLL, _place(reading))


def roll_from_marks(reading: Reading, marks: pl.DataFrame) -> pl.DataFrame:
    """A roll out of `marks` (`pupil`, `date`, `code`) and the file that they are of: from a pupil's first mark that is
    not Z, and with no last day.

    Whoever is in it on the first day of which anybody has such a mark was there before: the spell begins with that
    school year. All this changes with every file; `first_mark` tells the host that it was not stated.
    """
    enrolled = marks.filter(pl.col("code").str.strip_chars().str.to_uppercase() != "Z", pl.col("date").is_not_null())
    spells = enrolled.group_by("pupil").agg(first_mark=pl.col("date").min())
    begins = spells["first_mark"].min()
    year = date(begins.year - (begins.month < 8), 8, 1) if isinstance(begins, date) else None
    later = pl.col("first_mark") > begins
    spells = spells.with_columns(pl.when(later).then("first_mark").otherwise(year).alias("from"))
    reading.rows = _newest(reading).join(spells, on="pupil", how="inner", maintain_order="left")
    return _page(reading, Table.ROLL, _place(reading))


def place(reading: Reading) -> pl.DataFrame:
    """Year group, class and boarding of each pupil, as far as the file has them; its last row of a pupil counts."""
    reading.rows = _newest(reading)
    return _page(reading, Table.ROLL, _place(reading))


def calendar(reading: Reading) -> pl.DataFrame:
    """The page of sessions."""
    day(reading, "date", needed=True)
    half_day(reading)
    reading.typed("open", values.yes_or_no(pl.col("open")), "is neither yes nor no", needed=True)
    return _page(reading, Table.SESSIONS, {})


def calendar_file(settings: Mapping[str, Any]) -> pl.DataFrame | None:
    """Date, session and open of the calendar's file, if there is one, for what is read by it. What of it cannot be read
    is told where it is read for itself. Raises RetryLater, FixSettings.
    """
    reading = open_file("calendar", settings)
    if reading is None:
        return None
    reading.headings.require("date", "session", "open")
    return calendar(reading)


def contacts(reading: Reading) -> pl.DataFrame:
    """The page of contacts."""
    reading.typed("name", values.text(pl.col("name")), "is blank", needed=True)
    for field, value, reason in (
        ("priority", values.small_number(pl.col("priority")), "is not a small whole number"),
        ("lives_with", values.yes_or_no(pl.col("lives_with")), "is neither yes nor no"),
    ):
        if reading.has(field):
            reading.typed(field, value, reason, needed=False)
    plain = ("relationship", "address", "postcode", "telephone", "email")
    return _page(reading, Table.CONTACTS, {field: values.text(pl.col(field)) for field in plain if reading.has(field)})


def leave(reading: Reading) -> pl.DataFrame:
    """The page of leave that was granted."""
    day(reading, "from", needed=True)
    day(reading, "to", needed=True)
    return _page(reading, Table.LEAVE, {})


def notices(reading: Reading) -> pl.DataFrame:
    """The page of notices to parents."""
    reading.typed("parent", values.text(pl.col("parent")), "is blank", needed=True)
    day(reading, "issued", needed=True)
    if reading.has("ends"):
        day(reading, "ends", needed=False)
    _words(reading, Table.NOTICES, "outcome", _listed(NoticeOutcome))
    _words(reading, Table.NOTICES, "kind", _listed(NoticeKind))
    return _page(reading, Table.NOTICES, {})


def flags(reading: Reading) -> pl.DataFrame:
    """The page of flags. Any word may be one: a school has groups of its own."""
    flag = pl.coalesce(values.word(pl.col("flag"), "|".join(Flag)), values.text(pl.col("flag")).str.to_lowercase())
    reading.typed("flag", flag, "is blank: it is not known what is said of this pupil", needed=True)
    for field in ("from", "to"):
        if reading.has(field):
            day(reading, field, needed=False, aside=True)
    _words(reading, Table.FLAGS, "authority", _AUTHORITY)
    return _page(reading, Table.FLAGS, {})


def contact_log(reading: Reading) -> pl.DataFrame:
    """The page of attempts to reach a family."""
    day(reading, "date", needed=True)
    _words(reading, Table.CONTACT_LOG, "type", _listed(ContactType))
    _words(reading, Table.CONTACT_LOG, "outcome", _listed(ContactOutcome))
    plain = {field: values.text(pl.col(field)) for field in ("by", "to") if reading.has(field)}
    return _page(reading, Table.CONTACT_LOG, plain)


# Where nobody has any of it, these files have headings and no rows; another without rows is a failed export.
MAY_BE_EMPTY = frozenset({Table.CONTACTS, Table.LEAVE, Table.NOTICES, Table.FLAGS, Table.CONTACT_LOG})


class Beside(NamedTuple):
    """A file beside the marks: its name in the settings, the fields that it must have, and what makes its page."""

    file: str
    needed: tuple[str, ...]
    make: Callable[[Reading], pl.DataFrame]


BESIDE: Mapping[Table, Beside] = {
    Table.SESSIONS: Beside("calendar", ("date", "session", "open"), calendar),
    Table.PUPILS: Beside("pupils", ("dob",), pupils),
    Table.ROLL: Beside("roll", ("from",), roll),
    Table.CONTACTS: Beside("contacts", ("name",), contacts),
    Table.LEAVE: Beside("leave", ("from", "to"), leave),
    Table.NOTICES: Beside("notices", ("parent", "issued"), notices),
    Table.FLAGS: Beside("flags", ("flag",), flags),
    Table.CONTACT_LOG: Beside("contact_log", ("date",), contact_log),
}


def _page(reading: Reading, table: Table, more: Mapping[str, pl.Expr]) -> pl.DataFrame:
    rows = reading.rows.with_columns(**more)
    given = {name: kind for name, kind in page_schema(table).items() if name in rows.columns}
    return conform(rows, given)


def _place(reading: Reading) -> dict[str, pl.Expr]:
    if reading.has("year"):
        reading.rows = reading.rows.with_columns(year_group=pl.col("year"))
        reading.headings.where["year_group"] = reading.headings.where["year"]
        known = values.year_group(pl.col("year_group"))
        reading.typed("year_group", known, "is not a year group such as 6, Year 6, R or N", needed=False)
    if reading.has("boarder"):
        reading.typed("boarder", values.yes_or_no(pl.col("boarder")), "is neither yes nor no", needed=False)
    return {"class_name": values.text(pl.col("class"))} if reading.has("class") else {}


def _words(reading: Reading, table: Table, field: str, what: str) -> None:
    """Read a field that has words of its own, if it is there. A value is never repeated: it may be anything."""
    if reading.has(field):
        column = PAGES[table][field]
        known = values.word(pl.col(field), column.form or "")
        reading.typed(field, known, f"the value (not shown) is not {what}", needed=False, aside=column.else_aside)


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _upn(reading: Reading, field: str) -> None:
    """Check each UPN once: there are as many as pupils, and few enough for a plain function."""
    tidy = values.text(pl.col(field)).str.to_uppercase()
    given = reading.rows.select(tidy).to_series().drop_nulls().unique().to_list()
    wrong = [upn for upn in given if upn_problem(upn)]
    reading.typed(field, pl.when(~tidy.is_in(wrong)).then(tidy), _BAD_UPN, needed=False)


def _newest(reading: Reading) -> pl.DataFrame:
    """The last row of each pupil."""
    return reading.rows.unique("pupil", keep="last", maintain_order=True)


def _no_dob(reading: Reading) -> str:
    name = reading.settings["pupils"]
    return (
        f"There is no file {name}, so that pupils are taken from {reading.file}; without dates of birth compulsory "
        f"school age is not known. Export {name}, or add the column."
    )
