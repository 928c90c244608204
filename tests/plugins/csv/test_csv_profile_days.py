"""`rollbook csv profile` never decides whether the day or the month comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook_csv import commands
from support.csv_files import marks_file
from support.csv_profiled import ISO, SIMS, given, profiled, proposed


def test_days_that_can_be_read_in_one_way_alone_need_no_answer(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, ISO))
    assert typed.status == 0
    assert '\ndate_form = "yyyy-mm-dd"\n' in typed.out
    assert "  ***    Mon 2026-11-02  PM       N\n" in typed.out
    assert "There is nothing it is not sure of." in typed.out


def test_day_before_month_is_never_decided(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS))
    assert typed.status == 1
    assert '\ndate_form = ""\n' in typed.out
    assert "02/11/2026  Monday 2 November 2026   Wednesday 11 February 2026" in typed.out
    assert "fill in date_form" in typed.err


def test_not_even_where_some_days_can_be_read_in_one_way_alone(tmp_path: Path) -> None:
    lines = ["001,02/11/2026,AM,/", "001,13/11/2026,AM,/", "001,16/11/2026,AM,/"]
    typed = profiled(given(tmp_path, marks_file(*lines)))
    assert typed.status == 1
    assert "2 can only be read day first, as 13/11/2026." in typed.out
    assert "Read day first: 02 November 2026 to 16 November 2026, 0 of 3 on a weekend." in typed.out
    assert "Read month first: 11 February 2026 to 11 February 2026, 0 of 1 on a weekend, 2 no day at all." in typed.out


def test_what_a_person_says_of_the_days_is_taken(tmp_path: Path) -> None:
    path = given(tmp_path, SIMS)
    for form, day in (("dd/mm/yyyy", "Mon 2026-11-02"), ("mm/dd/yyyy", "Wed 2026-02-11")):
        data = proposed(path, "--date-form", form)
        assert (data["complete"], data["profile"]["date_form"]) == (True, form)
        assert data["previews"][0]["rows"][0] == {"pupil": "***", "date": day, "session": "AM", "mark": "/"}


def test_a_form_in_which_the_days_cannot_be_read_is_not_finished(tmp_path: Path) -> None:
    typed = profiled(given(tmp_path, SIMS), "--date-form", "yyyy-mm-dd")
    assert typed.status == 1
    assert "It would be refused: marks.csv is not of this profile" in typed.out


def test_a_form_that_some_day_contradicts_is_not_finished(tmp_path: Path) -> None:
    """A file with British days that LibreOffice 7.4, set up as American, opened and saved."""
    saved = "UPN,Surname,Date,AM,PM\nB801200005001,X,11/02/2026,/,\\\nB801200005001,X,11/13/2026,/,N\n"
    path = given(tmp_path, saved)
    assert proposed(path, "--date-form", "mm/dd/yyyy")["complete"] is True
    data = proposed(path, "--date-form", "dd/mm/yyyy")
    assert data["complete"] is False
    assert data["not_sure"][0]["what"] == "how days are written: you said one form, and 1 can only be of the other"


@pytest.mark.parametrize(("answer", "status", "form"), [("dd/mm/yyyy", 0, "dd/mm/yyyy"), ("", 1, "")])
def test_on_a_terminal_it_shows_both_readings_and_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, status: int, form: str
) -> None:
    monkeypatch.setattr(commands, "_on_terminal", lambda: True)
    typed = profiled(given(tmp_path, SIMS), answers=f"{answer}\n")
    assert "Is the day or the month first?" in typed.err
    assert (typed.status, f'\ndate_form = "{form}"\n' in typed.out) == (status, True)
