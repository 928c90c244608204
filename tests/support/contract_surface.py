"""The contract's public surface, as facts of one line each: what a plugin sees, calls, or must write.

`docs/contract-X.Y.txt` holds them for each version of the contract; see `contract_versions`.
"""

from __future__ import annotations

import ast
import dataclasses
import enum
import importlib
import inspect
import re
import textwrap
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rollbook import contract
from rollbook.contract import Key, Kind, Problem, Secret, hookspecs
from rollbook.host import guard
from rollbook.host.page_checks import CHECKPOINT_BYTES, KEYS, PAGES_OF_A_PULL, REJECTS, ROWS
from rollbook.tables import schemas
from rollbook.tables.schemas import PAGES, Column, Schema, Table

# What of rollbook.tables a plugin may use. All else there is Rollbook's own.
TABLES: Mapping[str, str] = {
    "schemas": "Table Column PAGES page_schema conform empty",
    "words": "Flag ContactType ContactOutcome NoticeKind NoticeOutcome Destination GROUNDS",
    "checks": "upn_problem upn_check_letter is_temporary_upn urn_problem laestab_problem la_problem",
    "codes": "Category Code Meaning Quality all_codes by_id ids letter meaning resolve",
    "keys": "strangers lacks_zeros",
}
# What of rollbook.testing is promised: what a plugin's simulator and its tests are made of.
TESTING: Mapping[str, str] = {
    "testing": "SourceConformance DestinationConformance not_yet never Record connected",
    "testing.web": "Server Incoming Answer as_json",
    "testing.schools": "MadeSchool make_school",
    "testing.recordings": "Recordings",
}
LIMITS: Mapping[str, int] = {
    "checkpoint_bytes": CHECKPOINT_BYTES,
    "rejects_of_a_page": REJECTS,
    "pages_of_a_pull": PAGES_OF_A_PULL,
    "rows_of_a_pull": ROWS,
    "letters_of_a_sentence": guard.LONGEST,
}
TEXTS: Mapping[str, Callable[[], str]] = {  # what `str` makes of some of them, where somebody may go by it
    "Key": lambda: str(Key(Kind.ATTENDANCE_RETURN, 900001, 7, 1)),
    "Secret": lambda: str(Secret("opensesame")),
    "Problem": lambda: str(Problem("It is away.", detail="HTTP 503")),
}
SUBCLASSED = ("Source", "Destination")  # by plugins: the host calls their methods
MUST_KNOW = ("Action",)  # a plugin is handed any of them, and cannot say which it takes
OURS_TO_MAKE = ("Connection",)
SPECIAL = ("__init__", "__init_subclass__", "__enter__", "__exit__")


@dataclass(frozen=True)
class Fact:
    """One line. `path` names it (`Source.pull(window)`); `says` is its type or value; `asks` is `needed`, `to be
    written` by the plugin, or its default (`= 31`). A `kind` that ends in `given` is what the host hands to a plugin.
    """

    path: str
    kind: str
    says: str = ""
    asks: str = ""

    @property
    def parent(self) -> str:
        """What it is a part of, or nothing."""
        return self.path.rpartition("(" if self.path.endswith(")") else ".")[0]

    def __str__(self) -> str:
        return "  ".join([self.path, self.kind, self.says or "-", self.asks]).rstrip()

    @classmethod
    def read(cls, line: str) -> Fact:
        """The fact of such a line."""
        path, kind, says, *asks = line.split("  ")
        return cls(path, kind, "" if says == "-" else says, asks[0] if asks else "")


def surface() -> dict[str, Fact]:
    """Every fact of the contract as the code has it, by path, in the order of docs/contract.md."""
    return {fact.path: fact for fact in _all()}


def table_names() -> dict[str, Any]:
    """The parts of rollbook.tables that a plugin may use, by where they are: `checks.upn_problem`."""
    modules = {module: importlib.import_module(f"rollbook.tables.{module}") for module in TABLES}
    return {f"{at}.{name}": getattr(modules[at], name) for at, names in TABLES.items() for name in names.split()}


def names_of_testing() -> dict[str, Any]:
    """The parts of rollbook.testing that are promised, by where they are: `testing.web.Server`."""
    modules = {module: importlib.import_module(f"rollbook.{module}") for module in TESTING}
    return {f"{at}.{name}": getattr(modules[at], name) for at, names in TESTING.items() for name in names.split()}


def _all() -> Iterator[Fact]:
    for name, hook in vars(hookspecs).items():
        if name.startswith("rollbook_"):
            yield from of_hook(name, hook)
    for name in contract.__all__:
        yield from of_name(name, getattr(contract, name))
    for path, thing in table_names().items():
        yield from of_name(path, thing)
    for table, columns in PAGES.items():
        yield from of_page(table.value, columns, KEYS[table])
    for table in Table:
        if table not in (Table.MARKS, Table.ELSEWHERE):
            yield from of_kept(table.value, getattr(schemas, table.name))
    yield from of_limits(LIMITS)
    for path, thing in names_of_testing().items():
        yield from of_name(path, thing)


def of_name(name: str, thing: Any) -> Iterator[Fact]:
    """The facts of one public name: a class with its members, a function with its arguments, a value's type."""
    if isinstance(thing, type) and issubclass(thing, enum.Enum):
        yield Fact(name, "enumeration", _bases(thing))
        kind = "value given" if name in MUST_KNOW else "value"
        yield from (Fact(f"{name}.{member.name}", kind, repr(member.value)) for member in thing)
    elif isinstance(thing, type):
        yield Fact(name, _kind(thing), _bases(thing))
        for part in [one for one in thing.__mro__ if one is thing or one.__module__.startswith("rollbook.testing.")]:
            yield from _fields(name, part) if dataclasses.is_dataclass(part) else _variables(name, part)
        yield from _members(name, thing)
        yield from _attributes(name, thing)
        if name in TEXTS:
            yield Fact(f"{name}.str", "text", repr(TEXTS[name]()))
    elif inspect.isfunction(inspect.unwrap(thing)):
        yield from of_callable(name, inspect.unwrap(thing), "function")
    elif typing.get_origin(thing):
        yield Fact(name, "type", str(thing).replace("collections.abc.", "").replace("typing.", ""))
    else:
        yield Fact(name, "value of", type(thing).__name__)


def of_hook(name: str, hook: Callable[..., Any]) -> Iterator[Fact]:
    """A hook, and how it is called: of all plugins, or until the first that answers."""
    options = [option for option, on in sorted(getattr(hook, "rollbook_spec", {}).items()) if on]
    first, *rest = of_callable(name, hook, "hook", given=True)
    yield dataclasses.replace(first, says=", ".join([first.says, *options]))
    yield from rest


def of_limits(limits: Mapping[str, int]) -> Iterator[Fact]:
    """Bounds of what a plugin may give; settings of the configuration are not among them."""
    yield Fact("limits", "limits")
    yield from (Fact(f"limits.{name}", "limit", str(most)) for name, most in limits.items())


def of_callable(path: str, function: Callable[..., Any], kind: str, *, given: bool = False) -> Iterator[Fact]:
    """A function and its arguments. `given`: the host calls it, and a plugin has written it."""
    signature = inspect.signature(function)
    written = "to be written" if getattr(function, "__isabstractmethod__", False) else ""
    yield Fact(path, kind, f"-> {_type(signature.return_annotation)}", written)
    names = [name for name in signature.parameters if name not in ("self", "cls")]
    for place, name in enumerate(names, start=1):
        one = signature.parameters[name]
        shape = {one.KEYWORD_ONLY: "keyword", one.VAR_POSITIONAL: "any more", one.VAR_KEYWORD: "any keyword"}
        handed = shape.get(one.kind, f"argument {place}") + (" given" if given else "")
        asks = "" if "any" in handed else _asks(one.default, inspect.Parameter.empty)
        yield Fact(f"{path}({name})", handed, _type(one.annotation), asks)


def of_page(table: str, columns: Mapping[str, Column], key: tuple[str, ...]) -> Iterator[Fact]:
    """A table that a source may give: what a row is known by, its columns, and the words that a column may have."""
    yield Fact(table, "table", f"by {', '.join(key)}")
    for name, column in columns.items():
        words = _words(column)
        own = f" of words, else {'set aside' if column.else_aside else 'left out'}" if words else ""
        personal = ", personal" if column.personal else ""
        asks = "needed" if column.required else "may be left out"
        yield Fact(f"{table}.{name}", "column", f"{column.dtype}{own}{personal}", asks)
        yield from (Fact(f"{table}.{name}.{word}", "word") for word in words)


def of_kept(table: str, columns: Schema) -> Iterator[Fact]:
    """A canonical table, as `Reading.table` gives it to a rule."""
    yield Fact(f"kept {table}", "canonical table")
    yield from (Fact(f"kept {table}.{name}", "column", str(dtype)) for name, dtype in columns.items())


def _words(column: Column) -> list[str]:
    return column.form.split("|") if column.form else []


def _fields(name: str, cls: Any) -> Iterator[Fact]:
    for place, one in enumerate(dataclasses.fields(cls), start=1):
        default = one.default_factory() if callable(one.default_factory) else one.default
        yield Fact(f"{name}.{one.name}", f"field {place}", _type(one.type), _asks(default, dataclasses.MISSING))


def _variables(name: str, cls: type) -> Iterator[Fact]:
    for variable, kind in inspect.get_annotations(cls).items():
        if not variable.startswith("_"):
            asks = _asks(vars(cls).get(variable, cls), cls)
            yield Fact(f"{name}.{variable}", "class variable", re.sub(r"^ClassVar\[(.*)\]$", r"\1", kind), asks)


def _kind(cls: Any) -> str:
    if not dataclasses.is_dataclass(cls):
        return "class"
    frozen = "frozen " if cls.__dataclass_params__.frozen else ""  # type: ignore[attr-defined]
    return f"{frozen}dataclass{'' if cls.__hash__ or not frozen else ', not hashable'}"


def _attributes(name: str, cls: type) -> Iterator[Fact]:
    """What its instances have, as `__init__` sets it; those of a class's variables are told already."""
    made = vars(cls).get("__init__")
    if dataclasses.is_dataclass(cls) or not inspect.isfunction(made) or made.__module__ != cls.__module__:
        return
    types = inspect.get_annotations(made)
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(made)))):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and not node.attr.startswith("_"):
            yield Fact(f"{name}.{node.attr}", "attribute", _type(types.get(node.attr, "")))


def _members(name: str, cls: type) -> Iterator[Fact]:
    special = () if dataclasses.is_dataclass(cls) or name in OURS_TO_MAKE else ("__init__",)
    for member, thing in vars(cls).items():
        path, given = f"{name}.{member}", name in SUBCLASSED and member != "__init_subclass__"
        if (member.startswith("_") and member not in (*special, *SPECIAL[1:])) or _of_others(cls, member):
            continue
        if isinstance(thing, property):
            yield Fact(path, "property", _type(inspect.signature(thing.fget).return_annotation))
        elif isinstance(thing, classmethod):
            yield from of_callable(path, thing.__func__, "class method", given=given)
        elif isinstance(thing, staticmethod):
            yield from of_callable(path, thing.__func__, "static method", given=given)
        elif inspect.isfunction(thing) and (member != "__init__" or thing.__module__.startswith("rollbook.")):
            yield from of_callable(path, thing, "method", given=given)


def _of_others(cls: type, member: str) -> bool:
    """Whether a member is what pytest or a library of Python's calls, and no part of what is promised."""
    others = [base for base in cls.__mro__ if not base.__module__.startswith("rollbook.")]
    inherited = member != "__init__" and any(member in vars(base) for base in others)
    return cls.__module__.startswith("rollbook.testing") and (inherited or member.startswith("test_"))


def _asks(default: Any, nothing: Any) -> str:
    if default is nothing:
        return "needed"
    if isinstance(default, enum.Enum):
        return f"= {default}"
    return f"= {default.__qualname__}" if callable(default) else f"= {default!r}"


def _type(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))


def _bases(cls: type) -> str:
    return ", ".join(base.__name__ for base in cls.__bases__ if base is not object)
