"""Who must not be named: pupils whose names are in no other word, and a search for them in what a plugin said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool

DAY_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y%m%d", "%d %B %Y", "%d %b %Y")
_TOLD = {
    Table.PUPILS: ("upn", "former_upn", "surname", "forename", "address"),
    Table.CONTACTS: ("name", "address", "telephone", "email"),
}
_SHORTEST = 4  # letters: a shorter value may stand in any word


def with_rare_names(school: MadeSchool) -> MadeSchool:
    """The same school, but that each pupil has a name that no sentence holds by chance."""
    pupils = school.history[Table.PUPILS]
    numbers = pupils["pupil"].rank("dense").to_list()
    rare = pupils.with_columns(
        pl.Series("surname", [f"Quastel{_letters(number)}" for number in numbers]),
        pl.Series("forename", [f"Zvonimir{_letters(number)}" for number in numbers]),
    )
    return replace(school, history={**school.history, Table.PUPILS: rare})


def of_a_pupil(school: MadeSchool) -> str:
    """A pupil's name, UPN, date of birth and address, as a careless message has them."""
    held = school.history[Table.PUPILS].drop_nulls(["upn", "dob", "address"]).row(0, named=True)
    return f"{held['forename']} {held['surname']} {held['upn']} {held['dob']:%d/%m/%Y} {held['address']}"


def named_in(school: MadeSchool, texts: Iterable[str]) -> list[str]:
    """What of its pupils and their parents the texts name, each with the text's beginning."""
    return told_in(texts, _values(school))


def told_in(texts: Iterable[str], values: Iterable[str]) -> list[str]:
    """Which of the values the texts tell, as whole words in small letters or large, each with the text's beginning."""
    said = list(dict.fromkeys(" ".join(text.split()) for text in texts))
    whole = "\n".join(said).casefold()
    found = sorted({value for value in values if len(value) >= _SHORTEST and value.casefold() in whole})
    words = {value: re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE) for value in found}
    return [f"{value} in {text[:200]!r}" for value, word in words.items() for text in said if word.search(text)]


def _values(school: MadeSchool) -> Iterator[str]:
    for table, names in _TOLD.items():
        rows = school.history.get(table)
        if rows is not None:
            yield from (value for name in names for value in rows[name].drop_nulls().to_list())
    days: list[date] = school.history[Table.PUPILS]["dob"].drop_nulls().to_list()
    for day in days:
        yield from (day.strftime(form) for form in DAY_FORMS)


def _letters(number: int) -> str:
    return chr(ord("a") + number // 26 % 26) + chr(ord("a") + number % 26)
