"""What a report's file looks like from outside: empty, whole, cut off; and the digest by which it is known again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FAILED = "CommandReporterError"
_HEAD, _TAIL = 65_536, 4096
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")  # by its mark, or XML without one
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")  # a workbook, an old one, a page to print
_BEFORE_ROOT = re.compile(rb"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*(\[.*?\])?\s*>", re.DOTALL)
_ROOT = re.compile(rb"<([^\s<>/!?]+)([^<>]*)>")
_AFTER_ROOT = rb"\s*>(?:\s|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>)*+\Z"


@dataclass(frozen=True)
class Look:
    """What the ends of a file show. `failed`: it holds the vendor's error element in a report's place. `whole`: it has
    its end: XML the tag that closes it, lines of values a line break. Of what is neither, no end is known: it is whole.
    `open_ended`: more may follow that end, as it may a line of values.
    """

    empty: bool
    failed: bool
    whole: bool
    open_ended: bool


def look(path: Path) -> Look:
    """Read the file's two ends. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, path.stat().st_size - _TAIL))
        tail = file.read(_TAIL)
    if head.startswith(_UTF16):
        head, tail = (part.replace(b"\0", b"") for part in (head, tail))
    head = next((head.removeprefix(mark) for mark in _BOMS if head.startswith(mark)), head)
    empty = not head.strip() and len(head) < _HEAD
    whole = not empty and _whole(head, tail)
    return Look(empty, b"<" + FAILED.encode() in head, whole, whole and not head.lstrip().startswith(b"<"))


def digest(path: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the contents, read as a stream. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _whole(head: bytes, tail: bytes) -> bool:
    if head.startswith(_NO_TEXT):
        return True
    if not head.lstrip().startswith(b"<"):
        return tail.endswith((b"\n", b"\r"))
    root = _ROOT.search(_BEFORE_ROOT.sub(b"", head))
    if root is None:
        return False
    return root[2].endswith(b"/") or re.search(b"</" + re.escape(root[1]) + _AFTER_ROOT, tail, re.DOTALL) is not None
