"""Messages as rows for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rollbook.host.config import Config
from rollbook.host.kept_messages import Kept
from rollbook.host.rows import MessageRow
from rollbook.outbox.state import State


def message_rows(config: Config, kept: Iterable[Kept]) -> Iterator[MessageRow]:
    """A row for each message, without its content."""
    names = school_names(config)
    for one in kept:
        yield MessageRow(
            message=one.number,
            case=one.case,
            destination=one.destination,
            kind=one.kind,
            school=one.school,
            school_name=names.get(one.school, str(one.school)),
            pupil=one.pupil,
            episode=one.episode,
            revision=one.revision,
            action=one.action,
            state=one.state.value,
            lacks=one.lacks,
            reasons=_reasons(one),
            reference=one.reference,
            changed=one.changed,
        )


def _reasons(one: Kept) -> tuple[str, ...]:
    """What the destination said; of what it took, while no later revision makes that old. Its attempts still say it."""
    if one.state is State.UNKNOWN:
        return (f"No reply said whether it arrived: the next sync asks {one.destination}.",)
    overtaken = one.state is State.DELIVERED and one.reasons and one.newer is not None
    if overtaken:
        return (f"Revision {one.newer} overtakes it.",)
    return ("The authority has yet to judge it.", *one.reasons) if one.pending and one.newer is None else one.reasons


def school_names(config: Config) -> dict[int, str]:
    """The name of each school of the configuration, by its URN."""
    return {school.urn: school.name for school in config.schools}
