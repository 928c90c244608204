"""From a file's bytes to text, in pieces, so that a report of any size takes little memory.

A file that says iso-8859-1 is read as cp1252, as the WHATWG's Encoding Standard does and every browser: where the one
has control characters the other has the quotation marks and dashes of a school's names. The five bytes that cp1252
lacks stay control characters, as that standard says.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Protocol

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.ways.way import Fetched

PIECE = 65_536
WESTERN = "cp1252"
FAILED = "CommandReporterError"
"""The element in which the reporter says that it failed."""
_TABLE = "".join(bytes([byte]).decode(WESTERN, errors="ignore") or chr(byte) for byte in range(256))


class _Decoder(Protocol):
    def decode(self, data: bytes, final: bool = False) -> str: ...


class _Western:
    """cp1252, which any bytes are. So it is watched whether they are UTF-8, as text in cp1252 as good as never is."""

    def __init__(self) -> None:
        self._other: _Decoder | None = codecs.getincrementaldecoder("utf-8")()
        self._beyond_ascii = False

    def decode(self, data: bytes, final: bool = False) -> str:
        """Raises UnicodeError at the end of what was UTF-8 throughout."""
        if self._other is not None:
            self._beyond_ascii = self._beyond_ascii or not data.isascii()
            try:
                self._other.decode(data, final)
            except UnicodeDecodeError:
                self._other = None
        if final and self._other is not None and self._beyond_ascii:
            raise UnicodeError("utf-8")
        return codecs.charmap_decode(data, "strict", _TABLE)[0]


def decoder(encoding: str) -> _Decoder:
    """One that takes pieces. `encoding`: a name of Python's."""
    return _Western() if encoding == WESTERN else codecs.getincrementaldecoder(encoding)()


def pieces(fetched: Fetched, encoding: str) -> Iterator[str]:
    """The text of a file, without a byte order mark.

    Raises RetryLater where the file cannot be opened or ends in the middle of a character, FixSettings where its bytes
    are not of that encoding.
    """
    made, at = decoder(encoding), 0
    try:
        with fetched.path.open("rb") as file:
            while data := file.read(PIECE):
                text = made.decode(data)
                yield text.removeprefix("\ufeff") if at == 0 else text
                at += len(data)
        yield made.decode(b"", True)
    except UnicodeDecodeError as error:
        if "unexpected end" in error.reason or "truncated" in error.reason:
            raise cut_off(fetched.name) from None
        raise FixSettings(_not_of(fetched.name, encoding, at)) from None
    except UnicodeError:
        raise FixSettings(
            f'{fetched.name} is not {encoding}: it is UTF-8. Leave `encoding` out, or set encoding = "utf-8".'
        ) from None
    except OSError as error:
        raise closed_to_us(fetched.name, error) from None


def _not_of(name: str, encoding: str, at: int) -> str:
    shown = encoding.removesuffix("-le").removesuffix("-be")
    other = "utf-8" if shown == "utf-16" else WESTERN
    return (
        f"{name} is not in {shown} throughout (about byte {at + 1:,} of the file). State the encoding that it really "
        f'has; many are in {other}: encoding = "{other}".'
    )


def is_utf8(fetched: Fetched) -> bool:
    """Whether a file's bytes are UTF-8, though cut off. Raises RetryLater where it cannot be opened."""
    made = decoder("utf-8")
    try:
        with fetched.path.open("rb") as file:
            while data := file.read(PIECE):
                made.decode(data)
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise closed_to_us(fetched.name, error) from None
    return True


def broken_off(name: str) -> RetryLater:
    """The error for a report that had begun when its run failed."""
    return RetryLater(
        f"{name} is a report whose run failed when it had begun ({FAILED} in it): the rest is missing, and nothing of "
        f"it was used. If the next sync says the same, run the report by hand in SIMS, and see what it says."
    )


def cut_off(name: str) -> RetryLater:
    """The error for a file whose end is missing."""
    return RetryLater(
        f"{name} ends in the middle: the report is still being written, or its run was broken off. Nothing of it was "
        f"used. If the next sync says the same, run the report again."
    )


def closed_to_us(name: str, error: OSError) -> RetryLater:
    """The error for a file that cannot be opened."""
    return RetryLater(
        f"{name} cannot be opened ({error.strerror}): another program has it, or this account may not read it."
    )


def end(fetched: Fetched, encoding: str) -> str:
    """The last of a file's text; what does not belong to the encoding is left out."""
    try:
        with fetched.path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - PIECE) // 2 * 2)  # even, for UTF-16
            return file.read().decode(encoding, errors="ignore")
    except OSError as error:
        raise closed_to_us(fetched.name, error) from None
