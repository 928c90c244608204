"""The beginning and the end of a file as bytes, and the encoding that they are likely to be in."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from rollbook.contract import FixSettings
from rollbook_csv import sheets
from rollbook_csv.files import Taken
from rollbook_csv.sheets import is_workbook

MOST, END = 2_000_000, 32_768
MOST_OF_A_WORKBOOK = 64_000_000
_OTHERS = (  # how files begin that are no text of a register, and what to do with them
    (b"PK\x03\x04", "is a workbook or a zip file: let its name end in .xlsx or .ods if it is a workbook"),
    (b"\xd0\xcf\x11\xe0", "is an old workbook (.xls): save it as .xlsx, and profile that file"),
    (b"%PDF", "is a PDF: export the report as CSV"),
    (b"<?xml", "is XML: a report of SIMS is read by the plugin `sims`, and a Common Transfer File needs no profile"),
    (b"<", "is a web page, perhaps that of a login: export the report as CSV again"),
    (b"{", "is JSON: export the report as CSV"),
    (b"[", "is JSON: export the report as CSV"),
)


@dataclass(frozen=True)
class Sample:
    """The first bytes of a file, and the last where it has more. `size` is that of the whole."""

    name: str
    size: int
    data: bytes
    end: bytes

    @property
    def cut(self) -> bool:
        """Whether there is more of the file than `data`."""
        return self.size > len(self.data)


@dataclass(frozen=True)
class Encoding:
    """name: as the setting has it. doubt: why it may be another; blank when it is sure."""

    name: str
    why: str
    doubt: str = ""


def take(path: Path) -> Sample:
    """The sample of a file; all of a workbook. Raises FixSettings when it cannot be read, is empty, or is no text."""
    book = is_workbook(path.name)
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for, and a device has no end
            raise FixSettings(f"{path} is no file: name the file that holds the marks.")
        with path.open("rb") as file:
            size = path.stat().st_size
            data = file.read(MOST_OF_A_WORKBOOK if book else MOST)
            file.seek(max(size - END, 0))
            end = file.read(END)
    except OSError as error:
        raise FixSettings(
            f"{path} cannot be read ({error.strerror}): correct the path, or let this account read it."
        ) from None
    if not data.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        raise FixSettings(f"{path.name} is empty or blank ({size} bytes). The export failed: run it again.")
    for begins, what in () if book else _OTHERS:
        if data.removeprefix(codecs.BOM_UTF8).lstrip()[:5].startswith(begins):
            raise FixSettings(f"{path.name} {what}.")
    if book and size > len(data):
        raise FixSettings(f"{path.name} has {size} bytes, which is too large for a workbook of marks: export text.")
    return Sample(path.name, size, data, end)


def encoding_of(sample: Sample) -> Encoding:
    """The encoding. Raises FixSettings for what is none that can be stated."""
    data = sample.data
    if data.startswith(codecs.BOM_UTF8):
        return Encoding("utf-8", "it begins with the byte order mark of UTF-8")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Encoding("utf-16", "it begins with the byte order mark of UTF-16")
    if b"\x00" in data:
        return _with_zero_bytes(sample)
    if data.isascii():
        return Encoding("utf-8", "it has no letter beyond ASCII, and all encodings write those alike")
    if _is_utf8(data, cut=sample.cut):
        return Encoding(
            "utf-8", "its letters beyond ASCII make UTF-8 throughout, as in another encoding they never would"
        )
    return _of_single_bytes(data)


def text_of(sample: Sample, encoding: str) -> tuple[str, str]:
    """The beginning, up to its last whole line, and the end from its first whole line on, with line feeds alone."""
    begun = _decoded(sample.data, encoding)
    if not sample.cut:
        return begun, begun
    begun = begun[: begun.rfind("\n") + 1]
    if not begun:
        raise FixSettings(f"{sample.name} has no line break in its first {MOST} bytes: it is no CSV file.")
    end = sample.end
    if encoding == "utf-16":  # without the mark that the beginning has, and cut between two characters
        end = sample.data[:2] + end[sample.size % 2 and len(end) % 2 :]
    return begun, _decoded(end, encoding).partition("\n")[2]


def sheet_of(sample: Sample, form: str = "yyyy-mm-dd", headings_line: int | None = None) -> str:
    """The first sheet of a workbook as text, its days in that form. Raises FixSettings as `sheets.text_of`."""
    settings = {"sheet": None, "delimiter": ",", "date_form": form, "headings_line": headings_line}
    return sheets.text_of(Taken(sample.name, sample.data), "marks", settings)


def _decoded(data: bytes, encoding: str) -> str:
    text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_zero_bytes(sample: Sample) -> Encoding:
    even, odd = sample.data[0:2000:2].count(0), sample.data[1:2000:2].count(0)
    if even == 0 and odd > min(len(sample.data), 2000) // 3:
        return Encoding(
            "utf-16",
            "every other byte is zero",
            "it has not the byte order mark that UTF-16 should begin with",
        )
    if odd == 0 and even > min(len(sample.data), 2000) // 3:
        raise FixSettings(
            f"{sample.name} is UTF-16 in a form that is not read, without the byte order mark: save it as UTF-8."
        )
    raise FixSettings(f"{sample.name} is no text: it has zero bytes in it. Export the report as CSV.")


def _of_single_bytes(data: bytes) -> Encoding:
    high = {byte for byte in data if byte > 0x7F}
    controls = {byte for byte in data if byte < 0x20} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D}
    if len(controls) > 3:
        raise FixSettings("The file is no text: it is full of control characters. Export the report as CSV.")
    if high & {0x81, 0x8D, 0x8F, 0x90, 0x9D}:
        return Encoding("iso-8859-1", "it is not UTF-8, and has bytes that cp1252 does not know", _LOOK)
    if any(byte < 0xA0 for byte in high):
        return Encoding("cp1252", "it is not UTF-8, and has bytes that are letters or signs in cp1252 alone", _LOOK)
    return Encoding("cp1252", "it is not UTF-8; most reports on Windows are in cp1252", _LOOK)


_LOOK = "single bytes can be read in several encodings (cp1252, iso-8859-1 and others)"


def _is_utf8(data: bytes, *, cut: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=not cut)
    except UnicodeDecodeError:
        return False
    return True
