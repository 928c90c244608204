"""The settings of a connection to Acme, as they stand in a school's `rollbook.toml`."""

from __future__ import annotations

from marshmallow import fields, validate
from rollbook.contract import FolderField, SecretField, Settings


class AcmeSettings(Settings):
    """url: of Acme's interface, https. token: only ever a reference, `{env = "NAME"}` or `{file = "path"}`.

    ca_file: the certificate of a school's own proxy, where one re-signs its traffic. page_size: rows a page.
    """

    url = fields.String(required=True, validate=validate.Length(min=1))
    token = SecretField(required=True)
    ca_file = FolderField()
    page_size = fields.Integer(load_default=500, validate=validate.Range(1, 1000))
