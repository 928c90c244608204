"""One file being read: its rows so far, and what was set aside, by line and column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from rollbook.contract import FixSettings, Reject
from rollbook_csv import files, records, sheets, texts, values
from rollbook_csv.headings import Headings
from rollbook_csv.records import LINE, Layout
from rollbook_csv.saved import saved_at

FEW, SHARE, MOST = 20, 0.05, 10_000
NO_KEY = "A pupil is known by the admission number or the UPN: export one of them."
_ASIDE = {
    LINE: pl.Int32,
    "column": pl.String,
    "reason": pl.String,
    "lost": pl.Boolean,
    "telling": pl.Boolean,
    "do": pl.String,  # blank where the reason says so itself
}
_DO = ". Correct it in the MIS, and export again"


class Reading:
    """A file in the profile of `settings`. Fields are columns of text, named as in `headings.FIELDS`."""

    def __init__(self, table: str, taken: files.Taken, settings: Mapping[str, Any]) -> None:
        """Raises FixSettings when the file as a whole is not of this profile."""
        text = texts.text_of(table, taken, settings)
        layout = _layout(settings) if table == "marks" else Layout()
        found = records.split(
            text, settings["delimiter"], taken.name, final_line_break=settings["final_line_break"], layout=layout
        )
        self.file, self.digest, self.settings = taken.name, taken.digest, settings
        self.made = saved_at(taken)
        self.days_as = ""  # the form of its days, of DATE_FORMS, where it is another than the settings state
        headings = _headings(found.headings, found.sessions, settings)
        self.headings = Headings(table, taken.name, headings, settings["columns"], settings["shape"])
        self.shape = settings["shape"] if table == "marks" else "mark"
        self.records = found if self.shape == "grid" else None
        columns = [pl.col(str(place)).alias(field) for field, place in self.headings.where.items()]
        self._check_below(found.below, columns)
        self.rows = found.fields.select(LINE, *columns)
        self.total = found.fields.height + found.bad.height
        lost = found.bad.with_columns(
            column=pl.lit("row"), lost=pl.lit(value=True), telling=pl.lit(value=True), do=pl.lit("")
        )
        self._aside = [lost.select(list(_ASIDE))]
        if sheets.is_workbook(taken.name):
            self._without_errors()

    def has(self, field: str) -> bool:
        """Whether the file has a column for that field."""
        return field in self.headings.where

    def _check_below(self, below: pl.DataFrame, columns: list[pl.Expr]) -> None:
        """Totals of a class, with the next class under them, must not end the register unseen."""
        keys = [key for key in ("adno", "upn") if self.has(key)]
        if below.is_empty() or not keys:
            return
        places = {str(place) for place in self.headings.where.values()}
        marks = [pl.col(field) for field in ("date", "start") if self.has(field)]
        if self.shape == "grid":
            marks = [pl.col(name) for name in below.columns if name not in {LINE, *places}]
        filled = below.with_columns(columns).select(LINE, pl.exclude(LINE).str.strip_chars() != "")
        more = filled.filter(pl.any_horizontal(keys), pl.any_horizontal(marks))
        if more.height:
            raise FixSettings(
                f"{self.file}, line {more[LINE][0]}: a row of a pupil below the totals, with which `totals` says that "
                f"the register ends. Export it without totals of classes; if this row is one of the totals too, name "
                f"in `totals` how it begins. Nothing of the file was used."
            )

    def set_aside(self, rows: pl.DataFrame, *, telling: bool) -> None:
        """Note what is not used of rows: `line`, `column`, `reason`. telling: as in `typed`."""
        noted = rows.with_columns(lost=pl.lit(value=True), telling=pl.lit(telling), do=pl.lit(""))
        self._aside.append(noted.select(pl.col(name).cast(kind) for name, kind in _ASIDE.items()))

    def typed(
        self,
        field: str,
        value: pl.Expr,
        reason: pl.Expr | str,
        *,
        needed: bool,
        telling: bool = False,
        aside: bool = False,
    ) -> None:
        """Replace a field by `value`, which is of that field alone. Where it is null, a row that needs it is set aside
        with the reason; where it is not needed, and was not blank, the row stays and the reason is noted.

        telling: whether many wrong values mean that the file is not of this profile, as they do where it is needed.
        aside: whether the row is set aside for a wrong value though it may be blank, for a blank says something else.
        """
        lost = needed or aside
        # Each different value is looked at once: a million marks have a hundred days.
        table = self.rows.select(pl.col(field).unique()).with_columns(_typed=value, _said=_literal(reason))
        blank = pl.col(field).str.strip_chars() == ""
        table = table.with_columns(_wrong=pl.col("_typed").is_null() & (needed | ~blank))
        rows = self.rows.join(table, on=field, how="left", maintain_order="left", nulls_equal=True)
        heading = self.headings.heading(field)
        noted = rows.filter("_wrong").select(
            LINE,
            column=pl.lit(heading),
            reason="_said",
            lost=pl.lit(lost),
            telling=pl.lit(lost or telling),
            do=pl.when(pl.col("_said").str.contains("again")).then(pl.lit("")).otherwise(pl.lit(_DO)),
        )
        self._aside.append(noted)
        kept = rows.filter(~pl.col("_wrong")) if lost and noted.height else rows
        self.rows = kept.with_columns(pl.col("_typed").alias(field)).drop("_typed", "_said", "_wrong")

    def _without_errors(self) -> None:
        """Of a workbook: a cell with a formula's error has no value, and is not blank."""
        for field in self.headings.where:
            wrong = self.rows.filter(pl.col(field).str.contains(sheets.ERRORS))
            if wrong.height:
                heading = pl.lit(self.headings.heading(field))
                self.set_aside(wrong.select(LINE, column=heading, reason=pl.lit(sheets.HAS_ERROR)), telling=True)
                self.rows = self.rows.join(wrong, on=LINE, how="anti", maintain_order="left")

    def forget_rows(self) -> None:
        """Of a file from which a second table was taken: what is wrong with its rows is told with the first."""
        fields = ("dob", "upn", "former_upn", "sex", "home_la", "year", "boarder")
        told = {self.headings.heading(field) for field in fields}
        self._aside = [part.filter(pl.col("column").is_in(list(told))) for part in self._aside]
        self.total = max(self.rows.height + self.lost, 1)

    @property
    def lost(self) -> int:
        """How many rows could not be used."""
        return sum(int(part["lost"].sum()) for part in self._aside)

    def rejects(self) -> list[Reject]:
        """What was set aside, by line. Raises FixSettings when it is so much that the profile must be wrong."""
        aside = pl.concat(self._aside).sort(LINE, maintain_order=True)
        if aside.height:
            self._check_share(aside)
        return [
            Reject(f"{self.file}, line {row[LINE]}", row["column"], f"{row['column']}: {row['reason']}{row['do']}")
            for row in aside.iter_rows(named=True)
        ]

    def _check_share(self, aside: pl.DataFrame) -> None:
        told = aside.filter("telling")
        wrong = told[LINE].n_unique()
        too_many = (wrong >= FEW and wrong > SHARE * self.total) or aside.height > MOST
        if not too_many and wrong < self.total:
            return
        row = (told if wrong else aside).row(0, named=True)
        alike = f" {_alike(self.settings['date_form'], self.days_as)}" if self.days_as else ""
        raise FixSettings(
            f"{self.file} is not of this profile: {wrong or aside.height} of its {self.total} rows cannot be read. The "
            f"first is line {row[LINE]}, {row['column']}: {row['reason']}. Correct the settings (date_form, columns, "
            f"am, pm, delimiter) or the export.{alike}"
        )

    def require_rows(self) -> None:
        """Raises FixSettings when there are headings and nothing else."""
        if self.total == 0:
            raise FixSettings(
                f"{self.file} has headings and no rows. An export without rows is a failed export, and does not mean "
                f"that nobody was there: check what the report selects, and run it again."
            )


def _alike(stated: str, found: str) -> str:
    """That every file of a folder must write days as the settings state; the day is made up."""
    written = [date(2026, 9, 3).strftime(values.DATE_FORMS[form][1]) for form in (stated, found)]
    return (
        f"Every file of a folder must write days alike: by date_form the marks have {written[0]}, and this file "
        f"{written[1]}: export both alike."
    )


def _literal(reason: pl.Expr | str) -> pl.Expr:
    return pl.lit(reason) if isinstance(reason, str) else reason


def _layout(settings: Mapping[str, Any]) -> Layout:
    return Layout(settings["headings_line"], settings["sessions_line"], settings["totals"])


def _headings(found: Sequence[str], sessions: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """The headings; where one is blank, and the line of sessions says neither AM nor PM, what that line says."""
    words = {word.strip().upper() for word in [*settings["am"], *settings["pm"]]}
    beside = [*("" if word.upper() in words else word for word in sessions), *[""] * len(found)]
    return [heading or other for heading, other in zip(found, beside, strict=False)]


def open_file(table: str, settings: Mapping[str, Any]) -> Reading | None:
    """The file of that name in the settings, or None when there is none. Raises RetryLater, FixSettings."""
    path = files.find(settings["folder"], settings[table])
    return Reading(table, files.read(path), settings) if path else None


def open_marks(settings: Mapping[str, Any]) -> Reading:
    """The file of marks, which must be there. Raises RetryLater, FixSettings."""
    path = files.required(settings["folder"], settings["marks"])
    return Reading("marks", files.read(path), settings)


def key_field(settings: Mapping[str, Any]) -> str:
    """By what pupils are known in every file: as the settings say, else as the file of marks does, `adno` before `upn`.

    Raises RetryLater, FixSettings.
    """
    if settings["key"]:
        return str(settings["key"])
    path = files.required(settings["folder"], settings["marks"])
    text = texts.beginning_of("marks", path, settings)
    layout, delimiter = _layout(settings), settings["delimiter"]
    found = records.first_record(text, delimiter, path.name, layout.headings_line)
    at = layout.sessions_line
    sessions = records.first_record(text, delimiter, path.name, at) if at else []
    found = _headings(found, sessions, settings)
    headings = Headings("marks", path.name, found, settings["columns"], settings["shape"])
    if not headings.where.keys() & {"adno", "upn"}:
        headings.require("adno", hint=NO_KEY)
    return "adno" if "adno" in headings.where else "upn"
