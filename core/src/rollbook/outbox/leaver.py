"""What a transfer file says: who left, and the school's record of attendance in the year of the leaving."""

from __future__ import annotations

from typing import Any, Final

from rollbook.outbox.content import grounds, known, person, school_of
from rollbook.outbox.drafts import CaseLike, Subject

_PUPIL: Final = ("upn", "former_upn", "surname", "forename", "dob", "sex")
_ATTENDANCE: Final = ("year", "start", "possible", "attended", "authorised", "unauthorised", "marks")


def transfer_file(case: CaseLike, subject: Subject) -> dict[str, Any]:
    """The content of a transfer file, without a reason. What is not known is left out; no address goes into it.

    first_day_off_roll: the first school day after, from which the rule asks for the file; it is no deadline.
    attendance: figures of the rule `transfer_file`; left out where the school was not open while the pupil was there.
    """
    figures = case.figures
    content = {
        "school": school_of(subject),
        "pupil": person(subject.pupil, _PUPIL),
        "left": figures.get("left"),
        "attendance": {name: figures[name] for name in _ATTENDANCE} if figures.get("marks") else None,
        "first_day_off_roll": case.reached.isoformat(),
    }
    return known(content) | grounds(case, subject)
