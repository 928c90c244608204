"""The settings of a connection. Which of them there are depends on its `kind`; each is explained in docs/sims.md."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import RAISE, ValidationError, fields, validate, validates_schema

from rollbook.contract import FolderField, SecretField, Settings
from rollbook.tables.checks import urn_problem
from rollbook_sims.captions import FIELDS, OPTIONAL, REPORTS, plain
from rollbook_sims.nextgen.names import ENTITIES, PROPERTIES

KINDS = ("reporter", "folder", "nextgen")
DATE_FORMS = ("dd/mm/yyyy", "yyyy-mm-dd", "dd mmm yyyy")
MINUTES, MOST_MINUTES = 40, 120
_PATH = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_.]+)*")
NEXT_GEN = "https://seli00apm01.azure-api.net/ssli01/"
SIGN_IN = "https://sts.sims.co.uk/connect/token"

# Settings that one kind alone has, and those of them that it needs.
_OWN: Mapping[str, Sequence[str]] = {
    "reporter": ("reporter", "server", "database", "user", "password", "reports", "date_prompts", "form", "minutes"),
    "folder": ("folder", "files", "without"),
    "nextgen": (
        *("organisation", "client_id", "client_secret", "subscription_key", "url", "sign_in", "page_size"),
        *("entities", "properties", "ca_file"),
    ),
}
_NEEDED: Mapping[str, Sequence[str]] = {
    "reporter": ("reporter",),
    "folder": ("folder",),
    "nextgen": ("organisation", "client_id", "client_secret", "subscription_key"),
}
_OF_REPORTS = ("captions", "comments", "encoding", "date_form", "am", "pm")
_USUAL_NAMES = {"marks": "Rollbook marks", "pupils": "Rollbook pupils"}


def _by_report(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(name, str) and name.strip() for name in value.values()):
        raise ValidationError('write report = "its name"')
    strays = sorted(set(value) - set(REPORTS))
    if strays:
        raise ValidationError(f"there is no report {strays[0]}; there are: {', '.join(REPORTS)}")


def _file_names(value: Any) -> None:
    _by_report(value)
    if any("/" in name or "\\" in name for name in value.values()):
        raise ValidationError("the name of a file in the folder, or a pattern such as marks*.xml")


def _captions(value: Any) -> None:
    if not isinstance(value, dict) or not all(isinstance(own, dict) for own in value.values()):
        raise ValidationError('write report = {field = "its caption"}')
    for report, own in value.items():
        if report not in FIELDS:
            raise ValidationError(f"there is no report {report}; there are: {', '.join(REPORTS)}")
        strays = sorted(set(own) - set(FIELDS[report]))
        if strays:
            raise ValidationError(f"{report} has no field {strays[0]}; it has: {', '.join(FIELDS[report])}")
        if not all(isinstance(caption, str) and plain(caption) for caption in own.values()):
            raise ValidationError(f"{report}: a caption is text with a letter or a digit in it")
        if len({plain(caption) for caption in own.values()}) < len(own):
            raise ValidationError(f"{report}: one caption stands for two fields")


def _entities(value: Any) -> None:
    strays = sorted(set(value) - set(ENTITIES))
    if strays:
        raise ValidationError(f"there is no entity {strays[0]}; there are: {', '.join(ENTITIES)}")
    if not all(isinstance(path, str) and _PATH.fullmatch(path) for path in value.values()):
        raise ValidationError('write entity = "its path below url", as Learner/V3/LearnerPersonals')


def _properties(value: Any) -> None:
    for entity, own in value.items():
        if entity not in PROPERTIES:
            raise ValidationError(f"there is no entity {entity}; there are: {', '.join(PROPERTIES)}")
        if not isinstance(own, dict) or not all(isinstance(name, str) and name.isidentifier() for name in own.values()):
            raise ValidationError(f'{entity}: write field = "its property"')
        strays = sorted(set(own) - set(PROPERTIES[entity]))
        if strays:
            raise ValidationError(f"{entity} has no {strays[0]}; it has: {', '.join(PROPERTIES[entity])}")
        called = {**PROPERTIES[entity], **own}
        names = [name for field, name in called.items() if (field, name) != ("key", called.get("id"))]
        if len(set(names)) < len(names):
            raise ValidationError(f"{entity}: one property stands for two fields")


def _urn(value: str) -> None:
    problem = urn_problem(value)
    if problem:
        raise ValidationError(problem)


class SimsSettings(Settings):
    """What a connection of the plugin `sims` may say."""

    class Meta:
        unknown = RAISE

    kind = fields.String(load_default="reporter", validate=validate.OneOf(KINDS, error="one of: {choices}"))
    urn = fields.String(load_default=None, validate=_urn)

    reporter = FolderField()
    server = fields.String(load_default=None)
    database = fields.String(load_default=None)
    user = fields.String(load_default=None)
    password = SecretField(load_default=None)
    reports = fields.Dict(load_default=dict, validate=_by_report)
    date_prompts = fields.List(
        fields.String(), load_default=lambda: ["Start", "End"], validate=validate.Length(equal=2, error="two names")
    )
    form = fields.String(load_default="xml", validate=validate.OneOf(["xml", "csv"], error="one of: {choices}"))
    minutes = fields.Float(load_default=MINUTES, validate=validate.Range(min=0, min_inclusive=False, max=MOST_MINUTES))

    folder = FolderField()
    files = fields.Dict(load_default=dict, validate=_file_names)

    without = fields.List(
        fields.String(validate=validate.OneOf(sorted(OPTIONAL), error="one of: {choices}")), load_default=list
    )

    captions = fields.Dict(load_default=dict, validate=_captions)
    comments = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    encoding = fields.String(
        load_default=None,
        validate=validate.OneOf(["utf-8", "cp1252", "iso-8859-1", "utf-16"], error="one of: {choices}"),
    )
    date_form = fields.String(load_default="dd/mm/yyyy", validate=validate.OneOf(DATE_FORMS, error="one of: {choices}"))
    am = fields.List(fields.String(), load_default=lambda: ["AM"], validate=validate.Length(min=1))
    pm = fields.List(fields.String(), load_default=lambda: ["PM"], validate=validate.Length(min=1))

    organisation = fields.String()
    client_id = fields.String()
    client_secret = SecretField()
    subscription_key = SecretField()
    url = fields.Url(load_default=NEXT_GEN, require_tld=False, schemes={"http", "https"})
    sign_in = fields.Url(load_default=SIGN_IN, require_tld=False, schemes={"http", "https"})
    entities = fields.Dict(load_default=dict, validate=_entities)
    properties = fields.Dict(load_default=dict, validate=_properties)
    ca_file = FolderField(load_default=None)
    page_size = fields.Integer(load_default=1000, strict=True, validate=validate.Range(min=1, max=1000))

    @validates_schema(pass_original=True, skip_on_field_errors=True)
    def _check_kind(self, data: dict[str, Any], original: Mapping[str, Any], **_: Any) -> None:
        kind = data["kind"]
        missing = {name: [f"is needed where kind is {kind}"] for name in _NEEDED[kind] if name not in original}
        others = {name: other for other in KINDS if other != kind for name in _OWN[other]}
        if kind == "nextgen":
            others |= dict.fromkeys(_OF_REPORTS, "reporter or folder")
        strange = {
            name: [f"is a setting of kind {others[name]}, and this connection's kind is {kind}"]
            for name in original
            if name in others
        }
        if missing or strange:
            raise ValidationError(missing | strange)

    @validates_schema(skip_on_field_errors=True)
    def _check_values(self, data: dict[str, Any], **_: Any) -> None:
        if (data["user"] is None) != (data["password"] is None):
            raise ValidationError(
                "user and password go together; without both, SIMS trusts the Windows account", "user"
            )
        stray = sorted(set(data["without"]) & set(data["files"]))
        if stray:
            raise ValidationError(f"{stray[0]} is named in `files` too: which of the two is right?", "without")
        both = {value.strip().upper() for value in data["am"]} & {value.strip().upper() for value in data["pm"]}
        if both:
            raise ValidationError("the same value cannot be morning and afternoon", "pm")


def report_names(settings: Mapping[str, Any]) -> dict[str, str]:
    """The report of SIMS for each of ours. One that is optional is there only if it is named."""
    return _USUAL_NAMES | dict(settings["reports"])


def file_patterns(settings: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The name, or the patterns, of each report's files. Those that are optional need not be there."""
    usual = {report: (f"{report}*.xml", f"{report}*.csv") for report in REPORTS}
    return usual | {report: (name,) for report, name in settings["files"].items()}


def always_there(report: str) -> bool:
    """Whether a school cannot do without that report."""
    return report not in OPTIONAL
