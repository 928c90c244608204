"""The local settings of a school, with since when each was in force: noted at every sync that judges it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeAlias

import polars as pl
import sqlalchemy as sa

from rollbook.contract.errors import FixSettings
from rollbook.host.config import Config, SchoolConfig
from rollbook.host.store import dated
from rollbook.host.store.columns import dumps
from rollbook.host.store.policy import settings_known
from rollbook.rules.problems import SettingRefused
from rollbook.rules.thresholds import LocalSettings, policies

Row: TypeAlias = tuple[str, str, str]  # name, value as JSON, who set it
CONFIGURATION = "configuration"
# Facts of a school that its rules read too, or by which a file of another school speaks of it.
FACTS = ("la", "type", "lowest_year", "highest_year", "laestab")


@dataclass(frozen=True)
class Known:
    """school: with its facts as they were then. local: what was set. noted: False where nothing was noted of that
    moment (an earlier version did not): then both are those of the configuration now.
    """

    school: SchoolConfig
    local: LocalSettings
    noted: bool


def rows(config: Config, school: SchoolConfig) -> list[Row]:
    """What the configuration says now of one school: its facts, and what each body set, whichever of them prevails."""
    layers: list[tuple[str, Mapping[str, Any]]] = [
        (CONFIGURATION, {name: getattr(school, name) for name in FACTS}),
        ("authority", config.authorities.get(school.la, {})),
        ("trust", config.policy),
        ("school", school.policy),
    ]
    return [(name, dumps(value), who) for who, values in layers for name, value in sorted(values.items())]


def keep(conn: sa.Connection, config: Config, school: SchoolConfig, moment: datetime) -> None:
    """Note what is in force from `moment` on. What is the same as before is not noted again."""
    schema = dict.fromkeys(("name", "value", "set_by"), pl.String)
    fresh = pl.DataFrame(rows(config, school), schema=schema, orient="row")
    dated.replace(conn, settings_known, school.urn, fresh, moment)


def as_known(conn: sa.Connection, config: Config, school: SchoolConfig, known: datetime) -> Known:
    """What was in force at a moment. Raises FixSettings when it is nothing that this program's rules could go by."""
    kept = dated.standing(conn, settings_known, school.urn, known)
    noted = list(kept.select("name", "value", "set_by").iter_rows()) if len(kept) else []
    told = noted or rows(config, school)
    facts = {name: json.loads(value) for name, value, who in told if who == CONFIGURATION}
    then = replace(school, **facts)
    try:
        local = LocalSettings(
            authorities={then.la: _of(told, "authority")},
            trust=_of(told, "trust"),
            schools={school.urn: _of(told, "school")},
        )
    except SettingRefused as refused:
        raise FixSettings(
            f"What was set for {school.name} ({school.urn}) on that day cannot be used by this version: "
            f"{refused.sentence}. Ask about a later day of knowledge."
        ) from refused
    return Known(then, local, bool(noted))


def laestabs(conn: sa.Connection, schools: Iterable[SchoolConfig], known: datetime | None) -> dict[int, int]:
    """URN -> LAESTAB as a whole number, of the schools that have one: those of the configuration, and those noted of a
    school that is no longer in it. At the moment `known`, what was noted then goes before the configuration of now.
    """
    query = sa.select(settings_known.c.school, settings_known.c.value).where(
        settings_known.c.name == "laestab",
        settings_known.c.set_by == CONFIGURATION,
        *dated.as_known(settings_known, known),
    )
    noted = {row.school: json.loads(row.value) for row in conn.execute(query)}
    now = {school.urn: school.laestab for school in schools}
    told = noted | now if known is None else now | noted
    return {urn: laestab_number(text) for urn, text in told.items() if text}


def laestab_number(laestab: str) -> int:
    """801/2000 as 8012000."""
    return int(laestab.replace("/", ""))


def _of(told: Iterable[Row], setter: str) -> dict[str, Any]:
    """The values that one body set. One whose name no rule has any more says nothing."""
    return {name: _value(name, value) for name, value, who in told if who == setter and name in policies()}


def _value(name: str, written: str) -> Any:
    value = json.loads(written)
    return date.fromisoformat(value) if policies()[name].kind == "day" and isinstance(value, str) else value
