"""Whether a pupil is of compulsory school age."""

from __future__ import annotations

import polars as pl

from rollbook.rules.rule import Field, Judged, Reading, Rule


def judge(reading: Reading) -> Judged:
    """On the day looked at, whether it is a school day or not, on the roll or not."""
    within = pl.lit(reading.as_at).is_between(pl.col("age_from"), pl.col("age_to"))
    return Judged(reading.days.enrolments.select(compulsory_age=within))


COMPULSORY_AGE = Rule(
    id="compulsory_age",
    title="Compulsory school age",
    says=(
        "From the fifth birthday, if it is 31 March, 31 August or 31 December, else from the next of these; to the end "
        "of the last Friday in June of the school year, from September, in which the child turns 16."
    ),
    law=("Education Act 1996, s8(2) and (3)", "SI 1998/1607", "SI 1997/1970"),
    first_day=None,
    settings=("compulsory_age_begins", "compulsory_age_prescribed_days", "compulsory_age_ends"),
    answer=(Field("compulsory_age", pl.Boolean, "whether the pupil is of compulsory school age on the day"),),
    judge=judge,
)
