"""The made-up records of a school for `little_sender`, made of the feed's examples: nobody in them exists."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from rollbook_feed import example

Json = dict[str, Any]
AUTHORITY, HOME = "801", "802"
_KINDS = (
    *("attendance_return", "attendance_return", "attendance_return", "sickness_return", "new_pupil_return"),
    *("deletion_return", "missing_pupil_report", "support_referral", "penalty_notice_request"),
    *("irregular_attendance_return", "worker_notice", "attendance_followup", "worker_notice_deletion"),
)
_BESIDE = ("school", "contact", "pupil", "parents", "reason")  # of a content: the records have them once
_GROUPS = (("cohort", "all", 74), ("year_group", 3, 26), ("year_group", 4, 24), ("year_group", 5, 24))
_COHORTS = (("cohort", "fsm", 12), ("cohort", "looked_after", 2))


def records() -> Json:
    """What the school's MIS holds: a case of every kind, a day, and a week with a cohort of two pupils."""
    first = example("attendance_return")["content"]
    cases = [_case(kind, str(9001 + number)) for number, kind in enumerate(_KINDS)]
    return {
        "school": first["school"],
        "contact": first["contact"],
        "as_of": "2026-10-23T16:05:00Z",
        "last_sync_ok": "2026-10-23T16:05:00Z",
        "pupils": {case["pupil"]: _pupil(case) for case in cases},
        "cases": cases,
        "days": [{"date": "2026-10-23", "registers": [{"session": "AM", "expected": 74, "recorded": 73}]}],
        "weeks": [{"week": "2026-10-19", "least": 5, "rows": [_row(*group) for group in (*_GROUPS, *_COHORTS)]}],
    }


def correct(made: Json) -> None:
    """A person corrects marks: one absence is another, one was none."""
    amended, withdrawn = made["cases"][:2]
    amended["content"]["absence"]["last_attended"] = "2026-09-01"
    withdrawn["holds"] = False
    amended["corrected"] = withdrawn["corrected"] = "marks of October were corrected"


def write(made: Json, folder: Path) -> Path:
    """The file that the sender reads."""
    file = folder / "school.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    return file


def _case(kind: str, pupil: str) -> Json:
    content = {name: said for name, said in example(kind)["content"].items() if name not in _BESIDE}
    if "notice" in content:
        content["notice"].pop("looked_after_by", None)
    return {"kind": kind, "pupil": pupil, "episode": 1, "holds": True, "content": content}


def _pupil(case: Json) -> Json:
    said = copy.deepcopy(example("attendance_return")["content"])
    lives = {"home_la": HOME} if case["kind"] == "missing_pupil_report" else {}
    return {"record": said["pupil"] | lives, "parents": said["parents"]}


def _row(of: str, group: str | int, pupils: int) -> Json:
    figures = {"possible": 10 * pupils, "attended": 9 * pupils, "authorised": pupils, "unauthorised": 0}
    return {of: group, "pupils": pupils, **figures}
