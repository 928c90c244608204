"""Checks of the rules that are quick enough to be made hundreds of times: what the suite has, without pytest.

Worked cases; the tests of `tests/rules` and of the table of codes that need nothing but themselves; and the plain judge
on a fixed set of made-up registers.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from itertools import product
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

TESTS = Path(__file__).parents[1]
RULES = TESTS / "rules"
PLAIN_JUDGE = "plain_judge"  # in the names of the tests that compare with it
# These would catch a change and prove nothing: a page that shows the values, and checks made here in another way.
NOT_HERE = {"test_page_of_rules", "test_worked_cases", "test_every_threshold_counts"}
# An explanation shows the values that a rule went by: that shows a change too, but not that the rule goes by it.
EXPLANATIONS = "test_explain"
MADE_UP = 16


@dataclass(frozen=True)
class Check:
    """A check: its name, what makes it, and the words that it is written in."""

    name: str
    make: Callable[[], None]
    said: frozenset[str]


def every_check(name: str, rules: frozenset[str]) -> Iterator[Check]:
    """All of them, on the Rollbook that is imported now; first those that speak of the value of that name, then those
    of one of these rules. A file is imported when its turn comes.
    """
    sources = [*sorted(RULES.rglob("test_*.py")), TESTS / "tables" / "test_codes.py", *sorted(RULES.rglob("*.yaml"))]
    here = [file for file in sources if file.stem not in NOT_HERE]
    naming = [file for file in here if name in file.stem or name in words(file.read_text(encoding="utf-8"))]
    order = partial(_order, name, rules)
    for files in (naming, [file for file in here if file not in naming]):
        yield from sorted((check for file in files for check in _of(file)), key=order)


def _of(file: Path) -> Iterator[Check]:
    if file.stem.startswith(EXPLANATIONS) or file.parent.name == "calendars":
        return iter(())
    if file.suffix != ".py":
        return _worked(file)
    return _plain_judge(file) if PLAIN_JUDGE in file.stem else _tests(file)


def _order(name: str, rules: frozenset[str], check: Check) -> int:
    """What names the value, then what is of a rule that goes by it, then what speaks of one; the plain judge last."""
    file = check.name.partition("::")[0]
    near = [name in check.said, name in file, any(rule in file for rule in rules), bool(check.said & rules)]
    return near.index(True) if True in near else len(near) + (PLAIN_JUDGE in file)


def _worked(file: Path) -> Iterator[Check]:
    yield Check(f"worked/{file.stem}", partial(_as_it_says, file), words(file.read_text(encoding="utf-8")))


def _as_it_says(file: Path) -> None:
    from rollbook.host.worked import Outcome, run_cases

    differs = [result for result in run_cases(file) if result.outcome is Outcome.DIFFERS]
    assert not differs, differs


def _tests(file: Path) -> Iterator[Check]:
    module = _loaded(file)
    for name, function in vars(module).items():
        if not name.startswith("test_") or hasattr(function, "hypothesis"):
            continue  # what Hypothesis makes up differs from run to run
        for number, values in enumerate(_parameters(function)):
            if set(inspect.signature(function).parameters) == set(values):
                yield Check(f"{file.stem}::{name}[{number}]", partial(function, **values), _said(function))


def _loaded(file: Path) -> ModuleType:
    found = importlib.util.spec_from_file_location(f"fast_suite.{file.stem}", file)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def _parameters(function: Any) -> list[Mapping[str, Any]]:
    """The arguments of each run of a test that pytest.mark.parametrize gives it; one empty set where there is none."""
    lists = []
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize":
            names = mark.args[0] if not isinstance(mark.args[0], str) else re.split(r"\s*,\s*", mark.args[0])
            lists.append([_named(list(names), row) for row in mark.args[1]])
    return [{name: value for one in chosen for name, value in one.items()} for chosen in product(*lists)]


def _named(names: list[str], row: Any) -> dict[str, Any]:
    values = getattr(row, "values", row) if hasattr(row, "marks") else row
    return dict(zip(names, values if len(names) > 1 or hasattr(row, "marks") else [values], strict=True))


def _plain_judge(file: Path) -> Iterator[Check]:
    module, made_up = _loaded(file), importlib.import_module("support.random_registers")
    for name, function in vars(module).items():
        if name.startswith("test_") and hasattr(function, "hypothesis"):
            for number, facts in enumerate(made_up_registers()):
                # The same register, of the class that reads the table of codes that is imported now.
                register = made_up.RandomRegister(**facts)
                yield Check(
                    f"{file.stem}::{name}[{number}]", partial(function.hypothesis.inner_test, register), frozenset()
                )


@cache
def made_up_registers() -> list[Mapping[str, Any]]:
    """The facts of some made-up registers, the same in every run."""
    from hypothesis import HealthCheck, Phase, given, settings

    from support.random_registers import registers

    found: list[Mapping[str, Any]] = []
    quiet = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck)}

    @settings(max_examples=MADE_UP, derandomize=True, phases=[Phase.generate], **quiet)
    @given(registers())
    def look(register: Any) -> None:
        found.append(dict(vars(register)))

    look()
    return found


def _said(function: Any) -> frozenset[str]:
    """The words of a test as it is written, the table of its parameters too."""
    return words(_source(function.__code__))


@cache
def _source(code: CodeType) -> str:
    return inspect.getsource(code)


@cache
def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))
