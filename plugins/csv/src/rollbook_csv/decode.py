"""From a file's bytes to text, in the encoding that was stated. A file in another one is refused, not mended."""

from __future__ import annotations

import codecs

from rollbook.contract import FixSettings
from rollbook_csv.files import Taken

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(taken: Taken, encoding: str) -> str:
    """The text, its lines ended by line feeds alone, without a byte order mark.

    Raises FixSettings, naming the line, when the bytes are not of that encoding.
    """
    _check_mark(taken, encoding)
    try:
        text = taken.data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise FixSettings(_not_of(taken, encoding, error)) from None
    if "\x00" in text:
        raise FixSettings(f'{taken.name} has zero bytes in it: it is UTF-16, so set encoding = "utf-16", or damaged.')
    if encoding in ("cp1252", "iso-8859-1") and _is_utf8(taken.data):
        raise FixSettings(f'{taken.name} is not {encoding}: it is UTF-8. Set encoding = "utf-8".')
    return _with_line_feeds(text)


def first_lines(taken: Taken, encoding: str) -> str:
    """As `decode`, of the beginning of a file, which may end in the middle of a character. What is wrong with single
    bytes is told when the whole is read. Raises FixSettings when the beginning shows that the encoding is another.
    """
    _check_mark(taken, encoding)
    text = taken.data.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    return _with_line_feeds(text)


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_mark(taken: Taken, encoding: str) -> None:
    for mark, name in _MARKS:
        if taken.data.startswith(mark) and encoding != name:
            raise FixSettings(
                f'{taken.name} begins with the byte order mark of {name}, not of {encoding}: set encoding = "{name}".'
            )


def _not_of(taken: Taken, encoding: str, error: UnicodeDecodeError) -> str:
    if error.end >= len(taken.data) and error.reason in ("unexpected end of data", "truncated data"):
        return f"{taken.name} is cut off in the middle of its last character: export it again."
    line = taken.data.count(b"\n", 0, error.start) + 1
    other = "utf-8" if encoding == "utf-16" else "cp1252"
    return (
        f"{taken.name}, line {line}: not {encoding} (byte {error.start + 1} of the file). State the encoding that the "
        f'export uses; many are in {other}: encoding = "{other}".'
    )


def _is_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII make UTF-8 throughout, as text in another encoding as good as never does."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
