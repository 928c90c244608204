"""How the simulator misbehaves, on demand. Everything here is off until a test sets it.

Standing switches are plain attributes of `Faults`; `renamed` with two names crosswise swaps what two fields hold.
What is to happen to some requests only is asked for by `next`:

    faults.next(Fault.BUSY)                                              # the next request gets 429
    faults.next(Fault.ERROR, times=2, only="query Student")              # two queries for students get 500
    faults.next(Fault.PAGE_REPEATED, only="AttendanceRollCallRecord page 2")
    faults.next(Fault.PAGE_SKIPPED, only="query Student", times=None)    # from now on, until `clear`

`only` is a part of the request's label, which joins those of a query's roots by `; `; a page is spoilt of those roots
only in whose own label it is. Labels are `query Student page 1 of 2500` and `types Student` (GraphQL),
`list Student page 1 of 100`, `one Student` and `changes Student` (REST), `feed pupils` (the Live Feed).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """What can happen to a request."""

    BUSY = "429, with Retry-After"
    ERROR = "500"
    AWAY = "503"
    NOT_FOUND = "404 with a reason"
    UNPROCESSABLE = "422"
    BODY_RESPONSE = "HTTP 200 whose body says in `response` that it failed"
    BODY_STATUS = "HTTP 200 whose body says in `status` that it failed, with a code"
    BODY_ERROR = "HTTP 200 whose body says in `status` that it failed, without a code"
    HTML = "a page for people in place of JSON, HTTP 200"
    CUT_OFF = "the connection ends in the middle of the body, whose length was stated"
    HALF_JSON = "half of the JSON, whole by its length"
    CLOSED = "the connection ends without an answer"
    SLOW = "the answer comes after `slow_seconds`"
    PAGE_REPEATED = "the page before the one asked for"
    PAGE_SKIPPED = "the page after the one asked for"
    EMPTY_DETAIL = "an object with nothing in it"
    EMPTY_LIST = "no records"
    BAD_DATE = "the first record has a date that is no date"
    BAD_LINK = "the first record's first reference is a list"
    ERRORS = "GraphQL: `errors` that name no property, with the data"
    CHANGES_AFTER = "after the answer a mark is deleted and one is altered"


@dataclass
class Plan:
    """What is to happen, to which requests, how often, and after how many that are spared."""

    fault: Fault
    only: str
    times: int | None
    after: int


@dataclass
class Faults:
    """The switches. Safe to set while the simulator answers."""

    first_page: int = 1  # the number of the first page, of both routes: 0 or 1
    page_zero: str = "empty"  # where it is 1, what page 0 is: "empty", or "first": the same as page 1
    page_cap: int | None = None  # most records on a page, silently
    refused: set[str] = field(default_factory=set)  # `Entity.property`: what GraphQL refuses to this user
    withheld: set[str] = field(default_factory=set)  # entities: REST says nothing of them, GraphQL refuses them
    missing: set[str] = field(default_factory=set)  # `Entity.property` that the vendor took away, on both routes
    renamed: dict[str, str] = field(default_factory=dict)  # `Entity.property` -> its new name, on both routes
    dates: str = ""  # "text" or "object": on both routes; else text in GraphQL and objects in REST
    null_text: bool = False  # the word NULL where a plain value has none
    extra_fields: bool = False  # fields that nobody knows, on every object
    locked_out: bool = False  # the password is another now: 401
    revoked: bool = False  # the school withdrew its consent: 403
    errors_status: int = 200  # of HTTP, where a query is answered with `errors`
    code: int = 500  # what the bodies of BODY_RESPONSE and BODY_STATUS say
    reason: str = "Something went wrong"  # what a failing body says in words
    retry_after: str = "1"
    slow_seconds: float = 0.2

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: list[Plan] = []

    def next(self, fault: Fault, *, times: int | None = 1, only: str = "", after: int = 0) -> None:
        """From now on `fault` meets the next `times` requests (None: all) whose label has `only` in it, the first
        `after` of them excepted. A request meets one fault at most: the first that was planned.
        """
        with self._lock:
            self._plans.append(Plan(fault, only, times, after))

    def clear(self) -> None:
        """Forget what `next` planned. Switches stay as they are."""
        with self._lock:
            self._plans.clear()

    def take(self, label: str) -> Plan | None:
        """What is to happen to a request; counts it."""
        with self._lock:
            for plan in self._plans:
                if plan.only not in label or plan.times == 0:
                    continue
                if plan.after:
                    plan.after -= 1
                    continue
                plan.times = None if plan.times is None else plan.times - 1
                return plan
        return None

    def page_offset(self, number: int, size: int, fault: Fault | None) -> int:
        """Where the page with that number begins; -1 for a page with nothing on it."""
        place = number - self.first_page + (fault is Fault.PAGE_SKIPPED) - (fault is Fault.PAGE_REPEATED)
        if place < 0:
            return 0 if self.page_zero == "first" or fault is Fault.PAGE_REPEATED else -1
        return place * size

    def capped(self, size: int) -> int:
        """How many records a page of `size` holds."""
        return min(size, self.page_cap) if self.page_cap else size

    def name(self, entity: str, field_: str) -> str | None:
        """What a field of the model is called now; None where it was taken away."""
        full = f"{entity}.{field_}"
        return None if full in self.missing else self.renamed.get(full, field_)

    def original(self, entity: str, name: str) -> str | None:
        """The field of the model that is called `name` now; None where none is."""
        for full, other in self.renamed.items():
            if full.startswith(f"{entity}.") and other == name:
                return full.partition(".")[2]
        full = f"{entity}.{name}"
        return None if full in self.missing or full in self.renamed else name
