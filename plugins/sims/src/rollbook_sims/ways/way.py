"""What a way of coming by reports gives to who reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rollbook.contract import Remark, Window


@dataclass(frozen=True)
class Fetched:
    """A report's file, complete as far as its way can tell, and not to be changed.

    `name` is what people know it by. `digest` is of its contents: the first 16 hexadecimal digits of their SHA-256.
    """

    path: Path
    name: str
    digest: str


class Way(Protocol):
    """One school's reports."""

    def offers(self, report: str) -> bool:
        """Whether there is such a report; `captions.REPORTS`. Those that are not OPTIONAL there always are."""

    def fetch(
        self, report: str, window: Window | None = None, taken: Collection[str] = ()
    ) -> AbstractContextManager[list[Fetched]]:
        """Its files, the newest first; one at least. They may be gone when the context ends.

        `window`: of a report of marks, the days that are wanted; more may come. `taken`: digests of files that were
        read before: such a file comes only before an older one that was not, or where there is nothing new.
        Raises RetryLater, NeedsCredentials, FixSettings, VendorMustAct.
        """

    def remarks(self) -> Iterator[Remark]:
        """What `check` says of the way itself, before any report is fetched."""
