"""The parts as components of one OpenAPI document, and each kind as a JSON Schema that stands alone."""

from __future__ import annotations

import copy
import inspect
import sys
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from rollbook_feed.fields import Part
from rollbook_feed.from_authority import NEWS_CONTENTS
from rollbook_feed.from_school import CONTENTS
from rollbook_feed.from_school.withdrawal import Withdrawal
from rollbook_feed.message import FEED_VERSION, Envelope
from rollbook_feed.news import News
from rollbook_feed.publish.attributes import form_of, name_of, said_of
from rollbook_feed.regular import REGULAR

_HERE = "#/components/schemas/"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def specification(info: dict[str, Any]) -> APISpec:
    """An empty document that knows the strict fields."""
    plugin = MarshmallowPlugin(schema_name_resolver=name_of)
    made = APISpec(
        title=info.pop("title"), version=info.pop("version"), openapi_version="3.1.0", plugins=[plugin], info=info
    )
    converter: Any = plugin.converter  # apispec's own is not typed
    converter.add_attribute_function(form_of)
    converter.add_attribute_function(said_of)
    return made


def add(spec: APISpec, *parts: type[Schema]) -> None:
    """Put parts, and those in them, among the components."""
    for part in parts:
        if name_of(part) not in spec.components.schemas:
            spec.components.schema(name_of(part), schema=part)


def components() -> dict[str, Any]:
    """Every part that messages, news and the regular feed are made of, by name, as JSON Schema."""
    spec = specification({"title": "parts", "version": FEED_VERSION})
    add(spec, Envelope, News, Withdrawal, *CONTENTS.values(), *NEWS_CONTENTS.values(), *REGULAR.values())
    return {name: _described(name, made) for name, made in spec.components.schemas.items()}


def message_forms() -> dict[str, dict[str, Any]]:
    """The form of a whole message of each kind; its parts are references among the components."""
    return {
        kind: _enveloped(Envelope, part, {"key": {"properties": {"kind": {"const": kind}}}})
        for kind, part in CONTENTS.items()
    }


def news_forms() -> dict[str, dict[str, Any]]:
    """The form of a whole piece of news of each kind."""
    return {kind: _enveloped(News, part, {"kind": {"const": kind}}) for kind, part in NEWS_CONTENTS.items()}


def regular_forms() -> dict[str, dict[str, Any]]:
    """The form of each body of the regular feed."""
    return {kind: {"$ref": _HERE + name_of(part)} for kind, part in REGULAR.items()}


def json_schemas() -> dict[str, dict[str, Any]]:
    """For each kind of message, news and regular body: a JSON Schema (2020-12) that needs no other file."""
    known = components()
    forms = message_forms() | news_forms() | regular_forms()
    parts: dict[str, type[Part]] = {**CONTENTS, **NEWS_CONTENTS, **REGULAR}
    return {kind: _alone(kind, forms[kind], known, _doc(parts[kind])) for kind in forms}


def references(value: Any) -> set[str]:
    """The names of the components that `value` refers to."""
    if isinstance(value, list):
        return {name for item in value for name in references(item)}
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"].removeprefix(_HERE)} if str(value.get("$ref", "")).startswith(_HERE) else set()
    return own | {name for item in value.values() for name in references(item)}


def _enveloped(envelope: type[Part], content: type[Part], narrowed: dict[str, Any]) -> dict[str, Any]:
    """The envelope with the content that the kind and the action ask for."""
    said = {"$ref": _HERE + name_of(content)}
    bare = {"allOf": [said, {"not": {"required": ["reason"]}}]}
    with_reason = {"allOf": [said, {"required": ["reason"]}]}
    withdrawn = {"$ref": _HERE + name_of(Withdrawal)}
    actions = {"send": bare, "amend": with_reason, "withdraw": withdrawn}
    each = [{"properties": {"action": {"const": action}, "content": form}} for action, form in actions.items()]
    return {"allOf": [{"$ref": _HERE + name_of(envelope)}, {"properties": narrowed}, {"oneOf": each}]}


def _alone(kind: str, form: dict[str, Any], known: dict[str, Any], words: str) -> dict[str, Any]:
    needed: set[str] = set()
    found = references(form)
    while found - needed:
        needed |= found
        found = {name for one in found for name in references(known[one])}
    head = {"$schema": _DIALECT, "$id": f"urn:rollbook:feed:{FEED_VERSION}:{kind}", "title": kind, "description": words}
    whole = head | copy.deepcopy(form) | {"$defs": {name: copy.deepcopy(known[name]) for name in sorted(needed)}}
    pointed: dict[str, Any] = _pointed(whole)
    return pointed


def _pointed(value: Any) -> Any:
    """References into `$defs`, where they were into the components."""
    if isinstance(value, list):
        return [_pointed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: said.replace(_HERE, "#/$defs/") if name == "$ref" else _pointed(said) for name, said in value.items()}


def _described(name: str, made: Any) -> dict[str, Any]:
    return dict(made) | {"title": name}


def _doc(part: type[Part]) -> str:
    """What the part is, in a sentence: that of its class, or of its file where the class has only its role."""
    text = sys.modules[part.__module__].__doc__ or inspect.getdoc(part) or ""
    return " ".join(text.split("\n\n")[0].split())
