"""A source and a destination that behave as badly as a setting tells them to. The canary is a pupil's name."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
from marshmallow import fields

from rollbook.contract import (
    Checkpoint,
    DeliveryRefused,
    Destination,
    Done,
    Key,
    Kind,
    Message,
    NeedsCredentials,
    Outcome,
    Page,
    Problem,
    Receipt,
    Reject,
    Remark,
    RetryLater,
    SchoolRef,
    SecretField,
    SetAside,
    Settings,
    Source,
    Unanswered,
    Window,
    hookimpl,
)
from rollbook.tables.schemas import Table

CANARY = "Quillfeather"
DAY = date(2026, 9, 3)


class OddSettings(Settings):
    does = fields.String(load_default="well")
    file = fields.String(load_default="")
    since = fields.Date(load_default=None)
    secret = SecretField(load_default=None)


def marks(days: int = 1) -> pl.DataFrame:
    return pl.DataFrame({"pupil": ["p1"] * days, "date": [DAY] * days, "session": ["AM"] * days, "code": ["/"] * days})


class OddSource(Source):
    name = "odd"
    Settings = OddSettings
    tables = frozenset({Table.PUPILS, Table.ROLL, Table.MARKS})
    window_days = 40
    call_seconds = 1
    code_map: ClassVar[Mapping[str, str]] = {"7": "I"}

    def check(self) -> Iterator[Remark]:
        yield Remark(True, f"secret of {len(self.settings['secret'].reveal() if self.settings['secret'] else '')}")

    def schools(self) -> list[SchoolRef]:
        return [SchoolRef("one", "Oakfield", 100001)]

    def pull(
        self, table: Table, school: SchoolRef, window: Window, checkpoint: Checkpoint | None
    ) -> Iterator[Page | Done]:
        yield from PULLS[self.settings["does"]](self.settings)


class OddDestination(Destination):
    name = "odd"
    Settings = OddSettings
    kinds = frozenset({Kind.ATTENDANCE_RETURN})
    repeat_is_safe = True
    call_seconds = 2
    required: ClassVar[Mapping[Kind, frozenset[str]]] = {Kind.ATTENDANCE_RETURN: frozenset({"pupil.address"})}

    def check(self) -> Iterator[Remark]:
        yield Remark(False, "closed")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for number, message in enumerate(messages):
            if number == 1:
                yield from fail_to_deliver(self.settings["does"])
            yield Receipt(Outcome.ACCEPTED, f"ref {message.key.episode}", datetime(2026, 11, 9, tzinfo=UTC))
        if self.settings["does"] == "too many":
            yield Receipt(Outcome.ACCEPTED, "more", datetime(2026, 11, 9, tzinfo=UTC))

    def lookup(self, key: Key) -> Receipt | None:
        if key.episode > 1:
            return None
        return Receipt(Outcome.PENDING, "held", datetime(2026, 11, 9, tzinfo=UTC), revision=2, digest="d")


def fail_to_deliver(does: str) -> Iterator[Receipt]:
    if does == "hang":
        time.sleep(600)
    if does == "exit":
        os._exit(3)
    errors: dict[str, Exception] = {
        "crash": KeyError(CANARY),
        "retry": RetryLater("busy", after=7),
        "refuse": DeliveryRefused("closed"),
        "unanswered": Unanswered("no reply"),
        "set aside": SetAside("a row"),
    }
    if does in errors:
        raise errors[does]
    if does == "naive":
        yield Receipt(Outcome.ACCEPTED, "ref", datetime(2026, 11, 9))


def well(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks(), rejects=[Reject("line 4", "code", "cut off")], origin="marks.csv")
    yield Done({"until": "2026-09-03"}, Window(date(2026, 9, 1), date(2027, 1, 1)), stated_rows=2)


def hang(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks())
    time.sleep(600)


def hang_with_a_child(settings: Mapping[str, Any]) -> Iterator[Page | Done]:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(settings["file"]).write_text(str(child.pid))
    yield Page(marks())
    time.sleep(600)


def flood(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    for stream in (sys.stdout, sys.stderr):
        for _line in range(20_000):
            print(CANARY * 20, file=stream)
        stream.flush()
    os.write(1, b"\x00\x00\x00\x05")
    yield Page(marks())
    yield Done()


def leave(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks())
    os._exit(3)


def system_exit(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks())
    sys.exit(CANARY)


def crash(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks())
    raise ValueError(f"no mark for {CANARY}")


def endless(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    while True:
        yield Page(marks())


def leak(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    held = []
    while True:
        held.append(b"x" * 50_000_000)
        time.sleep(0.02)
    yield Done()


def half(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Page(marks())


def after_done(_: Mapping[str, Any]) -> Iterator[Page | Done]:
    yield Done()
    yield Page(marks())


def one_page(page: Any) -> Any:
    def pull(_: Mapping[str, Any]) -> Iterator[Page | Done]:
        yield page() if callable(page) else page
        yield Done()

    return pull


def only_done(done: Done) -> Any:
    def pull(_: Mapping[str, Any]) -> Iterator[Page | Done]:
        yield Page(marks())
        yield done

    return pull


def raising(error: Exception) -> Any:
    def pull(_: Mapping[str, Any]) -> Iterator[Page | Done]:
        yield Page(marks())
        raise error

    return pull


PULLS: dict[str, Any] = {
    "well": well,
    "hang": hang,
    "hang with a child": hang_with_a_child,
    "flood": flood,
    "leave": leave,
    "system exit": system_exit,
    "crash": crash,
    "endless": endless,
    "leak": leak,
    "half": half,
    "after done": after_done,
    "not a list": lambda _: 7,
    "no page": one_page({"pupil": [CANARY]}),
    "no table": one_page(Page([CANARY])),  # type: ignore[arg-type]
    "no date": one_page(lambda: Page(marks().drop("date"))),
    "text dates": one_page(lambda: Page(marks().with_columns(date=pl.lit("2026-09-03")))),
    "objects": one_page(lambda: Page(pl.DataFrame({"pupil": [object()], "date": [DAY], "session": ["AM"]}))),
    "too much": one_page(lambda: Page(marks().with_columns(forename=pl.lit(CANARY), line=pl.lit(2, dtype=pl.Int64)))),
    "a gap": one_page(lambda: Page(pl.concat([marks(), marks().with_columns(date=pl.lit(None, dtype=pl.Date))]))),
    "outside": one_page(lambda: Page(pl.concat([marks(), marks().with_columns(date=pl.lit(date(2025, 9, 3)))]))),
    "wrong rejects": one_page(lambda: Page(marks(), rejects=[CANARY])),  # type: ignore[list-item]
    "removed": one_page(lambda: Page(marks(), removed=marks().select("pupil", "date", "session", "code"))),
    "fewer": only_done(Done(stated_rows=900)),
    "big checkpoint": only_done(Done({"at": "x" * 20_000})),
    "odd checkpoint": only_done(Done({"at": object()})),
    "odd covers": only_done(Done(covers=(DAY, DAY))),  # type: ignore[arg-type]
    "needs credentials": raising(NeedsCredentials("The token was revoked.", detail="HTTP 401")),
    "retry": raising(RetryLater("Busy.", after=30.0)),
    "set aside": raising(SetAside("A row.")),
    "problem": raising(Problem("Something.")),
    "long": raising(RetryLater("x" * 5000 + "\x1b[31m")),
}


@hookimpl
def rollbook_sources() -> list[type[Source]]:
    return [OddSource]


@hookimpl
def rollbook_destinations() -> list[type[Destination]]:
    return [OddDestination]
