"""Which rule is looked through in which way. A rule that is not here is explained by its own evidence."""

from __future__ import annotations

from collections.abc import Mapping

from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.of_deadlines import NotSeenLens, UnexplainedLens
from rollbook.rules.explain.of_notices import ImprovementLens, LadderLens
from rollbook.rules.explain.of_penalty import PenaltyLens
from rollbook.rules.explain.of_quality import MarksLens, QualityLens
from rollbook.rules.explain.of_rates import RateLens
from rollbook.rules.explain.of_referrals import ReferralLens
from rollbook.rules.explain.of_rolls import ReturnLens
from rollbook.rules.explain.of_runs import GroundLens, RunLens
from rollbook.rules.explain.of_stretches import FollowupLens, MissingLens
from rollbook.rules.explain.of_totals import IrregularLens, SicknessLens

LENSES: Mapping[str, Lens] = {
    "absence": RateLens(),
    "statistics": RateLens(),
    "attendance_return": RunLens("attendance_return_codes", "attendance_return_school_days"),
    "ground_review": GroundLens("ground_review_codes", "ground_review_school_days"),
    "irregular": IrregularLens(),
    "sickness_return": SicknessLens(),
    "attendance_followup": FollowupLens("attendance_return_codes", "attendance_return_school_days"),
    "missing": MissingLens("no_reason_codes", ""),
    "marks": MarksLens(),
    "register_quality": QualityLens(),
    "support_referral": ReferralLens(),
    "penalty_notice": PenaltyLens(),
    "notice_ladder": LadderLens(),
    "notice_to_improve": ImprovementLens(),
    "unexplained": UnexplainedLens(),
    "not_seen": NotSeenLens(),
    "new_pupil_return": ReturnLens(
        "the pupil began in the most junior year on the first day of the school year, or has not joined yet",
        "another first day, or another year group",
    ),
    "deletion_return": ReturnLens(
        "the pupil is on the roll, or left at the end of the most senior year",
        "another last day, or a stay that goes on",
    ),
}
ANY_RULE = Lens()


def lens_of(rule: str) -> Lens:
    """How that rule is looked through."""
    return LENSES.get(rule, ANY_RULE)
