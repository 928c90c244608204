"""Requests and answers as frames: JSON for what is small, Arrow for pages. Decoding believes nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from rollbook.contract.definition import fits_a_call
from rollbook.contract.destination import Action, Key, Kind, Message, Outcome, Receipt
from rollbook.contract.errors import KINDS, Problem, VendorMustAct
from rollbook.contract.news import News, NewsPage
from rollbook.contract.regular import Regular, Report
from rollbook.contract.source import Done, Page, Reject, Remark, SchoolRef, Window
from rollbook.host.frames import Frame
from rollbook.host.guard import clean, rebuilt
from rollbook.host.page_checks import checked_done
from rollbook.host.plugins import PluginRecord
from rollbook.host.worker.answers import checked_receipt, checked_school
from rollbook.host.worker.calls import PluginDescription, Request, Spec, written
from rollbook.tables.schemas import Table

_UNDECODABLE = (KeyError, TypeError, ValueError, OverflowError, AttributeError, OSError)


def spec_frame(spec: Spec) -> Frame:
    """The first frame to a new worker. It holds references to secrets, and no secret."""
    told = {"connection": spec.connection, "plugin": spec.plugin, "role": spec.role, "settings": written(spec.settings)}
    return Frame(told | {"folder": str(spec.folder) if spec.folder else None})


def spec_of(frame: Frame) -> Spec:
    """What `spec_frame` said."""
    told = dict(frame.header)
    folder = told.pop("folder")
    return Spec(**told, folder=Path(folder) if folder else None)


def request_frame(request: Request) -> Frame:
    """A request to the worker."""
    return Frame(
        {
            "verb": request.verb,
            "table": request.table.value if request.table else None,
            "school": asdict(request.school) if request.school else None,
            "window": _window_out(request.window),
            "checkpoint": None if request.checkpoint is None else dict(request.checkpoint),
            "messages": [
                {**asdict(message), "key": asdict(message.key), "content": dict(message.content)}
                for message in request.messages
            ],
            "key": asdict(request.key) if request.key else None,
            "urn": request.urn,
            "reports": [_dated_out(report, "day") for report in request.reports],
            "after": request.after,
        }
    )


def request_of(frame: Frame) -> Request:
    """What `request_frame` said."""
    told = frame.header
    return Request(
        verb=told["verb"],
        table=Table(told["table"]) if told["table"] else None,
        school=SchoolRef(**told["school"]) if told["school"] else None,
        window=_window_in(told["window"]),
        checkpoint=told["checkpoint"],
        messages=[_message_in(message) for message in told["messages"]],
        key=_key_in(told["key"]) if told["key"] else None,
        urn=told["urn"],
        reports=[_report_in(report) for report in told["reports"]],
        after=told["after"],
    )


def answer_frame(item: Any) -> Frame:
    """One thing that the plugin answered."""
    if isinstance(item, Page):
        return _page_out(item)
    if isinstance(item, Done):
        done = checked_done(item)
        return Frame(
            {
                "is": "done",
                "checkpoint": done.checkpoint,
                "covers": _window_out(done.covers),
                "stated": done.stated_rows,
                "notes": list(done.notes),
            }
        )
    if isinstance(item, Receipt):
        return Frame({"is": "receipt", **asdict(item), "at": item.at.isoformat()})
    if isinstance(item, Remark):
        return Frame({"is": "remark", **asdict(item)})
    if isinstance(item, SchoolRef):
        return Frame({"is": "school", **asdict(item)})
    if isinstance(item, frozenset):
        return Frame({"is": "wanted", "kinds": sorted(item)})
    if isinstance(item, NewsPage):
        return Frame({"is": "news", "items": [_dated_out(news, "at") for news in item.items], "next": item.next})
    if isinstance(item, PluginRecord):
        classes = ("source_classes", "destination_classes", "rule_entries")
        return Frame({"is": "record", **{key: value for key, value in vars(item).items() if key not in classes}})
    return _description_out(item)


def problem_frame(problem: Problem) -> Frame:
    """The problem that a call ended in."""
    told = {"kind": type(problem).__name__, "sentence": problem.sentence, "detail": problem.detail}
    return Frame({"is": "problem", **told, "after": getattr(problem, "after", None)})


def answer_of(frame: Frame) -> Any:
    """What the worker answered: a Problem is returned, not raised. Raises VendorMustAct for what is no answer."""
    told = dict(frame.header)
    kind = told.pop("is", None)
    decode = _DECODERS.get(kind) if isinstance(kind, str) else None
    try:
        if decode is not None:
            return decode(told, frame.body)
    except (*_UNDECODABLE, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        pass
    raise VendorMustAct("The plugin's process sent what is no answer; it was ended.")


def _page_out(page: Page) -> Frame:
    rows = _table_out(page.rows)
    removed = _table_out(page.removed) if page.removed is not None else b""
    told = {
        "is": "page",
        "split": len(rows),
        "removed": page.removed is not None,
        "rejects": [[reject.place, reject.column, reject.reason, reject.kind] for reject in page.rejects],
        "origin": page.origin,
    }
    return Frame(told, rows + removed)


def _page_in(told: Mapping[str, Any], body: bytes) -> Page:
    split = int(told["split"])
    removed = _table_in(body[split:]) if told["removed"] else None
    rejects = [Reject(*(str(part) for part in reject)) for reject in told["rejects"]]
    return Page(_table_in(body[:split]), removed, rejects, str(told["origin"]))


def _table_out(table: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    table.write_ipc_stream(out)
    return out.getvalue()


def _table_in(data: bytes) -> pl.DataFrame:
    return pl.read_ipc_stream(io.BytesIO(data))


def _done_in(told: Mapping[str, Any], _: bytes) -> Done:
    return checked_done(Done(told["checkpoint"], _window_in(told["covers"]), told["stated"], told["notes"]))


def _receipt_in(told: Mapping[str, Any], _: bytes) -> Receipt:
    outcome, at = Outcome(told["outcome"]), datetime.fromisoformat(told["at"])
    return checked_receipt(Receipt(**{**told, "outcome": outcome, "at": at}))


def _problem_in(told: Mapping[str, Any], _: bytes) -> Problem:
    kind = KINDS.get(told["kind"], VendorMustAct)
    return rebuilt(kind, clean(told["sentence"]), clean(told["detail"]), told["after"])


def _record_in(told: Mapping[str, Any], _: bytes) -> PluginRecord:
    names = {key: tuple(str(name) for name in told[key]) for key in ("sources", "destinations", "rules", "remarks")}
    return PluginRecord(**{**told, **names})


def _description_out(told: PluginDescription) -> Frame:
    sets = {"tables": sorted(told.tables), "kinds": sorted(told.kinds), "regular": sorted(told.regular)}
    required = {kind.value: sorted(paths) for kind, paths in told.required.items()}
    return Frame({"is": "description", **vars(told), **sets, "code_map": dict(told.code_map), "required": required})


def _description_in(told: Mapping[str, Any], _: bytes) -> PluginDescription:
    sets = {
        "tables": frozenset(Table(table) for table in told["tables"]),
        "kinds": frozenset(Kind(kind) for kind in told["kinds"]),
        "regular": _wanted_in({"kinds": told["regular"]}, b""),
        "tells": bool(told["tells"]),
        "required": {Kind(kind): frozenset(map(str, paths)) for kind, paths in told["required"].items()},
    }
    if not fits_a_call(told["call_seconds"]):
        raise ValueError("no time that a call may take")
    return PluginDescription(**{**told, **sets})


def _window_out(window: Window | None) -> list[str] | None:
    return [window.first.isoformat(), window.last.isoformat()] if window else None


def _window_in(told: Any) -> Window | None:
    return Window(date.fromisoformat(told[0]), date.fromisoformat(told[1])) if told else None


def _key_in(told: Mapping[str, Any]) -> Key:
    return Key(Kind(told["kind"]), told["school"], told["pupil"], told["episode"])


def _message_in(told: Mapping[str, Any]) -> Message:
    key, action = _key_in(told["key"]), Action(told["action"])
    return Message(key, told["revision"], action, told["content"], told["idempotency_key"])


def _dated_out(item: Report | News, field: str) -> dict[str, Any]:
    """Its fields as JSON has them; `field` is a day or a moment."""
    return {**vars(item), field: getattr(item, field).isoformat(), "content": dict(item.content)}


def _report_in(told: Mapping[str, Any]) -> Report:
    return Report(**{**told, "kind": Regular(told["kind"]), "day": date.fromisoformat(told["day"])})


def _wanted_in(told: Mapping[str, Any], _: bytes) -> frozenset[Regular]:
    return frozenset(Regular(kind) for kind in told["kinds"])


def _news_in(told: Mapping[str, Any], _: bytes) -> NewsPage:
    """Of whichever school and number the page is: `Worker.news` compares with what was asked."""
    items = [
        News(**{**item, "action": Action(item["action"]), "at": datetime.fromisoformat(item["at"])})
        for item in told["items"]
    ]
    return NewsPage(items, told["next"])


_DECODERS: dict[str, Any] = {
    "page": _page_in,
    "done": _done_in,
    "receipt": _receipt_in,
    "remark": lambda told, _: Remark(bool(told["ok"]), clean(told["text"]), bool(told["note"])),
    "school": lambda told, _: checked_school(SchoolRef(**told)),
    "record": _record_in,
    "wanted": _wanted_in,
    "news": _news_in,
    "description": _description_in,
    "problem": _problem_in,
}
