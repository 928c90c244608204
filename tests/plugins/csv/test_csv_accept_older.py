"""`accept_older = true`, which is meant for one sync: what is said while it is set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from rollbook.contract import Done
from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import SCHOOL, TERM, drop, marks_file, source

NEWER, OLDER = marks_file("001,02/11/2026,AM,/", "001,04/11/2026,AM,/"), marks_file("001,02/11/2026,AM,O")
SET = {"accept_older": True}


def pulled(folder: Path, before: Mapping[str, Any] | None, **settings: Any) -> tuple[Mapping[str, Any], Sequence[str]]:
    *_, done = source(folder, **settings).pull(Table.MARKS, SCHOOL, TERM, before)
    assert isinstance(done, Done)
    return done.checkpoint, done.notes


def test_a_sync_that_took_an_older_file_thanks_to_it_says_so_and_no_other_does(tmp_path: Path) -> None:
    before, said = pulled(drop(tmp_path, marks=NEWER), None, **SET)
    assert list(said) == []
    assert list(pulled(tmp_path, before, **SET)[1]) == []
    before, said = pulled(drop(tmp_path, marks=OLDER), before, **SET)
    assert list(said) == [
        "marks.csv is older than the file that was taken last: its newest marks are of 2026-11-02, and there were "
        "marks of 2026-11-04. It was used, because accept_older = true is set: take that out of the settings now."
    ]
    assert list(pulled(tmp_path, before, **SET)[1]) == []


@pytest.mark.parametrize("settings", [{}, SET])
def test_check_says_while_it_is_set(tmp_path: Path, settings: Mapping[str, Any]) -> None:
    folder = drop(tmp_path, marks=NEWER, pupils="Adno,DOB\n001,10/03/2016\n")
    told = [remark for remark in source(folder, **settings).check() if remark.text.startswith("accept_older = true")]
    assert [remark.ok for remark in told] == [True] * len(settings)


def test_it_is_no_setting_of_a_profile(tmp_path: Path) -> None:
    profile = tmp_path / "larkspur.toml"
    profile.write_text('date_form = "dd/mm/yyyy"\naccept_older = true\n', encoding="utf-8")
    with pytest.raises(ValidationError, match="accept_older, which is one school's own"):
        CsvSource.Settings().load({"folder": str(tmp_path), "profile": str(profile)})
