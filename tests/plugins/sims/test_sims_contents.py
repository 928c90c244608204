"""What the ends of a file say of it: whole, cut off, empty, or an error in a report's place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook_sims.ways.contents import Look, digest, look
from support.sims_run import report

XML = report("<Mark>/</Mark>").decode()
WHOLE, HALF = Look(False, False, True, False), Look(False, False, False, False)
LINES = Look(False, False, True, True)  # whole as far as one can see


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (XML.encode(), WHOLE),
        (XML.encode("utf-16"), WHOLE),
        (XML.encode("utf-16-le"), WHOLE),
        (XML.encode("utf-16-be"), WHOLE),
        (XML.encode("utf-16-le")[:-60], HALF),
        (b"\xef\xbb\xbf" + XML.encode(), WHOLE),
        (XML.encode().rstrip(), WHOLE),
        (XML.encode() + b"<!-- by SIMS > -->\n<?end ?>\n", WHOLE),
        (b"<SuperStarReport />", WHOLE),
        (b"<!-- <a> --><SuperStarReport xmlns='x'>" + b" " * 9000 + b"</SuperStarReport >\n", WHOLE),
        (b"<!DOCTYPE s [<!ENTITY a 'b'>]><s></s>", WHOLE),
        (b"Adno,Mark\r\n001003,/\r\n", LINES),
        ("Adno,Mark\r\n001003,/\r\n".encode("utf-16"), LINES),
        (b"Adno,Mark\r001003,/\r", LINES),
        (b"PK\x03\x04 a workbook", LINES),
        (XML.encode().rstrip()[:-1], HALF),
        (XML.encode("utf-16")[:-60], HALF),
        (XML.encode()[: XML.index("</SuperStar")], HALF),
        (XML.encode() + b"\0\0\0\0", HALF),
        (b"<?xml version='1.0'?>\n", HALF),
        (b"<a></a>" + b"<!--a-->" * 500 + b"x", HALF),
        (b"<!--" * 16_000, HALF),
        (b"<SuperStarReport><Record>&lt;/SuperStarReport&gt;", HALF),
        (b"Adno,Mark\r\n001003,", HALF),
        (b"Adno,Mark\r\n001003,/\r\n\0\0\0", HALF),
        (b"", Look(True, False, False, False)),
        (b" \r\n", Look(True, False, False, False)),
        ("\ufeff\r\n".encode("utf-16-le"), Look(True, False, False, False)),
        (b"<CommandReporterError>It failed</CommandReporterError>", Look(False, True, True, False)),
        ("<CommandReporterError>It failed".encode("utf-16"), Look(False, True, False, False)),
    ],
)
def test_a_file_is_known_by_its_ends(tmp_path: Path, data: bytes, seen: Look) -> None:
    (tmp_path / "a").write_bytes(data)
    assert look(tmp_path / "a") == seen


@given(cut=st.integers(1, len(XML) - 1))
def test_no_beginning_of_a_report_is_whole(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    path = tmp_path_factory.getbasetemp() / "beginning"
    path.write_bytes(XML.encode()[:cut])
    assert look(path).whole == (XML[:cut].rstrip() == XML.rstrip())


def test_files_of_the_same_contents_have_the_same_digest(tmp_path: Path) -> None:
    for name, data in (("a", b"x"), ("b", b"x"), ("c", b"y")):
        (tmp_path / name).write_bytes(data)
    a, b, c = (digest(tmp_path / name) for name in "abc")
    assert a == b != c
    assert len(a) == 16
