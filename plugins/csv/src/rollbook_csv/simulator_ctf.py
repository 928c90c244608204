"""The Common Transfer Files that another school sends of its leavers: a stand-in, in the form of version 24."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from xml.etree import ElementTree as ET

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool


def transfers(school: MadeSchool, held: Mapping[Table, pl.DataFrame], evening: date) -> Iterator[tuple[int, bytes]]:
    """A file for each school that pupils came from: its LAESTAB, and what it holds. Marks are of whole weeks."""
    marks = held[Table.ELSEWHERE].sort("pupil", "date", "session")
    people = held[Table.PUPILS].select("pupil", "upn", "surname", "forename", "dob", "sex")
    for (where,), rows in marks.group_by("where", maintain_order=True):
        root = ET.Element("CTfile")
        _header(root, str(where), school.laestab.replace("/", ""), evening)
        all_pupils = ET.SubElement(root, "CTFpupilData")
        for (key,), own in rows.group_by("pupil", maintain_order=True):
            _pupil(all_pupils, people.row(by_predicate=pl.col("pupil") == key, named=True), str(where), own)
        ET.indent(root)
        yield int(str(where)), ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _header(root: ET.Element, source: str, to: str, evening: date) -> None:
    header = ET.SubElement(root, "Header")
    _texts(header, DocumentName="Common Transfer File", CTFversion="24.0", DateTime=f"{evening}T16:10:00")
    _texts(header, DocumentQualifier="partial", SupplierID="EXAMPLE")
    _texts(ET.SubElement(header, "SourceSchool"), LEA=source[:3], Estab=source[3:])
    _texts(ET.SubElement(header, "DestSchool"), LEA=to[:3], Estab=to[3:])


def _pupil(parent: ET.Element, who: Mapping[str, object], where: str, rows: pl.DataFrame) -> None:
    pupil = ET.SubElement(parent, "Pupil")
    _texts(pupil, UPN=who["upn"], Surname=who["surname"], Forename=who["forename"], DOB=who["dob"], Sex=who["sex"])
    year = ET.SubElement(ET.SubElement(pupil, "Attendance"), "YearData")
    ill = rows.filter(pl.col("code") == "I").height
    _texts(year, Year=rows["date"][0].year - (rows["date"][0].month < 8), LEA=where[:3], Estab=where[3:])
    _texts(year, SessionsPossible=rows.height, SessionsAttended=rows.height - ill, SessionsAuthorised=ill)
    _texts(year, SessionsUnauthorised=0)
    days = pl.DataFrame({"date": pl.date_range(rows["date"][0], rows["date"][-1], eager=True)})
    each = days.join(pl.DataFrame({"session": ["AM", "PM"]}), how="cross")
    told = each.join(rows, on=["date", "session"], how="left", maintain_order="left")["code"].fill_null("#")
    text = ",".join(told.to_list())
    _texts(ET.SubElement(year, "AttendSessions"), AttendanceStartDate=rows["date"][0], AttendanceMarks=text)


def _texts(parent: ET.Element, **texts: object) -> None:
    for name, text in texts.items():
        if text is not None:
            ET.SubElement(parent, name).text = str(text)
