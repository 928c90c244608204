"""How long it takes to decode a page of Arbor's roll-call marks, beside json and marshmallow a mark.

    make bench-arbor
    python bench/arbor.py [--marks 3000] [--rounds 15]

Both read the same bytes to the same columns, in turn in one run; of each the best page counts, which other work on the
machine disturbed least. Only the ratio is promised: seconds are those of the machine. Ends with 1 when it is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec
import polars as pl

from rollbook_arbor.decoding import decode, with_letters
from rollbook_arbor.graphql import ids_on
from rollbook_arbor.shapes import Day, Record, Ref, Text, YesNo

LEAST = 20
LETTERS = {"PRESENT": "/", "PRESENT_PM": "\\", "ILLNESS": "I", "LATE": "L", "NO_REASON": "N"}
_A_ROUND = 0.05  # seconds, at least
_FIRST = date(2026, 11, 2)


class PlainMark(Record):
    """A roll-call record as the other tables' records are read."""

    id = Text(required=True)
    recordDate = Day(required=True)  # noqa: N815 - as Arbor names it
    isRedundant = YesNo()  # noqa: N815
    student = Ref(required=True)
    attendanceRollCall = Ref(required=True)  # noqa: N815
    attendanceMark = Ref(required=True)  # noqa: N815


def page_by_graphql(marks: int) -> bytes:
    """A page as GraphQL gives it."""
    words = list(LETTERS)
    return json.dumps(
        [
            {
                "id": str(1_000_000_000 + number),
                "recordDate": (_FIRST + timedelta(days=number % 19)).isoformat(),
                "isRedundant": False,
                "student": {"id": str(1000 + number % 500)},
                "attendanceRollCall": {"id": str(1 + number % 2)},
                "attendanceMark": {"id": words[number % len(words)]},
            }
            for number in range(marks)
        ],
        separators=(",", ":"),
    ).encode()


def page_by_rest(marks: int) -> bytes:
    """The same records as details of REST."""
    details = [_detail(one) for one in json.loads(page_by_graphql(marks))]
    return json.dumps(details, separators=(",", ":")).encode()


def _detail(one: Mapping[str, Any]) -> dict[str, Any]:
    def stub(kind: str, plural: str, key: str) -> dict[str, str]:
        return {"entityType": kind, "href": f"/rest-v2/{plural}/{key}"}

    return {
        **stub("AttendanceRollCallRecord", "attendance-roll-call-records", one["id"]),
        "recordDate": {"entityType": "date", "date": f"{one['recordDate']} 00:00:00"},
        "isRedundant": False,
        "student": stub("Student", "students", one["student"]["id"]),
        "attendanceRollCall": stub("AttendanceRollCall", "attendance-roll-calls", one["attendanceRollCall"]["id"]),
        "attendanceMark": stub("AttendanceMark", "attendance-marks", one["attendanceMark"]["id"]),
    }


def ours(page: bytes) -> int:
    """JSON to columns, with letters."""
    return len(with_letters(decode(page, "bench").rows, LETTERS))


def plain(page: bytes) -> int:
    """json, and marshmallow a mark, to the same columns."""
    schema = PlainMark()
    marks = [schema.load(one) for one in json.loads(page)]
    kept = [{**mark, "code": LETTERS.get(mark["attendanceMark"])} for mark in marks if not mark["isRedundant"]]
    return len(pl.DataFrame(kept))


def best(works: Mapping[str, Callable[[], int]], marks: int, rounds: int) -> dict[str, float]:
    """Microseconds a mark of each, by its best page: in turn, so that a busy machine slows all, and the shorter ones
    several times a round, so that all are as warm as on a night of many pages.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            spent = 0.0
            while spent < _A_ROUND:
                began = time.perf_counter()
                if work() != marks:
                    raise SystemExit(f"{name} lost marks")
                times[name].append(time.perf_counter() - began)
                spent += times[name][-1]
    return {name: min(each) / marks * 1e6 for name, each in times.items()}


def main(marks: int, rounds: int) -> int:
    """Measure, print, and say whether the promise is kept."""
    by_graphql, by_rest = page_by_graphql(marks), page_by_rest(marks)
    found = best(
        {
            "json and marshmallow a mark": lambda: plain(by_graphql),
            "JSON to columns, by GraphQL": lambda: ours(by_graphql),
            "JSON to columns, by REST": lambda: ours(by_rest),
            "the ids alone, for paging": lambda: len(ids_on(msgspec.Raw(by_graphql))),
        },
        marks,
        rounds,
    )
    print(f"a page of {marks:,} marks; the best of {rounds} rounds; load {os.getloadavg()[0]:.1f}\n")
    for name, microseconds in found.items():
        print(f"{name:<40}{microseconds:>9.3f} us a mark")
    ratio = found["json and marshmallow a mark"] / found["JSON to columns, by GraphQL"]
    print(f"\njson and marshmallow / ours by GraphQL: {ratio:.1f}, promised >= {LEAST}")
    return 0 if ratio >= LEAST else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--marks", type=int, default=3000, help="of the page")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    sys.exit(main(given.marks, given.rounds))
