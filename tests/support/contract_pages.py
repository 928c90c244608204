"""docs/contract-tables.md, made of the tables themselves; and, as a program, all that `make contract` writes."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator, Mapping
from enum import EnumType
from typing import Any

from rollbook.host.page_checks import KEYS
from rollbook.tables.schemas import PAGES, Column, Table
from support import contract_versions
from support.contract_surface import table_names
from support.contract_versions import DOCS, since, written

PAGE = DOCS / "contract-tables.md"
HEAD = """\
# The tables of the contract

What a source gives, a page at a time (`rollbook.contract.Page`), and what a rule is given of it. Written from the code
by `make contract`; the rest of the contract is in [contract.md](contract.md).

- *Needed*: a page without the column is refused, and a row without a value in it is set aside. Any other column may be
  left out of a page, and null in a row.
- *Words*: what a column may say, where it has words of its own; letter case and surrounding space are put aside. For
  another word the row is *set aside*, where it would say something else without it, or *used without it*.
- *Personal*: what may tell who a pupil is. It is kept where people are kept, and is in no log, error, remark or
  checkpoint.
- A *date* is `pl.Date`, the day at the school; text is `pl.String`; other types are Polars' own, by name.
- A row's *key* is what it is known by: no two rows of a pull have the same. The key of `marks` is what `Page.removed`
  holds; of every other table the whole is given at each pull, and nothing need be said of what was removed.
"""
KEPT = """\
## What a rule is given

`Reading.table` gives the tables above but `marks` and `elsewhere`, of all schools together: `school` (the URN) comes
first, `pupil` is Rollbook's own number, `session` is 0 for AM and 1 for PM. What was left out is null. The table
`schools` is Rollbook's own, from its configuration:
"""
SCHOOLS: Mapping[str, str] = {
    "school": "URN",
    "name": "as the configuration has it",
    "la": "number of the local authority",
    "type": "`maintained`, `academy`, `special` or `independent`",
    "lowest_year": "most junior year group; null if not known",
    "highest_year": "most senior year group; null if not known",
}
TYPES = {"String": "text", "Date": "date", "Boolean": "true or false"}
WHAT: Mapping[Table, str] = {
    Table.SESSIONS: "The school's calendar: a row for each session of each day that the source knows. Between its "
    "first day and its last a session without a row is closed; marks of later days are set aside.",
    Table.PUPILS: "Who the pupils are: a row each. A pupil with a mark or a spell on the roll is among them.",
    Table.ROLL: "Since when a pupil is on the roll, and until when: a row for each spell.",
    Table.MARKS: "The register: a row for each session of each pupil, where the source has one.",
    Table.CONTACTS: "Parents, carers, and whom the school calls.",
    Table.LEAVE: "Leave that the school granted, by its days.",
    Table.NOTICES: "Penalty notices, and notices to improve, by parent.",
    Table.FLAGS: "What is said of a pupil for some days, or always.",
    Table.CONTACT_LOG: "Attempts to reach a family.",
    Table.ELSEWHERE: "What pupils of this school were marked at other schools, as a file of transfer has it of those "
    "who join: a row for each session. It is for rules that count at all schools together, and is no part of this "
    "school's register.",
}


def text() -> str:
    """The page."""
    return "\n".join([HEAD, *_pages(), *_kept(), *_words(), *_rest()]).rstrip() + "\n"


def _pages() -> Iterator[str]:
    yield "## What a source gives\n"
    for table, columns in PAGES.items():
        yield f"### `{table.value}`\n"
        yield _paragraph(f"*Since {_since(table.value)}.* {WHAT[table]} Key: {_listed(KEYS[table])}.") + "\n"
        yield "| column | type | needed | personal | what it means | words | since |\n|---|---|---|---|---|---|---|"
        for name, column in columns.items():
            cells = (_type(column.dtype), _yes(column.required), _yes(column.personal), column.doc, _form(column))
            yield f"| `{name}` | " + " | ".join(cells) + f" | {_since(f'{table.value}.{name}')} |"
        yield ""


def _kept() -> Iterator[str]:
    yield f"{KEPT}\n| column | type | what it means | since |\n|---|---|---|---|"
    for fact in (fact for fact in written()[-1].facts.values() if fact.parent == "kept schools"):
        name = fact.path.split(".")[1]
        yield f"| `{name}` | {_type(fact.says)} | {SCHOOLS[name]} | {_since(fact.path)} |"
    yield ""


def _words() -> Iterator[str]:
    yield "## Words\n\nThose of `rollbook.tables.words`.\n"
    for name, thing in table_names().items():
        if name.startswith("words."):
            pairs = thing.items() if isinstance(thing, Mapping) else [(one.value, one.name) for one in thing]
            said = ", ".join(f"`{word}`{_meaning(word, meaning)}" for word, meaning in pairs)
            doc = inspect.getdoc(thing) if isinstance(thing, EnumType) else "On what ground a name was deleted."
            yield f"### `{name.split('.')[1]}`\n"
            yield _paragraph(f"*Since {_since(name)}.* {doc}") + "\n\n" + _paragraph(f"{said}.") + "\n"


def _rest() -> Iterator[str]:
    yield "## What else of `rollbook.tables` a plugin may use\n\nWhat is neither here nor above is Rollbook's own.\n"
    yield "| name | what it is | since |\n|---|---|---|"
    for name, thing in table_names().items():
        if not name.startswith("words."):
            yield f"| `{name}{_arguments(thing)}` | {_first_sentence(name, thing)} | {_since(name)} |"


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 120, break_on_hyphens=False, break_long_words=False)


def _since(path: str) -> str:
    return since(path, written())


def _type(dtype: Any) -> str:
    return TYPES.get(str(dtype), f"`{dtype}`")


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _form(column: Column) -> str:
    if column.form is None:
        return ""
    digits = {"[0-9]{6}": "six digits", "[0-9]{3}": "three digits"}
    words = ", ".join(digits.get(word, f"`{word}`") for word in column.form.split("|"))
    return f"{words}; else {'set aside' if column.else_aside else 'used without it'}"


def _meaning(word: str, meaning: str) -> str:
    plain = meaning if meaning.islower() or " " in meaning else meaning.replace("_", " ").lower()
    return "" if plain == word.replace("_", " ") else f" ({plain})"


def _arguments(thing: Any) -> str:
    return f"({', '.join(inspect.signature(thing).parameters)})" if inspect.isroutine(inspect.unwrap(thing)) else ""


def _first_sentence(name: str, thing: Any) -> str:
    if name == "schemas.PAGES":
        return "The columns of each table that a source may give."
    paragraph = " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
    return paragraph.replace("|", "\\|")


if __name__ == "__main__":
    contract_versions.write()
    PAGE.write_text(text(), encoding="utf-8")
