"""The settings of a connection to saved reports. The hash in a report's address lets anyone in: it is a secret."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate

from rollbook.contract import SecretField
from rollbook_arbor.live_feed.headings import READ, USUAL
from rollbook_arbor.settings import HostSettings

DATE_FORMS = {"yyyy-mm-dd": "%Y-%m-%d", "dd/mm/yyyy": "%d/%m/%Y", "dd mmm yyyy": "%d %b %Y"}


def _check_columns(value: dict[str, Any]) -> None:
    """Each key is a table, and its value says under which heading a column of it stands."""
    known = {table.value: USUAL[table] for table in READ}
    for table, columns in value.items():
        if table not in known:
            raise ValidationError(f"the tables are {', '.join(known)}")
        if not isinstance(columns, dict) or not all(isinstance(heading, str) for heading in columns.values()):
            raise ValidationError(f'{table}: write column = "its heading"')
        strays = sorted(set(columns) - set(known[table]))
        if strays:
            raise ValidationError(f"{table} has no column {strays[0]}; it has: {', '.join(known[table])}")


class LiveFeedSettings(HostSettings):
    """What a connection of the plugin `arbor_live_feed` may say. Explained in docs/arbor.md."""

    marks = SecretField(required=True)
    pupils = SecretField(required=True)
    roll = SecretField(load_default=None)
    sessions = SecretField(load_default=None)
    contacts = SecretField(load_default=None)
    date_form = fields.String(
        required=True,
        validate=validate.OneOf(sorted(DATE_FORMS), error="state how days are written, one of: {choices}"),
    )
    am = fields.List(fields.String(), load_default=lambda: ["AM"], validate=validate.Length(min=1))
    pm = fields.List(fields.String(), load_default=lambda: ["PM"], validate=validate.Length(min=1))
    columns = fields.Dict(keys=fields.String(), load_default=dict, validate=_check_columns)

    @post_load
    def _halves(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        both = {value.strip().upper() for value in data["am"]} & {value.strip().upper() for value in data["pm"]}
        if both:
            raise ValidationError("the same value cannot be morning and afternoon", field_name="pm")
        return data
