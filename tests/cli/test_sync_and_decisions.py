"""What changes or sends: what is asked of the host, what is said of it, and the status it ends with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import rollbook.host
from rollbook.contract.errors import FixSettings
from rollbook.host import decide as real
from rollbook.host import report
from rollbook.host.lock import Busy
from support.typed import type_command

AT = datetime(2026, 11, 19, 19, 0, tzinfo=UTC)
HELD = report.MessageRow(
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
GOOD = report.SchoolResult(
    100001,
    "Larkspur Primary",
    "primary",
    "ok",
    notes=("Two pupils joined.",),
    counts={"pupils": 20, "read": 400, "added": 40, "changed": 2, "quarantine_open": 1, "cases_opened": 1},
    findings={"attendance_return": 1},
    newest_session=date(2026, 11, 19),
    messages=(HELD,),
)
BAD = report.SchoolResult(100002, "Beacon Hill", "secondary", "failed", ("marks.csv is empty: export it again.",))


class Host:
    """Stands where the host is, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.result = self.run_of(GOOD, BAD, status=3)
        self.raises: Exception | None = None

    def run_of(self, *schools: report.SchoolResult, status: int) -> report.RunResult:
        delivery = report.DeliveryResult("council", {"delivered": 2, "held": 1}, (), ("Look at it there.",))
        return report.RunResult(
            12, date(2026, 11, 19), AT, AT, False, schools, (delivery,), status, "1 of 2 schools failed."
        )

    def sync(self, _: Any, **asked: Any) -> report.RunResult:
        if self.raises:
            raise self.raises
        self.asked = asked
        asked["progress"]("Larkspur Primary", "marks", 1, 3)
        asked["progress"]("Larkspur Primary", "done", 3, 3)
        return self.result

    def check(self, _: Any, **asked: Any) -> list[report.CheckLine]:
        self.asked = asked
        return [
            report.CheckLine(True, "primary", "signed in"),
            report.CheckLine(True, "primary", "'7' is no code", note=True),
            report.CheckLine(False, "council", "no answer"),
        ]

    def decided(self, name: str) -> Any:
        def decide(_: Any, *words: Any, **asked: Any) -> Any:
            if self.raises:
                raise self.raises
            self.asked = {"what": name, "words": words, **asked}
            waiting = report.MessageRow(**{**vars(HELD), "state": "waiting", "lacks": ()})
            row = SimpleNamespace(id=5, state="waived")
            return {"waive": row, "give_up": waiting, "send_again": waiting, "retry_quarantine": [(100001, 2, 1)]}.get(
                name, [waiting]
            )

        return decide


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Host:
    """A host that does nothing and remembers what it was asked."""
    there = Host()
    config = SimpleNamespace(installation=SimpleNamespace(state=tmp_path))
    monkeypatch.setattr("rollbook.host.config.find_config", lambda *_: tmp_path / "rollbook.toml")
    monkeypatch.setattr("rollbook.host.config.load", lambda *_: config)
    names = ("approve", "fill", "give_up", "send_again", "retry_quarantine", "settle", "waive")
    decide = SimpleNamespace(**{name: there.decided(name) for name in names}, can_be_filled=real.can_be_filled)
    monkeypatch.setattr(rollbook.host, "run", there, raising=False)
    monkeypatch.setattr(rollbook.host, "check", there, raising=False)
    monkeypatch.setattr(rollbook.host, "decide", decide, raising=False)
    detail = SimpleNamespace(messages=(HELD,), row=SimpleNamespace(**{**vars(HELD), "rule": "missing", "case": 7}))
    rows = [SimpleNamespace(id=5), SimpleNamespace(id=6)]
    others = {
        number: SimpleNamespace(row=report.MessageRow(**{**vars(HELD), "message": number, "state": state}))
        for number, state in ((4, "refused"), (6, "delivered"))
    }
    monkeypatch.setattr(report, "message", lambda _, number: others.get(number, detail), raising=False)
    for name, answer in {"case": detail, "quarantine": rows}.items():
        monkeypatch.setattr(report, name, lambda *_, answer=answer, **__: answer, raising=False)
    return there


def test_what_is_the_same_of_several_schools_is_said_once(host: Host) -> None:
    note = ("No destination takes attendance returns.",)
    names = ("Ash", "Beech", "Cedar", "Dale")
    schools = [report.SchoolResult(100001 + n, name, "primary", "ok", notes=note) for n, name in enumerate(names)]
    host.result = host.run_of(*schools, status=0)
    out = type_command("sync").out
    assert out.count("No destination takes") == 1
    assert "- Ash, Beech, Cedar and 1 more: No destination takes attendance returns." in out


def test_a_sync_ends_as_the_host_says_and_prints_each_school(host: Host) -> None:
    typed = type_command("sync")
    assert typed.status == 3
    assert "Larkspur Primary: done" in typed.out
    assert "- Beacon Hill: marks.csv is empty: export it again." in typed.out
    assert "- Larkspur Primary: Two pupils joined." in typed.out
    assert "attendance_return  Larkspur Primary" in typed.out
    assert "delivered 2, held 1" in typed.out
    assert "What the destinations said\n- council: Look at it there.\n" in typed.out
    assert typed.out.endswith("1 of 2 schools failed.\n")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("", {"schools": None, "as_at": None, "dry_run": False, "accept_smaller_roll_by": None}),
        ("--school 100001 --school 100002", {"schools": [100001, 100002]}),
        ("--as-at 2026-11-19 --dry-run", {"as_at": date(2026, 11, 19), "dry_run": True}),
        ("--accept-smaller-roll 100001 --by Ann", {"schools": [100001], "accept_smaller_roll_by": "Ann"}),
    ],
)
def test_what_is_typed_is_what_the_host_is_asked(host: Host, words: str, asked: dict[str, Any]) -> None:
    type_command("sync", *words.split())
    assert {name: host.asked[name] for name in asked} == asked


def test_a_program_gets_the_result_and_nothing_before_it(host: Host) -> None:
    told = type_command("sync", "--format", "json").json()
    assert [school["status"] for school in told["schools"]] == ["ok", "failed"]
    assert told["schools"][0]["newest_session"] == "2026-11-19"


def test_a_dry_run_says_what_would_be_sent(host: Host) -> None:
    host.result = report.RunResult(None, date(2026, 11, 19), AT, AT, True, (GOOD,), (), 0, "Nothing was kept.")
    typed = type_command("sync", "--dry-run")
    assert typed.status == 0
    assert "Would be sent" in typed.out


def test_a_second_sync_while_one_runs_does_nothing(host: Host) -> None:
    host.raises = Busy("Another sync is at work.")
    typed = type_command("sync")
    assert (typed.status, typed.err) == (4, "Another sync is at work.\n")


def test_a_sync_that_is_stopped_says_what_is_kept(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(host, "sync", stopped)
    typed = type_command("sync")
    assert typed.status == 4
    assert "Schools that were done are kept" in typed.err


def test_a_fault_in_the_host_names_no_value(host: Host) -> None:
    host.raises = ValueError("Ada Thistlewood")
    typed = type_command("sync")
    assert typed.status == 5
    assert "Ada" not in typed.err


def test_a_check_that_finds_something_is_a_no(host: Host) -> None:
    typed = type_command("check", "--school", "100001", "--connection", "council")
    assert typed.status == 1
    assert "ok   primary: signed in" in typed.out
    assert "NOT  council: no answer" in typed.out
    assert "1 of 3 checks are not well. 1 is a note, for somebody to look at." in typed.out
    assert "note primary: '7' is no code" in typed.out
    assert host.asked == {"schools": [100001], "connections": ["council"]}


DECISIONS = [
    ("cases approve 7 --by Ann", "approve", (7,), {"by": "Ann"}),
    ("outbox give-up 3 --by Ann --reason told", "give_up", (3,), {"by": "Ann", "reason": "told"}),
    ("cases settle 7 8 --by Ann --reason sent", "settle", ((7, 8),), {"by": "Ann", "reason": "sent"}),
    ("outbox retry 4 --by Ann --reason mended", "send_again", (4,), {"by": "Ann", "reason": "mended"}),
    ("quarantine waive 5 --by Ann --reason mistake", "waive", (5,), {"by": "Ann", "reason": "mistake"}),
    ("quarantine retry --school 100001", "retry_quarantine", (), {"school": 100001}),
]


@pytest.mark.parametrize(("typed_words", "what", "words", "asked"), DECISIONS)
def test_a_decision_is_handed_on_with_who_made_it(
    host: Host, typed_words: str, what: str, words: tuple[Any, ...], asked: dict[str, Any]
) -> None:
    assert type_command(*typed_words.split()).status == 0
    assert host.asked == {"what": what, "words": words, **asked}


def test_several_cases_are_let_go_each_to_a_destination_that_is_said(host: Host) -> None:
    typed = type_command("cases", "approve", "6", "7", "--by", "Ann")
    assert typed.out.count("revision 1 (send), to council: waiting.") == 2


def test_a_dry_run_says_apart_what_would_not_be_sent_any_more(host: Host) -> None:
    void = report.MessageRow(**{**vars(HELD), "revision": 2, "state": "void"})
    host.result = replace(host.run_of(replace(GOOD, messages=(HELD, void)), status=0), dry_run=True)
    would, never = type_command("sync", "--dry-run").out.split("Would not be sent any more")
    assert ("council" in would, "void" in would, "void" in never) == (True, False, True)


@pytest.mark.parametrize("words", [typed for typed, *_ in DECISIONS] + ["cases fill 7 pupil.address --by Ann"])
def test_a_dry_run_decides_nothing(host: Host, words: str) -> None:
    typed = type_command(*words.split(), "--dry-run")
    assert typed.status == 0
    assert typed.out.startswith("Would ")
    assert host.asked == {}


def test_a_field_is_asked_for_and_not_repeated(host: Host) -> None:
    words = ["cases", "fill", "7", "pupil.address", "--by", "Ann"]
    typed = type_command(*words, answers="12 Harbour Rise\n")
    assert typed.status == 0
    assert host.asked["words"] == (7, "pupil.address", "12 Harbour Rise")
    assert "Harbour" not in typed.out


def test_of_what_is_sent_again_it_is_said_what_was_made_and_what_to_do(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = report.MessageRow(**{**vars(HELD), "message": 41, "revision": 3})
    monkeypatch.setattr("rollbook.host.decide.send_again", lambda *_, **__: made)
    typed = type_command(*["outbox", "retry", "4", "--by", "Ann", "--reason", "mended"])
    assert typed.out == ("Message 41 (revision 3) was made of it and is held: `rollbook cases approve 7` lets it go.\n")


def test_a_field_is_asked_for_where_the_message_was_refused(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = report.MessageRow(**{**vars(HELD), "state": "refused"})
    monkeypatch.setattr(report, "case", lambda *_: SimpleNamespace(messages=(refused,)))
    typed = type_command("cases", "fill", "7", "pupil.address", "--by", "Ann", answers="12 Harbour Rise\n")
    assert (typed.status, host.asked["what"]) == (0, "fill")


@pytest.mark.parametrize("answer", ["  \n", ""])
def test_a_field_without_a_value_changes_nothing(host: Host, answer: str) -> None:
    typed = type_command(*["cases", "fill", "7", "pupil.address", "--by", "Ann"], answers=answer)
    assert typed.status in (2, 4)
    assert host.asked == {}


def test_what_the_host_refuses_is_said(host: Host) -> None:
    host.raises = FixSettings("Case 7 is closed.")
    typed = type_command("cases", "approve", "7", "--by", "Ann")
    assert (typed.status, typed.err) == (2, "Case 7 is closed.\n")


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_a_field_that_there_is_not_is_refused_before_its_value_is_asked_for(host: Host, more: list[str]) -> None:
    typed = type_command("cases", "fill", "7", "pupil.shoe", "--by", "Ann", *more, answers="12 Harbour Rise\n")
    assert typed.status == 2
    assert typed.err.startswith("There is no field 'pupil.shoe' to fill: it is one of ")
    assert host.asked == {}


def test_a_case_with_nothing_held_is_refused_before_a_value_is_asked_for(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "case", lambda *_: SimpleNamespace(messages=()))
    typed = type_command("cases", "fill", "7", "pupil.address", "--by", "Ann", answers="12 Harbour Rise\n")
    assert (typed.status, host.asked) == (2, {})
    assert typed.err.startswith("Case 7 has no message that is held")


@pytest.mark.parametrize(
    "words",
    [
        "outbox give-up 6 --by Ann --reason told",
        "outbox retry 3 --by Ann --reason mended",
        "quarantine waive 99 --by Ann --reason mistake",
    ],
)
def test_a_dry_run_refuses_what_the_deed_would_refuse(host: Host, words: str) -> None:
    typed = type_command(*words.split(), "--dry-run")
    assert (typed.status, typed.out) == (2, "")
