"""The csv source keeps the contract."""

from __future__ import annotations

from rollbook.testing import SourceConformance
from rollbook_csv.source import CsvSource


class TestCsv(SourceConformance):
    source = CsvSource
