"""The packed file that a workbook is: looked at before anything else reads it, so that no file can be a bomb.

`.xlsx` (ISO/IEC 29500) and `.ods` (ISO/IEC 26300) are both zip files of XML parts.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from rollbook.contract import FixSettings
from rollbook_csv.files import Taken

MOST_BYTES = 400_000_000  # unpacked, of all parts together: a sheet of a million rows of six columns
_OLD = b"\xd0\xcf\x11\xe0"  # a compound file: the .xls of before 2007, and what a password makes of an .xlsx
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SAVE = "Save it again in the spreadsheet program."


def open_packed(taken: Taken) -> Mapping[str, bytes]:
    """The XML parts by name, each unpacked here first. Raises FixSettings: encrypted, old, damaged or too large."""
    if taken.data.startswith(_OLD):
        raise FixSettings(_of_compound_file(taken))
    if not taken.data.startswith(b"PK\x03\x04"):
        raise FixSettings(f"{taken.name} is no workbook, whatever its name says. {_SAVE}")
    try:
        with zipfile.ZipFile(io.BytesIO(taken.data)) as packed:
            parts = _unpacked(taken, packed.infolist())
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, UnicodeDecodeError):
        raise FixSettings(f"{taken.name} is cut off or damaged, and nothing of it was used. {_SAVE}") from None
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise FixSettings(_password(taken))
    if any(b"<!DOCTYPE" in part[:4096] for part in parts.values()):
        raise FixSettings(f"{taken.name} has a document type, which no spreadsheet program writes. {_SAVE}")
    return parts


def _of_compound_file(taken: Taken) -> str:
    if _ENCRYPTED in taken.data:
        return _password(taken)
    return f"{taken.name} is a workbook of the old form .xls, which is not read: save it as .xlsx, .ods or CSV."


def _password(taken: Taken) -> str:
    return f"{taken.name} is protected by a password: save it without one, in a folder that others cannot read."


def _unpacked(taken: Taken, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    """Each part as it really unpacks: the size that a zip file states of itself may be a lie."""
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise FixSettings(_too_large(taken))
    parts, room = {}, MOST_BYTES
    for entry in entries:
        part = _part(taken, entry, room)
        room -= len(part)
        if entry.filename.lower().endswith((".xml", ".rels")):
            parts[entry.filename] = part
    return parts


def _part(taken: Taken, entry: zipfile.ZipInfo, room: int) -> bytes:
    name, extra = struct.unpack_from("<HH", taken.data, entry.header_offset + 26)
    start = entry.header_offset + 30 + name + extra
    packed = memoryview(taken.data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        part = bytes(packed)
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        part = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, room + 1)
    else:
        raise zipfile.BadZipFile
    if len(part) > room:
        raise FixSettings(_too_large(taken))
    if len(part) != entry.file_size or zlib.crc32(part) != entry.CRC:
        raise zipfile.BadZipFile
    return part


def _too_large(taken: Taken) -> str:
    return (
        f"{taken.name} unpacks to more than {MOST_BYTES // 1_000_000} MB, and is not read: leave out sheets and "
        f"columns that are not needed, or export the marks as CSV, which has no limit."
    )
