"""The four types of report about a child who is missing from education, and what each authority makes of them."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Reading

MISSING, NEVER_CAME = "missing_registered_pupil", "failed_to_start"
LEAVER, ON_NO_ROLL = "leaver_destination_unknown", "cme_not_on_roll"
TYPES = (MISSING, NEVER_CAME, LEAVER, ON_NO_ROLL)
_OF_EACH = {one: tuple(f"{one}_{value}" for value in ("days", "taken", "called")) for one in TYPES}
_SOONER = "missing_when_enquiries_done"
SETTINGS = (*(name for names in _OF_EACH.values() for name in names), _SOONER)
# What a report of each type rests on: of a leaver there are no marks, and no enquiries at home.
BY_TYPE = {
    one: ("no_reason_codes", *names, _SOONER) if one in (MISSING, NEVER_CAME) else names
    for one, names in _OF_EACH.items()
}


def policy(reading: Reading) -> pl.DataFrame:
    """For each school and type: school, case_type, days, taken (does the authority take it), called."""
    return reading.once("case types", lambda: _policy(reading))


def _policy(reading: Reading) -> pl.DataFrame:
    kinds = {"days": pl.Int32, "taken": pl.Boolean, "called": pl.String}
    settings = reading.settings
    columns = {
        name: pl.concat([settings.values(f"{one}_{name}", dtype) for one in TYPES]) for name, dtype in kinds.items()
    }
    types = pl.Series([one for one in TYPES for _ in settings.schools], dtype=pl.String)
    return pl.DataFrame({"school": pl.concat([settings.schools] * len(TYPES)), "case_type": types} | columns)


def with_policy(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (e, case_type) with school, days, taken and called beside each, in their order."""
    found = reading.days.told(rows, "school")
    return found.join(policy(reading), on=["school", "case_type"], how="left", maintain_order="left")
