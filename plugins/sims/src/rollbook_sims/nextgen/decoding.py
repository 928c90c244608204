"""Records of Next Gen, decoded one by one: one that is wrong is set aside, and the others of its page pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

from rollbook.contract import FixSettings, Reject
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.names import form_of, needed

Place: TypeAlias = tuple[str, int]
FEW = 9
"""Records of a page that may all be wrong by chance, and are set aside; where more are, it is a name that is wrong."""


@dataclass
class Decoded:
    """Records with our names for their properties, where each stands (page, number on it), and those set aside."""

    records: list[Any] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def decoded(api: Api, entity: str, raws: Sequence[msgspec.Raw], origin: str) -> Decoded:
    """The records of a page. Raises FixSettings where none of many can be read, and names what they lack."""
    found = Decoded()
    decode = msgspec.json.Decoder(form_of(entity, api.settings)).decode
    for number, raw in enumerate(raws, 1):
        try:
            found.records.append(decode(raw))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            found.rejects.append(reject((origin, number), "a property is missing, or is not of its form"))
        else:
            found.places.append((origin, number))
    if not found.records and len(raws) > FEW:
        raise _unreadable(api, entity, raws)
    return found


def everything(api: Api, entity: str, hoped: dict[str, str] | None = None) -> Decoded:
    """All records of an entity that a school has a few thousand of at most. Raises as `Api.pages` and `decoded`."""
    found = Decoded()
    for origin, raws in api.pages(entity, hoped=hoped):
        page = decoded(api, entity, raws, origin)
        found.records += page.records
        found.places += page.places
        found.rejects += page.rejects
    return found


def reject(place: Place, reason: str) -> Reject:
    """A record that is set aside. `reason` holds nothing of what it says."""
    page, number = place
    return Reject(f"{page}, record {number}", "", reason)


def _unreadable(api: Api, entity: str, raws: Sequence[msgspec.Raw]) -> FixSettings:
    wanted = needed(entity, api.settings)
    lacking = [name for name in wanted if not any(name in _object(raw) for raw in raws)]
    what = f"none has {', '.join(lacking)}" if lacking else f"one of {', '.join(wanted)} has another form"
    return FixSettings(
        f"No record of {api.host} for {entity} can be read: {what}. Say in `properties` how it is called there "
        f"(docs/sims-nextgen.md says which names are guesses)."
    )


def _object(raw: msgspec.Raw) -> dict[str, Any]:
    try:
        return msgspec.json.decode(raw, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
