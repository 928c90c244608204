"""The new pupil return: a name was entered in the admission register.

SI 2024/208, regulation 13(1) to (3): all that the admission register holds of the pupil (regulation 8), by the end of
the fifth day after the entry.
"""

from __future__ import annotations

from rollbook_feed.fields import Day, Part, Truth, one
from rollbook_feed.parts import DUE_BY, PARENTS, Content, OtherSchool, Pupil


class Entry(Part):
    """The entry in the admission register."""

    entered_on = Day("day from which the pupil is on the roll (regulation 8)", required=True, ctf="EntryDate")
    boarder = Truth("whether the pupil boards (regulation 8)", when="where the register says it")
    previous_school = one(
        OtherSchool, "the school last attended (regulation 8)", when="where there was one and it is known"
    )


class NewPupilReturn(Content):
    """The content of `send` and `amend`."""

    pupil = one(Pupil, "whom it is about", required=True)
    parents = PARENTS
    entry = one(Entry, "what is returned", required=True)
    due_by = DUE_BY
