"""`rollbook news`: what was told is listed without a name, and shown to a person at a terminal alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rollbook.host import decide_news, report_news
from rollbook.host.report_news import NewsDetail, NewsRow
from support.typed import as_on_a_terminal, type_command

AT = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
ROW = NewsRow(
    news=3,
    destination="council",
    school=100001,
    school_name="Larkspur Primary",
    number=12,
    kind="pupil_flags",
    name="F-12",
    revision=1,
    action="send",
    at=AT,
    came=AT,
    holds=True,
    wrong=(),
    seen_by=None,
    seen=None,
)
TEXT = ("Of Zebulon Quillfeather, born 10 March 2014.", "The child is looked after\x1b[2J by the authority 802.")
DETAIL = NewsDetail(ROW, {}, TEXT, case=7)


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook.cli.news.load_config", lambda ctx: None)
    monkeypatch.setattr(report_news, "listed", lambda config, **asked: [ROW] if asked["waiting"] else [])
    monkeypatch.setattr(report_news, "one", lambda config, number: DETAIL)
    seen = NewsRow(**{**vars(ROW), "seen_by": "A. Registrar", "seen": AT})
    monkeypatch.setattr(decide_news, "see", lambda config, number, by: seen)


def test_the_list_names_nobody() -> None:
    typed = type_command("news")
    assert typed.status == 0
    assert "3  flag of a pupil  100001  Larkspur Primary  council  F-12" in typed.out
    assert "Quillfeather" not in typed.out
    assert type_command("news", "list", "--format", "json").json()[0]["kind"] == "pupil_flags"


def test_an_empty_list_says_so() -> None:
    assert type_command("news", "--all").out == "There is no news.\n"


def test_what_it_says_is_never_written_to_a_file() -> None:
    typed = type_command("news", "show", "3")
    assert typed.status == 1
    assert "is shown on a terminal only" in typed.err
    assert "Quillfeather" not in typed.out + typed.err


def test_a_person_at_a_terminal_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    as_on_a_terminal(monkeypatch)
    said = type_command("news", "show", "3").out
    assert said.startswith("News 3: flag of a pupil, council to Larkspur Primary (100001), thing F-12,")
    assert "Of Zebulon Quillfeather, born 10 March 2014." in said
    assert "rollbook cases show 7" in said
    assert "\x1b" not in said


def test_who_looked_at_it_is_kept_and_said() -> None:
    said = type_command("news", "seen", "3", "--by", "A. Registrar").out
    assert said.startswith("News 3, flag of a pupil: looked at by A. Registrar on 2026-11-19")
    dry = type_command("news", "seen", "3", "--by", "A. Registrar", "--dry-run").out
    assert dry == "Would be noted as looked at by A. Registrar: news 3, flag of a pupil.\n"
