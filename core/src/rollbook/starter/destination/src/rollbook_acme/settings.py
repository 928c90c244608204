"""The settings of a connection to Acme, as they stand in a `rollbook.toml`."""

from __future__ import annotations

from marshmallow import fields, validate
from rollbook.contract import FolderField, SecretField, Settings


class AcmeSettings(Settings):
    """url: of Acme's interface, https. token: only ever a reference, `{env = "NAME"}` or `{file = "path"}`.

    ca_file: the certificate of a trust's own proxy, where one re-signs its traffic.
    """

    url = fields.String(required=True, validate=validate.Length(min=1))
    token = SecretField(required=True)
    ca_file = FolderField()
