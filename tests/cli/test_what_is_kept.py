"""What lists and shows what is kept: wording, JSON, and no pupil by name but where a person asks on a terminal."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.host import report
from support.typed import as_on_a_terminal, type_command

AT = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
CASE = report.CaseRow(
    case=7,
    rule="attendance_return",
    kind="attendance_return",
    school=100001,
    school_name="Larkspur Primary",
    pupil=4711,
    episode=1,
    state="open",
    first=date(2026, 10, 5),
    last=date(2026, 10, 16),
    reached=date(2026, 10, 16),
    opened=AT,
    due_by=date(2026, 10, 31),
    settled=False,
    held_for=("approval",),
)
MESSAGE = report.MessageRow(
    message=3,
    case=7,
    destination="council",
    kind="attendance_return",
    school=100001,
    school_name="Larkspur Primary",
    pupil=4711,
    episode=1,
    revision=1,
    action="send",
    state="held",
    lacks=("pupil.address",),
    reasons=(),
    reference=None,
    changed=AT,
)
DETAIL = report.CaseDetail(
    row=CASE,
    figures={"run_days": 10},
    evidence=(
        {"date": "2026-10-05", "session": "AM", "code": "O"},
        {"date": "2026-10-05", "session": "PM", "code": "U"},
        {"date": "2026-10-06", "session": "AM", "code": "O"},
    ),
    settings=({"name": "attendance_return_school_days", "value": 10, "set_by": "law"},),
    law=("SI 2024/208, reg 13",),
    events=(report.EventRow(1, AT, "opened", "the condition was met", None, date(2026, 10, 16), "ab"),),
    messages=(MESSAGE,),
    fills=(report.FillRow("pupil.address", "12 Harbour Rise", "A. Registrar", AT),),
    text="Case 7: Attendance return\n\nEvidence:\n  5 October 2026: AM O, PM U\n\nLaw:\n  SI 2024/208, reg 13",
)
PUPIL = report.PupilRow(
    4711,
    100001,
    "Larkspur Primary",
    "A801200000001",
    "Thistlewood",
    "Ada",
    date(2016, 3, 10),
    5,
    "5B",
    None,
    None,
    True,
    ("000101",),
    (4712,),
)
SET_ASIDE = report.QuarantineRow(
    5, 100001, "Larkspur Primary", 4711, "marks", "marks.csv line 9", "code", date(2026, 10, 5), "AM", "ZZ",
    "unknown_code", "not a national code", "open", AT, None, None,
)  # fmt: skip
STATUS = report.SchoolStatus(
    100001, "Larkspur Primary", "school", "ok", 12, AT, date(2026, 11, 19), date(2026, 11, 19),
    1000, 20, 1, {"attendance_return": 1}, 2, 1, 0, 0, (),
)  # fmt: skip
PERSONAL = ("Thistlewood", "Ada", "000101", "A801200000001", "2016-03-10", "12 Harbour Rise")


def answering(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An installation in which there is one of each."""
    config = SimpleNamespace(installation=SimpleNamespace(state=tmp_path), schools=())
    monkeypatch.setattr("rollbook.host.config.find_config", answering(tmp_path / "rollbook.toml"))
    monkeypatch.setattr("rollbook.host.config.load", answering(config))
    answers: dict[str, Any] = {
        "status": [STATUS],
        "runs": [report.RunRow(12, AT, None, date(2026, 11, 19), None, 0, 0, 0, "")],
        "cases": [CASE],
        "case": DETAIL,
        "outbox": [MESSAGE],
        "message": report.MessageDetail(MESSAGE, {"pupil": {"surname": "Thistlewood"}}, ()),
        "quarantine": [SET_ASIDE],
        "quarantine_counts": [(100001, "unknown_code", "ZZ", 1)],
        "find_pupils": [PUPIL],
        "pupil": report.PupilDetail((PUPIL,), (), (CASE,)),
        "codes": [report.CodeRow(100001, "o", "O", 3, "alias")],
    }
    for name, value in answers.items():
        monkeypatch.setattr(report, name, answering(value), raising=False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("status", "Larkspur Primary  ok"),
        ("status", "2 held, 1 waiting"),
        ("runs", "12"),
        ("cases", "4711"),
        ("cases", "approval"),
        ("outbox", "pupil.address"),
        ("quarantine", "not a national code"),
        ("quarantine", "unknown_code  ZZ"),
        ("quarantine show 5", "place: marks.csv line 9"),
        ("pupils", "4711"),
        ("pupils show 4711", "attendance return  open"),
        ("cases", "attendance return  100001"),
        ("cases show 7", "attendance return"),
        ("outbox", "attendance return  100001"),
        ("outbox show 3", "kind: attendance return"),
        ("codes used", "alias"),
        ("outbox show 3", "It was not sent yet."),
    ],
)
def test_a_person_reads(words: str, said: str) -> None:
    typed = type_command(*words.split())
    assert typed.status == 0
    assert said in typed.out


@pytest.mark.parametrize(
    "words",
    [
        "status",
        "runs",
        "cases",
        "cases show 7",
        "outbox",
        "outbox show 3",
        "quarantine",
        "quarantine show 5",
        "pupils",
        "pupils show 4711",
        "codes used",
    ],
)
def test_neither_text_nor_json_names_a_pupil(words: str) -> None:
    text = type_command(*words.split())
    told = type_command(*words.split(), "--format", "json")
    assert (text.status, told.status) == (0, 0)
    assert told.json()
    assert not [name for name in PERSONAL if name in text.out + told.out]


def test_a_case_is_told_in_plain_english_then_its_history_and_messages() -> None:
    said = type_command("cases", "show", "7").out
    assert said.startswith(DETAIL.text)
    assert "Held for approval." in said
    assert "the condition was met" in said
    assert "council" in said
    assert "pupil.address was filled in by A. Registrar" in said


@pytest.mark.parametrize("words", ["cases", "outbox"])
def test_a_program_gets_the_kind_and_not_its_words(words: str) -> None:
    assert type_command(words, "--format", "json").json()[0]["kind"] == "attendance_return"


def test_a_program_gets_evidence_law_and_settings() -> None:
    told = type_command("cases", "show", "7", "--format", "json").json()
    assert told["evidence"][0] == {"date": "2026-10-05", "session": "AM", "code": "O"}
    assert told["law"] == ["SI 2024/208, reg 13"]
    assert told["settings"][0]["set_by"] == "law"
    assert told["fills"][0]["field"] == "pupil.address"


def test_news_and_reports_that_wait_are_in_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting = report.SchoolStatus(**{**vars(STATUS), "news": 2, "reports": 3})
    monkeypatch.setattr(report, "status", answering([waiting]))
    said = type_command("status").out
    assert "3 reports" in said
    assert "2 pieces of news wait to be looked at: `rollbook news --school 100001`." in said


def test_what_an_authority_said_of_a_case_is_shown_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    told = ("council says: penalty notice issued on 5 October 2026 (`rollbook news show 3`)",)
    monkeypatch.setattr(report, "case", answering(report.CaseDetail(**{**vars(DETAIL), "told": told})))
    assert "council says: penalty notice issued on 5 October 2026" in type_command("cases", "show", "7").out


def test_a_school_that_is_not_well_ends_the_status_with_3(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = report.SchoolStatus(**{**vars(STATUS), "status": "failed", "sentences": ("The file is empty.",)})
    monkeypatch.setattr(report, "status", answering([STATUS, failed]))
    typed = type_command("status")
    assert typed.status == 3
    assert "- Larkspur Primary: The file is empty." in typed.out


def test_a_school_that_is_not_configured_is_not_understood() -> None:
    assert type_command("status", "--school", "100009").status == 2


@pytest.mark.parametrize("words", ["pupils find", "outbox show 3 --content"])
def test_what_names_a_pupil_goes_to_no_file_or_program(words: str) -> None:
    typed = type_command(*words.split(), answers="Thistlewood\n")
    assert typed.status == 1
    assert "is shown on a terminal only" in typed.err
    assert not [name for name in PERSONAL if name in typed.out]


@pytest.mark.parametrize(
    ("answer", "way"),
    [("thistle", "name"), ("000101", "key"), ("4711", "key"), ("a801200000001", "upn")],
    ids=["name", "admission number", "Rollbook's number", "UPN"],
)
def test_a_person_on_a_terminal_finds_a_pupil(monkeypatch: pytest.MonkeyPatch, answer: str, way: str) -> None:
    asked: list[str] = []

    def find(_: object, *, school: int | None, **by: str) -> list[report.PupilRow]:
        asked.extend(by)
        return [PUPIL] if way in by else []

    monkeypatch.setattr(report, "find_pupils", find)
    as_on_a_terminal(monkeypatch)
    typed = type_command("pupils", "find", answers=f"{answer}\n")
    assert (typed.status, asked[-1]) == (0, way)
    assert "Thistlewood" in typed.out
    assert "000101" in typed.out


def test_who_a_number_is_is_said_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = type_command("pupils", "show", "4711")
    assert "shown on a terminal only" in piped.out
    as_on_a_terminal(monkeypatch)
    shown = type_command("pupils", "show", "4711").out
    assert [name in piped.out for name in ("Thistlewood", "000101")] == [False, False]
    assert [name in shown for name in ("Thistlewood", "000101")] == [True, True]
    assert "Thistlewood" not in type_command("pupils", "show", "4711", "--format", "json").out


def test_the_list_of_pupils_marks_those_who_may_be_known_already() -> None:
    typed = type_command("pupils", "list").out
    assert "PERHAPS ALSO" in typed
    assert "4712" in typed


def test_nobody_found_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "find_pupils", answering([]))
    as_on_a_terminal(monkeypatch)
    assert type_command("pupils", "find", answers="a801200000001\n").status == 1


def test_a_row_that_was_never_set_aside_is_not_understood() -> None:
    assert type_command("quarantine", "show", "99").status == 2


def test_more_rows_than_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "quarantine", answering([SET_ASIDE] * 3))
    assert "2 more: --limit 3 prints them all." in type_command("quarantine", "--limit", "1").out


def test_nothing_kept_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "runs", answering([]))
    assert "`rollbook sync` makes the first" in type_command("runs").out


def test_events_go_to_no_screen() -> None:
    type_command("runs")
    handlers = logging.getLogger("rollbook").handlers
    assert [one for one in handlers if isinstance(one, logging.NullHandler)]  # else Python prints warnings itself
