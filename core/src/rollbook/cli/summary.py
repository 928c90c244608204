"""What a sync came to, as a person reads it: a table of schools, what was delivered, what to do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rollbook.cli import show

if TYPE_CHECKING:
    from rollbook.host.report import MessageRow, RunResult, SchoolResult

COUNTS = {
    "pupils": "pupils",
    "read": "read",
    "added": "added",
    "changed": "changed",
    "removed": "removed",
    "quarantine_open": "set aside",
}
_NAMED = 3  # schools
CASES = {
    "cases_opened": "opened",
    "cases_changed": "changed",
    "cases_closed": "closed",
    "cases_withdrawn": "withdrawn",
}


def print_run(result: RunResult) -> None:
    """The whole of a run: schools, findings, messages, deliveries, and what each school or destination has to say."""
    print_schools(result.schools)
    print_findings(result.schools)
    print_messages(result)
    print_deliveries(result)
    print_sentences(result)
    show.say()
    show.say(result.sentence)


def print_schools(schools: tuple[SchoolResult, ...]) -> None:
    """A line a school: state, newest session, counts of marks, cases."""
    rows = [
        [
            one.school,
            one.name,
            one.status,
            one.newest_session,
            *_counts(one.counts, COUNTS),
            _in_words(one.counts, CASES),
        ]
        for one in schools
    ]
    columns = ["urn", "school", "state", "newest session", *COUNTS.values(), "cases"]
    show.table(columns, rows, otherwise="No school was synced.")


def print_findings(schools: tuple[SchoolResult, ...]) -> None:
    """How many findings each rule made at each school."""
    rows = [(rule, one.name, number) for one in schools for rule, number in one.findings.items() if number]
    if rows:
        show.heading("Found")
        show.table(["rule", "school", "findings"], sorted(rows), otherwise="")


def print_messages(result: RunResult) -> None:
    """The messages that the run made or changed; in a dry run, what would be sent, and apart, what never will."""
    void = [row for school in result.schools for row in school.messages if row.state == "void"]
    there = [row for school in result.schools for row in school.messages if row.state != "void" or not result.dry_run]
    _print_rows("Would be sent" if result.dry_run else "Messages", there)
    _print_rows("Would not be sent any more", void if result.dry_run else [])


def _print_rows(title: str, messages: Sequence[MessageRow]) -> None:
    from rollbook.host.kind_words import kind_words

    rows = [
        (
            row.school_name,
            row.destination,
            kind_words(row.kind),
            row.pupil,
            row.episode,
            row.revision,
            row.action,
            row.state,
            (*row.lacks, *row.reasons),
        )
        for row in messages
    ]
    if rows:
        show.heading(title)
        columns = ["school", "destination", "kind", "pupil", "episode", "revision", "action", "state", "lacks or why"]
        show.table(columns, rows, otherwise="")


def print_deliveries(result: RunResult) -> None:
    """What each destination took, and what it said of that: what a person does with it now."""
    said = [(one.destination, text) for one in result.deliveries for text in one.notes]
    if result.dry_run:
        _print_lines("Would be reported", said)
        return
    rows = [(one.destination, one.counts, _reports(one.reports), one.news) for one in result.deliveries]
    if rows:
        show.heading("Delivered")
        show.table(["destination", "messages", "reports", "news"], rows, otherwise="")
    _print_lines("What the destinations said", said)


def _reports(counts: Mapping[str, int]) -> dict[str, int]:
    """What was said of a school was sent and taken there; what was refused or got no reply has its own word."""
    return {"sent" if what == "said" else what: number for what, number in counts.items()}


def print_sentences(result: RunResult) -> None:
    """What is wrong and what to do, then what is worth knowing."""
    wrong = [(one.name, text) for one in result.schools for text in one.sentences]
    wrong += [(one.destination, text) for one in result.deliveries for text in one.sentences]
    notes = [(one.name, text) for one in result.schools for text in one.notes]
    _print_lines("To do", wrong)
    _print_lines("Worth knowing", notes)


def _print_lines(title: str, lines: Sequence[tuple[str, str]]) -> None:
    if lines:
        show.heading(title)
    names: dict[str, list[str]] = {}
    for name, text in lines:
        names.setdefault(text, []).append(name)
    for text, those in names.items():
        show.wrapped(f"- {show.cell(_together(those))}: {show.cell(text)}")


def _together(names: Sequence[str]) -> str:
    """What is the same of several, as of an authority's schools, is said once."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _counts(counts: Mapping[str, int], names: Mapping[str, str]) -> list[int]:
    return [counts.get(name, 0) for name in names]


def _in_words(counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    return ", ".join(f"{counts[name]} {word}" for name, word in names.items() if counts.get(name))
