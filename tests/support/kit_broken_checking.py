"""Sources and simulators that break one clause each, of 3: what the checks of them must see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from rollbook.contract import (
    FixSettings,
    NeedsCredentials,
    Remark,
    RetryLater,
    SchoolRef,
)
from support.kit_broken import Broken, TakenForTheEnd
from support.kit_source import Plain

UTC_UNTIL = date(2026, 10, 25)  # the end of summer time


class NotWell(Plain):
    """Says of a good connection that it is not."""

    def check(self) -> Iterator[Remark]:
        yield from super().check()
        yield Remark(False, "The newest mark cannot be found.")


class Wide(Plain):
    """Reads half the school to see whether it may."""

    def check(self) -> Iterator[Remark]:
        with self.open() as api:
            for _ in range(40):
                api.get("v1/schools", label="schools")
        yield from super().check()


class Subscribes(Plain):
    """Asks to be told of changes, in a check."""

    def check(self) -> Iterator[Remark]:
        with self.open() as api:
            api.post("v1/subscriptions", label="subscriptions", json={"callback": "here"})
        yield from super().check()


class TwoSchools(Plain):
    """Names a school that it cannot pull."""

    def schools(self) -> list[SchoolRef]:
        return [*super().schools(), SchoolRef("elms", urn=900077)]


class OtherWord(Plain, abstract=True):
    """Says something else of a credential."""

    status = 401

    def answer(self, response: Any) -> dict[str, Any]:
        if response.status_code == self.status:
            raise self.instead()
        return super().answer(response)

    def instead(self) -> Exception:
        """What it says."""
        return RetryLater("The vendor does not answer as it should.")


class TriesForEver(OtherWord):
    """A wrong token is a bad day of the vendor's."""


class Misled(OtherWord):
    """A consent that ended is a setting of ours."""

    status = 403

    def instead(self) -> Exception:
        return FixSettings("The address may be wrong.")


class HalfIsEnough(TakenForTheEnd):
    """Where the token ends in the middle, what came is the pull."""

    fault = NeedsCredentials


BROKEN: dict[str, Broken] = {
    "S01": Broken(NotWell, says="The newest mark cannot be found"),
    "S02": Broken(Wide, says="check makes 41 requests"),
    "S03": Broken(TwoSchools, says="schools() names 'elms', and its pull fails"),
    "S04": Broken(TriesForEver, says="check ends in RetryLater"),
    "S05": Broken(Misled, says="check ends in FixSettings"),
    "S06": Broken(HalfIsEnough, says="ends in a pull that is not whole"),
}

ALSO = [("S02", Broken(Subscribes, says="changes something: POST /v1/subscriptions"))]
