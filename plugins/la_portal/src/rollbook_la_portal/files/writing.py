"""The files of one message: its form, and the register's sessions beside it where the form asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from rollbook.contract import Action, Message
from rollbook_la_portal.files import page, pdf, plain, sheet
from rollbook_la_portal.files.filled import Block, Cell, blocks, lines_of
from rollbook_la_portal.files.template import Form, Template

_SCHOOLS_TIME: Final = ZoneInfo("Europe/London")
_PARTS: Final = ("absence", "sickness", "missing", "notice")  # of a content, where sessions may be
_ACTIONS: Final = {Action.AMEND: "-amended", Action.WITHDRAW: "-withdrawn"}


@dataclass(frozen=True)
class Written:
    """The files by name, the form last: where it is, all are. gaps: what a person fills in it or adds."""

    files: Mapping[str, bytes] = field(repr=False)
    gaps: tuple[str, ...]

    @property
    def form(self) -> str:
        """The form's name."""
        return list(self.files)[-1]

    def digests(self) -> dict[str, str]:
        """SHA-256 by name."""
        return {name: hashlib.sha256(data).hexdigest() for name, data in self.files.items()}


def written(
    message: Message,
    template: Template,
    *,
    number: int,
    form_as: str,
    mark: bool,
    at: datetime,
    earlier: Sequence[str],
    asked: Mapping[str, Any] | None = None,
) -> Written:
    """The files of a message. number: names them. form_as: html, csv or pdf. earlier: the forms that it replaces.

    asked: the school and whom to ask there (`school` and `contact` of the feed), for a withdrawal, which names neither.

    Raises FixSettings where a PDF cannot be made on this machine.
    """
    form = template.form(message.key.kind.value)
    if message.action is Action.WITHDRAW:
        form = Form(f"Withdrawn: {form.title}", everything=True, recipient=form.recipient)
    elif message.action is Action.AMEND:
        form = replace(form, title=f"Amended: {form.title}")
    kind = message.key.kind.value.replace("_", "-")
    stem = f"{number:05d}-{kind}-{message.key.school}{_ACTIONS.get(message.action, '')}"
    beside = _extract(message, stem, mark) if form.register_extract else {}
    shown = dict(message.content)
    if message.action is Action.WITHDRAW:
        shown = {"school": {"urn": message.key.school}, **(asked or {}), **shown}
    filled = _filled(form, message.key.kind.value, shown)
    if form_as == "csv":
        data = _csv(message, form, filled, earlier, mark)
    else:
        to = form.recipient or plain.recipient(message.key.kind.value, shown)
        text = _page(message, replace(form, recipient=to), template, filled, beside, at, earlier)
        data = pdf.written(text) if form_as == "pdf" else text.encode("utf-8")
    gaps = [told for block in filled if (told := block.gaps())]
    return Written({**beside, f"{stem}.{form_as}": data}, (*gaps, *form.attach))


def _filled(form: Form, kind: str, content: Mapping[str, Any]) -> tuple[Block, ...]:
    return tuple(plain.everything(kind, content)) if form.everything else blocks(form, content)


def sessions_of(content: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The sessions that a content tells, wherever its kind has them."""
    parts = [content.get(name) for name in _PARTS]
    return [one for part in parts if isinstance(part, Mapping) for one in part.get("sessions") or []]


def _extract(message: Message, stem: str, mark: bool) -> dict[str, bytes]:
    sessions = sessions_of(message.content)
    if not sessions:
        return {}
    rows = [("date", "session", "code"), *((str(s["date"]), str(s["session"]), str(s["code"])) for s in sessions)]
    return {f"{stem}-register.csv": sheet.written(rows, mark=mark)}


def _csv(message: Message, form: Form, filled: Sequence[Block], earlier: Sequence[str], mark: bool) -> bytes:
    said = [
        ("reference", str(message.key)),
        ("revision", str(message.revision)),
        ("action", message.action.value),
        ("replaces", "; ".join(earlier)),
    ]
    said += sheet.flat(message.content) if form.everything else sheet.columns(filled)
    headings, values = zip(*said, strict=True)
    return sheet.written([headings, values], mark=mark)


def _page(
    message: Message,
    form: Form,
    template: Template,
    filled: Sequence[Block],
    beside: Mapping[str, bytes],
    at: datetime,
    earlier: Sequence[str],
) -> str:
    made = at.astimezone(_SCHOOLS_TIME)
    about = [
        ("Our reference", f"{message.key}, revision {message.revision}"),
        ("Made", f"{made.day} {made:%B %Y, %H:%M}, by Rollbook, from the school's register"),
    ]
    rows = {name: len(sheet.read(data)) - 1 for name, data in beside.items()}
    attached = [
        f"{name}: {rows[name]} sessions of the register (CSV). SHA-256 {hashlib.sha256(data).hexdigest()}"
        for name, data in beside.items()
    ]
    caution = "" if form.everything else template.caution()
    return page.written(
        form.title,
        [*filled, *_grounds(form, message.content)],
        recipient=form.recipient,
        footer=f"{message.key}, revision {message.revision}",
        about=about,
        cautions=[one for one in (caution, *form.notes) if one],
        replaces=_replaces(message, earlier),
        attached=[*attached, *(f"{one}: {page.BY_HAND}" for one in form.attach)],
        signed=message.action is not Action.WITHDRAW,
    )


def _grounds(form: Form, content: Mapping[str, Any]) -> list[Block]:
    """The law that the message rests on, under a form that has no field for it."""
    law = lines_of(content.get("law"))
    return [] if form.everything or not law else [Block("Law", ((Cell("It rests on", law),),))]


def _replaces(message: Message, earlier: Sequence[str]) -> list[str]:
    if message.action is Action.SEND:
        return []
    what = "is withdrawn by this, and no longer holds" if message.action is Action.WITHDRAW else "is replaced by this"
    told = [f"{name} {what}." for name in earlier] or [f"What was sent under the reference below {what}."]
    reason = message.content.get("reason")
    return [*told, *([f"Reason: {reason}"] if reason else [])]
