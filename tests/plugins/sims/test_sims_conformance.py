"""The SIMS source keeps the contract: by its reporter, and by reports that lie in a folder."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from rollbook.testing import SourceConformance
from rollbook.testing.kit.source_stage import EVENING
from rollbook_sims.simulator import CsvDropSimulator, DropSimulator, PartnerDropSimulator
from rollbook_sims.source import SimsSource
from rollbook_sims.ways.condition import AN_HOUR
from support.conformed import is_kept

OTHER_FORMS = ("S01", "S07", "S09", "S12", "S13", "S14", "S20", "S27", "S28", "S29", "S41", "S43", "S44")


@pytest.fixture(autouse=True)
def _evening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SimsSource, "today", staticmethod(lambda: EVENING))
    # So late that a file which a check has damaged is no longer taken for one that is being written.
    monkeypatch.setattr(SimsSource, "now", staticmethod(lambda: time.time() + 2 * AN_HOUR))


class TestSims(SourceConformance):
    source = SimsSource


@pytest.mark.slow
@pytest.mark.parametrize("id_", OTHER_FORMS)
def test_it_is_kept_by_reports_that_lie_in_a_folder(id_: str, tmp_path: Path) -> None:
    is_kept(id_, SimsSource, DropSimulator, tmp_path)


@pytest.mark.long
class TestSimsFolder(SourceConformance):
    source = SimsSource
    simulator = DropSimulator
    kept = False


@pytest.mark.slow
@pytest.mark.parametrize("form", [CsvDropSimulator, PartnerDropSimulator])
@pytest.mark.parametrize("id_", OTHER_FORMS)
def test_it_is_kept_by_files_of_other_forms_too(id_: str, form: type[DropSimulator], tmp_path: Path) -> None:
    """CSV, where nobody's number of a person is known; and marks of the partner interface, where nothing else is."""
    is_kept(id_, SimsSource, form, tmp_path)
