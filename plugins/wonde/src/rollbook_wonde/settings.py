"""The settings of a connection to Wonde, as they stand in a school's `rollbook.toml`."""

from __future__ import annotations

from marshmallow import fields, validate

from rollbook.contract import FolderField, SecretField, Settings


class WondeSettings(Settings):
    """url: of Wonde's interface in the schools' region. token: a reference, `{env = "NAME"}` or `{file = "path"}`.

    extended_details: whether the schools approved them; flags and where leavers went are read from there.
    page_size: records asked for at once; Wonde may give fewer. days_parameters: the two names by which Wonde is asked
    for marks after a day and before a day. ca_file: the certificate of a proxy that re-signs a school's traffic.
    """

    url = fields.String(load_default="https://api.wonde.com/v1.0/", validate=validate.Length(min=1))
    token = SecretField(required=True)
    extended_details = fields.Boolean(load_default=False)
    page_size = fields.Integer(load_default=500, validate=validate.Range(1, 2500))
    days_parameters = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z_]+\Z")),
        load_default=["attendance_date_after", "attendance_date_before"],
        validate=validate.Length(equal=2),
    )
    ca_file = FolderField()
