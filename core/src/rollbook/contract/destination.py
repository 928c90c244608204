"""A destination: where what must be said is delivered. One instance is one connection, in one worker process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

from rollbook.contract.definition import check_call_seconds, check_class, check_members, check_optional, refuse
from rollbook.contract.news import NewsPage
from rollbook.contract.regular import Regular, Report

if TYPE_CHECKING:  # the kinds of message are asked for where nothing heavy may be loaded
    from rollbook.contract.client import Client
    from rollbook.contract.settings import Settings
    from rollbook.contract.source import Remark


class Kind(StrEnum):
    """The kinds of message. More come with the rules that make them."""

    ATTENDANCE_RETURN = "attendance_return"
    TRANSFER_FILE = "transfer_file"  # of a leaver whose destination is not known
    ATTENDANCE_FOLLOWUP = "attendance_followup"  # of an absence that goes on in a later month
    IRREGULAR_ATTENDANCE_RETURN = "irregular_attendance_return"  # of a pupil who fails to attend regularly
    SICKNESS_RETURN = "sickness_return"
    NEW_PUPIL_RETURN = "new_pupil_return"
    DELETION_RETURN = "deletion_return"
    MISSING_PUPIL_REPORT = "missing_pupil_report"  # of a child whose whereabouts or school are not known
    SUPPORT_REFERRAL = "support_referral"  # of persistent or severe absence
    PENALTY_NOTICE_REQUEST = "penalty_notice_request"
    WORKER_NOTICE = "worker_notice"  # to a child's worker, of unexplained absence
    WORKER_NOTICE_DELETION = "worker_notice_deletion"  # to a child's worker, of a coming deletion


class Action(StrEnum):
    """What a revision does: the first is sent; a later one amends it, or withdraws it."""

    SEND = "send"
    AMEND = "amend"
    WITHDRAW = "withdraw"


class Outcome(StrEnum):
    """What a destination said. `pending`: it was taken and is yet to be judged there."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True)
class Key:
    """What a message is about, for ever: revisions 1, 2, 3... share it. `episode` counts from 1."""

    kind: Kind
    school: int
    pupil: int
    episode: int

    def __str__(self) -> str:
        return f"{self.kind.value}/{self.school}/{self.pupil}/{self.episode}"


@dataclass(frozen=True)
class Message:
    """One revision of what is said. `content` is JSON, in the field names of the open feed (docs/feed/).

    A `withdraw` has the reason as its content and no pupil details beyond the key's subject.
    `idempotency_key` is made of destination, key and revision: the same message always has the same one.
    """

    key: Key
    revision: int
    action: Action
    content: Mapping[str, Any]
    idempotency_key: str


@dataclass(frozen=True)
class Receipt:
    """What came of one message. `at` has a time zone. `reference` is the destination's own name for the record.

    `reasons` hold no pupil: they are shown and logged (`without_people`; of a look-up, which has no message at
    hand, the host leaves out those that name somebody). `digest` is of the newest content held there, where known.
    """

    outcome: Outcome
    reference: str
    at: datetime
    reasons: Sequence[str] = ()
    revision: int | None = None
    digest: str | None = None


class Destination(ABC):
    """What a destination's plugin subclasses. Checked when it is defined: TypeError says what is missing.

    name: as in the configuration. Settings: the schema of the connection. kinds: what it can take.
    repeat_is_safe: whether the same idempotency key sent twice makes one record there.
    required: for a kind, the fields of its content that must not be empty, as dotted paths (`pupil.address`). A
    message that lacks one is held until a person fills it; it is never handed to `deliver`.
    simulator: "module:Class" or a command's name of a stand-in for demo and tests, or None.
    call_seconds: how long one call may take where the configuration's `limits.seconds` says nothing (None: 900).
    regular: the reports of the regular feed that it can carry; what has any writes `wanted` and `report` too.
    tells: whether the other end has news for schools; what says so writes `news` too.

    A base class of your own that is not yet complete says so: `class Base(Destination, abstract=True)`.
    """

    name: ClassVar[str]
    Settings: ClassVar[type[Settings]]
    kinds: ClassVar[frozenset[Kind]]
    repeat_is_safe: ClassVar[bool]
    required: ClassVar[Mapping[Kind, frozenset[str]]] = {}
    simulator: ClassVar[str | None] = None
    call_seconds: ClassVar[int | None] = None
    regular: ClassVar[frozenset[Regular]] = frozenset()
    tells: ClassVar[bool] = False

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        given = {"kinds": frozenset, "repeat_is_safe": bool, "required": Mapping, "regular": frozenset, "tells": bool}
        check_class(cls, name=str, Settings=type, **given)
        check_members(cls, "kinds", Kind)
        check_members(cls, "regular", Regular)
        check_optional(cls, "simulator", str)
        check_call_seconds(cls)
        refuse(cls, [] if cls.kinds else ["kinds is empty: a destination takes one kind at least"])
        strays = [kind for kind in cls.required if kind not in cls.kinds]
        refuse(cls, [f"required names {stray!r}, which is not one of its kinds" for stray in strays[:1]])
        refuse(cls, _unwritten(cls))

    def __init__(self, settings: Mapping[str, Any], client: Client) -> None:
        self.settings = settings
        self.client = client

    @abstractmethod
    def check(self) -> Iterator[Remark]:
        """Can we reach it, sign in, and may we send: all but sending. May raise any `Problem`."""

    @abstractmethod
    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt for each message, in their order. A message without a receipt is `unknown` to the host.

        Raises: `RetryLater` (those not yet answered stay waiting: nothing of them was sent), `NeedsCredentials`,
        `FixSettings` (likewise), `DeliveryRefused`, `DeliveryUnknown`.
        """

    @abstractmethod
    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision held there under `key`, or None if there is none. Asked for after a reply that never
        came, and after a restore. May raise any `Problem`; the message then stays `unknown`.
        """

    def wanted(self, school: int) -> frozenset[Regular]:
        """What the other end asks of that school (a URN) now. May raise any `Problem`; nothing is reported then."""
        return frozenset()

    def report(self, reports: Sequence[Report]) -> Iterator[Receipt]:
        """One receipt for each report, in their order. Raises as `deliver` does. A report without a receipt is made
        again at the next sync, under the next revision, so that no reply that was lost need be looked for.
        """
        yield from ()

    def news(self, school: int, after: int) -> NewsPage:
        """A page of the news for that school (a URN) after a number, 0 at first. May raise any `Problem`; the host then
        asks from the same number again. It asks on until a page is empty, and keeps `next` with what came.
        """
        return NewsPage((), after)


def _unwritten(cls: type[Destination]) -> list[str]:
    """The methods that the class says it has use for, and has left as they are here."""
    needed = (["wanted", "report"] if cls.regular else []) + (["news"] if cls.tells else [])
    return [f"{name}() is not defined" for name in needed if getattr(cls, name) is getattr(Destination, name)]
