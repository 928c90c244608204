"""Strings of marks in Common Transfer Files: what each mark is, of which session, and when none of them is used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.tables.schemas import Table
from support.csv_files import rejects
from support.ctf_files import SURNAME, WEEK, pupil, transfer, write, year
from support.ctf_read import OWN, codes, dropped, told, why


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return dropped(tmp_path)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("/\\/\\IIGG/\\", "18.0"),
        ("/\\/\\IIGG/\\", "24.0"),
        (WEEK, "24.0"),
        (WEEK + ",", "24.0"),
        (" /, \\" + WEEK[3:], "25"),
    ],
)
def test_both_forms_of_strings_are_read(folder: Path, text: str, version: str) -> None:
    write(folder, transfer(pupil(year(text)), version=version))
    assert "".join(codes(folder).values()) == "/\\/\\IIGG/\\"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("/\\/\\,I,I,G,G,/,\\", "mixes"),
        ("/\\,/\\,II,GG,/\\,", "mixes"),
        ("/,\\,/", "3 marks"),
        ("#" * 800, "800 marks, more than a school year"),
        ("/\\/", "3 marks"),
        ("/\\\n/\\", "blanks among"),
        (" /\\/", "blanks among"),
        ("/\\C1C1", "C1 and its like"),
        (f"{SURNAME}s", "no national codes"),
        (f"{SURNAME},/", "mixes"),
    ],
)
def test_a_string_that_is_not_understood_is_set_aside_whole(folder: Path, text: str, reason: str) -> None:
    write(folder, transfer(pupil(year(text, counts=()))))
    assert reason in why(folder)


def test_a_blank_and_a_dash_are_no_mark_and_keep_their_places(folder: Path) -> None:
    write(folder, transfer(pupil(year("-, ,G,G", counts=(2, 0, 0, 2)))))
    assert codes(folder)[date(2026, 11, 3)] == "GG"


def test_a_few_marks_that_are_no_code_are_left_out_and_never_shown(folder: Path) -> None:
    write(
        folder,
        transfer(
            pupil(year(",".join([WEEK, WEEK.replace("I,I", "I,7")]), counts=(20, 12, 4, 4))), made="2026-11-13T16:00:00"
        ),
    )
    (reject,) = rejects(Table.ELSEWHERE, folder, **OWN)
    assert reject.reason == "1 mark left out: no national code of that day"
    assert len(told(folder)) == 19


@pytest.mark.parametrize("counts", [(9, 6, 2, 2), (10, 7, 2, 2), (10, 6, 1, 2), (10, 6, 2, 3)])
def test_marks_that_do_not_come_to_the_counts_are_set_aside(folder: Path, counts: tuple[int, ...]) -> None:
    write(folder, transfer(pupil(year(counts=counts))))
    assert "and the file states" in why(folder)


@pytest.mark.parametrize("possible", [8, 9, 10])
def test_a_session_without_a_mark_may_be_possible_or_not(folder: Path, possible: int) -> None:
    write(folder, transfer(pupil(year(WEEK.replace("I,I", "-,-"), counts=(possible, 6, 0, 2)))))
    assert len(told(folder)) == 8


@pytest.mark.parametrize("counts", [(7, 6, 0, 2), (11, 6, 0, 2), (9, 7, 0, 2), (9, 6, 1, 2), (9, 6, 0, 3)])
def test_it_can_be_none_of_the_other_counts_and_is_one_session_alone(folder: Path, counts: tuple[int, ...]) -> None:
    write(folder, transfer(pupil(year(WEEK.replace("I,I", "-,-"), counts=counts))))
    assert "and the file states" in why(folder)


def test_a_blank_between_commas_is_no_possible_session(folder: Path) -> None:
    write(folder, transfer(pupil(year(WEEK.replace("I,I", " ,"), counts=(9, 6, 0, 2)))))
    assert "and the file states" in why(folder)


def test_counts_that_are_not_stated_are_not_asked_for(folder: Path) -> None:
    write(folder, transfer(pupil(year(counts=()))))
    assert len(told(folder)) == 10


FORTNIGHT = ["//", "//", "//", "//", "GG", "##", "##", "GG", "//", "//", "//", "//"]  # with a weekend in it
NINE_DAYS = [day for day in FORTNIGHT if day != "##"]


def of_days(days: list[str]) -> str:
    return ",".join("".join(days))


@pytest.mark.parametrize(
    ("days", "made", "stated"),
    [
        (NINE_DAYS, "2026-11-13", None),
        (NINE_DAYS, "2026-12-18", "weekdays"),
        (FORTNIGHT, "2026-11-13", None),
        (FORTNIGHT, "2026-12-18", "all"),
    ],
    ids=["school on a Saturday else", "stated", "beyond the day of the file else", "weekends stated"],
)
def test_weekends_in_the_string_or_not(folder: Path, days: list[str], made: str, stated: str | None) -> None:
    write(folder, transfer(pupil(year(of_days(days), counts=())), made=f"{made}T16:10:00"))
    settings = {"ctf_days": stated} if stated else {}
    assert [day for day, code in codes(folder, **settings).items() if code == "GG"] == [
        date(2026, 11, 6),
        date(2026, 11, 9),
    ]


def test_where_it_cannot_be_told_nothing_is_guessed(folder: Path) -> None:
    write(folder, transfer(pupil(year(of_days(FORTNIGHT), counts=())), made="2026-12-18T16:10:00"))
    assert 'set ctf_days = "weekdays" or "all"' in why(folder)


@pytest.mark.parametrize(("days", "stated"), [(NINE_DAYS, "all"), (FORTNIGHT, "weekdays")])
def test_a_setting_that_the_string_does_not_fit_is_told(folder: Path, days: list[str], stated: str) -> None:
    write(folder, transfer(pupil(year(of_days(days), counts=())), made="2026-11-13T16:10:00"))
    assert f'does not fit ctf_days = "{stated}"' in why(folder, ctf_days=stated)


@pytest.mark.parametrize("first", ["0001-01-01", "2026-02-30", "9999-12-31", "2026-W01-1"])
def test_a_start_that_is_no_day_of_school_is_set_aside(folder: Path, first: str) -> None:
    write(folder, transfer(pupil(year(first=first))))
    assert "AttendanceStartDate" in why(folder)


def test_marks_of_two_strings_for_one_session_are_not_used(folder: Path) -> None:
    both = year().replace("</YearData>", "") + year()[year().index("<AttendSessions>") :]
    write(folder, transfer(pupil(both)))
    assert "two of its strings" in why(folder)
