"""docs/rules.md says what the catalogue says."""

from __future__ import annotations

from rollbook.rules import catalogue
from support.rules_page import PAGE, text


def test_the_page_is_built_from_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "run: python tests/support/rules_page.py"


def test_every_rule_has_its_section() -> None:
    page = text()
    assert all(f"\n## {rule}: " in page for rule in catalogue.RULES)
