"""The folder form: canonical tables of one school or several, read by the URN that is asked for."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from rollbook.contract import Client, FixSettings, Page, SchoolRef, Window
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import TERM, drop, marks_of
from support.typed import type_command

OAK, ELM = SchoolRef("900001", "Oak", 900001), SchoolRef("900002", "Elm", 900002)
FILES = {
    "schools": "school,name,la,type\n900001,Oak,801,maintained\n900002,Elm,801,academy\n",
    "sessions": "school,date,session,open\n900001,2026-11-02,AM,true\n900002,2026-11-02,AM,false\n",
    "pupils": "school,pupil,upn,dob\n900001,p1,,2014-03-10\n900002,p1,,2013-01-01\n",
    "roll": "school,pupil,from,to,year_group,class_name\n"
    "900001,p1,2025-09-03,,6,6A\n900002,p1,2025-09-04,2026-10-01,7,7B\n",
    "marks": "school,pupil,date,session,code\n900001,p1,2026-11-02,AM,/\n900002,p1,2026-11-02,AM,N\n",
    "leave": "school,pupil,from,to\n900002,p1,2026-09-14,2026-09-18\n",
    "notices": "school,pupil,parent,issued,outcome\n900001,p1,mother,2026-02-10,paid\n",
}


def source(folder: Path, **settings: Any) -> CsvSource:
    return CsvSource(CsvSource.Settings().load({"folder": str(folder), "shape": "folder", **settings}), Client())


def rows(table: Table, folder: Path, school: SchoolRef, **settings: Any) -> list[dict[str, Any]]:
    found = source(folder, **settings).pull(table, school, TERM, None)
    return [row for page in found if isinstance(page, Page) for row in page.rows.to_dicts()]


def test_the_schools_are_those_of_the_folder(tmp_path: Path) -> None:
    folder = drop(tmp_path, **FILES)
    assert source(folder).schools() == [OAK, ELM]
    assert source(folder, urn="900002").schools() == [ELM]


def test_each_school_is_given_its_own_rows(tmp_path: Path) -> None:
    folder = drop(tmp_path, **FILES)
    for school, code, year, born, is_open in ((OAK, "/", 6, 2014, True), (ELM, "N", 7, 2013, False)):
        *pages, done = source(folder).pull(Table.MARKS, school, TERM, None)
        assert [marks_of(page.rows) for page in pages if isinstance(page, Page)] == [
            [("p1", date(2026, 11, 2), "AM", code)]
        ]
        assert getattr(done, "covers", None) == Window(date(2026, 11, 2), date(2026, 11, 2))
        assert [row["year_group"] for row in rows(Table.ROLL, folder, school)] == [year]
        assert [row["class_name"] for row in rows(Table.ROLL, folder, school)] == [{6: "6A", 7: "7B"}[year]]
        assert [row["dob"].year for row in rows(Table.PUPILS, folder, school)] == [born]
        assert [row["open"] for row in rows(Table.SESSIONS, folder, school)] == [is_open]
    assert (len(rows(Table.LEAVE, folder, OAK)), len(rows(Table.LEAVE, folder, ELM))) == (0, 1)
    assert (len(rows(Table.NOTICES, folder, OAK)), len(rows(Table.NOTICES, folder, ELM))) == (1, 0)


def test_a_school_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match=r"asked for the school 900003, and its schools.csv has 900001, 900002"):
        rows(Table.MARKS, drop(tmp_path, **FILES), SchoolRef("900003", "", 900003))


def test_a_school_without_marks_is_refused(tmp_path: Path) -> None:
    folder = drop(tmp_path, **{**FILES, "marks": FILES["marks"].rpartition("900002")[0]})
    with pytest.raises(FixSettings, match=r"marks.csv has headings and no rows"):
        rows(Table.MARKS, folder, ELM)


@pytest.mark.parametrize("name", ["roll", "pupils", "sessions", "schools"])
def test_a_file_that_belongs_to_the_form_must_be_there(tmp_path: Path, name: str) -> None:
    folder = drop(tmp_path, **{key: text for key, text in FILES.items() if key != name})
    table = {"roll": Table.ROLL, "pupils": Table.PUPILS, "sessions": Table.SESSIONS}.get(name, Table.MARKS)
    with pytest.raises(FixSettings, match=f"There is no file {name}.csv"):
        rows(table, folder, OAK)


@pytest.mark.parametrize("row", ["900003,Ash\n", '900003,"Ash" tree,801,academy\n', "900003,Ash,801,academy,more\n"])
def test_a_row_of_a_school_that_cannot_be_read_is_no_school_less(tmp_path: Path, row: str) -> None:
    folder = drop(tmp_path, **{**FILES, "schools": FILES["schools"] + row})
    with pytest.raises(FixSettings, match=r"schools.csv, line 4: the row has .* A school could be missing"):
        source(folder).schools()


def test_a_list_of_schools_that_may_be_cut_off_is_refused(tmp_path: Path) -> None:
    folder = drop(tmp_path, **{**FILES, "schools": FILES["schools"] + "900003,Ash,801,academy"})
    with pytest.raises(FixSettings, match=r"schools.csv, line 4: the row may be cut off"):
        source(folder).schools()
    assert len(source(folder, final_line_break=False).schools()) == 3


@pytest.mark.parametrize("row", [",p2,2026-11-02,AM,N\n", "Fennimore,p2,2026-11-02,AM,N\n"])
def test_a_row_of_no_school_is_no_row_of_another(tmp_path: Path, row: str) -> None:
    folder = drop(tmp_path, **{**FILES, "marks": FILES["marks"] + row})
    with pytest.raises(FixSettings, match=r"marks.csv, line 4: the column school has no URN") as caught:
        rows(Table.MARKS, folder, OAK)
    assert "Fennimore" not in caught.value.sentence


def test_a_file_without_the_column_of_schools_is_refused(tmp_path: Path) -> None:
    folder = drop(tmp_path, **{**FILES, "leave": "pupil,from,to\np1,2026-09-14,2026-09-18\n"})
    with pytest.raises(FixSettings, match=r"leave.csv has no column for urn"):
        rows(Table.LEAVE, folder, OAK)


def test_what_the_form_fixes_is_not_stated_otherwise() -> None:
    with pytest.raises(ValidationError) as caught:
        CsvSource.Settings().load({"folder": "x", "shape": "folder", "date_form": "dd/mm/yyyy"})
    assert list(caught.value.normalized_messages()) == ["date_form"]


def test_check_reads_all_of_it(tmp_path: Path) -> None:
    told = list(source(drop(tmp_path, **FILES)).check())
    assert [remark.text for remark in told if not remark.ok] == []


def test_a_profile_of_the_folder_is_proposed(tmp_path: Path) -> None:
    typed = type_command("csv", "profile", drop(tmp_path, **FILES), "--format", "json")
    assert (typed.status, typed.json()["profile"]) == (0, {"shape": "folder"})
    assert [row["mark"] for row in typed.json()["previews"][0]["rows"]] == ["/", "N"]
