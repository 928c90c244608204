"""The school's attendance codes: what each is displayed as, and which statutory code it stands for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from rollbook.contract import FixSettings
from rollbook.tables.codes import Quality, meaning
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.decoding import everything

SURE = (Quality.EXACT, Quality.ALIAS)
DOUBT = "?"


class Codes:
    """By the id of a code. The lookup of statutory codes is read too: a code names its own there by an id."""

    def __init__(self, codes: Iterable[Any], statutory: Iterable[Any]) -> None:
        statutes = {one.id.lower(): one.code for one in statutory}
        self._known: dict[str, tuple[str, str | None]] = {}
        for one in codes:
            stands_for = statutes.get(one.statutory.id.lower()) if one.statutory else ""
            if stands_for is not None:  # else half is not known of it: its marks are set aside
                self._known[one.id.lower()] = one.code, stands_for.strip() or None
        self._told = any(stands_for for _, stands_for in self._known.values())

    @classmethod
    def read(cls, api: Api) -> Codes:
        """Those of the school. Raises FixSettings where there are none, and as `everything`."""
        codes = cls(everything(api, "codes").records, everything(api, "statutory_codes").records)
        if not codes._known:
            raise FixSettings(
                f"{api.host} gives no attendance codes: name the right paths of codes and statutory_codes in "
                f"`entities` (docs/sims-nextgen.md says which are guesses)."
            )
        return codes

    def __len__(self) -> int:
        return len(self._known)

    def on(self, code: str, day: date) -> str:
        """What the page says of a mark of that day: the statutory code where that is surely one on that day, else what
        is displayed, as it is: the host then sets it aside, or the school's configuration says what it is.

        What is displayed stays too where it says more of the same than its statutory code (C1 of C). What would pass
        for a national code, and is not that here, has `?` behind it, for the same two. Raises KeyError for a code that
        is not known.
        """
        displayed, stands_for = self._known[code]
        own = meaning(displayed, day).quality
        if stands_for is None:
            return displayed + DOUBT if own in SURE and self._told else displayed
        if displayed.startswith(stands_for) and own is Quality.EXACT:
            return displayed
        if meaning(stands_for, day).quality in SURE:
            return stands_for
        return displayed + DOUBT if own in SURE else displayed

    def unmapped(self, day: date) -> list[str]:
        """The displayed codes of which nothing is sure on that day, as they go into the page."""
        given = (self.on(code, day) for code in self._known)
        return sorted(code for code in given if meaning(code, day).quality not in (*SURE, Quality.NOT_RECORDED))
