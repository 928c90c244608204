"""The settings of a connection to one school's Arbor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, post_load, validate

from rollbook.contract import FixSettings, FolderField, SecretField, Settings, check_address

ROUTES = ("auto", "graphql", "rest")
FLAGS = ("looked_after", "child_protection", "sen", "fsm")
OPTIONAL = ("contacts", "leave")  # tables that a school need not share
USER_AGENT = "Rollbook/1 (school attendance middleware)"


def well_formed(value: str) -> None:
    """An address that the client will speak to. Raises ValidationError."""
    try:
        check_address(value)
    except FixSettings as problem:
        raise ValidationError(problem.sentence) from None


class HostSettings(Settings):
    """Where a school's Arbor is and who asks there: what both routes need. Explained in docs/arbor.md."""

    url = fields.String(required=True, validate=well_formed)
    user = fields.String(required=True, validate=validate.Length(min=1))
    password = SecretField(required=True)
    user_agent = fields.String(load_default=USER_AGENT, validate=validate.Length(min=1, max=200))
    application_id = fields.String(load_default=None, validate=validate.Length(min=1, max=200))
    ca_file = FolderField(load_default=None)

    @post_load
    def _host(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        parts = urlsplit(data["url"])
        data["host"] = parts.netloc
        data["url"] = f"{parts.scheme}://{parts.netloc}/"
        return data


class ArborSettings(HostSettings):
    """What a connection of the plugin `arbor` may say besides."""

    route = fields.String(load_default="auto", validate=validate.OneOf(ROUTES, error="one of: {choices}"))
    page_size = fields.Integer(load_default=3000, strict=True, validate=validate.Range(min=1, max=3000))
    first_page = fields.Integer(load_default=None, strict=True, validate=validate.OneOf([0, 1]))
    at_once = fields.Integer(load_default=4, strict=True, validate=validate.Range(min=1, max=8))
    cache = FolderField(load_default=None)
    without = fields.List(
        fields.String(validate=validate.OneOf(OPTIONAL, error="one of: {choices}")), load_default=list
    )
    flags = fields.List(fields.String(validate=validate.OneOf(FLAGS, error="one of: {choices}")), load_default=list)
