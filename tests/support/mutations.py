"""Every value of law.toml, of the defaults of policy.toml and every row of codes.toml, each moved by one.

A change is made to what the file says, never to the file: `changed` hands it to whoever reads the file next.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

Data = dict[str, Any]
LAW, POLICY, CODES = (
    ("rollbook.rules", "law.toml"),
    ("rollbook.rules", "policy.toml"),
    ("rollbook.tables", "codes.toml"),
)
FIRST_JUDGED = date(2022, 9, 1)
ANOTHER_CODE, ANOTHER_TYPE = "C", "special"
ONE_DAY = timedelta(days=1)
# Changes that change no answer, and why: no check could see them.
NO_EFFECT = {
    "policy.toml: leaver_destination_unknown_days: default 0 -> 1": (
        "it begins with the first school day off the roll, which is a day after the last one on it, or later"
    ),
}


@dataclass(frozen=True)
class Change:
    """One value moved by one: the file, the row (its table and place in it), the key, and what it becomes.

    `value` None takes the key out; `key` None takes the whole row out.
    """

    file: tuple[str, str]
    table: str
    row: int
    name: str
    key: str | None
    value: Any
    shown: str

    def __str__(self) -> str:
        return f"{self.file[1]}: {self.name}: {self.shown}"

    def made(self, data: Data) -> Data:
        """`data` with the change."""
        found = deepcopy(data)
        rows = found[self.table]
        if self.key is None:
            del rows[self.row]
        elif self.value is None:
            del rows[self.row][self.key]
        else:
            rows[self.row][self.key] = self.value
        return found


def every_change() -> list[Change]:
    """All of them, in the order of the files."""
    return [*_changes(LAW, _of_law), *_changes(POLICY, _of_policy), *_changes(CODES, _of_codes)]


def _changes(
    file: tuple[str, str], of: Callable[[Data], Iterator[tuple[str, int, str, str | None, Any]]]
) -> Iterator[Change]:
    data = read(file)
    for table, row, name, key, value in of(data):
        before = None if key is None else data[table][row].get(key)
        shown = "taken out" if key is None else f"{key} {_plain(before)} -> {_plain(value)}"
        yield Change(file, table, row, name, key, value, shown)


def read(file: tuple[str, str]) -> Data:
    return tomllib.loads(files(file[0]).joinpath(file[1]).read_text(encoding="utf-8"))


def _of_law(data: Data) -> Iterator[tuple[str, int, str, str | None, Any]]:
    """Each value; and the days on which it begins and ends, where a rule can be asked on either side of them."""
    for n, row in enumerate(data["value"]):
        yield from (("value", n, row["name"], "value", value) for value in moved(row["value"]))
        if row["from"] > FIRST_JUDGED:
            yield "value", n, row["name"], "from", row["from"] + ONE_DAY
        if "to" in row:
            yield from (("value", n, row["name"], "to", day) for day in moved(row["to"]))


def _of_policy(data: Data) -> Iterator[tuple[str, int, str, str | None, Any]]:
    """Each default, none at all too; and each limit."""
    for n, row in enumerate(data["value"]):
        some = moved(row["default"]) if "default" in row else [_FIRST[row["kind"]](row)]
        yield from (("value", n, row["name"], "default", value) for value in some)
        for limit in ("least", "most"):
            if limit in row:
                yield from (("value", n, row["name"], limit, value) for value in moved(row[limit]))


_FIRST: dict[str, Callable[[Data], Any]] = {
    "whole number": lambda row: max(row["least"], 1),
    "day": lambda row: date(2025, 9, 1),
    "list of words": lambda row: ["choir"],
    "text": lambda row: "x",
    "yes or no": lambda row: True,
}


def _of_codes(data: Data) -> Iterator[tuple[str, int, str, str | None, Any]]:
    """Each code in another category, on other days, and not there; each other way of writing one likewise."""
    categories = list(dict.fromkeys(row["category"] for row in data["code"]))
    for n, row in enumerate(data["code"]):
        name = f"{row['code']} ({row['id']})"
        following = categories[(categories.index(row["category"]) + 1) % len(categories)]
        yield "code", n, name, "category", following
        yield from _dates("code", n, name, row)
        yield "code", n, name, None, None
    for n, row in enumerate(data["alias"]):
        yield "alias", n, row["raw"], "to_code", max(one["id"] for one in data["code"] if one["id"] < row["to_code"])
        yield from _dates("alias", n, row["raw"], row)
        yield "alias", n, row["raw"], None, None
    for n, row in enumerate(data["lossy"]):
        yield from _dates("lossy", n, row["raw"], row)
        yield "lossy", n, row["raw"], None, None


def _dates(table: str, n: int, name: str, row: Data) -> Iterator[tuple[str, int, str, str | None, Any]]:
    for key in ("from", "to"):
        if key in row:
            yield from ((table, n, name, key, day) for day in moved(row[key]))


def moved(value: Any) -> list[Any]:
    """The value moved by one, both ways: a number, a day, yes or no, a list with a member gone, changed or more."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, date):
        return [value - ONE_DAY, value + ONE_DAY]
    if isinstance(value, str):
        return [_next_day(value, -1), _next_day(value, 1)] if value[:1].isdigit() else [f"{value} or another"]
    if all(isinstance(one, str) and not one[:1].isdigit() for one in value):
        more = ANOTHER_CODE if all(one.isupper() for one in value) else ANOTHER_TYPE
        return [*(value[:n] + value[n + 1 :] for n in range(len(value))), [*value, more]]
    return [[*value[:n], other, *value[n + 1 :]] for n in range(len(value)) for other in moved(value[n])]


def _next_day(written: str, by: int) -> str:
    """`03-31` a day on, or back."""
    return (date.fromisoformat(f"2025-{written}") + by * ONE_DAY).strftime("%m-%d")


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@contextmanager
def changed(change: Change | None) -> Iterator[None]:
    """Inside, all of Rollbook and the helpers of its tests are imported anew, and read the changed file.

    Raises AssertionError when nobody read it.
    """
    before = {name: module for name, module in sys.modules.items() if _rests_on_rollbook(name)}
    loads, original, told = tomllib.loads, read(change.file) if change else None, []

    def read_changed(text: str, **more: Any) -> Data:
        data = loads(text, **more)
        if change is None or data != original:
            return data
        told.append(change)
        return change.made(data)

    for name in before:
        del sys.modules[name]
    tomllib.loads = read_changed
    try:
        yield
        assert change is None or told, f"nobody read {change.file[1]}"
    finally:
        tomllib.loads = loads
        for name in [name for name in sys.modules if _rests_on_rollbook(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _rests_on_rollbook(name: str) -> bool:
    """The plain judge stays: it knows nothing of Rollbook. So does this."""
    if name == __name__ or name.startswith("support.oracle"):
        return False
    return name.partition(".")[0] in ("rollbook", "support", "fast_suite")
