"""What is Acme's own, beside the contract."""

from __future__ import annotations

from rollbook_acme.destination import Acme


def test_what_it_needs_is_of_kinds_that_it_takes() -> None:
    assert set(Acme.required) <= Acme.kinds
