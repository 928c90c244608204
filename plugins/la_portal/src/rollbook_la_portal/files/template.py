"""Templates: which form a kind of message has, its fields, and where each comes from. They are data (TOML).

    title = "Stockport"
    as_known_on = 2026-11-21        # with it the form says that it is not the authority's own
    source = "where the fields were read"
    confidence = "how sure that is"

    [[forms]]
    kinds = ["attendance_return"]
    title = "Attendance return"
    recipient = "The attendance team"
    register_extract = true         # the sessions, as a CSV file beside the form
    attach = ["Both warning letters"]   # what a person adds
    notes = ["One child a form."]

    [[forms.sections]]
    title = "The child"
    fields = [["UPN", "pupil.upn"], ["Address", "pupil.address", "pupil.postcode"], ["Siblings"]]

    [[forms.sections]]
    title = "Parents"
    each = "parents"                # a line for each; the fields are of one
    fields = [["Name", "name"]]

A field without a place is one that we do not have: it stays empty, to be filled in by the school. So is one whose
places say nothing of this pupil, unless they end in `?` (what many pupils do not have, as a former UPN).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from rollbook.contract import FixSettings
from rollbook_la_portal.files.wording import title

GENERIC: Final = "generic"
_PLACE: Final = validate.Regexp(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\??\Z", error="not a place as pupil.surname")
_TEXT: Final = validate.Length(min=1, max=500)


@dataclass(frozen=True)
class Field:
    """A label, and the dotted places that it shows; none where a person fills it. may_lack: nothing is no gap."""

    label: str
    places: tuple[str, ...] = ()
    may_lack: bool = False


@dataclass(frozen=True)
class Section:
    """Fields under a heading. `each`: the place of a list, with a line for each of it."""

    title: str
    fields: tuple[Field, ...]
    each: str = ""


@dataclass(frozen=True)
class Form:
    """One form. `kinds`: the kinds of message that it is for. everything: all that a content has, one by one."""

    title: str
    kinds: tuple[str, ...] = ()
    recipient: str = ""
    sections: tuple[Section, ...] = ()
    register_extract: bool = False
    attach: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    everything: bool = False

    def by_hand(self) -> list[str]:
        """What a person fills in, by its label, and what a person adds."""
        labels = [field.label for section in self.sections for field in section.fields if not field.places]
        return [*labels, *self.attach]


@dataclass(frozen=True)
class Template:
    """The forms of an authority."""

    title: str
    forms: tuple[Form, ...]
    as_known_on: date | None = None
    source: str = ""
    confidence: str = ""

    def form(self, kind: str) -> Form:
        """The form of a kind of message; where it has none, all that the message says, one by one."""
        return next((form for form in self.forms if kind in form.kinds), _plain(kind))

    def kinds(self) -> set[str]:
        """The kinds that it has a form for."""
        return {kind for form in self.forms for kind in form.kinds}

    def caution(self) -> str:
        """What the form is not; empty where somebody wrote the template for themselves."""
        if self.as_known_on is None:
            return ""
        day = f"{self.as_known_on.day} {self.as_known_on:%B %Y}"
        return f"Fields as known on {day}; not the authority's own form."


def names() -> list[str]:
    """The templates that come with this distribution."""
    folder = files("rollbook_la_portal.files") / "templates"
    return sorted(path.name.removesuffix(".toml") for path in folder.iterdir() if path.name.endswith(".toml"))


def loaded(where: Path) -> Template:
    """The template of that name or at that path. Raises FixSettings, which says what is wrong with it."""
    try:
        return _made(_Template().load(tomllib.loads(_text(where))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise FixSettings(f"The template {where} is not TOML in UTF-8: correct the file.") from None
    except OSError as error:
        raise FixSettings(f"The template {where} cannot be read: {error.strerror}. Correct `template`.") from None
    except ValidationError as wrong:
        told = "; ".join(_lines(wrong.messages))
        raise FixSettings(f"The template {where} cannot be used: {told}.") from None


def _text(where: Path) -> str:
    if where.suffix == ".toml":
        return where.read_text(encoding="utf-8-sig")
    if where.name not in names():
        raise FixSettings(
            f"There is no template {where}: it is one of {', '.join(names())}, or the path of a file of your own "
            "that ends in .toml."
        )
    return (files("rollbook_la_portal.files") / "templates" / f"{where}.toml").read_text(encoding="utf-8")


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class _Section(_Strict):
    title = fields.String(required=True, validate=_TEXT)
    each = fields.String(load_default="", validate=_PLACE)
    fields_ = fields.List(
        fields.List(fields.String(validate=_TEXT), validate=lambda words: _words(words)),
        required=True,
        validate=validate.Length(min=1),
        data_key="fields",
    )


class _Form(_Strict):
    title = fields.String(required=True, validate=_TEXT)
    kinds = fields.List(fields.String(validate=_TEXT), required=True, validate=validate.Length(min=1))
    recipient = fields.String(load_default="", validate=_TEXT)
    register_extract = fields.Boolean(load_default=False)
    attach = fields.List(fields.String(validate=_TEXT), load_default=list)
    notes = fields.List(fields.String(validate=_TEXT), load_default=list)
    sections = fields.List(fields.Nested(_Section), required=True, validate=validate.Length(min=1))


class _Template(_Strict):
    title = fields.String(required=True, validate=_TEXT)
    as_known_on = fields.Raw(load_default=None, validate=lambda day: _day(day))
    source = fields.String(load_default="")
    confidence = fields.String(load_default="")
    forms = fields.List(fields.Nested(_Form), load_default=list)


def _words(words: list[str]) -> None:
    if not words:
        raise ValidationError("a label, and then the places that it shows")
    for place in words[1:]:
        _PLACE(place)


def _day(value: Any) -> None:
    if value is not None and type(value) is not date:
        raise ValidationError("not a day as 2026-11-21, without quotation marks")


def _made(raw: Mapping[str, Any]) -> Template:
    forms = tuple(_form(form) for form in raw["forms"])
    return Template(raw["title"], forms, raw["as_known_on"], raw["source"], raw["confidence"])


def _form(raw: Mapping[str, Any]) -> Form:
    sections = tuple(
        Section(one["title"], tuple(_field(words) for words in one["fields_"]), one["each"]) for one in raw["sections"]
    )
    return Form(
        raw["title"],
        recipient=raw["recipient"],
        sections=sections,
        register_extract=raw["register_extract"],
        kinds=tuple(raw["kinds"]),
        attach=tuple(raw["attach"]),
        notes=tuple(raw["notes"]),
    )


def _field(words: list[str]) -> Field:
    label, *places = words
    lacks = bool(places) and all(place.endswith("?") for place in places)
    return Field(label, tuple(place.removesuffix("?") for place in places), lacks)


def _plain(kind: str) -> Form:
    return Form(title(kind), kinds=(kind,), everything=True)


def _lines(messages: Any, place: str = "") -> Iterator[str]:
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _lines(inner, f"{place}.{name}".removeprefix("."))
    else:
        yield f"{place}: {', '.join(str(one) for one in messages)}"
