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


class Codes:
    """By the id of a code. The lookup of statutory codes is read too: a code names its own there by an id."""

    def __init__(self, codes: Iterable[Any], statutory: Iterable[Any]) -> None:
        statutes = {one.id.lower(): one.code for one in statutory}
        self._known: dict[str, tuple[str, str | None]] = {}
        for one in codes:
            stands_for = statutes.get(one.statutory.id.lower()) if one.statutory else ""
            if stands_for is not None:  # else half is not known of it: its marks are set aside
                self._known[one.id.lower()] = one.code, stands_for.strip() or None

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

        What is displayed stays too where it says more of the same than its statutory code (C1 of C). Raises KeyError
        for a code that is not known, and for one that would pass for a national code which the school says it is not.
        """
        displayed, stands_for = self._known[code]
        if stands_for is None:
            return displayed
        sure = meaning(stands_for, day).quality in SURE
        own = meaning(displayed, day).quality
        if displayed.startswith(stands_for) and own is Quality.EXACT:
            return displayed
        if not sure and own in SURE:
            raise KeyError(code)
        return stands_for if sure else displayed

    def unmapped(self, day: date) -> list[str]:
        """The displayed codes of which nothing is sure on that day, whatever they stand for."""
        return sorted(displayed for code, (displayed, _) in self._known.items() if not self._is_clear(code, day))

    def _is_clear(self, code: str, day: date) -> bool:
        try:
            return meaning(self.on(code, day), day).quality in (*SURE, Quality.NOT_RECORDED)
        except KeyError:
            return False
