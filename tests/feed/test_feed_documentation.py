"""Clauses, citations and links: what is written by hand in docs/feed/ agrees with the rest."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rollbook_feed import FEED_VERSION, KINDS, NEWS_KINDS, REGULAR_KINDS
from rollbook_feed.clauses import clause, clauses
from rollbook_feed.publish.tables import rules
from rollbook_feed.regular.week import WeekSummary

FOLDER = Path(__file__).parents[2] / "docs" / "feed"
PAGES = sorted(path.name for path in FOLDER.glob("*.md"))


def text_of(page: str) -> str:
    return (FOLDER / page).read_text(encoding="utf-8")


def test_clauses_are_numbered_without_a_gap_so_far_and_bind_one_end() -> None:
    assert [one.id for one in clauses()] == [f"F-{number}" for number in range(1, len(clauses()) + 1)]
    assert {one.binds for one in clauses()} == {"sender", "receiver"}


@pytest.mark.parametrize("one", clauses(), ids=lambda one: one.id)
def test_a_clause_says_what_is_done_and_how_it_is_checked(one: object) -> None:
    assert one == clause(getattr(one, "id", ""))
    for name in ("about", "text", "checked"):
        assert str(getattr(one, name)).strip(), name
        assert "|" not in getattr(one, name), "it stands in a table"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_cites_only_clauses_that_there_are(page: str) -> None:
    for cited in re.findall(r"F-[0-9]+", text_of(page)):
        assert clause(cited)


@pytest.mark.parametrize("page", PAGES)
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]*)#?[^)]*\)", text_of(page)):
        assert not link or link.startswith("https:") or (FOLDER / link).exists(), link


def test_the_first_page_names_the_version_and_every_kind() -> None:
    first = text_of("README.md")
    assert f"version {FEED_VERSION}" in first.splitlines()[0]
    for kind in (*KINDS, *NEWS_KINDS, *REGULAR_KINDS):
        assert f"`{kind}`" in first


def test_the_rules_beside_a_schema_are_told() -> None:
    assert "No small number is shown, or can be reckoned." in rules(WeekSummary)


def test_the_model_wording_is_marked_as_no_legal_advice() -> None:
    assert "no legal advice" in text_of("mandate.md").partition("##")[0]
