"""To which authorities each kind of message goes."""

from __future__ import annotations

import pytest

from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.routing import authorities

RETURNS = ["attendance_return", "attendance_followup", "irregular", "sickness_return", "new_pupil_return"]
SCHOOL_ONLY = [*RETURNS, "deletion_return", "support_referral", "penalty_notice", "transfer_file"]


@pytest.mark.parametrize("kind", SCHOOL_ONLY)
def test_a_return_goes_to_the_schools_authority_wherever_the_child_lives(kind: str) -> None:
    assert authorities(OF_CASES[kind].to, "801", home="802", workers=["803"]) == ("801",)


@pytest.mark.parametrize(
    ("home", "told"), [(None, ("801",)), ("801", ("801",)), ("802", ("801", "802"))], ids=["not known", "same", "other"]
)
def test_a_missing_child_is_reported_where_the_child_lives_too(home: str | None, told: tuple[str, ...]) -> None:
    assert authorities(OF_CASES["missing"].to, "801", home=home, workers=["803"]) == told


@pytest.mark.parametrize("kind", ["worker_notice", "worker_notice_deletion"])
@pytest.mark.parametrize(
    ("workers", "told"),
    [
        ([], ("801",)),
        ([None], ("801",)),
        (["803"], ("803",)),
        (["803", "803"], ("803",)),
        (["804", "803"], ("803", "804")),
        (["803", None], ("801", "803")),
    ],
    ids=["nobody named", "not known", "another's", "two at one", "one at each", "one known"],
)
def test_each_worker_is_told_at_the_workers_own_authority(
    kind: str, workers: list[str | None], told: tuple[str, ...]
) -> None:
    assert authorities(OF_CASES[kind].to, "801", home="802", workers=workers) == told
