"""One number for two pupils: numbers of pupils are the sender's own, and a school may have two systems whose numbers
meet. What the second sends of its pupil must not take the place of what the first reported of another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, select

from rollbook_receiver import audit, likeness, tables
from rollbook_receiver.likeness import Told
from rollbook_receiver.moments import as_text
from rollbook_receiver.problem import Refused
from rollbook_receiver.tables import clients, messages

if TYPE_CHECKING:
    from rollbook_receiver.messages import Key

REFUSED = "sent another pupil under a number in use"  # in the audit log
SHOWN_FOR = timedelta(days=30)
_TITLE = (
    "Another system of this school reported another pupil under this key; nothing was changed. Send this pupil under a "
    "number that the other system does not use."
)


class AnotherPupil(Refused):
    """What is sent names another pupil than what another client sent under its key: 409, and an officer is told."""

    def __init__(self, client: str, key: Key, revision: int, held: str) -> None:
        super().__init__(409, "another-pupil", _TITLE)
        self.client, self.school, self.held = client, key.school, held
        self.about = f"{_case(key)}revision {revision}"


def refuse_another(connection: Connection, client: str, key: Key, message: Mapping[str, Any]) -> None:
    """Of a message under a key that another client told of last. A new client of the same system goes on with its keys:
    with the same pupil, and with withdrawals, which name nobody. Raises AnotherPupil.
    """
    c = messages.c
    named = select(c.reference, c.content).where(*(c[name] == value for name, value in vars(key).items()))
    told = named.where(c.action != "withdraw").order_by(c.revision.desc()).limit(1)
    held = connection.execute(told).one()
    if message["action"] == "withdraw":
        another = _was_refused(connection, client, key)
    else:
        another = _another(Told.of(message["content"]["pupil"]), Told.of(json.loads(held.content)["pupil"]))
    if another:
        raise AnotherPupil(client, key, int(message["revision"]), held.reference)


def keep_refusal(refused: AnotherPupil, at: datetime, connection: Connection) -> None:
    """In the audit log, once a message: who, when, and which key, without a name."""
    c = tables.audit.c
    same = (c.who == refused.client, c.what == REFUSED, c.about == refused.held, c.detail == refused.about)
    if connection.execute(select(c.id).where(*same)).first() is None:
        about, school = refused.held, refused.school
        audit.record(connection, refused.client, REFUSED, at, about=about, school=school, detail=refused.about)


def lately(connection: Connection, at: datetime, most: int = 20) -> list[Row[Any]]:
    """What was refused so in the last 30 days, the last first: at, school, detail, about (what is held), name (whose
    client sent it).
    """
    c = tables.audit.c
    rows = select(c.at, c.school, c.detail, c.about, clients.c.name).join(clients, clients.c.client == c.who)
    rows = rows.where(c.what == REFUSED, c.at >= as_text(at - SHOWN_FOR)).order_by(c.id.desc())
    return list(connection.execute(rows.limit(most)))


def _case(key: Key) -> str:
    return f"{key.kind}, pupil {key.pupil}, episode {key.episode}, "


def _was_refused(connection: Connection, client: str, key: Key) -> bool:
    c = tables.audit.c
    under = (c.school == key.school, c.detail.startswith(_case(key), autoescape=True))
    asked = select(c.id).where(c.who == client, c.what == REFUSED, *under).limit(1)
    return connection.execute(asked).first() is not None


def _another(told: Told, held: Told) -> bool:
    """Another name and birth is another pupil. So is another UPN, unless one is the other's former one, or name and
    birth say that it was renewed.
    """
    unlike = likeness.differences(told, held)
    if "date of birth" in unlike and len(unlike) > 1:
        return True
    shared = {told.upn, told.former_upn} & {held.upn, held.former_upn} - {None}
    return bool(unlike and told.upn and held.upn and not shared)
