"""The day on which the Regulations began: every value that a rule goes by must be there on its first_day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from rollbook.rules.case_register import register
from rollbook.rules.catalogue import RULES
from rollbook.rules.evaluate import evaluate

REGULATIONS = date(2024, 8, 19)
TERM = {"a": {"terms": ["2024-07-01..2024-07-19", "2024-08-19..2024-12-20"]}}
CASE = {"id": "small", "calendar": "a", "pupil": {"on_roll": date(2024, 7, 1)}, "marks": {"2024-08-19": "N N"}}


@pytest.mark.parametrize("days", [0, 1])
def test_every_rule_of_the_regulations_can_be_asked_from_its_first_day_on(days: int) -> None:
    day = REGULATIONS + timedelta(days=days)
    said = evaluate(register(CASE, day, TERM), day)
    begun = {rule.id for rule in RULES.values() if rule.first_day == REGULATIONS and rule.judge is not None}
    assert begun <= set(said.answers)
