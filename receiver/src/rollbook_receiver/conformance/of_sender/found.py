"""From what was seen to a result, clause by clause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from rollbook_feed.clauses import clauses
from rollbook_receiver.clients import everyone
from rollbook_receiver.conformance import result
from rollbook_receiver.conformance.of_sender import journal
from rollbook_receiver.conformance.of_sender.journal import Note
from rollbook_receiver.conformance.of_sender.parts import LOOKED, Looked
from rollbook_receiver.conformance.result import BROKEN, MET, NOT_ANSWERED, NOT_SEEN, Finding

SHOWN = 5  # broken messages of a clause that are named


def findings(seen: Sequence[Note]) -> list[Finding]:
    """One of each clause that binds the sender, in their order."""
    return [_finding(clause.id, seen) for clause in clauses() if clause.binds == "sender"]


def sender_result(connection: Connection, at: datetime) -> dict[str, Any]:
    """The result as it stands; `other` names the clients of the database."""
    held = everyone(connection)
    other = {
        "name": ", ".join(client.name for client in held) or "no client yet",
        "clients": [one.client for one in held],
    }
    return result.made("sender", other, findings(journal.notes(connection)), at)


def _finding(clause: str, seen: Sequence[Note]) -> Finding:
    looked = LOOKED[clause]
    mine = [note for note in seen if note.clause == clause]
    broken = [note for note in mine if note.kept is False]
    waits = {note.part: note for note in mine if note.kept is None}
    kept = {note.part for note in mine if note.kept}
    unseen = {name: part for name, part in looked.parts.items() if name not in kept}
    missing = [str(part) for name, part in unseen.items() if name not in waits]
    open_ = [f"{part.right} ({waits[name].about})" for name, part in unseen.items() if name in waits]
    if broken:
        came, verdict = _said(broken, looked), BROKEN
    elif open_:
        came = "the occasion was given and nothing came of it yet. To be judged: " + "; ".join([*open_, *missing])
        verdict = NOT_ANSWERED
    elif missing:
        came, verdict = "no occasion was given yet. To be judged: " + "; also: ".join(missing), NOT_SEEN
    else:
        came, verdict = "seen to " + "; to ".join(dict.fromkeys(part.right for part in looked.parts.values())), MET
    return Finding(clause, looked.asked, came, verdict, looked.beyond)


def _said(broken: Sequence[Note], looked: Looked) -> str:
    """What was seen, of which messages, and what is right instead."""
    said = "; ".join(f"{note.words} ({note.about})" for note in broken[:SHOWN])
    more = f"; and {len(broken) - SHOWN} more" if len(broken) > SHOWN else ""
    right = dict.fromkeys(looked.parts[note.part].right for note in broken)
    return f"{said}{more}. Instead: {'; '.join(right)}"
