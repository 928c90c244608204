"""What a bad file gets: an error of the right kind that names the file and what to do, and no pupil."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings, Problem, RetryLater
from rollbook_sims.captions import captions_of
from rollbook_sims.reports import elements
from rollbook_sims.reports.report import Report
from rollbook_sims.ways.way import Fetched
from support.sims_read import SURNAME, UPN, frame, mark, refused, report, xml

WHOLE = xml(mark(), mark(AM_x002F_PM="PM"))
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "cut_at", ["<Record>", "B8012", "</Mark>", "  <Record>", "</SuperStarReport>", "Report>\n", "</UPN>"]
)
def test_a_file_cut_off(tmp_path: Path, cut_at: str) -> None:
    contents = WHOLE[: WHOLE.rindex(cut_at)]
    assert refused(RetryLater, tmp_path, contents) == (
        "marks.xml ends in the middle: the report is still being written, or its run was broken off. Nothing of it was "
        "used. If the next sync says the same, run the report again."
    )


def test_a_file_cut_off_after_a_record_whose_rows_came_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elements, "ROWS", 1)
    chunks = report(tmp_path, WHOLE.replace("</SuperStarReport>", "")).chunks()
    next(chunks)
    with pytest.raises(RetryLater):
        list(chunks)


def test_a_file_cut_off_and_filled_up_with_zero_bytes(tmp_path: Path) -> None:
    assert "ends in the middle" in refused(RetryLater, tmp_path, WHOLE[:-30] + "\x00" * 512)


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"", "is empty (0 bytes)"),
        (b" \r\n\t\n", "holds nothing but blanks"),
        (b"\xef\xbb\xbf", "holds nothing but blanks"),
        (b"\x00" * 4096, "holds nothing but blanks"),
    ],
)
def test_an_empty_file(tmp_path: Path, contents: bytes, words: str) -> None:
    sentence = refused(RetryLater, tmp_path, contents)
    assert sentence.startswith(f"marks.xml {words}: the report's run failed or is not over.")


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "is an Excel workbook, or a ZIP file, which is not read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel workbook"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "is a web page (HTML), not a report."),
        (b"<html><p>Sign in</html>", "is a web page (HTML), not a report."),
        (b"<CommandReporterError>Login failed</CommandReporterError>", "The reporter failed, and marks.xml holds its"),
        (b"<School><Pupil/></School>", "its outermost element is School, not SuperStarReport,"),
        (b"<" * 70_000, "begins like XML and is none."),
    ],
)
def test_a_file_that_is_no_report(tmp_path: Path, contents: bytes, words: str) -> None:
    assert words in refused(FixSettings, tmp_path, contents)


@pytest.mark.parametrize(
    "subset",
    [
        f"[{BOMB}]",
        '[<!ENTITY x SYSTEM "file:///etc/hostname">]',
        '[<!ENTITY % p SYSTEM "http://127.0.0.1:1/p.dtd"> %p;]',
        'SYSTEM "http://127.0.0.1:1/report.dtd"',
        'PUBLIC "-//A//B" "report.dtd"',
        "",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_before_anything_is_expanded(tmp_path: Path, subset: str, encoding: str) -> None:
    contents = f"<!-- a --><?b?>\n<!DOCTYPE SuperStarReport {subset}>" + xml(mark(Mark="&a9;"), header="")
    assert "has a document type declaration (<!DOCTYPE)" in refused(FixSettings, tmp_path, contents.encode(encoding))


@pytest.mark.parametrize(
    "contents",
    [
        xml(mark(), mark(Mark="&nbsp;")),
        xml(mark(), mark(Mark="&#1;")),
        xml(mark(), mark(Mark="\x0b")),
        xml(mark(), mark(Mark="a & b")),
        xml(mark(), mark() + f"<Surname>{SURNAME}</Forename>"),
        xml(mark(), f"<!DOCTYPE x>{mark()}"),
        WHOLE + WHOLE,
        xml("<a>" * 300 + "</a>" * 300),
    ],
)
def test_a_file_that_is_not_well_formed(tmp_path: Path, contents: str) -> None:
    sentence = refused(FixSettings, tmp_path, contents)
    assert sentence.startswith("marks.xml, line ")
    assert "this is not well-formed XML" in sentence


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    gone = Report(Fetched(tmp_path / "marks.xml", "marks.xml", ""), captions_of("marks", {}), {"encoding": None})
    with pytest.raises(RetryLater, match=r"marks.xml cannot be opened \(No such file or directory\)"):
        list(gone.chunks())


def test_no_value_of_a_row_that_is_set_aside_is_repeated(tmp_path: Path) -> None:
    read = report(tmp_path, xml(mark(), mark(UPN="") + f"<UPN>{UPN}</UPN><UPN>{SURNAME}</UPN>"))
    assert frame(read).height == 1
    assert len(read.rejects) == 1
    assert UPN not in str(read.rejects)
    assert SURNAME not in str(read.rejects)


def test_a_file_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"marks.xml is damaged: 1 of its 1 rows cannot be read"):
        frame(report(tmp_path, xml(mark() + "<Mark>N</Mark>")))
