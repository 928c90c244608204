"""The setting `profile`: settings in a file of their own, and mistakes in it told with its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from marshmallow import ValidationError

from rollbook.tables.schemas import Table
from rollbook_csv.source import CsvSource
from support.csv_files import drop, marks_file, rows

GOOD = 'date_form = "dd/mm/yyyy"\nencoding = "cp1252"\nam = ["1"]\npm = ["2"]\n'


def loaded(folder: Path, profile: str | bytes, **connection: Any) -> Mapping[str, Any]:
    """The settings of a connection in that folder, whose profile is `larkspur.toml`."""
    data = profile.encode() if isinstance(profile, str) else profile
    (folder / "larkspur.toml").write_bytes(data)
    schema = CsvSource.Settings()
    schema.config_folder = folder
    settings: Mapping[str, Any] = schema.load({"folder": "drop", "profile": "larkspur.toml", **connection})
    return settings


def mistakes(folder: Path, profile: str | bytes, **connection: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        loaded(folder, profile, **connection)
    return caught.value.messages


def test_settings_of_the_profile_count(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD)
    assert (settings["date_form"], settings["encoding"], settings["am"]) == ("dd/mm/yyyy", "cp1252", ["1"])


def test_what_stands_in_the_connection_goes_before_it(tmp_path: Path) -> None:
    settings = loaded(tmp_path, GOOD, encoding="utf-8")
    assert (settings["encoding"], settings["am"]) == ("utf-8", ["1"])


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())["encoding"] == "cp1252"


@pytest.mark.parametrize(
    ("line", "key", "said"),
    [
        ('delimiter = "::"', "delimiter", 'one of: "," ";" "|" "tab"'),
        ("key = 3", "key", "Not a valid string."),
        ("marks = [3]", "marks", "Not a valid string."),
        ('columns = {mark = "X", roll = 3}', "columns", "write field ="),
        ('colums = {mark = "X"}', "colums", "there is no such setting; there are: am, calendar, cell, columns"),
    ],
)
def test_a_mistake_in_it_names_the_file_and_the_key(tmp_path: Path, line: str, key: str, said: str) -> None:
    told = mistakes(tmp_path, f"{GOOD}{line}\n")
    assert list(told) == [key]
    assert told[key][0].startswith(f"in the profile larkspur.toml: {said}")


def test_a_mistake_of_the_connection_does_not_name_it(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD, am=[3]) == {"am": {0: ["Not a valid string."]}}


def test_a_profile_and_a_connection_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    told = mistakes(tmp_path, GOOD, am=["2"])
    assert told == {"pm": ["in the profile larkspur.toml: the same value cannot be morning and afternoon"]}


def test_the_blank_that_a_proposal_leaves_is_refused_with_the_choices(tmp_path: Path) -> None:
    told = mistakes(tmp_path, 'date_form = ""\n')
    assert "state how days are written, one of:" in told["date_form"][0]


@pytest.mark.parametrize("stray", ["folder", "urn", "laestab", "profile"])
def test_what_is_one_schools_own_does_not_stand_in_it(tmp_path: Path, stray: str) -> None:
    told = mistakes(tmp_path, f'{GOOD}{stray} = "123456"\n')
    assert f"larkspur.toml has {stray}, which is one school's own" in told["profile"][0]


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b'date_form = "dd/mm', "larkspur.toml is not TOML: at"),
        (b'date_form = "\xff"', "larkspur.toml is not UTF-8: save it as UTF-8"),
        ("\ufeff".encode("utf-16-le") + GOOD.encode("utf-16-le"), "larkspur.toml is not UTF-8"),
        (b"#" * 70_000, "larkspur.toml is no profile: it has more than 65536 bytes"),
    ],
)
def test_a_file_that_is_no_profile_is_named(tmp_path: Path, contents: bytes, said: str) -> None:
    assert said in mistakes(tmp_path, contents)["profile"][0]


def test_a_profile_that_is_not_there_is_named(tmp_path: Path) -> None:
    schema = CsvSource.Settings()
    schema.config_folder = tmp_path
    with pytest.raises(ValidationError) as caught:
        schema.load({"folder": "drop", "profile": "nowhere.toml"})
    assert "nowhere.toml cannot be read (No such file or directory)" in str(caught.value.messages["profile"][0])


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("dd/mm/yyyy", "2/9/2026"),
        ("mm/dd/yyyy", "9/2/2026"),
        ("dd-mm-yyyy", "02-09-2026"),
        ("dd.mm.yyyy", "02.09.2026"),
        ("dd mmm yyyy", "02 Sep 2026"),
        ("dd-mmm-yyyy", "02-SEP-2026"),
        ("yyyy-mm-dd", "2026-09-02 00:00:00"),
    ],
)
def test_a_day_is_read_as_the_settings_state_and_in_no_other_way(tmp_path: Path, form: str, written: str) -> None:
    drop(tmp_path, marks=marks_file(f"001,{written},AM,/"))
    assert rows(Table.MARKS, tmp_path, date_form=form)["date"].to_list() == [date(2026, 9, 2)]
