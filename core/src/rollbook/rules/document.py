"""The page of rules (`docs/rules.md`), built from the catalogue, so that it cannot say other than the program does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rollbook.rules import catalogue
from rollbook.rules.rule import Rule
from rollbook.rules.thresholds import LawValue, PolicyValue, laws, limits, policies

_INTRODUCTION = """# The rules

Built from the catalogue of `rollbook.rules`; `rollbook rules show ID` says the same of one rule. This is engineering,
not legal advice: a value whose confidence is not "verified" is to be read in the source by a person before anything
goes out by itself. A decision about a child is always a person's.

## How a register is read

- The calendar alone says which sessions are open; marks never do. Marks off the roll or on a closed day are not read.
- An open session on the roll without a mark is "not recorded", never an absence. So is, in every rule, a mark that is
  invalid or may be one of several codes, X for a pupil of compulsory school age, and Z for a pupil on the roll.
- The school year runs from 1 August to 31 July. Absence and unusable marks begin again with it, runs and N marks
  do not.
- On a day without a session the answer is that of the last school day, but dates move on: a deadline passes, a pupil
  has left, a birthday has come.
- The roll includes its first and last day. Several spells are one enrolment: the figures are of all of them; school
  days between two of them break a run, and a holiday between them does not.
- A run is of days on which every session says one of the rule's codes. Planned closures (`#`) are left out, and a day
  with nothing left passes. A day with a session not recorded passes too, unless another session says something else.
  Any other mark breaks the run, and so does a day outside compulsory school age.
- Compulsory school age ends with the last Friday in June of the year, from September to August, in which the pupil
  turns 16: one born in August leaves with the year group, although Rollbook's school year begins on 1 August.
- Sessions before 1 September 2022 are kept and shown, and no rule reads them.
- A rule asked about a day before it was in force is an error that names rule and day. Asked for all rules, only those
  in force on the day answer.
"""


def page(worked: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    """The page, in Markdown. `worked`: for each rule, the id and title of the worked cases that ask it."""
    parts = [_INTRODUCTION]
    for rule in catalogue.RULES.values():
        parts.append("\n".join(_section(rule, worked.get(rule.id, ()))))
    return "\n".join(parts)


def _section(rule: Rule, cases: Sequence[tuple[str, str]]) -> Iterator[str]:
    since = "any day" if rule.first_day is None else f"days from {rule.first_day.isoformat()}"
    since = f"days from the one that `{rule.starts}` sets, and none until then" if rule.starts else since
    yield f"## {rule.id}: {rule.title}"
    yield f"\n{rule.says}\n"
    yield f"Law: {'; '.join(rule.law)}. May be asked about {since}.\n"
    yield "| field | what it is |\n|---|---|"
    for field in rule.answer:
        due = " (when true, or above 0, it is due)" if field.name == rule.due else ""
        yield f"| `{field.name}` | {field.doc}{due} |"
    if rule.settings:
        yield "\n| value | is | from | set by | reference | note |\n|---|---|---|---|---|---|"
        yield from (line for name in rule.settings for line in _value_lines(name))
    if cases:
        yield "\nWorked cases: " + "; ".join(f"`{case}` ({title})" for case, title in cases) + "."
    yield ""


def _value_lines(name: str) -> Iterator[str]:
    if name in policies():
        yield _policy_line(policies()[name])
    for value in reversed(laws().get(name, ())):
        yield _law_line(value)


def _law_line(value: LawValue) -> str:
    shown = ", ".join(map(str, value.value)) if isinstance(value.value, tuple) else str(value.value)
    span = value.first.isoformat() + (f" to {value.last.isoformat()}" if value.last else "")
    who = value.set_by
    return f"| `{value.name}` | {shown} | {span} | {who} | {value.reference} | {_sure(value)} |"


def _sure(value: LawValue) -> str:
    return f"{value.note}; {value.confidence}" if value.note else value.confidence


def _policy_line(value: PolicyValue) -> str:
    default = "none" if value.default is None else str(value.default)
    bounds = f" ({limits(value)})" if limits(value) else ""
    who = f"default; the {' or '.join(value.set_by)} may set it{bounds}"
    return f"| `{value.name}` | {default} | | {who} | {value.reference} | {value.note} |"
