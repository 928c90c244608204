"""The settings of a connection: where the files lie and how they are written. Nothing is guessed from a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from marshmallow import ValidationError, fields, post_load, pre_load, validate

from rollbook.contract import FolderField, Settings
from rollbook.tables.checks import laestab_problem, urn_problem
from rollbook_csv import ctf_marks, folder_form, profiles
from rollbook_csv.headings import FIELDS, SHAPES
from rollbook_csv.values import DATE_FORMS

ENCODINGS = ("utf-8", "cp1252", "iso-8859-1", "utf-16")
CELLS = ("pair",)
STRING_DAYS = ("weekdays", "all", "open")
DELIMITERS = {",": ",", ";": ";", "|": "|", "\t": "\t", "tab": "\t"}


def _file_name(default: str) -> fields.String:
    return fields.String(load_default=default, validate=_plain_name)


def _line() -> fields.Integer:
    return fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, error="a line from 1"))


def _plain_name(value: str) -> None:
    if not value or "/" in value or "\\" in value:
        raise ValidationError("the name of a file in the folder, or a pattern such as marks*.csv")


def _check_columns(value: dict[str, Any]) -> None:
    """Each key is a field of ours, or the name of a file with a table of fields."""
    known = {field for table in FIELDS.values() for field in table}
    for key, given in value.items():
        if isinstance(given, str) and key in known:
            continue
        if isinstance(given, dict) and key in FIELDS and all(isinstance(given.get(f), str) for f in given):
            strays = sorted(set(given) - set(FIELDS[key]))
            if not strays:
                continue
            raise ValidationError(f"{key} has no field {strays[0]}; it has: {', '.join(FIELDS[key])}")
        raise ValidationError(f'write field = "its heading"; the fields are: {", ".join(sorted(known))}')


def _check_sheet(value: Any) -> None:
    """The name of a sheet for every workbook, or a table with one for each file."""
    named = value if isinstance(value, dict) else {"marks": value}
    if not named or not all(isinstance(name, str) and name for name in named.values()) or set(named) - set(FIELDS):
        raise ValidationError(
            f'the name of a sheet, or a table of them by file, as sheet = {{marks = "Register"}}; the files are: '
            f"{', '.join(FIELDS)}"
        )


class CsvSettings(Settings):
    """What a connection of the plugin `csv` may say. Each is explained in docs/csv.md."""

    folder = FolderField(required=True)
    profile = FolderField(load_default=None)
    date_form = fields.String(
        required=True,
        validate=validate.OneOf(sorted(DATE_FORMS), error="state how days are written, one of: {choices}"),
    )
    marks = _file_name("marks.csv")
    pupils = _file_name("pupils.csv")
    roll = _file_name("roll.csv")
    calendar = _file_name("calendar.csv")
    contacts = _file_name("contacts.csv")
    leave = _file_name("leave.csv")
    notices = _file_name("notices.csv")
    flags = _file_name("flags.csv")
    contact_log = _file_name("contact_log.csv")
    ctf = _file_name("*_CTF_*.xml")
    ctf_days = fields.String(load_default=None, validate=validate.OneOf(ctf_marks.DAYS, error="one of: {choices}"))
    encoding = fields.String(load_default="utf-8", validate=validate.OneOf(ENCODINGS, error="one of: {choices}"))
    delimiter = fields.String(
        load_default=",", validate=validate.OneOf(list(DELIMITERS), error='one of: "," ";" "|" "tab"')
    )
    shape = fields.String(load_default="mark", validate=validate.OneOf(list(SHAPES), error="one of: {choices}"))
    headings_line = _line()
    sessions_line = _line()
    totals = fields.List(fields.String(validate=lambda value: _not_blank(value)), load_default=list)
    cell = fields.String(load_default=None, validate=validate.OneOf(CELLS, error="one of: {choices}"))
    string_days = fields.String(load_default=None, validate=validate.OneOf(STRING_DAYS, error="one of: {choices}"))
    days_a_month_apart = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    final_line_break = fields.Boolean(load_default=True, truthy={True}, falsy={False})
    sheet = fields.Raw(load_default=None, validate=_check_sheet)
    am = fields.List(fields.String(), load_default=lambda: ["AM"], validate=validate.Length(min=1))
    pm = fields.List(fields.String(), load_default=lambda: ["PM"], validate=validate.Length(min=1))
    key = fields.String(load_default=None, validate=validate.OneOf(["adno", "upn"], error="one of: {choices}"))
    columns = fields.Dict(keys=fields.String(), load_default=dict, validate=_check_columns)
    other_upns = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    accept_older = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    urn = fields.String(load_default=None, validate=lambda value: _well_formed(urn_problem(value)))
    laestab = fields.String(load_default=None, validate=lambda value: _well_formed(laestab_problem(value)))

    @pre_load
    def _with_profile(self, data: Any, **_: Any) -> Any:
        """The connection's settings, and those of its profile that it does not have."""
        if not isinstance(data, Mapping):
            return data
        return folder_form.filled({**self._by_profile(data)[1], **data})

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> NoReturn:
        """Name the file of the profile with each mistake that is in it."""
        path, given = self._by_profile(data) if isinstance(data, Mapping) else (Path(), {})
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise ValidationError(profiles.named(messages, path.name, given, self.fields))

    def _by_profile(self, data: Mapping[str, Any]) -> tuple[Path, dict[str, Any]]:
        if data.get("profile") is None:
            return Path(), {}
        try:
            path = self.fields["profile"].deserialize(data["profile"])
        except ValidationError as error:
            raise ValidationError({"profile": error.messages}) from None
        return path, {key: value for key, value in profiles.read_profile(path).items() if key not in data}

    @post_load
    def _settle(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        data["delimiter"] = DELIMITERS[data["delimiter"]]
        both = {value.strip().upper() for value in data["am"]} & {value.strip().upper() for value in data["pm"]}
        if both:
            raise ValidationError("the same value cannot be morning and afternoon", field_name="pm")
        _check_shape(data)
        return data


def _check_shape(data: dict[str, Any]) -> None:
    """What one shape needs, and what says nothing in another."""
    if data["shape"] == "string" and data["string_days"] is None:
        text = 'state which days the marks of a string are of: "weekdays", "all" (weekends too) or "open" (calendar)'
        raise ValidationError(text, field_name="string_days")
    for name, shape in (("string_days", "string"), ("cell", "grid"), ("sessions_line", "grid")):
        if data[name] is not None and data["shape"] != shape:
            raise ValidationError(f'says something only where shape = "{shape}"', field_name=name)
    if data["sessions_line"] is not None and data["headings_line"] is None:
        raise ValidationError("state headings_line too, the line that holds the days", field_name="sessions_line")
    if data["sessions_line"] is not None and abs(data["sessions_line"] - data["headings_line"]) != 1:
        raise ValidationError("the line just above or just below headings_line", field_name="sessions_line")


def _not_blank(value: str) -> None:
    if not value.strip():
        raise ValidationError('how the first filled field of such a row begins, as "Total"')


def _well_formed(problem: str | None) -> None:
    if problem:
        raise ValidationError(problem)
