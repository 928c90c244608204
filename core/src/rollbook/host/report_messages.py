"""Messages as rows for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rollbook.host.config import Config
from rollbook.host.kept_messages import Kept
from rollbook.host.rows import MessageRow


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
            reasons=one.reasons,
            reference=one.reference,
            changed=one.changed,
        )


def school_names(config: Config) -> dict[int, str]:
    """The name of each school of the configuration, by its URN."""
    return {school.urn: school.name for school in config.schools}
