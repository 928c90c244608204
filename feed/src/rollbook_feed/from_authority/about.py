"""Whom and what news is about, as the school can match it to its own register."""

from __future__ import annotations

from rollbook_feed.fields import Day, Part, Pattern, Text, Whole
from rollbook_feed.message import PupilNumber
from rollbook_feed.parts import UPN, UPN_WORDS


class Known(Part):
    """A pupil of the school."""

    number = PupilNumber("the school's own number of the pupil", when="where a message of the school had it")
    upn = Pattern(
        "matches the pupil to the school's records", UPN, UPN_WORDS, when="where the pupil has one", ctf="UPN"
    )
    surname = Text("matches the pupil where there is no UPN", required=True, ctf="Surname")
    forename = Text("matches the pupil where there is no UPN", required=True, ctf="Forename")
    dob = Day("matches the pupil where there is no UPN", required=True, ctf="DOB")


class Request(Part):
    """The message of the school that this answers."""

    pupil = PupilNumber("the pupil of its key", required=True)
    episode = Whole("the episode of its key", 1, 1_000_000, required=True)


REASON = Text("why it is amended", longest=1000, when="with `amend`, and only then")
