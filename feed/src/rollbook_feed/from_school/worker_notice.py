"""Notices to those who work with a child: of unexplained absence, and of a coming deletion from the roll.

DfE, Working together to improve school attendance: the social worker, the youth justice worker, and the virtual school
head of a child who is looked after. They know the child: no address, no parent and no reason is sent.
"""

from __future__ import annotations

from rollbook_feed.fields import Choice, Day, Part, Pattern, Whole, many, one
from rollbook_feed.from_school.missing_pupil_report import Unexplained
from rollbook_feed.parts import AUTHORITY, AUTHORITY_WORDS, WORKERS, Content, Named, sessions_of

_WORKERS = many(
    Choice("a worker", WORKERS), "who is to be told, by the authority that gets it", least=1, most=3, required=True
)
_LOOKED_AFTER_BY = Pattern(
    "the authority whose virtual school head it is",
    AUTHORITY,
    AUTHORITY_WORDS,
    when="where it is known, in a notice to the virtual school head",
)


class UnexplainedAbsence(Part):
    """A stretch of school days without a known reason."""

    workers = _WORKERS
    looked_after_by = _LOOKED_AFTER_BY
    first_day = Day("first school day of it", required=True)
    unexplained = Whole("sessions of N and O in it so far", 1, 800, required=True)
    sessions = sessions_of(Unexplained, "those sessions, or the first of them", required=True)


class WorkerNotice(Content):
    """The content of `send` and `amend`."""

    pupil = one(Named, "whom it is about", required=True)
    notice = one(UnexplainedAbsence, "what they are told", required=True)


class ComingDeletion(Part):
    """A name that is to be deleted from the roll."""

    workers = _WORKERS
    looked_after_by = _LOOKED_AFTER_BY
    last_day = Day("last day on the roll", required=True, ctf="LeavingDate")


class WorkerNoticeDeletion(Content):
    """The content of `send` and `amend`."""

    pupil = one(Named, "whom it is about", required=True)
    notice = one(ComingDeletion, "what they are told", required=True)
