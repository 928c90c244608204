"""The four types of report about a child who is missing from education, and what each authority makes of them."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Reading

MISSING, NEVER_CAME = "missing_registered_pupil", "failed_to_start"
LEAVER, ON_NO_ROLL = "leaver_destination_unknown", "cme_not_on_roll"
TYPES = (MISSING, NEVER_CAME, LEAVER, ON_NO_ROLL)
SETTINGS = (
    *(f"{one}_{value}" for one in TYPES for value in ("days", "taken", "called")),
    "missing_when_enquiries_done",
)


def policy(reading: Reading) -> pl.DataFrame:
    """For each school and type: school, case_type, days, taken (does the authority take it), called."""
    return reading.once("case types", lambda: _policy(reading))


def _policy(reading: Reading) -> pl.DataFrame:
    kinds = {"days": pl.Int32, "taken": pl.Boolean, "called": pl.String}
    parts = []
    for one in TYPES:
        columns = [reading.settings.column(f"{one}_{name}", dtype) for name, dtype in kinds.items()]
        values = [column.get_column(column.columns[1]).alias(name) for column, name in zip(columns, kinds, strict=True)]
        parts.append(columns[0].select("school").with_columns(*values, case_type=pl.lit(one)))
    return pl.concat(parts)


def with_policy(reading: Reading, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` (e, case_type) with school, days, taken and called beside each, in their order."""
    schools = reading.days.enrolments.select("e", "school")
    found = rows.join(schools, on="e", how="left", maintain_order="left")
    return found.join(policy(reading), on=["school", "case_type"], how="left", maintain_order="left")
