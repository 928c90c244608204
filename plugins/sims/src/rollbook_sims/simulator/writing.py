"""How SIMS writes a report's file: one record a line, so that it can be cut, filtered and spoilt line by line.

A report is a frame: its columns are the captions, in their order; text, or days; null where a column is empty.
"""

from __future__ import annotations

import re

import polars as pl

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_SPECIAL, _ESCAPED = ["&", "<", ">"], ["&amp;", "&lt;", "&gt;"]
_HEADER = '<?xml version="1.0" encoding="iso-8859-1"?>'
_HOURS = {"AM": "T09:00:00", "PM": "T13:00:00"}


def element(caption: str) -> str:
    """The name of the element that a column becomes: `AM/PM` is `AM_x002F_PM`."""
    return _NOT_IN_NAMES.sub(lambda found: f"_x{ord(found[0]):04X}_", caption)


def super_star_report(report: pl.DataFrame) -> bytes:
    """The reporter's XML. What is not in iso-8859-1 becomes a character's number; an empty column is left out."""
    filled = [_filled(name, kind) for name, kind in report.schema.items()]
    lines = report.select(pl.concat_str(pl.lit("<Record>"), *filled, pl.lit("</Record>")).alias("line"))["line"]
    return _encoded(_HEADER, "<SuperStarReport>", *lines, "</SuperStarReport>")


def session_attendances(report: pl.DataFrame) -> bytes:
    """The partner interface's XML of marks, of a report with `PersonID`, `Date`, `AM/PM`, `Mark` and `Subcode`.

    A time stands in every date, and what was not asked for is an element without content.
    """
    moment = pl.concat_str(pl.col("Date").dt.to_string("%Y-%m-%d"), pl.col("AM/PM").replace_strict(_HOURS))
    row = report.select(
        "PersonID",
        BaseGroupID=pl.lit("0"),
        AttendanceDate=moment,
        SessionName="AM/PM",
        AttendanceMark="Mark",
        AttendanceSubCode="Subcode",
    )
    filled = [_filled(name, kind) for name, kind in row.schema.items()]
    tail = pl.lit("<Comments /><MinsLate /></SessionAttendance>")
    lines = row.select(pl.concat_str(pl.lit("<SessionAttendance>"), *filled, tail).alias("line"))["line"]
    header = _HEADER.replace("?>", ' standalone="yes"?>')
    return _encoded(header, "<SessionAttendances>", *lines, "</SessionAttendances>")


def code_table(report: pl.DataFrame) -> bytes:
    """The second form of the partner interface's table of codes, in which the vendor misspelt an element."""
    filled = [_filled(name, kind) for name, kind in report.schema.items()]
    ends = pl.lit("<AttendanceCode>"), pl.lit("</AttendanceCode>")
    lines = report.select(pl.concat_str(ends[0], *filled, ends[1]).alias("line"))["line"]
    opening = ("<AttendanceCodes_V2_load>", "<Version>1.0</Version>", "<AttenanceCodes>")
    return _encoded(_HEADER, *opening, *lines, "</AttenanceCodes>", "</AttendanceCodes_V2_load>")


def parameters() -> bytes:
    """What the report of marks asks for: a day that it goes by without asking, and two that it prompts for."""
    asked = (("EffectiveDate", "EffectiveDate", ' bypass="TRUE"'), ("P1", "Start", ""), ("P2", "End", ""))
    lines = [
        f'<Parameter id="{key}" subreportfilter="FALSE"{more}><Name>{name}</Name><Type>Date</Type>'
        f"<PromptText>{name}</PromptText><Values><Date>01/09/2026 00:00:00</Date></Values></Parameter>"
        for key, name, more in asked
    ]
    return _encoded("<ReportParameters>", *lines, "</ReportParameters>")


def delimited(report: pl.DataFrame) -> bytes:
    """The reporter's CSV: all values in quotation marks, days as an Englishman writes them; UTF-8, and it says so."""
    text = report.write_csv(quote_style="always", date_format="%d/%m/%Y", line_terminator="\r\n", include_bom=True)
    return text.encode()


def _filled(name: str, kind: pl.DataType) -> pl.Expr:
    """A column's element; nothing where it is empty."""
    text = pl.col(name).str.replace_many(_SPECIAL, _ESCAPED)
    value = pl.col(name).dt.to_string("%Y-%m-%dT00:00:00") if kind == pl.Date else text
    tag = element(name)
    return pl.concat_str(pl.lit(f"<{tag}>"), value, pl.lit(f"</{tag}>")).fill_null("")


def _encoded(*lines: str) -> bytes:
    return ("\n".join(lines) + "\n").encode("iso-8859-1", "xmlcharrefreplace")
