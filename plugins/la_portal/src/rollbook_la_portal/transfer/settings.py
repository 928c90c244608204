"""The settings of a folder of transfer files."""

from __future__ import annotations

from marshmallow import fields, validate

from rollbook.contract import FolderField, Settings

_ONE_WORD = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]{0,29}\Z", error="one word of up to 30 letters, digits, . _ -")


class TransferFilesSettings(Settings):
    """`folder`: where the files are put, which a person uploads. `supplier_id`: what the files say made them."""

    folder = FolderField(required=True)
    supplier_id = fields.String(load_default="Rollbook", validate=_ONE_WORD)
