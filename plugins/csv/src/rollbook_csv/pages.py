"""From a file that was read to the pages of the contract: pupils, roll, calendar, contacts, leave, notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import polars as pl

from rollbook.contract import FixSettings
from rollbook.tables.checks import upn_problem
from rollbook.tables.schemas import Table, conform, page_schema
from rollbook_csv import values
from rollbook_csv.reading import NO_KEY, Reading

_BAD_UPN = "is not a well-formed UPN: the pupil is taken without it. Correct it in the MIS"
_PERSON = ("surname", "forename", "preferred_surname", "preferred_forename", "sex", "address", "postcode")


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


def day(reading: Reading, field: str, *, needed: bool, personal: bool = False) -> None:
    """Read a field of days in the stated form; a value that is no such day is repeated only if it is not personal."""
    form = reading.settings["date_form"]
    shown = pl.lit("the value (not shown)") if personal else values.shown_day(pl.col(field))
    reason = pl.concat_str(shown, pl.lit(f" is not a day in the form {form}, which the settings state"))
    reading.typed(field, values.day(pl.col(field), form), reason, needed=needed, telling=True)


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
    return _page(reading, Table.PUPILS, {field: values.text(pl.col(field)) for field in _PERSON if reading.has(field)})


def roll(reading: Reading) -> pl.DataFrame:
    """The page of the roll, one row a spell."""
    day(reading, "from", needed=True)
    if reading.has("to"):
        day(reading, "to", needed=False)
    return _page(reading, Table.ROLL, _place(reading))


def roll_from_marks(reading: Reading) -> pl.DataFrame:
    """A roll out of a file of marks: from a pupil's first mark that is not Z, and with no last day.

    Whoever is in it on the file's first day was there before: the spell begins with that school year.
    """
    dated = reading.rows.with_columns(values.day(pl.col("date"), reading.settings["date_form"]))
    begins = dated["date"].min()
    year = date(begins.year - (begins.month < 8), 8, 1) if isinstance(begins, date) else None
    enrolled = dated.filter(pl.col("mark").str.strip_chars().str.to_uppercase() != "Z", pl.col("date").is_not_null())
    first = enrolled.group_by("pupil").agg(pl.col("date").min())
    spells = first.select("pupil", pl.when(pl.col("date") > begins).then("date").otherwise(year).alias("from"))
    reading.rows = _newest(reading).join(spells, on="pupil", how="inner", maintain_order="left")
    return _page(reading, Table.ROLL, _place(reading))


def calendar(reading: Reading) -> pl.DataFrame:
    """The page of sessions."""
    day(reading, "date", needed=True)
    half_day(reading)
    reading.typed("open", values.yes_or_no(pl.col("open")), "is neither yes nor no", needed=True)
    return _page(reading, Table.SESSIONS, {})


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
    """The page of penalty notices."""
    reading.typed("parent", values.text(pl.col("parent")), "is blank", needed=True)
    day(reading, "issued", needed=True)
    if reading.has("outcome"):
        outcome = values.text(pl.col("outcome")).str.to_lowercase()
        known = pl.when(outcome.is_in(["paid", "unpaid", "prosecuted", "withdrawn"])).then(outcome)
        reading.typed("outcome", known, "is not paid, unpaid, prosecuted or withdrawn", needed=False)
    return _page(reading, Table.NOTICES, {})


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
}


def page_of(table: Table, reading: Reading, key: str) -> pl.DataFrame:
    """The page of `table` out of its own file, or out of that of the marks. Raises FixSettings for a missing column."""
    beside, drawn = BESIDE[table], reading.headings.table == "marks"
    if table is Table.SESSIONS:
        reading.headings.require(*beside.needed)
        return beside.make(reading)
    if not drawn:
        with_key(reading, key, *beside.needed)
        return beside.make(reading)
    with_key(reading, key, "date", "mark")
    rows = roll_from_marks(reading) if table is Table.ROLL else beside.make(reading)
    reading.forget_rows_of_marks()
    return rows


def check_school(reading: Reading, own: Mapping[str, Any]) -> None:
    """Raises FixSettings when the file says, in a column of URNs or LAESTABs, that it is another school's."""
    for field, ours in own.items():
        if ours is None or not reading.has(field) or reading.rows.is_empty():
            continue
        digits = pl.col(field).str.replace_all(r"[^0-9]", "")
        told = reading.rows.select("line", number=digits).filter(pl.col("number") != "")
        strange = told.filter(pl.col("number") != "".join(filter(str.isdigit, str(ours))))
        if strange.height:
            raise FixSettings(
                f"{reading.file} is of another school: line {strange['line'][0]} has the {field.upper()} "
                f"{strange['number'][0][:7]}, and this school's is {ours}. Nothing of it was used: put each school's "
                f"files in its own folder."
            )


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
