"""Whatever is written in a report comes back exactly; a damaged one gives a Problem or fewer rows, never others."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias
from unittest import mock
from xml.sax.saxutils import escape

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rollbook.contract import Problem
from rollbook_sims.captions import Captions, plain
from rollbook_sims.reports import delimited, elements
from rollbook_sims.reports.report import Report
from rollbook_sims.ways.way import Fetched

FIELDS = ("display", "statutory", "description")
Row: TypeAlias = tuple[str | None, ...]

LEGAL = st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")
TEXT = st.text(LEGAL | st.sampled_from("\t\n/\\-#<>&\"',;]é€"), max_size=8)
CAPTION = st.text(LEGAL | st.sampled_from(" /()%_x0"), min_size=1, max_size=8).filter(lambda text: plain(text))
CAPTIONS = st.lists(CAPTION, min_size=len(FIELDS), max_size=len(FIELDS), unique_by=plain)
ROWS = st.lists(st.tuples(*[st.none() | TEXT] * len(FIELDS)), min_size=1, max_size=7)
XML_ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "iso-8859-1", "windows-1252", "utf-16"])
PARTS = [
    *("<Record>", "</Record>", "<SuperStarReport>", "</SuperStarReport>", "<Code>", "</Code>", "<?xml ", "?>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE ", "<", ">", "/", "&", "&amp;", '"', "x", ",", "\n", "Code"),
]
CSV_ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


def name_of(caption: str) -> str:
    """The element's name for a caption, as .NET's XmlConvert makes it; all but plain letters escaped."""

    def escaped(letter: str, following: str) -> str:
        if (letter.isascii() and letter.isalpha()) or (letter == "_" and following != "x"):
            return letter
        return f"_x{ord(letter):04X}_" if ord(letter) < 0x10000 else f"_x{ord(letter):08X}_"

    return "".join(map(escaped, caption, caption[1:] + " "))


def element(name: str, text: str, way: int) -> str:
    """One of the ways to write the same."""
    if way == 0 and "]]>" not in text:
        return f"<{name}><![CDATA[{text}]]></{name}>"
    if way == 1:
        return f"<{name} a='b'>{''.join(f'&#{ord(letter)};' for letter in text)}</{name}>"
    if way == 2:
        return f"<s:{name} xmlns:s='urn:s'>\n<!-- - -->{escape(text)}<?p q?></s:{name}>"
    return f"<{name}>{escape(text)}</{name}>"


def as_xml(captions: list[str], rows: list[Row], encoding: str, data: st.DataObject) -> bytes:
    """The report of those rows."""
    names = [name_of(caption) for caption in captions]
    ways = data.draw(st.lists(st.integers(0, 4), min_size=len(FIELDS), max_size=len(FIELDS)))
    records = [
        [element(name, text, way) for name, text, way in zip(names, row, ways, strict=True) if text is not None]
        for row in rows
    ]
    body = "".join(f"<Record>{''.join(record)}</Record>\n" for record in records)
    says = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{says}"?>\n<SuperStarReport>\n{body}</SuperStarReport>\n'
    really = "windows-1252" if encoding == "iso-8859-1" else encoding
    return text.encode(really, errors="strict" if "<![CDATA" in text else "xmlcharrefreplace")


def as_csv(captions: list[str], rows: list[Row], encoding: str) -> bytes:
    """The same as CSV."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(captions)
    writer.writerows([text or "" for text in row] for row in rows)
    return out.getvalue().encode(encoding)


@contextmanager
def small_chunks() -> Iterator[None]:
    """Two rows make a chunk."""
    with mock.patch.object(elements, "ROWS", 2), mock.patch.object(delimited, "ROWS", 2):
        yield


def read_back(contents: bytes, captions: list[str]) -> tuple[list[Row], Problem | None]:
    """Every row that the report gives, and what it raises in the end; whatever else it raises passes."""
    names = Captions("codes", {field: (caption,) for field, caption in zip(FIELDS, captions, strict=True)})
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report"
        path.write_bytes(contents)
        try:
            with small_chunks():
                for chunk in Report(Fetched(path, "report", ""), names, {"encoding": None}).chunks():
                    found += chunk.select("line", *FIELDS).rows()
        except Problem as problem:
            return found, problem
    return found, None


def meant(rows: list[Row], first: int = 1) -> list[Row]:
    """What the report should give of them: stripped, blanks as null, of two in a chunk that are the same the first."""
    tidy = [tuple(text.strip() or None if text is not None else None for text in row) for row in rows]
    return [(first + at, *row) for at, row in enumerate(tidy) if at % 2 == 0 or tidy[at - 1] != row]


def displayed(rows: list[Row]) -> bool:
    return any(row[0] is not None for row in rows)


@settings(max_examples=150, deadline=None)
@given(CAPTIONS, ROWS.filter(displayed), XML_ENCODINGS, st.data())
def test_what_is_written_as_xml_is_read_back_exactly(
    captions: list[str], rows: list[Row], encoding: str, data: st.DataObject
) -> None:
    try:
        contents = as_xml(captions, rows, encoding, data)
    except UnicodeEncodeError:
        assume(False)
    if encoding in ("iso-8859-1", "windows-1252") and not contents.isascii():
        with suppress(UnicodeDecodeError):
            contents.decode("utf-8")
            assume(False)
    assert read_back(contents, captions) == (meant(rows), None)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2), ROWS.filter(displayed), CSV_ENCODINGS)
def test_what_is_written_as_csv_is_read_back_exactly(shift: int, rows: list[Row], encoding: str) -> None:
    captions = ["Code %", "Statutory/Return", "Zoë’s, own"]
    filled = [tuple((text or "x").replace("\n", "") or "x" for text in row) for row in rows]
    assert read_back(as_csv(captions, filled, encoding), captions) == (meant(filled, first=2), None)


@settings(max_examples=150, deadline=None)
@given(CAPTIONS, ROWS.filter(displayed), XML_ENCODINGS, st.data())
def test_a_report_cut_off_anywhere_is_refused_and_gives_no_row_that_was_not_there(
    captions: list[str], rows: list[Row], encoding: str, data: st.DataObject
) -> None:
    try:
        whole = as_xml(captions, rows, encoding, data)
    except UnicodeEncodeError:
        assume(False)
    found, problem = read_back(whole[: data.draw(st.integers(0, len(whole) - 3))], captions)
    assert found == meant(rows)[: len(found)]
    assert problem is not None


@settings(max_examples=100, deadline=None)
@given(ROWS.filter(displayed), CSV_ENCODINGS, st.data())
def test_csv_cut_off_anywhere_gives_no_row_that_was_not_there(
    rows: list[Row], encoding: str, data: st.DataObject
) -> None:
    captions = ["Code", "Statutory", "Words"]
    filled = [tuple((text or "x").replace("\n", "") or "x" for text in row) for row in rows]
    whole = as_csv(captions, filled, encoding)
    found, _ = read_back(whole[: data.draw(st.integers(0, len(whole) - 1))], captions)
    assert found == meant(filled, first=2)[: len(found)]


@settings(max_examples=200, deadline=None)
@given(CAPTIONS, ROWS, XML_ENCODINGS, st.data())
def test_a_report_damaged_anywhere_raises_nothing_but_a_problem(
    captions: list[str], rows: list[Row], encoding: str, data: st.DataObject
) -> None:
    try:
        whole = as_xml(captions, rows, encoding, data)
    except UnicodeEncodeError:
        whole = as_csv(captions, rows, "utf-8")
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    read_back(whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:], captions)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.lists(st.sampled_from(PARTS), max_size=30).map(lambda some: "".join(some).encode()))
def test_any_bytes_at_all_raise_nothing_but_a_problem(contents: bytes) -> None:
    read_back(contents, ["Code", "Statutory", "Words"])
