"""Clause 4, its second part: the values of the rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from rollbook.contract import Window
from rollbook.tables.codes import all_codes
from rollbook.tables.schemas import PAGES, Table
from rollbook.testing.kit.check import DoesNotApply, advised, must, required, some
from rollbook.testing.kit.made_to_order import KEY, with_names, without_upns
from rollbook.testing.kit.source_stage import FIRST, NO_MARK, WEEK, WINDOW, SourceStage, national, unlike

NOBODY_KNOWS = ("ZZ", "7", "?", "Y")
NAMES = ("surname", "forename", "preferred_surname", "preferred_forename")
NEEDED = {
    Table.PUPILS: ("upn", "surname", "forename", "dob", "address"),
    Table.ROLL: ("from", "to", "year_group"),
    Table.MARKS: ("code",),
}
"""What the rules judge by, and what a return to an authority says."""
NO_VALUE = ("", "null", "none", "nan", "n/a", "undefined")


@required("S12", "4.6")
def codes_are_not_guessed(stage: SourceStage) -> None:
    """A mark that nobody knows (ZZ, 7, ?, a plain Y) comes as it is: neither altered nor left out."""
    marks = stage.truth(Table.MARKS, Window(FIRST, WINDOW.last))
    odd = marks.filter(pl.col("code").is_in(NOBODY_KNOWS)).select(*KEY, "code")
    if odd.is_empty():
        raise DoesNotApply("mark that nobody knows in so small a school: take more pupils")
    days = odd["date"].unique().sort()
    rows = stage.pull(Table.MARKS, Window(days[0], days[-1])).rows
    given = odd.join(rows.select(*KEY, given=national("code", stage.cls.code_map)), on=KEY, how="left")
    wrong = given.filter(pl.col("code").ne_missing(pl.col("given")))
    told = [f"{row['code']} as {row['given'] or 'nothing'}" for row in wrong.iter_rows(named=True)]
    must(not told, f"marks that nobody knows are given otherwise: {some(told)}. The host sets them aside, and says so")


@required("S51", "4.14")
def code_map_is_of_the_vendors_own_marks(stage: SourceStage) -> None:
    """`code_map` makes national codes of the vendor's own marks, and of no national code another."""
    if not stage.cls.code_map:
        raise DoesNotApply("mark in its code_map")
    known = {code.code for code in all_codes()}
    for mark, code in stage.cls.code_map.items():
        own, to = mark.strip().upper(), code.strip().upper()
        must(to in known or to in NO_MARK, f"code_map makes {code!r} of {mark!r}, which is no national code")
        must(own not in known or own == to, f"code_map makes {code!r} of {mark!r}, which is itself a national code")


@required("S13", "4.7")
def names_come_whole(stage: SourceStage) -> None:
    """Names come letter by letter, with their accents, apostrophes, commas and quotation marks."""
    with stage.another("names", with_names(stage.school)) as other:
        rows, truth = other.pull(Table.PUPILS).rows, other.truth(Table.PUPILS)
        names = ["pupil", *(name for name in NAMES if name in rows.columns)]
        if len(names) == 1:
            raise DoesNotApply("name in its table of pupils")
        difference = unlike(Table.PUPILS, rows.select(names), truth, {})
        must(not difference, difference)


@required("S14", "4.8")
def pupils_without_upn(stage: SourceStage) -> None:
    """A pupil who has no UPN yet, or a temporary one, is given like any other, with what UPN there is."""
    with stage.another("upns", without_upns(stage.school)) as other:
        rows, truth = other.pull(Table.PUPILS).rows, other.truth(Table.PUPILS)
        lost = set(truth["pupil"]) - set(rows["pupil"])
        bare = set(truth.filter(pl.col("upn").is_null())["pupil"]) & lost
        must(not lost, f"{len(lost)} pupils are not given, {len(bare)} of them without a UPN")
        if "upn" in rows.columns:
            upns = rows.select("pupil", pl.col("upn").replace("", None))
            difference = unlike(Table.PUPILS, upns, truth, {})
            must(not difference, f"the UPNs differ: {difference}")


@required("S53", "4.15")
def what_is_needed_is_given(stage: SourceStage) -> None:
    """What the rules and the returns need of a pupil, and the vendor has, is given."""
    _must_be_given(stage, NEEDED)


@advised("S54", "4.16")
def nothing_is_left_out(stage: SourceStage) -> None:
    """Whatever else the vendor has of a table is given."""
    others = {table: [name for name in PAGES[table] if name not in NEEDED.get(table, ())] for table in stage.tables}
    _must_be_given(stage, others)


@advised("S55", "4.17")
def the_vendor_has_what_is_needed(stage: SourceStage) -> None:
    """The vendor has what the rules and the returns need of a pupil."""
    told = {table: set(stage.truth(table).columns) for table in NEEDED}
    lacking = [f"{table.value}.{name}" for table, names in NEEDED.items() for name in names if name not in told[table]]
    must(not lacking, f"`readable()` says that there is no {some(lacking)}. Declare a gap if the vendor has none")


def _must_be_given(stage: SourceStage, columns: Mapping[Table, Collection[str]]) -> None:
    for table, names in columns.items():
        truth, rows = stage.truth(table, WEEK), stage.pull(table, WEEK).rows
        known = [name for name in names if name != "line" and name in truth.columns and truth[name].count()]
        lacking = [name for name in known if name not in rows.columns]
        must(not lacking, f"{table.value} is given without {some(lacking)}, which the vendor has. Declare a gap if not")


@advised("S16", "4.10")
def nothing_is_null(stage: SourceStage) -> None:
    """Where there is no value there is none: no empty text, and no word such as NULL."""
    source = stage.made()
    for table in stage.tables:
        rows = stage.pull(table, WEEK, source=source).rows
        for name in [name for name, kind in rows.schema.items() if kind == pl.String and name in PAGES[table]]:
            if (table, name) == (Table.MARKS, "code"):  # which is empty where no mark was made
                continue
            words = rows[name].filter(rows[name].str.strip_chars().str.to_lowercase().is_in(NO_VALUE))
            must(words.is_empty(), f"{name} of {table.value} is {words[:1].to_list()} in {len(words)} rows: give None")
