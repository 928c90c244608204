"""Reading what is in order quickly: nearly everything that comes is. What is wrong with the rest, marshmallow says.

The readers are made of marshmallow's own schemas, fields and validators, called one by one, without what it does round
each for the sake of its errors: that took three quarters of a receiver's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from marshmallow import EXCLUDE, ValidationError, fields

from rollbook_feed.fields import Own, Part

Reader = Callable[[Any], Any]


def well_formed(part: type[Part], said: Any) -> bool:
    """Whether `said` is in the form of `part`. False may also be that it is not read quickly: marshmallow knows."""
    try:
        _reader(part)(said)
    except ValidationError:
        return False
    return True


@cache
def form(part: type[Part]) -> Part:
    """One instance a form: making it costs more than using it."""
    return part()


@cache
def _reader(part: type[Part]) -> Reader:
    """Gives what marshmallow would load. Raises ValidationError, without saying what of."""
    schema = form(part)
    agree = _agreements(schema)
    if agree is None:
        return _not_quick
    readers = {name: _of_field(field) for name, field in schema.load_fields.items()}
    required = [name for name, field in schema.load_fields.items() if field.required]
    passed_over = schema.unknown == EXCLUDE

    def read(said: Any) -> Any:
        if not isinstance(said, Mapping):
            return _not_quick(said)
        made = {}
        for name, value in said.items():
            reader = readers.get(name)
            if reader is not None:
                made[name] = reader(value)
            elif not passed_over:
                _not_quick(name)
        for name in required:
            if name not in made:
                _not_quick(name)
        for check in agree:
            check(made, partial=None, many=False, unknown=schema.unknown)
        return made

    return read


def _of_field(field: Any) -> Reader:
    """Gives what the field would, of a value that is there."""
    if field.pre_load or field.post_load or field.data_key or field.attribute:
        return _not_quick
    match field:
        case fields.Nested():
            within = _reader(type(field.schema))
        case fields.List():
            within = partial(_each, _of_field(field.inner))
        case Own():
            within = partial(field._deserialize, attr=None, data=None)
        case _:
            return _not_quick
    checks, null = field.validators, field.allow_none

    def read(value: Any) -> Any:
        if value is None:
            return None if null else _not_quick(value)
        made = within(value)
        for check in checks:
            check(made)
        return made

    return read


def _each(read: Reader, said: Any) -> list[Any]:
    return [read(item) for item in said] if isinstance(said, list) else _not_quick(said)


def _agreements(schema: Part) -> list[Callable[..., None]] | None:
    """The checks of a whole object. None where there is more to it: marshmallow keeps these to itself."""
    hooks: Mapping[str, list[tuple[str, bool, Mapping[str, Any]]]] | None = getattr(schema, "_hooks", None)
    if hooks is None or any(found for kind, found in hooks.items() if kind != "validates_schema"):
        return None
    found = hooks.get("validates_schema", [])
    if any(whole or named.get("pass_original") for _, whole, named in found):
        return None
    return [getattr(schema, name) for name, _, _ in found]


def _not_quick(_said: Any) -> Any:
    raise ValidationError("not read quickly")
