"""A folder of files from night to night: what comes late, what cannot be read, what is read again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Checkpoint, Client, Done, FixSettings, Page, RetryLater, Window
from rollbook.tables.schemas import Table
from rollbook_sims.source import SimsSource
from support.sims_tables import SCHOOL, TERM, mark, pupil, report, upn

LONG_AGO = 1_700_000_000.0
PUPILS = {"pupils.xml": report(pupil(UPN=upn(1)), pupil("001235", UPN=upn(2)))}


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)
        os.utime(folder / name, (LONG_AGO, LONG_AGO))


def night(
    folder: Path, files: Mapping[str, bytes], before: Checkpoint | None = None, **settings: Any
) -> tuple[list[Page], Done]:
    """What one pull of marks gives, once those files have come as well."""
    put(folder, {**PUPILS, **files})
    return pulled(folder, Table.MARKS, before, **settings)


def pulled(folder: Path, table: Table, before: Checkpoint | None, **settings: Any) -> tuple[list[Page], Done]:
    """What one pull gives of what lies there."""
    loaded = SimsSource.Settings().load({"kind": "folder", "folder": str(folder), "urn": "900001", **settings})
    *pages, done = SimsSource(loaded, Client()).pull(table, SCHOOL, TERM, before)
    assert isinstance(done, Done)
    return [page for page in pages if isinstance(page, Page)], done


def codes(pages: list[Page], day: str) -> list[str]:
    """The marks of that day, in their order."""
    return [code for page in pages for code in page.rows.filter(date=date.fromisoformat(day))["code"].to_list()]


# What comes late


def test_a_file_that_comes_late_undoes_no_correction(tmp_path: Path) -> None:
    corrected = report(mark("I"), mark("I", half="PM"), mark("/", "2026-11-03"), mark("/", adno="001235"))
    pages, first = night(tmp_path, {"marks_2026-11-03.xml": corrected})
    assert codes(pages, "2026-11-02") == ["I", "I", "/"]
    late = report(mark("N"), mark("N", half="PM"), mark("O", "2026-10-30"))
    pages, second = night(tmp_path, {"marks_2026-11-02.xml": late}, first.checkpoint)
    assert codes(pages, "2026-11-02") == ["I", "I", "/"]
    assert codes(pages, "2026-10-30") == ["O"]
    assert second.covers == Window(date(2026, 10, 30), date(2026, 11, 3))


def test_a_file_that_was_held_back_by_an_empty_one_is_read_behind_what_is_newer(tmp_path: Path) -> None:
    put(tmp_path, {"marks_1.xml": report(mark("N"), mark("O", "2026-10-30"))})
    _, first = night(tmp_path, {"marks_2.xml": report()})
    pages, _ = night(tmp_path, {"marks_3.xml": report(mark("I"))}, first.checkpoint)
    assert (codes(pages, "2026-11-02"), codes(pages, "2026-10-30")) == (["I"], ["O"])


# What is read again


def test_what_was_set_aside_is_read_again_when_the_settings_that_govern_it_change(tmp_path: Path) -> None:
    good = [mark("/", f"2026-10-{day:02d}", half) for day in range(5, 20) for half in ("AM", "PM")]
    files = {"marks_1.xml": report(*good, mark("N", half="Morning")), "marks_2.xml": report(mark("/", "2026-11-03"))}
    pages, first = night(tmp_path, files)
    assert [reject.column for page in pages for reject in page.rejects] == ["AM/PM"]
    assert first.covers is None
    pages, second = night(tmp_path, {}, first.checkpoint, am=["AM", "Morning"])
    assert codes(pages, "2026-11-02") == ["N"]
    assert second.covers is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"am": ["AM", "1"]},
        {"pm": ["PM", "2"]},
        {"date_form": "dd mmm yyyy"},
        {"encoding": "utf-8"},
        {"captions": {"marks": {"mark": "Mark"}}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_each_setting_that_governs_the_reading_of_marks_counts(tmp_path: Path, changed: dict[str, Any]) -> None:
    files = {"marks_1.xml": report(mark("N")), "marks_2.xml": report(mark("/", "2026-11-03"))}
    _, first = night(tmp_path, files)
    assert codes(night(tmp_path, {}, first.checkpoint)[0], "2026-11-02") == []
    assert codes(night(tmp_path, {}, first.checkpoint, **changed)[0], "2026-11-02") == ["N"]


def test_a_table_of_codes_that_says_something_else_counts_and_its_order_does_not(tmp_path: Path) -> None:
    seven, eight = (
        {"SIMS_Display_Code": sign, "Statutory_Return_Code": code} for sign, code in (("7", "I"), ("8", "M"))
    )
    files = {"marks_1.xml": report(mark("7")), "marks_2.xml": report(mark("/", "2026-11-03"))}
    _, first = night(tmp_path, {**files, "codes.xml": report(eight)})
    pages, second = night(tmp_path, {"codes.xml": report(eight, seven)}, first.checkpoint)
    assert codes(pages, "2026-11-02") == ["I"]
    assert codes(night(tmp_path, {"codes.xml": report(seven, eight)}, second.checkpoint)[0], "2026-11-02") == []


# What cannot be read

HTML = b"<html><body>The service is busy</body></html>"
RENAMED = report({"Adno": "001234", "Date": "2026-11-02", "Symbol": "N"})


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (HTML, "is a web page"),
        (RENAMED, "no column for"),
        (report(mark("/"))[:-60], "ends in the middle"),
        (b"", "is empty"),
        (b"<CommandReporterError>x</CommandReporterError>", "The reporter failed"),
    ],
    ids=["a web page", "other captions", "half", "empty", "an error"],
)
def test_an_older_file_that_cannot_be_read_is_set_aside_whole_and_stops_nothing(
    tmp_path: Path, data: bytes, why: str
) -> None:
    files = {"marks_3.xml": report(mark("/", "2026-11-03")), "marks_2.xml": data, "marks_1.xml": report(mark("N"))}
    pages, first = night(tmp_path, files)
    assert (codes(pages, "2026-11-03"), codes(pages, "2026-11-02")) == (["/"], ["N"])
    [reject] = [reject for page in pages for reject in page.rejects]
    assert (reject.place, reject.kind) == ("marks_2.xml", "file")
    assert why in reject.reason
    assert first.covers is None
    pages, second = night(tmp_path, {}, first.checkpoint)
    assert [page.rejects for page in pages if page.rejects] == []
    assert second.covers == Window(date(2026, 11, 3), date(2026, 11, 3))


def test_nothing_of_an_older_file_that_breaks_off_late_is_given(tmp_path: Path) -> None:
    many = [mark("N", f"2026-10-{day:02d}", adno=f"{n:06d}") for day in range(5, 9) for n in range(6000)]
    broken = report(*many).replace(b"</SuperStarReport>", b"</Rec></SuperStarReport>")
    pages, _ = night(tmp_path, {"marks_2.xml": report(mark("/")), "marks_1.xml": broken})
    assert (codes(pages, "2026-10-05"), codes(pages, "2026-11-02")) == ([], ["/"])


def test_a_newest_file_that_cannot_be_read_stops_the_marks(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match=r"marks_2\.xml is a web page"):
        night(tmp_path, {"marks_2.xml": HTML, "marks_1.xml": report(mark("N"))})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_with_its_mark_and_without(tmp_path: Path, encoding: str) -> None:
    text = report(mark("N")).decode().replace("utf-8", "utf-16")
    pages, _ = night(tmp_path, {"marks.xml": text.encode(encoding)})
    assert codes(pages, "2026-11-02") == ["N"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_lines_may_end_in_each_way_that_there_is(tmp_path: Path, end: str) -> None:
    lines = ["Adno,Date,AM/PM,Mark", "001234,2026-11-02,AM,N", "001234,2026-11-03,AM,/", ""]
    pages, _ = night(tmp_path, {"marks.csv": end.join(lines).encode()})
    assert (codes(pages, "2026-11-02"), codes(pages, "2026-11-03")) == (["N"], ["/"])


# What is there no more


BESIDE = {
    "codes": report({"SIMS Display Code": "B", "Statutory Return Code": "I"}),
    "roll": report({"Adno": "001234", "Admission Date": "2025-09-03"}),
    "contacts": report({"Adno": "001234", "Name": "Ada Ferris"}),
}
READ_FROM = {"codes": Table.MARKS, "roll": Table.ROLL, "contacts": Table.CONTACTS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With every report."""
    put(tmp_path, {**PUPILS, "marks.xml": report(mark("B")), **{f"{name}.xml": data for name, data in BESIDE.items()}})
    return tmp_path


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("to", ["codes.xml.part", "tidied.away"])
def test_a_report_that_was_read_before_must_be_there(folder: Path, name: str, to: str) -> None:
    _, before = pulled(folder, READ_FROM[name], None)
    (folder / f"{name}.xml").rename(folder / to.replace("codes", name))
    with pytest.raises(RetryLater) as raised:
        pulled(folder, READ_FROM[name], before.checkpoint)
    said = "is still being written" if to.endswith(".part") else f'without = ["{name}"]'
    assert said in raised.value.sentence


@pytest.mark.parametrize("name", BESIDE)
def test_it_may_be_taken_away_on_purpose(folder: Path, name: str) -> None:
    _, before = pulled(folder, READ_FROM[name], None)
    (folder / f"{name}.xml").unlink()
    pages, done = pulled(folder, READ_FROM[name], before.checkpoint, without=[name])
    assert (name, [page.rows.height for page in pages if page.rows.height]) in (
        ("codes", [1]),
        ("roll", [2]),
        ("contacts", []),
    )
    assert pulled(folder, READ_FROM[name], done.checkpoint)[1].checkpoint == done.checkpoint  # forgotten by now


def test_without_its_table_no_code_changes_its_meaning(folder: Path) -> None:
    pages, before = pulled(folder, Table.MARKS, None)
    assert codes(pages, "2026-11-02") == ["I"]
    (folder / "codes.xml").unlink()
    with pytest.raises(RetryLater, match="The report of the codes was read at the last sync"):
        pulled(folder, Table.MARKS, before.checkpoint)


def test_a_day_that_was_cleared_stays_so_though_an_older_file_has_it(tmp_path: Path) -> None:
    cleared = report(mark("/", "2026-11-02"), mark("/", "2026-11-04"))
    older = report(mark("N", "2026-10-30"), mark("N", "2026-11-02"), mark("N", "2026-11-03"))
    pages, done = night(tmp_path, {"marks_2.xml": cleared, "marks_1.xml": older})
    assert [codes(pages, day) for day in ("2026-10-30", "2026-11-02", "2026-11-03")] == [["N"], ["/"], []]
    assert done.covers == Window(date(2026, 10, 30), date(2026, 11, 4))


def test_a_day_that_was_cleared_stays_so_though_a_file_that_has_it_comes_late(tmp_path: Path) -> None:
    _, first = night(tmp_path, {"marks_2.xml": report(mark("/", "2026-11-02"), mark("/", "2026-11-04"))})
    pages, _ = night(tmp_path, {"marks_1.xml": report(mark("N", "2026-11-03"))}, first.checkpoint)
    assert codes(pages, "2026-11-03") == []
