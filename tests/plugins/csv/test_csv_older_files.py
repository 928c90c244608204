"""A file of marks that came late, or came twice: what is said, and that nothing of it is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import Done, FixSettings, RetryLater, Window
from rollbook.tables.schemas import Table
from rollbook_csv import earlier
from support.csv_files import SCHOOL, TERM, drop, marks_file, source, taken
from support.csv_workbooks import DAY, add, saved


def of(*days: str) -> str:
    """A file with a mark on each of those days of November, given as `02 /`."""
    return marks_file(*(f"001,{day[:2]}/11/2026,AM,{day[3:]}" for day in days))


def test_a_newer_file_is_taken_after_an_older_one(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    assert first["newest"] == "2026-11-03"
    assert taken(drop(tmp_path, marks=of("02 I", "03 /", "04 /")), first)["newest"] == "2026-11-04"


def test_an_older_file_that_comes_late_is_refused(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 I", "03 /", "04 /")), None)
    drop(tmp_path, marks=of("02 O", "03 /"))
    with pytest.raises(FixSettings) as caught:
        taken(tmp_path, first)
    assert caught.value.sentence.startswith(
        "marks.csv is older than the file that was taken last: its newest marks are of 2026-11-03, and there were "
        "marks of 2026-11-04. Nothing of it was used"
    )


def test_an_older_file_by_another_name_is_refused_too(tmp_path: Path) -> None:
    drop(tmp_path, marks_1=of("02 /", "04 /"))
    first = taken(tmp_path, None, marks="marks_*.csv")
    drop(tmp_path, marks_2=of("02 /"))
    with pytest.raises(FixSettings, match=r"marks_2.csv is older"):
        taken(tmp_path, first, marks="marks_*.csv")


def test_the_same_file_twice_is_well(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    assert taken(tmp_path, first) == first


def test_a_correction_of_a_day_that_is_still_the_newest_is_taken(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "03 N")), None)
    assert taken(drop(tmp_path, marks=of("02 /", "03 I")), first)["digest"] != first["digest"]


def test_leave_that_was_entered_ahead_and_withdrawn_makes_no_file_older(tmp_path: Path) -> None:
    until_third = Window(TERM.first, date(2026, 11, 3))
    first = taken(drop(tmp_path, marks=of("02 /", "03 /", "20 C")), None, window=until_third)
    assert first["newest"] == "2026-11-03"
    assert taken(drop(tmp_path, marks=of("02 /", "03 /")), first)["newest"] == "2026-11-03"


@pytest.mark.parametrize("mark", ["", "-", "#"])
def test_a_day_without_a_register_makes_no_file_newer(tmp_path: Path, mark: str) -> None:
    assert taken(drop(tmp_path, marks=of("02 /", f"03 {mark}")), None)["newest"] == "2026-11-02"


def test_an_earlier_window_does_not_make_the_same_export_older(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "04 /")), None)
    drop(tmp_path, marks=of("02 I", "04 /"))
    assert taken(tmp_path, first, window=Window(TERM.first, date(2026, 11, 2)))["newest"] == "2026-11-04"


def test_a_person_may_accept_an_older_file(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "07 /")), None)
    drop(tmp_path, marks=of("02 /", "03 /"))
    assert taken(tmp_path, first, accept_older=True)["newest"] == "2026-11-03"


def test_of_an_older_file_that_is_accepted_it_is_said_that_later_marks_stay(tmp_path: Path) -> None:
    first = taken(drop(tmp_path, marks=of("02 /", "07 /")), None)
    drop(tmp_path, marks=of("02 /", "03 /"))
    with pytest.raises(FixSettings, match="it is taken up to its newest day, and marks of later days stay as they are"):
        taken(tmp_path, first)
    *_, done = source(tmp_path, accept_older=True).pull(Table.MARKS, SCHOOL, TERM, first)
    assert isinstance(done, Done)
    assert done.covers == Window(date(2026, 11, 2), date(2026, 11, 3))


@pytest.mark.parametrize(
    "before",
    [
        {},
        {"marks.csv": "0" * 64},
        {"newest": "soon"},
        {"newest": 3},
        {"newest": None},
        {"superseded": 3},
        {"superseded": [4], "digest": 5},
        {"newest": "2026-11-02", "made": 6},
    ],
)
def test_what_an_earlier_version_remembered_refuses_nothing(tmp_path: Path, before: Mapping[str, Any]) -> None:
    assert taken(drop(tmp_path, marks=of("02 /")), before)["newest"] == "2026-11-02"


def test_check_says_that_an_export_is_the_very_same_again(tmp_path: Path) -> None:
    text = "Adno,DOB,Date,AM/PM,Mark\n001,10/03/2014,02/11/2026,AM,/\n"
    folder = drop(tmp_path, marks_1=text, marks_2=text)
    told = [remark.text for remark in source(folder, marks="marks_*.csv").check()]
    assert any(line.startswith("marks_2.csv is the very same as marks_1.csv") for line in told)


def test_a_file_that_was_taken_before_the_last_one_is_older_though_its_newest_day_is_the_same(tmp_path: Path) -> None:
    first, corrected = of("02 O", "03 /"), of("02 I", "03 /")
    before = taken(drop(tmp_path, marks=first), None)
    before = taken(drop(tmp_path, marks=corrected), before)
    drop(tmp_path, marks=first)
    with pytest.raises(FixSettings, match=r"marks.csv is older .*: the very same was taken before that. Nothing"):
        taken(tmp_path, before)
    after = taken(tmp_path, before, accept_older=True)
    assert taken(tmp_path, after) == after
    drop(tmp_path, marks=of("02 I", "03 /", "04 /"))
    assert taken(tmp_path, after)["newest"] == "2026-11-04"


def test_an_older_file_is_known_after_a_year_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(earlier, "REMEMBERED", 3)
    before: Mapping[str, Any] | None = None
    for mark in "OINL/":
        before = taken(drop(tmp_path, marks=of(f"02 {mark}")), before)
    drop(tmp_path, marks=of("02 I"))
    with pytest.raises(FixSettings, match="the very same was taken before"):
        taken(tmp_path, before)
    assert taken(drop(tmp_path, marks=of("02 O")), before)


def test_what_is_remembered_of_a_year_of_files_is_small(tmp_path: Path) -> None:
    many = {"superseded": ["0" * 16] * 1_000, "digest": "1" * 64}
    assert len(json.dumps(taken(drop(tmp_path, marks=of("02 /")), many))) < 6_000


TIMES = [
    ("xlsx", "docProps/core.xml", "<x><dcterms:created>2006-09-16T00:00:00Z</dcterms:created>"
     '<dcterms:modified xsi:type="dcterms:W3CDTF">{}</dcterms:modified></x>'),
    ("xlsx", "docProps/core.xml", "<x><dcterms:created>{}</dcterms:created></x>"),
    ("ods", "meta.xml", "<x><meta:creation-date>2006-09-16T00:00:00</meta:creation-date><dc:date>{}</dc:date></x>"),
    ("ods", "meta.xml", "<x><meta:creation-date>{}</meta:creation-date></x>"),
]  # fmt: skip
EVENING, LATER = "2026-11-03T16:00:00Z", "2026-11-03T19:30:00.123456789"


@pytest.mark.parametrize(("kind", "part", "stated"), TIMES)
def test_a_workbook_that_was_saved_before_the_last_one_is_older(
    tmp_path: Path, kind: str, part: str, stated: str
) -> None:
    def at(time: str, mark: str, day: date = DAY) -> Path:
        folder = saved(tmp_path, kind, ["1", day, "AM", mark])
        add(folder / f"marks.{kind}", part, stated.replace("{}", time))
        return folder

    before = taken(at(LATER, "I"), None, marks=f"marks.{kind}")
    with pytest.raises(FixSettings) as caught:
        taken(at(EVENING, "O"), before, marks=f"marks.{kind}")
    assert "it says that it was saved at 2026-11-03 16:00:00 UTC, and that one at 2026-11-03 19:30:00" in (
        caught.value.sentence
    )
    assert taken(at(LATER, "N"), before, marks=f"marks.{kind}")["superseded"] == [before["digest"][:16]]
    assert taken(at(EVENING, "O"), before, marks=f"marks.{kind}", accept_older=True)
    assert taken(at(EVENING, "O", date(2026, 11, 3)), before, marks=f"marks.{kind}")["newest"] == "2026-11-03"


FORMS = {
    "ods": ("meta.xml", "<x><dc:date>{}</dc:date></x>"),
    "xlsx": ("docProps/core.xml", "<x><dcterms:modified>{}</dcterms:modified></x>"),
}


def of_time(folder: Path, kind: str, time: str, before: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """What is remembered of a workbook with that time, and nothing else that is its own but the mark."""
    part, stated = FORMS[kind]
    saved(folder, kind, ["1", DAY, "AM", "I" if before else "O"])
    add(folder / f"marks.{kind}", part, stated.replace("{}", time))
    return taken(folder, before, marks=f"marks.{kind}")


def test_a_time_without_a_zone_is_that_of_a_clock_in_a_school(tmp_path: Path) -> None:
    """LibreOffice wrote 16:00 of British Summer Time, which is 15:00 UTC; other programs write UTC."""
    before = of_time(tmp_path, "ods", "2026-06-02T16:00:00", None)
    assert of_time(tmp_path, "xlsx", "2026-06-02T15:30:00Z", before)["made"] == "2026-06-02T15:30:00+00:00"
    with pytest.raises(FixSettings, match=r"saved at 2026-06-02 14:30:00 UTC, and that one at 2026-06-02 16:00:00\."):
        of_time(tmp_path, "xlsx", "2026-06-02T14:30:00Z", before)
    before = of_time(tmp_path, "xlsx", "2026-06-02T15:30:00Z", None)
    with pytest.raises(FixSettings, match="is older"):
        of_time(tmp_path, "ods", "2026-06-02T16:00:00", before)


@pytest.mark.parametrize(("time", "older"), [("00:31", False), ("00:29", False), ("02:00", False), ("00:14", True)])
def test_the_hour_that_comes_twice_in_autumn_proves_nothing(tmp_path: Path, time: str, older: bool) -> None:
    before = of_time(tmp_path, "ods", "2026-10-25T01:15:00", None)
    if not older:
        assert of_time(tmp_path, "xlsx", f"2026-10-25T{time}:00Z", before)
        return
    with pytest.raises(FixSettings, match="is older"):
        of_time(tmp_path, "xlsx", f"2026-10-25T{time}:00Z", before)


def test_the_first_files_of_a_term_without_a_mark_wait_for_the_first_register(tmp_path: Path) -> None:
    before = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    with pytest.raises(RetryLater) as caught:
        taken(drop(tmp_path, marks=of("16 #", "17 ")), before)
    assert "has no marks yet since 2026-11-03" in caught.value.sentence
    assert "nothing to do until the first register" in caught.value.sentence
    assert "older" not in caught.value.sentence
    assert taken(drop(tmp_path, marks=of("16 #", "17 /")), before)["newest"] == "2026-11-17"


def test_a_file_without_a_mark_of_days_that_had_marks_is_older(tmp_path: Path) -> None:
    before = taken(drop(tmp_path, marks=of("02 /", "03 /")), None)
    with pytest.raises(FixSettings, match="is older than the file that was taken last: it has no marks"):
        taken(drop(tmp_path, marks=of("02 #", "03 #", "16 #")), before)


@pytest.mark.parametrize("time", ["", "yesterday", "0001-01-01T00:00:00+14:00", "2026-11-03T16:00:00Zé"])
def test_a_time_that_cannot_be_read_proves_nothing(tmp_path: Path, time: str) -> None:
    folder = saved(tmp_path, "xlsx", ["1", DAY, "AM", "/"])
    add(folder / "marks.xlsx", "docProps/core.xml", f"<dcterms:modified>{time}</dcterms:modified>")
    before = {"newest": "2026-11-02", "made": "2030-01-01T00:00:00+00:00"}
    assert taken(folder, before, marks="marks.xlsx")["made"] is None


FRIDAY, BROKEN = of("02 O", "03 /"), of("02 O", "03 /", "31 /")  # 31 November


def test_a_row_that_is_mended_gives_the_good_file_again_and_it_is_taken(tmp_path: Path) -> None:
    good = taken(drop(tmp_path, marks=FRIDAY), None)
    broken = taken(drop(tmp_path, marks=BROKEN), good)
    worse = taken(drop(tmp_path, marks=of("02 O", "03 /", "31 /", "31 O")), broken)
    for before in (broken, worse):
        assert taken(drop(tmp_path, marks=FRIDAY), before)["digest"] == good["digest"]


def test_a_mended_file_comes_back_once_and_is_older_after_the_next(tmp_path: Path) -> None:
    before = None
    for text in (FRIDAY, BROKEN, FRIDAY, of("02 I", "03 /")):
        before = taken(drop(tmp_path, marks=text), before)
    with pytest.raises(FixSettings, match=r"is older .* The last file had no row set aside that this one could mend"):
        taken(drop(tmp_path, marks=FRIDAY), before)


def test_a_file_from_before_a_correction_mends_nothing(tmp_path: Path) -> None:
    before = None
    for text in (FRIDAY, of("02 I", "03 /"), of("02 I", "03 /", "31 /")):
        before = taken(drop(tmp_path, marks=text), before)
    with pytest.raises(FixSettings, match=r"is older .* this is not the file that was taken before they were"):
        taken(drop(tmp_path, marks=FRIDAY), before)


def test_a_file_that_is_broken_in_every_export_undoes_no_correction(tmp_path: Path) -> None:
    before = taken(drop(tmp_path, marks=BROKEN), None)
    before = taken(drop(tmp_path, marks=of("02 I", "03 /", "31 /")), before)
    with pytest.raises(FixSettings, match=r"is older"):
        taken(drop(tmp_path, marks=BROKEN), before)


def test_a_mended_file_that_lacks_the_newest_day_is_older(tmp_path: Path) -> None:
    before = taken(drop(tmp_path, marks=FRIDAY), None)
    before = taken(drop(tmp_path, marks=of("02 O", "03 /", "04 /", "31 /")), before)
    with pytest.raises(FixSettings, match=r"its newest marks are of 2026-11-03"):
        taken(drop(tmp_path, marks=FRIDAY), before)


def test_a_file_with_the_very_same_marks_is_not_older(tmp_path: Path) -> None:
    other_order = of("03 /", "02 O")
    before = taken(drop(tmp_path, marks=FRIDAY), None)
    before = taken(drop(tmp_path, marks=other_order), before)
    assert taken(drop(tmp_path, marks=FRIDAY), before)["contents"] == before["contents"]


@pytest.mark.parametrize("sound", [3, [], ["a"], [1, "a"], [None, None]])
def test_what_was_remembered_wrongly_mends_nothing(tmp_path: Path, sound: Any) -> None:
    text = of("02 /")
    before = taken(drop(tmp_path, marks=text), None) | {"sound": sound, "aside": "x", "contents": 3}
    assert taken(drop(tmp_path, marks=of("02 I")), before)["sound"] == []
