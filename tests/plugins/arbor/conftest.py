"""Stand-ins for Arbor that many tests share: they may set its faults, and change nothing that it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rollbook.testing.schools import MadeSchool
from rollbook_arbor.simulator import ArborSimulator, Faults
from support.arbor import arbor as made_up
from support.arbor_line import LAST, Line, line_to, three_weeks


@pytest.fixture(scope="session")
def _one_for_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ArborSimulator]:
    with made_up(tmp_path_factory.mktemp("arbor")) as simulator:
        yield simulator


@pytest.fixture
def office(_one_for_all: ArborSimulator) -> ArborSimulator:
    """A primary school's Arbor as at the last evening, without faults."""
    return _as_new(_one_for_all)


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[ArborSimulator]:
    """The same, of which a test may change what it holds."""
    with made_up(tmp_path / "arbor") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def school() -> MadeSchool:
    """What the simulator that is asked over a line holds."""
    return three_weeks()


@pytest.fixture(scope="session")
def _one_for_all_lines(tmp_path_factory: pytest.TempPathFactory, school: MadeSchool) -> Iterator[ArborSimulator]:
    with closing(ArborSimulator(tmp_path_factory.mktemp("arbor"), school)) as simulator:
        simulator.publish(LAST)
        yield simulator


@pytest.fixture
def shared(_one_for_all_lines: ArborSimulator) -> ArborSimulator:
    """As at the last evening, without faults."""
    return _as_new(_one_for_all_lines)


@pytest.fixture
def faults(shared: ArborSimulator) -> Faults:
    """The switches, all off."""
    return shared.faults


@pytest.fixture
def arbor(shared: ArborSimulator) -> Iterator[Line]:
    """A line to the shared one."""
    with line_to(shared) as line:
        yield line


def _as_new(simulator: ArborSimulator) -> ArborSimulator:
    simulator.faults = Faults()
    simulator.requests.clear()
    return simulator
