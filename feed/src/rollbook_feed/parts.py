"""Parts that several kinds of message share. A field is here because a kind needs it: nothing else is sent.

Names are those of the Common Transfer File (CTF) and the Common Basic Data Set (CBDS) where they have one, in small
letters with underscores (`ctf` beside the field says which). Regulations: School Attendance (Pupil Registration)
(England) Regulations 2024, SI 2024/208.
"""

from __future__ import annotations

from rollbook_feed.fields import Choice, Day, Part, Pattern, Plain, Some, Text, Truth, Whole, many, one

UPN = r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]"
UPN_WORDS = "a UPN: a letter, 11 digits, and a digit or letter"
AUTHORITY, AUTHORITY_WORDS = r"[0-9]{3}", "an authority's number of 3 digits"
UNAUTHORISED = ("G", "N", "O", "U")
FLAGS = (
    "looked_after",
    "previously_looked_after",
    "social_worker",
    "child_in_need",
    "youth_justice",
    "ehcp",
    "sen_support",
    "young_carer",
    "traveller",
)
WORKERS = ("social_worker", "youth_justice_worker", "virtual_school_head")


class School(Part):
    """The school that makes the return."""

    urn = Whole("says which school it is", 100_000, 999_999, required=True, ctf="URN")
    laestab = Pattern(
        "the authority's own number of the school", r"[0-9]{3}/?[0-9]{4}", "a LAESTAB as 801/2000", ctf="LEA, Estab"
    )
    name = Text("for the person who reads it", required=True, ctf="SchoolName")
    la = Pattern("the authority that the school belongs to", AUTHORITY, AUTHORITY_WORDS, required=True, ctf="LEA")


class OtherSchool(Part):
    """Another school that the pupil comes from or goes to."""

    name = Text("regulation 8 has the school's name in the admission register", when="where it is known")
    urn = Whole("says which school it is", 100_000, 999_999, when="where it has one and it is known", ctf="URN")
    laestab = Pattern(
        "says which school it is", r"[0-9]{3}/?[0-9]{4}", "a LAESTAB as 801/2000", when="where it is known"
    )
    address = Text("finds a school of which no number is known", longest=500, when="where no number is known")


class Contact(Part):
    """Whom the authority can ask at the school."""

    name = Text("whom to ask for", required=True)
    role = Text("what they do")
    telephone = Text("to ask the same day", longest=100)
    email = Text("to ask in writing", longest=254)


class Named(Part):
    """A pupil by name and birth, without an address: for those who know the child already."""

    upn = Pattern(
        "matches the pupil to the authority's records", UPN, UPN_WORDS, when="where the pupil has one", ctf="UPN"
    )
    former_upn = Pattern(
        "matches a pupil whose UPN was replaced", UPN, UPN_WORDS, when="where another went before it", ctf="FormerUPN"
    )
    surname = Text("regulation 13 asks for the name", required=True, ctf="Surname")
    forename = Text("regulation 13 asks for the name", required=True, ctf="Forename")
    preferred_surname = Text("the name the family uses", when="where it is another", ctf="PreferredSurname")
    preferred_forename = Text("the name the child answers to", when="where it is another", ctf="PreferredForename")
    dob = Day("matches the pupil where there is no UPN, and shows compulsory school age", required=True, ctf="DOB")
    sex = Choice("helps to match; as registered", ("F", "M"), ctf="Sex")
    year_group = Whole("which year the pupil is in; 0 is reception, -1 nursery", -3, 14, ctf="NCyearActual")
    home_la = Pattern(
        "the authority in whose area the pupil lives, which has duties of its own (Education Act 1996, s436A)",
        AUTHORITY,
        AUTHORITY_WORDS,
        when="where it is another than the school's",
    )


class Pupil(Named):
    """The pupil. The law asks for name and address; the date of birth tells two children of one name apart."""

    address = Text("regulation 13 asks for the address; where the pupil normally lives", longest=500, required=True)
    postcode = Text("finds the address", longest=20, when="where it is known", ctf="PostCode")


class Parent(Part):
    """A parent or carer: names and addresses, and how to reach them."""

    name = Text("regulation 13 asks for names and addresses", required=True)
    relationship = Text("who they are to the pupil", longest=100, ctf="Relationship")
    lives_with = Truth("whether the pupil normally lives with them")
    address = Text("regulation 13 asks for names and addresses", longest=500, when="where it is known")
    postcode = Text("finds the address", longest=20, ctf="PostCode")
    telephone = Text("to make enquiries", longest=100)
    email = Text("to make enquiries", longest=254)


class Session(Part):
    """One session of the absence, as the register has it."""

    date = Day("the day", required=True)
    session = Choice("morning or afternoon", ("AM", "PM"), required=True)
    code = Choice("the national code (regulation 10)", UNAUTHORISED, required=True)


class Rule(Part):
    """Which rule of the sender found it."""

    id = Text("the rule's name", longest=80, required=True)
    version = Text("which edition of the rule", longest=40, required=True)


class Setting(Part):
    """A setting that the finding rests on."""

    name = Text("the setting's name", longest=120, required=True)
    value = Plain("what it was", required=True)
    set_by = Text(
        "who set it, in words: law, authority, trust or school; default where one may and none did; the name of the "
        "sender's program where it is that one's own choice, and no law's",
        longest=120,
        required=True,
    )


class Content(Part):
    """Base of every content from a school: who makes it, whom to ask, and what it rests on."""

    school = one(School, "who makes the return", required=True)
    contact = one(Contact, "whom to ask at the school", when="where the school names one")
    law = many(Text("a reference", longest=300), "what it rests on", least=1, most=20, required=True)
    rule = one(Rule, "which rule found it, so that a question can be answered", required=True)
    settings = many(Setting, "what the finding rests on and who set it", most=50, required=True)
    reason = Text("why it is amended", longest=1000, when="with `amend`, and only then")


def sessions_of(codes: type[Part], why: str, *, required: bool = False, when: str = "") -> Some:
    """A list of sessions: never more than two a day of two school years."""
    return many(codes, why, least=1, most=800, required=required, when=when)


PARENTS = many(Parent, "names and addresses of parents", most=20, when="those the school knows")
CAUSE = Text("the cause of the absence", longest=2000, when="where the school knows it")
DUE_BY = Day("last day on which the return is in time", required=True)
LAST_ATTENDED = Day("last day on which the pupil was seen in school", when="where the register shows one")
FLAGS_FIELD = many(
    Choice("a flag of the school's records", FLAGS),
    "who else is to be brought in (Working together to improve school attendance); never the story behind a flag",
    least=1,
    most=len(FLAGS),
    when="where the school's records have one",
)
