"""The pages of SIMS say what the code does: each caption finds its field, each setting is explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook_sims.captions import FIELDS, NEEDED, captions_of
from rollbook_sims.settings import SimsSettings

DOCS = Path(__file__).parents[3] / "docs"
REPORTS = {"Marks": "marks", "Pupils": "pupils", "Codes": "codes", "Contacts": "contacts", "Roll": "roll"}
HEADING = re.compile(r"^## [1-5]\. (\w+): ", re.MULTILINE)
NAMED = re.compile(r"`([^`]+)`")


def documented() -> Iterator[tuple[str, str, str]]:
    """Report, caption and field of each row of the tables in docs/sims-reports.md."""
    parts = HEADING.split((DOCS / "sims-reports.md").read_text(encoding="utf-8"))[1:]
    for title, text in zip(parts[::2], parts[1::2], strict=True):
        for line in text.splitlines():
            if line.startswith("| `"):
                captions, fields = (NAMED.findall(cell) for cell in line.split(" | ")[:2])
                for caption, field in zip(captions, fields, strict=True):
                    yield REPORTS[title], caption, field


@pytest.mark.parametrize(("report", "caption", "field"), list(documented()))
def test_a_caption_of_the_reports_page_is_found_as_its_field(report: str, caption: str, field: str) -> None:
    assert captions_of(report, {}).field_of(caption) == field


@pytest.mark.parametrize("report", FIELDS)
def test_the_reports_page_has_every_field_without_which_a_report_says_nothing(report: str) -> None:
    told = {field for whose, _, field in documented() if whose == report}
    assert set(NEEDED[report]) <= told


def test_every_setting_is_explained() -> None:
    pages = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("sims.md", "sims-nextgen.md"))
    cells = [line.split(" | ")[0] for line in pages.splitlines() if line.startswith("| `")]
    told = {name for cell in cells for name in NAMED.findall(cell)}
    assert set(SimsSettings().fields) - {"kind"} - told == set()
