"""What is Acme's own, beside the contract."""

from __future__ import annotations

from rollbook.tables.codes import all_codes

from rollbook_acme.codes import CODES


def test_marks_are_mapped_to_codes_that_there_are() -> None:
    assert set(CODES.values()) <= {code.code for code in all_codes()}
