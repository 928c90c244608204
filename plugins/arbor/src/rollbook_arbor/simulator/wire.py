"""What goes over the line: how answers that failed and plain values look."""

from __future__ import annotations

from datetime import date
from typing import Any

from rollbook.testing.web import Answer, as_json
from rollbook_arbor.simulator.faults import Fault, Faults
from rollbook_arbor.simulator.model import DATE, MODEL, clock, is_reference


def failed(code: int, reason: str, status: int | None = None, exception: str = "Error") -> Answer:
    """What went wrong, in the form that has `response`."""
    errors = [{"exception": exception, "message": reason, "trace": None}]
    response = {"code": code, "success": False, "reason": reason, "errors": errors}
    return as_json({"response": response}, code if status is None else status)


def plain(value: Any, faults: Faults, dates: str) -> Any:
    """A value that is no reference. `dates`: "text" or "object", where no switch says otherwise."""
    if value is None:
        return "NULL" if faults.null_text else None
    if not isinstance(value, date):
        return value
    if (faults.dates or dates) == "object":
        return {"entityType": "date", "date": clock(value)}
    return clock(value) if hasattr(value, "hour") else value.isoformat()


def instead(fault: Fault | None, faults: Faults) -> Answer | None:
    """What is answered in place of what was asked for; None where the request is answered."""
    reason, code = faults.reason, faults.code
    status = {"success": False, "code": code, "reason": reason, "errors": [reason]}
    made = {
        Fault.BUSY: lambda: failed(429, reason),
        Fault.ERROR: lambda: failed(500, reason),
        Fault.AWAY: lambda: Answer(503, b"<html><body>Down for maintenance</body></html>", "text/html"),
        Fault.NOT_FOUND: lambda: failed(404, "Resource not found", exception="NotFound"),
        Fault.UNPROCESSABLE: lambda: failed(422, reason),
        Fault.BODY_RESPONSE: lambda: failed(code, reason, status=200),
        Fault.BODY_STATUS: lambda: as_json({"status": status}),
        Fault.BODY_ERROR: lambda: as_json({"status": {"success": False, "error": reason}}),
        Fault.HTML: lambda: Answer(200, b"<!DOCTYPE html><html><body>Sign in</body></html>", "text/html"),
        Fault.CLOSED: lambda: Answer(200, b"", closed=True),
    }.get(fault)  # type: ignore[arg-type]
    answer = made() if made else None
    if answer and fault is Fault.BUSY:
        answer.headers["Retry-After"] = faults.retry_after
    return answer


def spoil(record: dict[str, Any], entity: str, fault: Fault | None) -> None:
    """Make one record bad, where the fault says so."""
    wanted = {Fault.BAD_DATE: lambda kind: kind == DATE, Fault.BAD_LINK: is_reference}.get(fault)  # type: ignore[arg-type]
    if wanted:
        name = next((name for name, kind in MODEL[entity].items() if name in record and wanted(kind)), None)
        if name:
            record[name] = "the day before" if fault is Fault.BAD_DATE else [7]
