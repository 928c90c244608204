"""Where a vendor has a sign-in before its lists, what it answers behind it is tried too, in the vendor's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from rollbook.testing.kit.all_checks import OF_SOURCES
from rollbook.testing.kit.outcome import Outcome, State, outcome_of
from rollbook.testing.kit.source_stage import SourceStage
from rollbook.testing.web import as_json
from support.kit_signed_in import (
    ENDED,
    NothingWhereEnded,
    NothingWhereForbidden,
    NothingWhereUnknown,
    SignedIn,
    SignedInSimulator,
)


def outcome(id_: str, cls: Any, folder: Path, expired: Any = ENDED) -> Outcome:
    stage = SourceStage(cls, SignedInSimulator, folder, small_pages={"page_size": 60}, expired=expired)
    return outcome_of(OF_SOURCES[id_], stage, None)


@pytest.mark.parametrize("id_", ["S01", "S03", "S04", "S05", "S06", "S09", "S20", "S34", "S35"])
def test_one_that_keeps_the_contract_passes(id_: str, tmp_path: Path) -> None:
    found = outcome(id_, SignedIn, tmp_path)
    assert found.state is State.PASSED, found.why


@pytest.mark.parametrize(
    ("id_", "cls", "says"),
    [
        ("S04", NothingWhereUnknown, "every request after 1 meets this: 401; check ends well"),
        ("S05", NothingWhereForbidden, "every request after 1 meets this: 403; check ends well"),
        ("S06", NothingWhereEnded, "HTTP 440 at request 2 of 7 ends in a pull that is not whole"),
    ],
)
def test_what_is_refused_behind_the_sign_in_is_no_empty_list(id_: str, cls: Any, says: str, tmp_path: Path) -> None:
    found = outcome(id_, cls, tmp_path)
    assert found.state is State.FAILED
    assert says in found.why


def test_a_ticket_that_ends_with_status_200_is_said_by_the_whole_answer(tmp_path: Path) -> None:
    found = outcome("S06", SignedIn, tmp_path, as_json({"status": "session over"}))
    assert found.state is State.FAILED
    assert "HTTP 200 at request" in found.why
