"""Values of law that no test of a rule looks at on both sides: the day before and the day of, one less and one more."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rollbook.rules.absence import with_rates
from rollbook.rules.case_register import case_settings, register
from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.thresholds import Settings

TODAY = date(2026, 11, 9)


def looked_at(as_at: date, terms: list[str], rules: list[str] | None = None, **case: Any) -> Evaluation:
    """What the rules say of the one pupil, at a school with these terms."""
    whole = {"id": "small", "calendar": "a"} | case
    return evaluate(register(whole, as_at, {"a": {"terms": terms}}), as_at, local=case_settings(whole), rules=rules)


@pytest.mark.parametrize(
    ("absent", "of", "persistent", "severe"),
    [
        (9, 100, False, False),
        (99, 1000, False, False),
        (10, 100, True, False),
        (49, 100, True, False),
        (499, 1000, True, False),
        (50, 100, True, True),
    ],
)
def test_persistent_is_from_a_tenth_and_severe_from_a_half(
    absent: int, of: int, persistent: bool, severe: bool
) -> None:
    """persistent_percent and severe_percent."""
    counts = pl.DataFrame({"possible": [of], "authorised": [absent], "unauthorised": [0]})
    schools = pl.DataFrame(schema={"school": pl.Int32, "la": pl.String})
    row = with_rates(counts, Settings(TODAY, schools)).row(0, named=True)
    assert (row["persistent"], row["severe"]) == (persistent, severe)


def test_sessions_count_from_1_september_2022_on_and_not_before() -> None:
    """judged_from: absent on the last day of August and the first of September, of which one is judged."""
    absent = {"2022-08-31": "O O", "2022-09-01": "O O"}
    pupil = {"on_roll": date(2021, 9, 1)}
    found = looked_at(date(2022, 9, 5), ["2022-08-29..2022-12-16"], ["absence"], marks=absent, pupil=pupil)
    assert found.answers["absence"].select("unauthorised", "possible").row(0) == (2, 6)


def test_leave_is_in_none_of_the_lists_of_codes() -> None:
    """late_codes, attendance_return_codes, unexplained_codes, sickness_return_codes, ground_review_codes,
    no_reason_codes, penalty_codes: a month of C is absence, and nothing more, while it lasts.
    """
    marks, terms, pupil = {"2026-09-03..2026-10-09": "C C"}, ["2026-09-03..2026-12-18"], {"on_roll": date(2026, 9, 3)}
    said = looked_at(date(2026, 10, 9), terms, marks=marks, pupil=pupil).answers
    row = {name: table.row(0, named=True) for name, table in said.items()}
    assert (row["absence"]["authorised"], row["absence"]["late"]) == (54, 0)
    assert row["attendance_return"]["run_days"] == 0
    assert row["unexplained"] | {"school": 0, "pupil": 0} == {"school": 0, "pupil": 0, "overdue": 0, "due_by": None}
    assert row["sickness_return"]["days"] == 0
    assert row["ground_review"]["continuous_absence"] is None
    assert row["penalty_notice"]["sessions"] == 0
    assert not row["missing"]["due"]
