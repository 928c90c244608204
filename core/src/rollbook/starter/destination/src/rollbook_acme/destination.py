"""The destination: what Acme is told, and what it holds. docs/writing-a-destination.md goes with you."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rollbook.contract import Destination, Key, Kind, Message, Receipt, Remark, Settings

from rollbook_acme.settings import AcmeSettings


class Acme(Destination):
    """Acme's interface. `self.settings` are the connection's; `self.client` is the HTTP client to use: see api.py."""

    name: ClassVar[str] = "acme"
    Settings: ClassVar[type[Settings]] = AcmeSettings
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.ATTENDANCE_RETURN})
    required: ClassVar[Mapping[Kind, frozenset[str]]] = {  # what the law asks for: Rollbook holds a return without it
        Kind.ATTENDANCE_RETURN: frozenset({"pupil.surname", "pupil.forename", "pupil.dob", "pupil.address"}),
    }
    repeat_is_safe: ClassVar[bool] = False  # True where the same idempotency key sent twice makes one record
    simulator: ClassVar[str | None] = "rollbook_acme.simulator:AcmeSimulator"

    def check(self) -> Iterator[Remark]:
        """Can we sign in, and may we send? All but sending."""
        raise NotImplementedError(
            "write check(): docs/contract.md, clause 10.1; docs/writing-a-destination.md, step 4",
        )

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """A receipt for each message, in their order."""
        raise NotImplementedError(
            "write deliver(): docs/contract.md, clauses 11 and 12; docs/writing-a-destination.md, step 5",
        )

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision that Acme holds under the key."""
        raise NotImplementedError(
            "write lookup(): docs/contract.md, clause 12.8; docs/writing-a-destination.md, step 4",
        )
