"""What passes over the pipe between the host and a worker: a header of JSON and a body of bytes, both bounded.

The other end runs a stranger's code: nothing it sends is ever unpickled, and no length is believed before it is
compared with its bound.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

LENGTHS = struct.Struct(">II")
HEADER_BYTES = 16 * 1024 * 1024
BODY_BYTES = 512 * 1024 * 1024


class BadFrame(Exception):
    """What came is no frame, or is past its bound."""


@dataclass(frozen=True)
class Frame:
    """`header` is a JSON object; `body` is empty where there is nothing but the header."""

    header: Mapping[str, Any]
    body: bytes = b""


def write_frame(out: BinaryIO, frame: Frame) -> None:
    """Put one frame on the pipe, whole. Raises BadFrame when it is past its bound, OSError when the pipe is closed."""
    header = json.dumps(frame.header).encode()
    if len(header) > HEADER_BYTES or len(frame.body) > BODY_BYTES:
        raise BadFrame(f"{len(header)} and {len(frame.body)} bytes are too many for one frame")
    out.write(LENGTHS.pack(len(header), len(frame.body)) + header)
    out.write(frame.body)
    out.flush()


def read_frame(pipe: BinaryIO) -> Frame | None:
    """The next frame; None at the end of the pipe. Raises BadFrame when it is cut off, too long or not understood."""
    start = pipe.read(LENGTHS.size)
    if not start:
        return None
    if len(start) < LENGTHS.size:
        raise BadFrame("cut off")
    header_bytes, body_bytes = LENGTHS.unpack(start)
    if header_bytes > HEADER_BYTES or body_bytes > BODY_BYTES:
        raise BadFrame("too long")
    header, body = pipe.read(header_bytes), pipe.read(body_bytes)
    if len(header) < header_bytes or len(body) < body_bytes:
        raise BadFrame("cut off")
    return Frame(_parsed(header), body)


def _parsed(header: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(header)
    except (ValueError, RecursionError):
        raise BadFrame("the header is not JSON") from None
    if not isinstance(parsed, dict):
        raise BadFrame("the header is not an object")
    return parsed
