"""What a configuration may hold, and how it becomes the dataclasses of `config`. Every mistake is found at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validates_schema

from rollbook.contract.definition import LONGEST_CALL
from rollbook.contract.destination import Kind
from rollbook.contract.regular import Regular
from rollbook.host.config import (
    MEMORY_MB,
    OVERLAP_DAYS,
    USUAL_REPORTS,
    Config,
    ConnectionConfig,
    Contact,
    DestinationConfig,
    Installation,
    SchoolConfig,
)
from rollbook.host.config_fields import Choice, DatabaseField, Day, HalfDays, Number, Spells, Text, Whole, needed
from rollbook.tables.checks import la_problem, laestab_problem, urn_problem

# Of a connection and of a destination; the rest are its plugin's own settings.
RESERVED = {
    "connections": ("plugin", "limits", "authorities"),
    "destinations": ("plugin", "limits", "authorities", "kinds", "regular"),
}


class Strict(Schema):
    """An unknown key is a mistake, with the nearest known one."""

    class Meta:
        unknown = EXCLUDE  # so that `refuse_strangers` can say more than marshmallow would

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def refuse_strangers(self, data: Any, original_data: Any, **kwargs: Any) -> None:
        """Every key that the schema does not know."""
        strangers = {key: [unknown(key, self.fields)] for key in original_data if key not in self.fields}
        if strangers:
            raise ValidationError(strangers)


class ContactSchema(Strict):
    """Who answers for a school."""

    name = Text(load_default="")
    role = Text(load_default="")
    telephone = Text(load_default="")
    email = Text(load_default="")


class InstallationSchema(Strict):
    """The installation."""

    name = Text(**needed('the name of the trust or authority, as name = "Example Trust"'))
    state = Text()
    database = DatabaseField()
    contact = fields.Nested(ContactSchema)


class LimitsSchema(Strict):
    """The bounds of a plugin's worker process. Without `seconds` the plugin says how long a call may take."""

    seconds = Whole(1, LONGEST_CALL)
    memory_mb = Whole(256, 1_048_576, load_default=MEMORY_MB)


class ConnectionSchema(Schema):
    """A connection; what is not named here belongs to its plugin."""

    class Meta:
        unknown = EXCLUDE

    plugin = Text(**needed('the name of a plugin, as plugin = "csv"; `rollbook plugins` lists them'))
    limits = fields.Nested(LimitsSchema)


class DestinationSchema(ConnectionSchema):
    """A connection that takes messages."""

    authorities = fields.List(
        Number(la_problem), **needed('the authorities whose schools it serves, as authorities = ["801"]')
    )
    kinds = fields.List(Choice(*(kind.value for kind in Kind)), load_default=list)
    regular = fields.List(Choice(*(kind.value for kind in Regular)), load_default=lambda: sorted(USUAL_REPORTS))


# The kinds to each of which a person says yes, and why: `automatic` is refused. The others are statutory returns, which
# rest on the register alone.
PERSON_FIRST: Mapping[Kind, str] = {
    Kind.TRANSFER_FILE: "it shows a child to every school in the Lost Pupil area, and a person says yes to each before "
    "that",
    Kind.IRREGULAR_ATTENDANCE_RETURN: "the law names no number of absences, and whether a pupil fails to attend "
    "regularly a person judges",
    Kind.SICKNESS_RETURN: "whether a pupil will miss fifteen days through illness a person judges, and no register "
    "foresees it",
    Kind.MISSING_PUPIL_REPORT: "whether a child is missing, and at risk, a person judges",
    Kind.SUPPORT_REFERRAL: "whether and which support is asked for a person judges, with the family",
    Kind.PENALTY_NOTICE_REQUEST: "whether a penalty notice is right a person decides, and never the threshold alone",
    Kind.WORKER_NOTICE: "it says that a child has a worker, and a person sees to it that the right one is told",
    Kind.WORKER_NOTICE_DELETION: "it says that a child has a worker, and a person sees to it that the right one is "
    "told",
}
_RELEASES: dict[str, fields.Field[Any]] = {
    kind.value: Choice("held", why=PERSON_FIRST[kind]) if kind in PERSON_FIRST else Choice("held", "automatic")
    for kind in Kind
}
ReturnsSchema = Strict.from_dict(_RELEASES, name="ReturnsSchema")


class SchoolSchema(Strict):
    """One [[schools]]."""

    urn = Number(urn_problem, **needed("the school's six-digit URN, as urn = 100001"))
    name = Text(**needed('the school\'s name, as name = "Oakfield Primary"'))
    la = Number(la_problem, **needed('the local authority\'s number, as la = "801"'))
    laestab = Text(laestab_problem, load_default="")
    type = Choice("maintained", "academy", "special", "independent", **needed('as type = "maintained"'))
    lowest_year = Whole(-2, 14, load_default=None)
    highest_year = Whole(-2, 14, load_default=None)
    connection = Text(**needed("the name of one of [connections]"))
    key = fields.String(load_default="")
    terms = Spells('["2026-09-03..2026-12-18"]', single=False, load_default=())
    closed = Spells('["2026-10-26..2026-10-30", "2026-11-02"]', single=True, load_default=())
    half_days = HalfDays(load_default=())
    codes = fields.Dict(keys=fields.String(), values=Text())
    overlap_days = Whole(0, 400, load_default=OVERLAP_DAYS)
    contact = fields.Nested(ContactSchema)
    judge_from = Day(load_default=None)
    returns = fields.Nested(ReturnsSchema)
    policy = fields.Dict(keys=fields.String(), load_default=dict)


class ConfigSchema(Strict):
    """The whole file."""

    installation = fields.Nested(InstallationSchema, **needed("a table [installation] with the name of the trust"))
    connections = fields.Dict(keys=Text(), values=fields.Nested(ConnectionSchema), load_default=dict)
    schools = fields.List(fields.Nested(SchoolSchema), load_default=list)
    destinations = fields.Dict(keys=Text(), values=fields.Nested(DestinationSchema), load_default=dict)
    returns = fields.Nested(ReturnsSchema)
    authorities = fields.Dict(keys=Number(la_problem), values=fields.Dict(keys=fields.String()), load_default=dict)
    policy = fields.Dict(keys=fields.String(), load_default=dict)
    rules = fields.List(Text(), load_default=list)


def unknown(key: str, known: Iterable[str]) -> str:
    """The message for a key that is not known."""
    near = difflib.get_close_matches(key, list(known), n=1)
    meant = f'did you mean "{near[0]}"?' if near else "it may be one of " + ", ".join(sorted(known))
    return f"is not a setting that is known here: {meant}"


def judge_form(given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """What `given` says, with the plugins' own settings under `settings`, and the mistakes: place and expectation."""
    try:
        loaded: dict[str, Any] = ConfigSchema().load(given)
    except ValidationError as error:
        return {}, sorted(f"{place}: {text}" for place, text in lines(error.messages, given))
    for group in ("connections", "destinations"):
        for name, connection in loaded[group].items():
            connection["settings"] = {k: v for k, v in given[group][name].items() if k not in RESERVED[group]}
    return loaded, []


def lines(messages: Any, given: Any, place: str = "", *, whole: bool = True) -> Iterator[tuple[str, str]]:
    """Each of marshmallow's messages about `given`, with its place. `whole`: they are of a schema and not of a part.

    The levels `key` and `value`, which marshmallow puts into a table, are left out; a setting may be called so.
    """
    if isinstance(messages, list):
        yield from ((place or "the file", str(text)) for text in messages)
        return
    for key, inner in messages.items():
        added = key in ("key", "value") and not whole and not (isinstance(given, Mapping) and key in given)
        if key == "_schema" or added:
            yield from lines(inner, given, place, whole=False)
        elif isinstance(key, int):
            yield from lines(inner, given[key], f"{place}[{key + 1}]{_name(given[key])}", whole=False)
        else:
            below = given.get(key) if isinstance(given, Mapping) else None
            yield from lines(inner, below, f"{place}.{key}" if place else str(key), whole=False)


def _name(given: Any) -> str:
    name = given.get("name") if isinstance(given, Mapping) else None
    return f" ({name})" if isinstance(name, str) else ""


def build(path: Path, loaded: Mapping[str, Any]) -> Config:
    """The dataclasses of what `judge_form` found right."""
    folder = path.resolve().parent
    installation = _installation(folder, loaded["installation"])
    return Config(
        path=path,
        folder=folder,
        installation=installation,
        connections={name: ConnectionConfig(name, **_bounds(row)) for name, row in loaded["connections"].items()},
        schools=tuple(_school(row, installation.contact) for row in loaded["schools"]),
        destinations={name: _destination(name, row) for name, row in loaded["destinations"].items()},
        returns=loaded.get("returns", {}),
        authorities=loaded["authorities"],
        policy=loaded["policy"],
        rules=tuple(loaded["rules"]),
    )


def _installation(folder: Path, row: Mapping[str, Any]) -> Installation:
    import platformdirs

    usual = platformdirs.user_state_path("rollbook", appauthor=False)
    state = folder / row["state"] if "state" in row else usual
    return Installation(row["name"], state, row.get("database"), Contact(**row.get("contact", {})))


def _bounds(row: Mapping[str, Any]) -> dict[str, Any]:
    limits = row.get("limits", {})
    return {
        "plugin": row["plugin"],
        "settings": row["settings"],
        "seconds": limits.get("seconds"),
        "memory_mb": limits.get("memory_mb", MEMORY_MB),
    }


def _destination(name: str, row: Mapping[str, Any]) -> DestinationConfig:
    return DestinationConfig(
        name,
        **_bounds(row),
        role="destination",
        authorities=tuple(row["authorities"]),
        kinds=tuple(row["kinds"]),
        regular=frozenset(Regular(kind) for kind in row["regular"]),
    )


def _school(row: Mapping[str, Any], contact: Contact) -> SchoolConfig:
    own = {"contact": Contact(**row["contact"])} if "contact" in row else {"contact": contact}
    return SchoolConfig(**{**row, **own, "urn": int(row["urn"])})
