"""Names with accents come back right in every encoding that schools' reports have, or the file is refused."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from rollbook.contract import FixSettings
from support.sims_read import csv, mark, refused, rows, xml

NAME = "Zoë “O’Neill” – €5"
PLAIN = "Zoë Müller"


def written(name: str, says: str | None) -> str:
    """A report in whose only mark that name stands, and which says that encoding of itself."""
    return xml(mark(Mark=name), header=f'<?xml version="1.0" encoding="{says}"?>\n' if says else "")


@pytest.mark.parametrize(
    ("says", "really", "stated"),
    [
        ("iso-8859-1", "cp1252", None),
        ("ISO-8859-1", "cp1252", "iso-8859-1"),
        ("windows-1252", "cp1252", None),
        ("utf-8", "utf-8", None),
        ("utf-8", "utf-8-sig", None),
        (None, "utf-8", None),
        (None, "cp1252", "cp1252"),
        ("iso-8859-1", "utf-8-sig", None),
        ("iso-8859-1", "utf-8", None),
        ("windows-1252", "utf-8", None),
        ("iso-8859-1", "utf-8", "utf-8"),
        ("utf-8", "cp1252", "cp1252"),
        ("utf-16", "utf-16", None),
        ("iso-8859-1", "utf-16", None),
        ("utf-16", "utf-16-le", None),
        (None, "utf-16-be", "utf-16"),
        ("utf-16", "utf-8", None),
    ],
)
def test_xml_in_the_encoding_that_it_has(tmp_path: Path, says: str | None, really: str, stated: str | None) -> None:
    contents = written(NAME, says).encode(really)
    assert rows(tmp_path, contents, "mark", encoding=stated) == [(NAME,)]


@pytest.mark.parametrize("really", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("with_setting", [False, True])
def test_csv_in_the_encoding_that_it_has(tmp_path: Path, really: str, with_setting: bool) -> None:
    contents = csv(f"A,02/11/2026,AM,{NAME}").encode(really)
    stated = really.removesuffix("-sig") if with_setting else None
    assert rows(tmp_path, contents, "mark", encoding=stated, name="marks.csv") == [(NAME,)]


def test_the_bytes_that_cp1252_lacks_are_control_characters(tmp_path: Path) -> None:
    contents = written("a?b", "iso-8859-1").encode().replace(b"a?b", b"a\x81\x8d\x8f\x90\x9db")
    assert rows(tmp_path, contents, "mark") == [("a\x81\x8d\x8f\x90\x9db",)]


def test_iso_8859_15_has_its_own_euro(tmp_path: Path) -> None:
    assert rows(tmp_path, written("€ž", "iso-8859-15").encode("iso-8859-15"), "mark") == [("€ž",)]


@pytest.mark.parametrize("stated", ["cp1252", "iso-8859-1"])
def test_utf_8_under_another_name_of_the_settings_is_refused(tmp_path: Path, stated: str) -> None:
    contents = written(PLAIN, "iso-8859-1").encode("utf-8")
    assert refused(FixSettings, tmp_path, contents, encoding=stated) == (
        'marks.xml is not cp1252: it is UTF-8. Leave `encoding` out, or set encoding = "utf-8".'
    )


@pytest.mark.parametrize("says", ["utf-8", None, "us-ascii"])
def test_other_bytes_than_it_says_are_refused_with_the_setting_that_helps(tmp_path: Path, says: str | None) -> None:
    sentence = refused(FixSettings, tmp_path, written(PLAIN, says).encode("cp1252"))
    assert f"marks.xml is not in {'ascii' if says == 'us-ascii' else 'utf-8'} throughout" in sentence
    assert 'encoding = "cp1252"' in sentence


@pytest.mark.parametrize(
    ("really", "stated", "words"),
    [
        ("utf-8-sig", "cp1252", 'begins as utf-8 does, not cp1252: set encoding = "utf-8"'),
        ("utf-16", "utf-8", 'begins as utf-16 does, not utf-8: set encoding = "utf-16"'),
        ("cp1252", "utf-16", "is not utf-16"),
    ],
)
def test_a_setting_that_the_file_contradicts(tmp_path: Path, really: str, stated: str, words: str) -> None:
    assert words in refused(FixSettings, tmp_path, written(PLAIN, None).encode(really), encoding=stated)


@pytest.mark.parametrize("says", ["utf-7", "unicode_escape", "base64", "idna", "x-made-up", "iso-2022-jp"])
def test_an_encoding_that_no_school_has_is_not_tried(tmp_path: Path, says: str) -> None:
    assert f"says that its encoding is {says}, which is not read" in refused(FixSettings, tmp_path, written("L", says))


@pytest.mark.parametrize("really", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_character_across_the_pieces_in_which_a_file_is_read(tmp_path: Path, really: str) -> None:
    for shift in range(3):
        contents = written("x" * shift + "é€" * 70_000, "iso-8859-1").encode(really)
        assert rows(tmp_path, contents, "mark") == [("x" * shift + "é€" * 70_000,)]


def test_blanks_before_the_declaration(tmp_path: Path) -> None:
    for mark_of_order in (b"", codecs.BOM_UTF8):
        contents = mark_of_order + b"\r\n  " + written("L", "utf-8").encode()
        assert rows(tmp_path, contents, "mark") == [("L",)]
