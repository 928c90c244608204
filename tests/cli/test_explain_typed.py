"""`rollbook explain`: what is typed, what is asked of the host, what is printed."""

from __future__ import annotations

import logging
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import explain as host
from rollbook.rules.explain.explanation import Change, Explanation, Figure, SessionTold, Value
from support.typed import type_command

DAY = date(2026, 10, 2)
TOLD = host.Explained(
    explanation=Explanation(
        rule="attendance_return",
        title="Attendance return",
        says="Ten school days.",
        school=100001,
        pupil=4711,
        as_at=DAY,
        due=True,
        summary=("It is due.",),
        figures=(Figure("run_days", "school days in the run", 10), Figure("last_notice", "", None)),
        first=DAY,
        last=DAY,
        counted=(SessionTold(DAY, "AM", "O", "absent", "counts"), SessionTold(DAY, "PM", "O", "absent", "counts")),
        not_counted=(SessionTold(date(2026, 10, 1), "AM", "/", "attended", "breaks"),),
        values=(
            Value(
                "attendance_return_school_days", 10, "law", "reg 13", "", date(2024, 8, 19), None, "read in the source"
            ),
            Value("irregular_sessions", 20, "authority", "reg 13", ""),
        ),
        law=("SI 2024/208, reg 13",),
        changes=(Change("deadline", "It is due by the end of Saturday 31 October 2026.", by=date(2026, 10, 31)),),
    ),
    school_name="Larkspur\x1b[2J Primary",
    known_on=date(2026, 10, 5),
    settings_noted=True,
    case=host.CaseThen(7, 1, "open", DAY, DAY, DAY, "It began."),
)


class Asked:
    """Stands where the host is, and notes what it was asked."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []

    def of_case(self, _: object, *args: Any, **named: Any) -> host.Explained:
        """A case."""
        self.calls.append(("case", args, named))
        return TOLD

    def of_rule(self, _: object, *args: Any, **named: Any) -> host.Explained:
        """A rule."""
        self.calls.append(("rule", args, named))
        return TOLD


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    stand_in = Asked()
    monkeypatch.setattr("rollbook.cli.explain_command.load_config", lambda _: SimpleNamespace())
    monkeypatch.setattr(host, "of_case", stand_in.of_case)
    monkeypatch.setattr(host, "of_rule", stand_in.of_rule)
    monkeypatch.setattr(logging.getLogger("rollbook"), "handlers", [])
    return stand_in


def test_a_case_is_explained_in_plain_english(asked: Asked) -> None:
    typed = type_command("explain", "7")
    assert (typed.status, asked.calls) == (0, [("case", (7,), {"as_at": None, "known_on": None})])
    assert typed.out.splitlines() == [
        "Attendance return (attendance_return)",
        "Pupil number 4711 at Larkspur [2J Primary (100001)",
        "Judged as at Friday 2 October 2026, on what was known at the end of Monday 5 October 2026",
        "Case 7, episode 1: open since Friday 2 October 2026. It began.",
        "",
        "It is due.",
        "",
        "What was found",
        "  run days: 10",
        "",
        "Looked through: Friday 2 October 2026",
        "",
        "Sessions that count: 2",
        "  Friday 2 October 2026, 2 sessions: O (absent)",
        "",
        "Sessions that do not count, and why",
        "  Thursday 1 October 2026, AM: /, attended; this breaks the run",
        "",
        "What would change the answer",
        "  It is due by the end of Saturday 31 October 2026.",
        "",
        "The values it goes by",
        "  attendance return school days = 10, by law: reg 13, since Monday 19 August 2024 (read in the source)",
        "  unauthorised sessions from which the authority wants a return = 20, set by the authority",
        "",
        "The law",
        "  SI 2024/208, reg 13",
    ]


def test_a_pupil_and_a_rule_are_asked_of_with_both_days_and_the_school(asked: Asked) -> None:
    days = ("--as-at", "2026-10-02", "--known-on", "2026-10-05")
    typed = type_command("explain", "--pupil", "4711", "--rule", "absence", "--school", "100001", *days)
    assert typed.status == 0
    named = {"school": 100001, "as_at": DAY, "known_on": date(2026, 10, 5)}
    assert asked.calls == [("rule", ("absence", 4711), named)]


def test_the_same_is_printed_for_programs(asked: Asked) -> None:
    told = type_command("explain", "7", "--format", "json").json()
    assert (told["known_on"], told["explanation"]["as_at"], told["case"]["state"]) == (
        "2026-10-05",
        "2026-10-02",
        "open",
    )
    assert told["explanation"]["counted"][0] == {
        "date": "2026-10-02",
        "session": "AM",
        "code": "O",
        "why": "absent",
        "effect": "counts",
    }
    assert told["explanation"]["values"][1]["set_by"] == "authority"
    assert told["explanation"]["changes"][0]["by"] == "2026-10-31"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Say what to explain: a case by its number, or --pupil NUMBER and --rule ID."),
        (("--pupil", "4711"), "Say what to explain"),
        (("--rule", "absence"), "Say what to explain"),
        (("7", "--pupil", "4711"), "Give a case alone"),
        (("7", "--school", "100001"), "Give a case alone"),
        (("--pupil", "A801200015001", "--rule", "absence"), "is not a valid int"),
        (("7", "--as-at", "2 October"), "write it as year-month-day"),
    ],
)
def test_what_is_not_understood_ends_with_2(asked: Asked, words: tuple[str, ...], said: str) -> None:
    typed = type_command("explain", *words)
    assert typed.status == 2
    assert said in typed.err
    assert asked.calls == []


def test_a_refusal_ends_with_2_and_its_sentence(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise FixSettings("There is no case 9: `rollbook cases --all` lists them.")

    monkeypatch.setattr(host, "of_case", refuse)
    typed = type_command("explain", "9")
    assert (typed.status, typed.out) == (2, "")
    assert "There is no case 9" in typed.err
