"""What Wonde sends, as far as it is read. A field without a default must be there: one that goes is a changed form.

From Wonde's published client and its users' description of the interface; docs/wonde.md says what is not verified.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar

import msgspec

from rollbook_wonde.days import Moment

Given = TypeVar("Given")
Day = Moment | str | None


class One(msgspec.Struct, Generic[Given]):
    """What `include` brings along, where there is one of it."""

    data: Given


class Pagination(msgspec.Struct):
    next: str | None  # the whole address of the next page
    more: bool
    per_page: int
    current_page: int | None = None  # not told of pages by cursor


class Meta(msgspec.Struct):
    pagination: Pagination | None = None  # absent where all fits on one page


class Listed(msgspec.Struct):
    data: list[msgspec.Raw]  # each is decoded by itself: one that is wrong does not spoil the others
    meta: Meta | None = None


class Region(msgspec.Struct):
    domain: str | None = None


class School(msgspec.Struct):
    id: str
    name: str
    urn: Any  # a number, also as a text; empty for a school that has none
    region: Region | None = None


class Permission(msgspec.Struct):
    name: str
    approved: bool
    optional: bool


class Student(msgspec.Struct):
    """`id` is of one enrolment; `upi` stays when the student leaves and comes back."""

    id: str
    upi: str


class Details(msgspec.Struct):
    upn: str | None
    former_upn: str | None
    admission_date: Day
    leaving_date: Day
    current_nc_year: str | int | None


class Person(Student):
    surname: str | None  # those in use
    forename: str | None
    legal_surname: str | None
    legal_forename: str | None
    gender: str | None
    date_of_birth: Day
    education_details: One[Details]


class Went(msgspec.Struct):
    leaver_destination: str | None


class Leaver(Person):
    extended_details: One[Went]


class Extended(msgspec.Struct):
    free_school_meals: bool | None
    in_lea_care: bool | None
    child_protection_plan: bool | None
    child_in_need: bool | None
    sen_status: str | None


class Flagged(Student):
    extended_details: One[Extended]


class Code(msgspec.Struct):
    code: str | None


class Mark(msgspec.Struct):
    student: str  # the id
    date: Moment
    session: Literal["AM", "PM"]
    attendance_code: One[Code] | None
