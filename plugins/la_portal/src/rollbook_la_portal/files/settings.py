"""The settings of a place where forms are put, for an authority that has no interface."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from marshmallow import ValidationError, fields, validate, validates_schema

from rollbook.contract import FolderField, SecretField, Settings

FORMATS: Final = ("html", "csv", "pdf")
_OWN: Final = ".toml"
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_KEY_LINE: Final = re.compile(r"(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+=*( .*)?")


class TemplateField(FolderField):
    """The name of a template of ours, or the path of one's own, which ends in `.toml`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Path:
        if isinstance(value, str) and value.endswith(_OWN):
            return super()._deserialize(value, attr, data, **kwargs)
        if isinstance(value, str) and _NAME.fullmatch(value):
            return Path(value)
        raise ValidationError("the name of a template, or the path of a file that ends in .toml")


def _host_key(text: str) -> None:
    if not (_FINGERPRINT.fullmatch(text) or _KEY_LINE.fullmatch(text)):
        raise ValidationError('a fingerprint as "SHA256:...", or a key as "ssh-ed25519 AAAA..."')


class SftpSettings(Settings):
    """An SFTP server. Its key is one that the authority gave: `host_key`, or a line of `known_hosts`."""

    host = fields.String(required=True, validate=validate.Length(min=1))
    port = fields.Integer(load_default=22, strict=True, validate=validate.Range(1, 65535))
    user = fields.String(required=True, validate=validate.Length(min=1))
    folder = fields.String(load_default=".", validate=validate.Length(min=1))
    password = SecretField()
    key = SecretField()
    passphrase = SecretField()
    host_key = fields.String(validate=_host_key)
    known_hosts = FolderField()

    @validates_schema
    def whole(self, data: dict[str, Any], **kwargs: Any) -> None:
        """There is one way to sign in, and one way to know the server."""
        if ("password" in data) == ("key" in data):
            raise ValidationError("password or key: one of them", "password")
        if "passphrase" in data and "key" not in data:
            raise ValidationError("it is of a key, and there is none", "passphrase")
        if ("host_key" in data) == ("known_hosts" in data):
            raise ValidationError(
                "host_key or known_hosts: one of them. Ask the authority for the fingerprint of its server", "host_key"
            )


class FilesSettings(Settings):
    """`records`: a folder of ours, where it is kept what was put there. `folder` or `sftp`: where forms are put."""

    template = TemplateField(load_default=Path("generic"))
    format = fields.String(load_default="html", validate=validate.OneOf(FORMATS))
    byte_order_mark = fields.Boolean(load_default=True)
    records = FolderField(required=True)
    folder = FolderField()
    sftp = fields.Nested(SftpSettings)

    @validates_schema
    def one_place(self, data: dict[str, Any], **kwargs: Any) -> None:
        """Forms go to one place."""
        if ("folder" in data) == ("sftp" in data):
            raise ValidationError("folder or sftp: one of them", "folder")
