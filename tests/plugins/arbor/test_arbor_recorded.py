"""The source against recordings of the simulator, over both routes: no server runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from rollbook.tables.schemas import Table
from rollbook_arbor.source import ArborSource
from support.arbor import in_order, pulled
from support.arbor_cassettes import HOST, WEEK, of_arbor, recorded
from support.recordings import interactions_of, secrets_in

CASSETTES = Path(__file__).parent / "cassettes"


@pytest.fixture(params=["graphql", "rest"])
def reading(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArborSource]:
    name = request.node.originalname.removeprefix("test_")
    with recorded(CASSETTES / f"{name}_{request.param}.yaml", tmp_path, route=request.param) as made:
        yield made


def test_a_week(reading: ArborSource) -> None:
    for table in (Table.SESSIONS, Table.PUPILS, Table.ROLL, Table.MARKS):
        rows, rejects, _ = pulled(reading, table, window=WEEK)
        assert rejects == []
        assert_frame_equal(in_order(rows), in_order(of_arbor()[table]), check_column_order=False)


@pytest.mark.parametrize("cassette", sorted(CASSETTES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_recording_keeps_no_secret_and_names_nobody_but_the_invented(cassette: Path) -> None:
    assert secrets_in(cassette) == []
    kept = interactions_of(cassette)
    assert all(one["request"]["uri"].startswith(f"https://{HOST}/") for one in kept)
    assert cassette.stat().st_size < 300_000
    text = " ".join(str(one["response"]["body"]["string"]) for one in kept)
    held = of_arbor()
    assert set(re.findall(r"\b[A-Z][0-9]{11}[0-9A-Z]\b", text)) == set(held[Table.PUPILS]["upn"].drop_nulls())
    known = [*held[Table.PUPILS]["surname"], *held[Table.CONTACTS]["name"], "Guestling"]  # the simulator's own guest
    named = set(re.findall(r'"legalLastName":"([^"]+)"', text))
    assert [name for name in named if not any(one.endswith(name) for one in known)] == []
