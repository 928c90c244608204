"""The values that rules go by: what the law sets, by date, and what an authority, a trust or a school may set."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import polars as pl

from rollbook.rules.problems import NotYetLaw, SettingRefused
from rollbook.tables.words import Flag

SettingValue: TypeAlias = int | str | bool | date | tuple[int | str, ...] | None
LAW, OURS, DEFAULT = "law", "Rollbook", "default"
SETTERS = ("authority", "trust", "school")  # a later one goes before an earlier one, where both may set a value
_KINDS: Mapping[str, Callable[[object], bool]] = {
    "whole number": lambda value: type(value) is int,
    "text": lambda value: isinstance(value, str),
    "yes or no": lambda value: isinstance(value, bool),
    "day": lambda value: type(value) is date,
    "list of words": lambda value: isinstance(value, list | tuple) and all(isinstance(one, str) for one in value),
}


@dataclass(frozen=True)
class Setting:
    """A value as one school has it, and who set it: law, Rollbook (no law does, and nobody may), default, authority,
    trust or school.
    """

    name: str
    value: SettingValue
    set_by: str


@dataclass(frozen=True)
class LawValue:
    """A value of law, or one of Rollbook's own (`ours`): in force from `first` to `last` (None: still), with where it
    stands and how sure that is.
    """

    name: str
    value: SettingValue
    first: date
    last: date | None
    reference: str
    note: str
    confidence: str

    @property
    def ours(self) -> bool:
        """Whether no law or guidance sets it."""
        return self.reference.startswith("none:")

    @property
    def set_by(self) -> str:
        """The law, or Rollbook."""
        return OURS if self.ours else LAW


@dataclass(frozen=True)
class PolicyValue:
    """A value that may be set locally: its default, who may set it, and within what."""

    name: str
    default: SettingValue
    kind: str
    set_by: tuple[str, ...]
    least: int | date | None
    most: int | date | None
    reference: str
    note: str


@dataclass(frozen=True)
class LocalSettings:
    """What was set locally: by authority (its number), by the trust for all its schools, by school (URN).

    Raises `SettingRefused` when made with a name that no rule knows, a value of law, a value outside what the law
    leaves open, or one that this body may not set.
    """

    authorities: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trust: Mapping[str, Any] = field(default_factory=dict)
    schools: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for la, values in self.authorities.items():
            _check_all(values, "authority", f"authority {la}")
        _check_all(self.trust, "trust", "the trust")
        for urn, values in self.schools.items():
            _check_all(values, "school", f"school {urn}")

    def layers(self, school: int, la: str | None) -> list[tuple[str, Mapping[str, Any]]]:
        """Who may have set something for this school, the first to be asked first."""
        of_authority = self.authorities.get(la or "", {})
        return [("school", self.schools.get(school, {})), ("trust", self.trust), ("authority", of_authority)]


class Settings:
    """The values in force on a day, for each of some `schools`."""

    def __init__(self, as_at: date, schools: pl.DataFrame, local: LocalSettings | None = None) -> None:
        self.as_at = as_at
        self._las: dict[int, str | None] = dict(schools.select("school", "la").iter_rows())
        self._local = local or LocalSettings()
        self.schools = pl.Series("school", list(self._las), dtype=pl.Int32)

    def law(self, name: str) -> Any:
        """What the law says on the day. Raises `NotYetLaw` where it said nothing then, as far as is known here."""
        return law_value(name, self.as_at).value

    def of(self, school: int, name: str) -> Setting:
        """The value as this school has it, and who set it."""
        if name in laws():
            value = law_value(name, self.as_at)
            return Setting(name, value.value, value.set_by)
        for who, values in self._local.layers(school, self._las.get(school)):
            if name in values:
                return Setting(name, _frozen(values[name]), who)
        return Setting(name, policies()[name].default, DEFAULT)

    def column(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.DataFrame:
        """`school` and the value of `name` there, a row for each school."""
        return pl.DataFrame([self.schools, self.values(name, dtype)])

    def values(self, name: str, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
        """The value of `name` at each school, in the order of `schools`."""
        return pl.Series(name, [self.of(school, name).value for school in self._las], dtype=dtype)

    def earliest(self, name: str) -> date | None:
        """The first of the days that `name` is at these schools; None where none of them sets it."""
        found = [self.of(school, name).value for school in self._las]
        return min((value for value in found if isinstance(value, date)), default=None)

    def cited(self, school: int, names: Iterable[str]) -> list[dict[str, Any]]:
        """The values as a finding shows them: name, value, who set it."""
        found = [self.of(school, name) for name in names]
        return [{"name": one.name, "value": _plain(one.value), "set_by": one.set_by} for one in found]


@cache
def laws() -> Mapping[str, tuple[LawValue, ...]]:
    """Every value of law, with its history, the oldest first."""
    found: dict[str, list[LawValue]] = {}
    for row in _rows("law.toml"):
        one = LawValue(
            name=row["name"],
            value=_frozen(row["value"]),
            first=row["from"],
            last=row.get("to"),
            reference=row["reference"],
            note=row["note"],
            confidence=row["confidence"],
        )
        found.setdefault(one.name, []).append(one)
    return {name: tuple(sorted(values, key=lambda one: one.first)) for name, values in found.items()}


@cache
def policies() -> Mapping[str, PolicyValue]:
    """Every value that may be set locally."""
    return {
        row["name"]: PolicyValue(
            name=row["name"],
            default=_frozen(row.get("default")),
            kind=row["kind"],
            set_by=tuple(row["set_by"]),
            least=row.get("least"),
            most=row.get("most"),
            reference=row["reference"],
            note=row["note"],
        )
        for row in _rows("policy.toml")
    }


def law_value(name: str, on: date) -> LawValue:
    """The value of law `name` on a day. Raises `NotYetLaw` when the law had none then."""
    for one in reversed(laws()[name]):
        if one.first <= on and (one.last is None or on <= one.last):
            return one
    raise NotYetLaw(name, on, law_begins(name))


def law_begins(name: str) -> date:
    """The first day on which a value of law is known here; of one that is no value of law, the first day there is."""
    return laws()[name][0].first if name in laws() else date.min


def check_setting(name: str, value: object, who: str) -> None:
    """Raises `SettingRefused`, with the reference, unless `who` (authority, trust or school) may set `name` so."""
    if name in laws():
        reference = laws()[name][-1].reference
        raise SettingRefused(f"{name} is set by law ({reference}) and cannot be set locally: take the setting out")
    policy = policies().get(name)
    if policy is None:
        raise SettingRefused(f"no rule has a setting {name!r}; those that can be set are {', '.join(policies())}")
    if who not in policy.set_by:
        raise SettingRefused(
            f"{name} is set by the {' or '.join(policy.set_by)}, not by the {who} ({policy.reference})"
        )
    if value is None:
        return
    if not _KINDS[policy.kind](value):
        raise SettingRefused(f"{name} must be a {policy.kind}")
    if isinstance(value, str) and not value.strip():
        raise SettingRefused(f"{name} is empty: write what it is called, or take the setting out")
    if isinstance(value, list | tuple):
        for word in value:
            _check_word(name, word)
    _check_within(value, policy)


def _check_word(name: str, word: str) -> None:
    """A group of the school's own, by the name that its flags have once they are read: without blanks around it and in
    small letters. A name that has a meaning already would be no group.
    """
    read = word.strip().lower()
    if not read:
        raise SettingRefused(f"{name} has an empty name: take it out")
    if word != read:
        raise SettingRefused(f"{name} has {word!r}: write it as flags are read, {read!r}")
    if read in set(Flag):
        raise SettingRefused(f"{name} has {word!r}, which is a cohort already, and no group of one's own: take it out")


def _check_within(value: Any, policy: PolicyValue) -> None:
    below = policy.least is not None and value < policy.least
    if below or (policy.most is not None and value > policy.most):
        raise SettingRefused(f"{policy.name} must be {limits(policy)}: {policy.reference}")


def limits(policy: PolicyValue) -> str:
    """From what to what a value may be set, in words; nothing where there is no limit."""
    bounds = {"from": policy.least, "to": policy.most}
    return " ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)


def _check_all(values: Mapping[str, Any], who: str, place: str) -> None:
    for name, value in values.items():
        try:
            check_setting(name, value, who)
        except SettingRefused as refused:
            raise SettingRefused(f"settings of {place}: {refused.sentence}") from None


def _rows(file: str) -> list[dict[str, Any]]:
    rows = tomllib.loads(files("rollbook.rules").joinpath(file).read_text(encoding="utf-8"))["value"]
    return list(rows)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _plain(value: SettingValue) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
