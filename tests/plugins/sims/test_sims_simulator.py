"""What the stand-ins for a school's SIMS give out: a made-up school's registers, written as SIMS writes them."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rollbook.tables.schemas import Table
from rollbook.testing.kit.made_to_order import with_a_correction, with_names, without_upns
from rollbook.testing.schools import MadeSchool, make_school
from rollbook_sims.simulator import (
    CsvDropSimulator,
    DropSimulator,
    PartnerDropSimulator,
    SignedInSimulator,
    SimsSimulator,
)

BEFORE, LAST = date(2026, 11, 19), date(2026, 11, 20)
KEY = ("pupil", "date", "session")


def school() -> MadeSchool:
    return make_school("primary", 900001, 32, 3, date(2026, 9, 1), LAST)


def published(kind: type[DropSimulator], folder: Path, made: MadeSchool, **given: object) -> DropSimulator:
    simulator = kind(folder, made, **given)  # type: ignore[arg-type]
    simulator.publish(LAST)
    return simulator


def records(file: Path, of: str = "Record") -> list[dict[str, str]]:
    return [{child.tag: child.text or "" for child in one} for one in ET.parse(file).getroot().iter(of)]


def national(simulator: DropSimulator) -> dict[str, str]:
    """The school's own table: for a display code, or a sub-code, the statutory code."""
    table = records(simulator.folder / "codes.xml", "AttendanceCode")
    return {row.get("Subcode") or row["SIMS_Display_Code"]: row["Statutory_Return_Code"] for row in table}


def pupils_by_person(simulator: DropSimulator) -> dict[str, str]:
    return {row["primary_id"]: row["Adno"] for row in records(simulator.folder / "pupils.xml")}


def marks_of(simulator: DropSimulator) -> set[tuple[str, str, str, str]]:
    """The marks in the file, each by way of the school's own table."""
    code, adno = national(simulator), pupils_by_person(simulator)
    found = set()
    for row in records(simulator.folder / "marks.xml"):
        person, _, number = row["multiple_id"].partition(",")
        if number != "0":
            mark = row.get("Subcode") or row["Mark"]
            found.add((adno[person], row["Date"][:10], row["AM_x002F_PM"], code.get(mark, mark)))
    return found


def marks_held(made: MadeSchool, evening: date) -> set[tuple[str, str, str, str]]:
    rows = made.known_on(evening)[Table.MARKS].filter(pl.col("code") != "")
    return set(rows.with_columns(pl.col("date").dt.to_string()).select(*KEY, "code").iter_rows())


def test_the_marks_are_those_of_the_school_by_way_of_its_table_of_codes(tmp_path: Path) -> None:
    made = without_upns(school())
    assert marks_of(published(DropSimulator, tmp_path, made)) == marks_held(made, LAST)


def test_some_are_written_in_codes_of_the_schools_own(tmp_path: Path) -> None:
    simulator = published(DropSimulator, tmp_path, school())
    rows = records(simulator.folder / "marks.xml")
    assert {row.get("Mark") for row in rows} >= {"=", "I", "/", "\\"}
    assert {(row["Mark"], row["Subcode"]) for row in rows if "Subcode" in row} == {("X", "X01")}
    assert (national(simulator)["="], national(simulator)["X01"], national(simulator)["9"]) == ("I", "X", "Y")


def test_without_a_table_of_codes_there_are_national_letters_alone(tmp_path: Path) -> None:
    simulator = published(DropSimulator, tmp_path, school(), without=("codes",))
    written = {row.get("Mark") for row in records(simulator.folder / "marks.xml")}
    assert written - {None} == set(school().known_on(LAST)[Table.MARKS]["code"])
    assert not (simulator.folder / "codes.xml").exists()


def test_who_has_no_mark_has_a_row_of_nothing(tmp_path: Path) -> None:
    made = school()
    nobody = made.history[Table.MARKS].filter(pl.col("pupil") != "001003")
    simulator = published(
        DropSimulator, tmp_path, MadeSchool(**{**vars(made), "history": {**made.history, Table.MARKS: nobody}})
    )
    bare = [row for row in records(simulator.folder / "marks.xml") if row["multiple_id"].endswith(",0")]
    assert [sorted(row) for row in bare] == [["UPN", "multiple_id"], ["multiple_id"]]


def test_an_evening_holds_what_was_known_by_then(tmp_path: Path) -> None:
    made, corrected = with_a_correction(school())
    simulator = DropSimulator(tmp_path, made)
    simulator.publish(BEFORE)
    before = marks_of(simulator)
    simulator.publish(LAST)
    after = marks_of(simulator)
    assert corrected.height
    assert (before, after) == (marks_held(made, BEFORE), marks_held(made, LAST))


def test_letters_that_the_header_does_not_promise_are_written_by_their_numbers(tmp_path: Path) -> None:
    simulator = published(DropSimulator, tmp_path, with_names(school()))
    text = (simulator.folder / "pupils.xml").read_bytes()
    assert b"N\xfa\xf1ez-O&#8217;Hare" in text
    assert {"Łucja", "Čeněk", "Nguyễn Anh"} <= {row["Legal_x0020_Forename"] for row in records(tmp_path / "pupils.xml")}


def test_years_spells_and_empty_columns_are_as_sims_writes_them(tmp_path: Path) -> None:
    first = records(published(DropSimulator, tmp_path, school()).folder / "pupils.xml")[-1]
    assert first["Year"] == "Year  6"
    assert first["Admission_x0020_Date"].endswith("T00:00:00")
    assert "Leaving_x0020_Date" not in first


def test_the_csv_has_admission_numbers_and_no_numbers_of_persons(tmp_path: Path) -> None:
    simulator = published(CsvDropSimulator, tmp_path, school())
    rows = list(csv.DictReader(io.StringIO((simulator.folder / "marks.csv").read_text("utf-8-sig"))))
    assert (rows[0]["Adno"], rows[0]["Date"], rows[0]["AM/PM"]) == ("001003", "02/09/2026", "AM")
    assert "multiple_id" not in rows[0]
    assert len(rows) == school().known_on(LAST)[Table.MARKS].filter(pl.col("code") != "").height


def test_the_partner_interface_knows_persons_numbers_alone(tmp_path: Path) -> None:
    simulator = published(PartnerDropSimulator, tmp_path, school())
    first, *_ = records(simulator.folder / "marks.xml", "SessionAttendance")
    assert pupils_by_person(simulator)[first["PersonID"]] == "001003"
    assert first["AttendanceDate"] == "2026-09-02T09:00:00"
    assert "UPN" not in first


def run(machine: SimsSimulator, *flags: str) -> bytes:
    return subprocess.run([str(machine.program), *flags], capture_output=True, check=True).stdout


def test_a_machine_gives_out_the_reports_that_its_settings_name(tmp_path: Path) -> None:
    machine = SimsSimulator(tmp_path, school(), without=("contacts",))
    machine.publish(LAST)
    assert machine.settings["reports"] == {"roll": "Rollbook roll", "codes": "Rollbook codes"}
    for name in ("Rollbook pupils", *machine.settings["reports"].values()):
        assert run(machine, "/TRUSTED", f"/REPORT:{name}").count(b"<Record>") >= 32
    assert b"CommandReporterError" in run(machine, "/TRUSTED", "/REPORT:Rollbook contacts")


def test_it_misbehaves_when_it_is_told_to_and_until_it_is_told_not_to(tmp_path: Path) -> None:
    machine = SimsSimulator(tmp_path, school())
    machine.publish(LAST)
    machine.misbehave("error", "marks")
    assert b"CommandReporterError" in run(machine, "/TRUSTED", "/REPORT:Rollbook marks")
    assert b"<Record>" in run(machine, "/TRUSTED", "/REPORT:Rollbook pupils")
    machine.behave()
    assert b"CommandReporterError" not in run(machine, "/TRUSTED", "/REPORT:Rollbook marks")


def test_one_that_wants_a_password_trusts_nobody_and_its_settings_only_refer_to_it(tmp_path: Path) -> None:
    machine = SignedInSimulator(tmp_path, school())
    machine.publish(LAST)
    password = Path(machine.settings["password"]["file"]).read_text(encoding="utf-8")
    signed_in = (f"/USER:{machine.settings['user']}", f"/PASSWORD:{password}")
    assert b"CommandReporterError" in run(machine, "/TRUSTED", "/REPORT:Rollbook codes")
    assert b"<Record>" in run(machine, *signed_in, "/REPORT:Rollbook codes")
    assert password not in str(machine.settings)


@pytest.mark.parametrize("kind", [SimsSimulator, DropSimulator])
def test_what_can_be_read_are_the_tables_of_the_reports(tmp_path: Path, kind: type[DropSimulator]) -> None:
    simulator = published(kind, tmp_path, school(), without=("contacts",))
    assert set(simulator.readable()) == {Table.PUPILS, Table.ROLL, Table.MARKS}


def test_it_takes_nothing_from_the_adapter() -> None:
    """A simulator that turns the adapter's tables around has every mistake that the adapter has."""
    seen = "import sys, rollbook_sims.simulator; print(*(name for name in sys.modules if 'rollbook_sims' in name))"
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, check=True, text=True).stdout.split()
    assert [name for name in loaded if not name.startswith("rollbook_sims.simulator")] == ["rollbook_sims"]
