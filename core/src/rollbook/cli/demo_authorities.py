"""The two authorities of the demonstration: one takes the open feed, the other takes forms, which lie in a folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollbook.cli import demo_receiver, show

if TYPE_CHECKING:
    from rollbook.cli.demo_receiver import Receiver
    from rollbook.host.config import Config

BY_FEED, BY_FORMS = "801", "802"
OFFICER = "Sam Rivers"
REPORT = "missing_pupil_report"
FORMS, RECORDS = "forms-for-802", "records-of-forms"


def destinations(place: Path, receiver: Receiver) -> dict[str, dict[str, Any]]:
    """`[destinations.NAME]` of the configuration; the folders of the forms are made."""
    for name in (FORMS, RECORDS):
        (place / name).mkdir()
    feed = {
        "plugin": demo_receiver.PLUGIN,
        "authorities": [BY_FEED],
        "url": receiver.url,
        "client_id": receiver.client_id,
        "client_secret": {"file": str(receiver.secret_file)},
    }
    forms = {"plugin": "la_files", "authorities": [BY_FORMS], "folder": FORMS, "records": RECORDS}
    return {f"authority_{BY_FEED}": feed, f"authority_{BY_FORMS}": forms}


def approve(config: Config, moment: datetime) -> None:
    """A person's yes to what waits for one: the report of the child whom two authorities are to be told of."""
    from rollbook.host import decide, report

    held = [row for row in report.outbox(config) if row.kind == REPORT and row.state == "held" and not row.lacks]
    told = {row.case: {other.destination for other in held if other.case == row.case} for row in held}
    case = next((case for case, those in told.items() if case is not None and len(those) > 1), None)
    if case is None:
        return
    decide.approve(config, case, by=OFFICER, now=lambda: moment, in_process=True)
    show.say(f"{OFFICER} says yes (rollbook cases approve {case} --by {OFFICER!r}) to the report of a missing child")
    show.say(f"who goes to school in {BY_FORMS} and lives in {BY_FEED}: both authorities are to be told.")


def tell(config: Config, receiver: Receiver) -> None:
    """What each of them has in the end."""
    forms = config.folder / FORMS
    show.heading(f"What authority {BY_FORMS} finds in its folder")
    for path in sorted(forms.iterdir()):
        show.say(path.name)
    show.heading(f"What authority {BY_FEED} sees (rollbook-receiver messages)")
    show.say(demo_receiver.received(receiver).rstrip())
