"""The kit judges destinations that are no HTTP service with idempotency keys by what they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.all_checks import OF_DESTINATIONS
from rollbook.testing.kit.destination_stage import DestinationStage
from rollbook.testing.kit.outcome import Outcome, State, outcome_of
from support.kit_destination import Letterbox
from support.kit_other_destinations import DropFolder, DropFolderSimulator, Forgetful, ForgetfulSimulator

IN_THIS_PROCESS = [id_ for id_ in sorted(OF_DESTINATIONS) if id_[0] == "D" and id_ != "D27"]
OF_SERVERS = {"D03", "D16", "D17", "D18", "D19", "D20", "D23"}


def ended(id_: str, cls: type, simulator: type, folder: Path) -> Outcome:
    return outcome_of(OF_DESTINATIONS[id_], DestinationStage(cls, simulator, folder), None)


@pytest.mark.parametrize("id_", IN_THIS_PROCESS)
def test_one_that_cannot_repeat_passes_but_for_the_promise_that_it_does_not_make(id_: str, tmp_path: Path) -> None:
    outcome = ended(id_, Forgetful, ForgetfulSimulator, tmp_path)
    assert outcome.state is (State.DOES_NOT_APPLY if id_ in ("D14", "D28") else State.PASSED), outcome.why


@pytest.mark.parametrize("id_", sorted(OF_SERVERS))
def test_checks_of_servers_do_not_apply_to_a_folder(id_: str, tmp_path: Path) -> None:
    assert ended(id_, DropFolder, DropFolderSimulator, tmp_path).why == "there is no server at the other end"


@pytest.mark.parametrize(
    "id_", ["D01", "D04", "D05", "D06", "D07", "D08", "D09", "D14", "D15", "D21", "D22", "D24", "D25"]
)
def test_a_folder_passes_what_needs_no_server(id_: str, tmp_path: Path) -> None:
    outcome = ended(id_, DropFolder, DropFolderSimulator, tmp_path)
    assert outcome.state is State.PASSED, outcome.why


@pytest.mark.parametrize(
    ("id_", "missing"), [("D10", "refuse"), ("D11", "refuse"), ("D12", "largest_bytes"), ("D13", "judge_later")]
)
def test_what_a_simulator_lacks_is_named(id_: str, missing: str, tmp_path: Path) -> None:
    outcome = ended(id_, DropFolder, DropFolderSimulator, tmp_path)
    assert outcome.why.startswith(f"DropFolderSimulator has no {missing}: see rollbook.testing.kit.records")


def test_a_double_in_what_is_held_is_the_simulators_mistake(tmp_path: Path) -> None:
    class Twice(ForgetfulSimulator):
        def records(self) -> list:  # type: ignore[type-arg]
            return super().records() * 2

    assert "attendance_return/900001/4611686018427387905/1 twice" in ended("D06", Letterbox, Twice, tmp_path).why
