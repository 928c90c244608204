from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.contract.errors import VendorMustAct
from rollbook.contract.source import Remark
from rollbook.host.frames import BODY_BYTES, BadFrame, Frame, read_frame, write_frame
from rollbook.host.plugins import PluginRecord
from rollbook.host.worker.wire import answer_frame, answer_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=8,
)


def written(*frames: Frame) -> bytes:
    out = io.BytesIO()
    for frame in frames:
        write_frame(out, frame)
    return out.getvalue()


# The first text takes a second to draw on a busy machine, which says nothing of frames.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.builds(Frame, st.dictionaries(st.text(), VALUES, max_size=5), st.binary(max_size=200)), max_size=4))
def test_what_is_written_is_read(frames: list[Frame]) -> None:
    pipe = io.BytesIO(written(*frames))
    assert [read_frame(pipe) for _ in frames] == frames
    assert read_frame(pipe) is None


@pytest.mark.parametrize("note", [True, False])
def test_a_remark_crosses_with_its_note(note: bool) -> None:
    remark = Remark(True, "'7' is no national code", note)
    assert answer_of(answer_frame(remark)) == remark


def test_what_a_plugin_uses_that_goes_away_crosses_with_its_record() -> None:
    record = PluginRecord("acme", status="ok", sources=("acme",), remarks=("Page.of goes away.",))
    frame = read_frame(io.BytesIO(written(answer_frame(record))))
    assert frame is not None
    assert answer_of(frame) == record


@settings(max_examples=30)
@given(st.integers(min_value=1, max_value=30))
def test_a_frame_that_is_cut_off_is_refused(kept: int) -> None:
    whole = written(Frame({"is": "page"}, b"0123456789"))
    assert kept < len(whole)
    with pytest.raises(BadFrame, match="cut off"):
        read_frame(io.BytesIO(whole[:kept]))


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">II", 2**32 - 1, 0),
        struct.pack(">II", 2, BODY_BYTES + 1),
        struct.pack(">II", 2, 0) + b"[]",
        struct.pack(">II", 3, 0) + b"{no",
        struct.pack(">II", 2, 0) + b"\xff\xff",
        struct.pack(">II", 100_000, 0) + b"[" * 100_000,
    ],
)
def test_what_is_no_frame_is_refused_before_it_is_read_whole(data: bytes) -> None:
    with pytest.raises(BadFrame):
        read_frame(io.BytesIO(data))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"is": "nothing"},
        {"is": ["page"]},
        {"is": "page"},
        {"is": "page", "split": "x", "removed": False, "rejects": [], "origin": ""},
        {"is": "page", "split": 3, "removed": False, "rejects": [], "origin": ""},
        {"is": "page", "split": 0, "removed": False, "rejects": [7], "origin": ""},
        {"is": "done", "checkpoint": [], "covers": None, "stated": None, "notes": []},
        {"is": "done", "checkpoint": {}, "covers": ["x", "y"], "stated": None, "notes": []},
        {"is": "done", "checkpoint": {}, "covers": None, "stated": None, "notes": [3]},
        {"is": "done", "checkpoint": {}, "covers": None, "stated": None, "notes": ["x"] * 21},
        {"is": "done", "checkpoint": {}, "covers": None, "stated": None, "notes": "a sentence"},
        {"is": "receipt", "outcome": "lost", "reference": "", "at": "2026-11-09T00:00:00+00:00"},
        {"is": "receipt", "outcome": "accepted", "reference": "", "at": "2026-11-09T00:00:00"},
        {"is": "school", "key": 7, "name": "", "urn": None},
        {"is": "description", "tables": ["exclusions"], "kinds": [], "required": {}},
        {"is": "record"},
    ],
)
def test_an_answer_that_is_none_is_the_vendors_to_mend(header: dict[str, Any]) -> None:
    with pytest.raises(VendorMustAct):
        answer_of(Frame(header, b"abc"))
