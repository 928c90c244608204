"""The attendance return: a pupil absent without authority for ten school days in a row.

School Attendance (Pupil Registration) (England) Regulations 2024 (SI 2024/208), regulation 13. Only what the return
needs is here: no other field is taken, and none is sent. Names are those of the Common Transfer File where it has one,
in small letters (`upn`, `surname`, `forename`, `dob`, `sex`).
"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from rollbook_feed.fields import Choice, Day, Part, Pattern, Plain, Text, Truth, Whole, many, one

UPN = r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]"
UPN_WORDS = "a UPN: a letter, 11 digits, and a digit or letter"
UNAUTHORISED = ("G", "N", "O", "U")


class School(Part):
    """The school that makes the return."""

    urn = Whole("says which school it is", 100_000, 999_999, required=True)
    laestab = Pattern("the authority's own number of the school", r"[0-9]{3}/?[0-9]{4}", "a LAESTAB as 801/2000")
    name = Text("for the person who reads it", required=True)
    la = Pattern(
        "the authority that the return is owed to", r"[0-9]{3}", "an authority's number of 3 digits", required=True
    )


class Contact(Part):
    """Whom the authority can ask at the school."""

    name = Text("whom to ask for", required=True)
    role = Text("what they do at the school")
    telephone = Text("to ask the same day", longest=100)
    email = Text("to ask in writing", longest=254)


class Pupil(Part):
    """The pupil. The law asks for name and address; the date of birth tells two children of one name apart."""

    upn = Pattern("matches the pupil to the authority's records", UPN, UPN_WORDS, when="where the pupil has one")
    former_upn = Pattern("matches a pupil whose UPN was replaced", UPN, UPN_WORDS, when="where another went before it")
    surname = Text("regulation 13 asks for the name", required=True)
    forename = Text("regulation 13 asks for the name", required=True)
    preferred_surname = Text("the name the family uses", when="where it is another")
    preferred_forename = Text("the name the child answers to", when="where it is another")
    dob = Day("matches the pupil where there is no UPN, and shows compulsory school age", required=True)
    sex = Choice("helps to match; as registered", ("F", "M"))
    year_group = Whole("which year the pupil is in; 0 is reception, -1 nursery", -3, 14)
    address = Text("regulation 13 asks for the address; where the pupil normally lives", longest=500, required=True)
    postcode = Text("finds the address", longest=20, when="where it is known")


class Parent(Part):
    """A parent or carer: names and addresses, and how to reach them."""

    name = Text("regulation 13 asks for names and addresses", required=True)
    relationship = Text("who they are to the pupil", longest=100)
    lives_with = Truth("whether the pupil normally lives with them")
    address = Text("regulation 13 asks for names and addresses", longest=500, when="where it is known")
    postcode = Text("finds the address", longest=20)
    telephone = Text("to make enquiries", longest=100)
    email = Text("to make enquiries", longest=254)


class Session(Part):
    """One session of the absence, as the register has it."""

    date = Day("the day", required=True)
    session = Choice("morning or afternoon", ("AM", "PM"), required=True)
    code = Choice("the national code", UNAUTHORISED, required=True)


class Absence(Part):
    """The ten school days."""

    first_day = Day("first school day of the absence", required=True)
    reached_on = Day("school day on which it reached the number", required=True)
    school_days = Whole("how many school days in a row", 1, 366, required=True)
    sessions = many(
        Session, "the sessions that count, up to `reached_on`", least=1, most=800, required=True
    )  # two sessions a day
    last_attended = Day("last day on which the pupil was seen in school", when="where the register shows one")

    @validates_schema
    def agree(self, data: dict[str, Any], **kwargs: Any) -> None:
        """The dates are in order, and no session is told twice."""
        if data["reached_on"] < data["first_day"]:
            raise ValidationError("before first_day", "reached_on")
        told = [(item["date"], item["session"]) for item in data["sessions"]]
        if len(set(told)) != len(told):
            raise ValidationError("the same session is told twice", "sessions")
        if any(not data["first_day"] <= day <= data["reached_on"] for day, _ in told):
            raise ValidationError("a session is not from first_day to reached_on", "sessions")


class Rule(Part):
    """Which rule of the sender found it."""

    id = Text("the rule's name", longest=80, required=True)
    version = Text("which edition of the rule", longest=40, required=True)


class Setting(Part):
    """A setting that the finding rests on."""

    name = Text("the setting's name", longest=120, required=True)
    value = Plain("what it was", required=True)
    set_by = Text("who set it: law, authority, trust or school", longest=120, required=True)


class AttendanceReturn(Part):
    """The content of `send` and `amend`."""

    school = one(School, "who makes the return", required=True)
    contact = one(Contact, "whom to ask at the school", when="where the school names one")
    pupil = one(Pupil, "whom it is about", required=True)
    parents = many(Parent, "names and addresses of parents", most=20, when="those the school knows")
    absence = one(Absence, "what is returned", required=True)
    cause = Text("the cause of the absence", longest=2000, when="where the school knows it")
    due_by = Day("last day on which the return is in time", required=True)
    law = many(Text("a reference", longest=300), "what the return rests on", least=1, most=20, required=True)
    rule = one(Rule, "which rule found it, so that a question can be answered", required=True)
    settings = many(Setting, "what the finding rests on and who set it", most=50, required=True)
    reason = Text("why it is amended", longest=1000, when="with `amend`, and only then")
