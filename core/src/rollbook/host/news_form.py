"""What a piece of news may say, by its kind, in the field names of the open feed (docs/feed/messages.md).

What the feed has and we do not know is passed over, as the feed asks of a sender (F-39), and is not kept. A kind that
we do not know is kept as it came, for somebody wrote it to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from rollbook.contract.destination import Action
from rollbook.contract.news import News

NOTICE_OUTCOME, PUPIL_FLAGS, NAMED_CONTACTS = "notice_outcome", "pupil_flags", "named_contacts"


class _Form(Schema):
    class Meta:
        unknown = EXCLUDE


def _text(longest: int = 300, *, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.Length(1, longest))


class _Pupil(_Form):
    number = fields.String(validate=validate.Regexp(r"[0-9]{1,19}\Z"))
    upn = _text(13)
    surname = _text(required=True)
    forename = _text(required=True)
    dob = fields.Date(required=True)


class _Request(_Form):
    pupil = fields.String(required=True, validate=validate.Regexp(r"[0-9]{1,19}\Z"))
    episode = fields.Integer(required=True, strict=True)


class _Notice(_Form):
    kind = _text(required=True)
    parent = _text(required=True)
    issued = fields.Date(required=True)
    outcome = _text(required=True)
    outcome_on = fields.Date()
    ends = fields.Date()


class _Contact(_Form):
    name = _text()
    role = _text()
    telephone = _text()
    email = _text()


class _Flag(_Form):
    flag = _text(required=True)
    authority = _text(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date()


class _NoticeOutcome(_Form):
    pupil = fields.Nested(_Pupil, required=True)
    request = fields.Nested(_Request)
    notice = fields.Nested(_Notice, required=True)
    reason = _text(1000)


class _PupilFlags(_Form):
    pupil = fields.Nested(_Pupil, required=True)
    held = fields.Nested(_Flag, required=True)
    worker = fields.Nested(_Contact)
    reason = _text(1000)


class _Named(_Contact):
    what_for = _text(required=True)


class _NamedContacts(_Form):
    contacts = fields.List(fields.Nested(_Named), required=True, validate=validate.Length(1, 50))
    reason = _text(1000)


class _Withdrawal(_Form):
    reason = _text(1000, required=True)


_FORMS: Mapping[str, type[_Form]] = {
    NOTICE_OUTCOME: _NoticeOutcome,
    PUPIL_FLAGS: _PupilFlags,
    NAMED_CONTACTS: _NamedContacts,
}


def held_to_form(item: News) -> tuple[dict[str, Any], list[str]]:
    """What of the content is kept, and all that is wrong with it, each by its place and without the value."""
    form = _Withdrawal if item.action is Action.WITHDRAW else _FORMS.get(item.kind)
    if form is None:
        return dict(item.content), []
    try:
        return dict(form().dump(form().load(item.content))), []
    except ValidationError as error:
        fits = error.valid_data if isinstance(error.valid_data, Mapping) else {}
        return dict(form().dump(fits)), sorted(_places(error.messages))


def _places(messages: Any, place: str = "") -> Iterator[str]:
    """Each of marshmallow's messages with its place. None repeats a value."""
    if isinstance(messages, list):
        yield from (f"{place or 'content'}: {text}" for text in messages)
        return
    for key, inner in messages.items():
        yield from _places(inner, f"{place}.{key}" if place else str(key))
