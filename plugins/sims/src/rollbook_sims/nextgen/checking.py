"""What `rollbook check` says of a connection to Next Gen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from rollbook.contract import Remark, Window
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.codes import Codes
from rollbook_sims.nextgen.days import between
from rollbook_sims.nextgen.decoding import decoded
from rollbook_sims.nextgen.names import ENTITIES, READINGS, guesses, needed

DAYS_BACK = 28
LONGEST = 4  # characters of a code


def remarks(api: Api, today: date) -> Iterator[Remark]:
    """Whether we may read, whether there are marks, what cannot be mapped, and what of all this is a guess."""
    days = Window(today - timedelta(days=DAYS_BACK), today)
    for entity in ("learners", "identifiers", "enrolments", "sessions"):
        yield _readable(api, entity)
    marks = {"$filter": between("AttendableEventStart", days)}
    yield _readable(api, "records", marks, f"of the last {DAYS_BACK} days: is it a holiday?")
    yield from _codes(Codes.read(api), today)
    yield Remark(True, "All this is read as the vendor's pages of 2018 to 2021 say, and was never tried beside SIMS.")
    told = "; ".join(guesses(api.settings))
    if told:
        yield Remark(True, f"What they do not say is a guess (docs/sims-nextgen.md, 'Guesses'): {told}.")
    yield Remark(True, f"A guess too, which no setting changes: {'; '.join(READINGS)}. Compare some pupils and marks.")
    if api.plain:
        yield Remark(
            True, f"No total is told of {', '.join(sorted(api.plain))}: pages that may be short are read twice."
        )


def _readable(api: Api, entity: str, asked: dict[str, str] | None = None, none: str = "at all") -> Remark:
    """One record is read. What it says is not told."""
    path = api.settings["entities"].get(entity, ENTITIES[entity])
    raws = api.some(entity, asked or {})
    if not raws:
        return Remark(False, f"{path} can be read, and has no record {none}")
    if not decoded(api, entity, raws, entity).records:
        wanted = ", ".join(needed(entity, api.settings))
        return Remark(False, f"{path}: its record lacks one of {wanted}, or has it in another form: see `properties`.")
    return Remark(True, f"{path} can be read.")


def _codes(codes: Codes, today: date) -> Iterator[Remark]:
    yield Remark(True, f"The school has {len(codes)} attendance codes.")
    unmapped = codes.unmapped(today)
    if unmapped:
        short = ", ".join([code for code in unmapped if len(code) <= LONGEST][:20])  # what is longer may be anything
        yield Remark(
            True,
            f"Of these, {len(unmapped)} stand for no national code today: {short}. Marks with them are set aside "
            f"unless the school's `codes` in the configuration say what they are.",
        )
