"""Who was not seen and how a register is kept, as the rules and a plain judge, day by day, say it of made-up pupils."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import strategies as st

from rollbook.rules.evaluate import evaluate
from rollbook.rules.thresholds import LocalSettings
from support import oracle_signs
from support.judged import judged_on, look_until
from support.random_registers import RandomRegister, registers, with_odd_marks

odd = st.builds(with_odd_marks, registers(), st.integers(0, 2**32).map(Random))


@judged_on(registers(), few=12, full=30)
def test_school_days_since_a_pupil_was_seen(register: RandomRegister) -> None:
    number = register.as_at.day % 10 or None  # none is set on some days
    local = LocalSettings(authorities={"801": {"not_seen_school_days": number}})
    said = evaluate(register.tables(), register.as_at, local=local, rules=["not_seen"]).answers["not_seen"]
    found = {(row.pop("school"), row.pop("pupil")): row for row in said.iter_rows(named=True)}
    assert found == {
        key: oracle_signs.not_seen(register.schools[key[0]], pupil, register.as_at, number)
        for key, pupil in register.pupils.items()
    }


@judged_on(odd, few=12, full=30)
def test_the_signs_of_a_register_that_is_not_kept(register: RandomRegister) -> None:
    rows = evaluate(register.tables(), register.as_at, rules=["register_quality"]).answers["register_quality"]
    expected = judge(register)
    found = {(row["school"], row["pupil"]): row for row in rows.iter_rows(named=True)}
    assert {key: {name: found[key][name] for name in told} for key, told in expected.items()} == expected


def judge(register: RandomRegister) -> dict[tuple[int, int], dict[str, object]]:
    told = {}
    for (urn, number), pupil in register.pupils.items():
        beside = [one for (other, _), one in register.pupils.items() if other == urn]
        school = register.schools[urn]
        own = oracle_signs.signs(school, pupil, register.as_at)
        told[urn, number] = own | oracle_signs.of_school(school, beside, register.as_at)
    return told


@pytest.mark.slow
def test_the_made_up_registers_show_every_sign() -> None:
    seen: Counter[str] = Counter()

    def look(register: RandomRegister) -> None:
        for told in judge(register).values():
            # U is never used in thirty days: too seldom to be made up.
            seen.update({name: bool(number) for name, number in told.items() if name != "u_never_used"})

    look_until(lambda: min(seen.values(), default=0) >= 1, odd, look)
    assert min(seen.values()) >= 1, seen
