"""The settings of a connection to an authority's receiver."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Range

from rollbook.contract import FixSettings, FolderField, SecretField, Settings, check_address


def _address(url: str) -> None:
    try:
        check_address(url)
    except FixSettings as wrong:
        raise ValidationError(wrong.sentence) from None


def _not_empty(text: str) -> None:
    if not text.strip():
        raise ValidationError("empty: the authority gives it")


class PortalSettings(Settings):
    """As the authority gives them. `ca_file` is for a school's own proxy; the certificate, where the authority asks.
    `least`: how many pupils a row of a week's figures has at least.
    """

    url = fields.String(required=True, validate=_address)
    client_id = fields.String(required=True, validate=_not_empty)
    client_secret = SecretField(required=True)
    ca_file = FolderField()
    client_certificate = FolderField()
    client_key = FolderField()
    least = fields.Integer(strict=True, load_default=5, validate=Range(5, 100, error="5 to 100"))

    @validates_schema
    def both(self, data: dict[str, Any], **kwargs: Any) -> None:
        """A client certificate is of no use without its key."""
        if ("client_certificate" in data) != ("client_key" in data):
            raise ValidationError("client_certificate and client_key go together", "client_certificate")
