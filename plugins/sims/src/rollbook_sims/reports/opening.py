"""What a file is, by its beginning: a report in XML or CSV, in which encoding, or no report at all."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.reports import texts
from rollbook_sims.ways.way import Fetched

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_OTHER_FILES = (
    (b"PK\x03\x04", "an Excel workbook, or a ZIP file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed file"),
    (b"{\\rtf", "a Word document"),
)
# Those that a declaration may name, and how they are read. An encoding that can turn plain letters into others
# (utf-7, say) is not among them.
_DECLARED = {
    "utf-8": "utf-8",
    "ascii": "ascii",
    "iso8859-1": texts.WESTERN,
    "cp1252": texts.WESTERN,
    "iso8859-15": "iso8859-15",
    "utf-16": "utf-8",  # said of a file of single bytes, as .NET does that keeps a string: it means nothing
}
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_BESIDE = re.compile(r"\s*(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_ROOT = re.compile(r"<([^\s/>!?<]+)[\s/>]")


@dataclass(frozen=True)
class Opening:
    """`encoding`: a name of Python's. `root`: the outermost element as it is written; "" where the file is CSV.
    `skip`: of XML, how many characters of its declaration to leave out, since the text is no longer in that encoding.
    """

    encoding: str
    root: str
    skip: int

    @property
    def is_xml(self) -> bool:
        """Whether it is XML; else it is CSV."""
        return bool(self.root)


def opening(fetched: Fetched, stated: str | None) -> Opening:
    """`stated`: the setting `encoding`, which goes before what the file says.

    Raises RetryLater for what is empty or cut off in its beginning, FixSettings for what is no report, has a DOCTYPE or
    is in an encoding that is not known or was not stated.
    """
    head = _head(fetched)
    for start, what in _OTHER_FILES:
        if head.startswith(start):
            raise FixSettings(
                f"{fetched.name} is {what}, which is not read. Let SIMS write the report as XML (better) or CSV."
            )
    if not head.strip(codecs.BOM_UTF8 + codecs.BOM_UTF16_LE + b"\x00 \t\r\n"):
        raise _empty(fetched.name, "holds nothing but blanks" if head else "is empty (0 bytes)")
    encoding = _encoding(fetched, head, stated)
    text = head.decode(texts.WESTERN if encoding == texts.WESTERN else encoding, errors="ignore").lstrip("\ufeff")
    if not text.lstrip().startswith("<"):
        return Opening(encoding, "", 0)
    declaration = _DECLARATION.match(text)
    whole = len(head) < texts.PIECE
    return Opening(encoding, _root(fetched.name, text, whole), declaration.end() if declaration else _blanks(text))


def _head(fetched: Fetched) -> bytes:
    try:
        with fetched.path.open("rb") as file:
            return file.read(texts.PIECE)
    except OSError as error:
        raise texts.closed_to_us(fetched.name, error) from None


def _empty(name: str, what: str) -> RetryLater:
    return RetryLater(
        f"{name} {what}: the report's run failed or is not over. It does not mean that nobody was there. If the next "
        f"sync says the same, run the report again."
    )


def _encoding(fetched: Fetched, head: bytes, stated: str | None) -> str:
    seen = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)
    if stated:
        return _as_stated(fetched.name, seen, stated)
    if seen:
        return seen
    if not head.lstrip().startswith(b"<"):
        return "utf-8" if texts.is_utf8(fetched) else texts.WESTERN
    declaration = _DECLARATION.match(head.decode("latin-1"))
    named = _ENCODING.search(declaration[0]) if declaration else None
    encoding = _declared(fetched.name, named[1]) if named else "utf-8"
    return "utf-8" if encoding == texts.WESTERN and texts.is_utf8(fetched) else encoding


def _as_stated(name: str, seen: str | None, stated: str) -> str:
    shown = (seen or "").removesuffix("-le").removesuffix("-be")
    if seen and shown != stated:
        raise FixSettings(f'{name} begins as {shown} does, not {stated}: set encoding = "{shown}".')
    if stated == "utf-16" and not seen:
        raise FixSettings(f"{name} is not utf-16: set `encoding` to the one that it has, or leave it out.")
    return seen or _declared(name, stated)


def _declared(name: str, encoding: str) -> str:
    try:
        return _DECLARED[codecs.lookup(encoding).name]
    except (LookupError, UnicodeError):
        raise FixSettings(
            f"{name} says that its encoding is {encoding}, which is not read. State the one that it has: encoding = "
            f'"utf-8" or "cp1252".'
        ) from None


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())


def _root(name: str, text: str, whole: bool) -> str:
    """The name of the outermost element. `whole`: whether the text is all of the file."""
    at = 0
    while beside := _BESIDE.match(text, at):
        at = beside.end()
    rest = text[at:].lstrip()
    if rest[:14].upper().startswith("<!DOCTYPE HTML") or rest[:5].lower() == "<html":
        raise FixSettings(f"{name} is a web page (HTML), not a report. Look at it: it may say what went wrong.")
    if rest.startswith("<!DOCTYPE"):
        raise FixSettings(
            f"{name} has a document type declaration (<!DOCTYPE), which no report of SIMS has and which can make a "
            f"reader open other files: it was not read. Find out where the file comes from."
        )
    found = _ROOT.match(rest)
    if found:
        return found[1]
    if whole:
        raise texts.cut_off(name)
    raise FixSettings(f"{name} begins like XML and is none. Let SIMS write the report again.")
