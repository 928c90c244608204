"""The catalogue: every rule there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rollbook.rules.absence import ABSENCE
from rollbook.rules.absence_by_code import ABSENCE_BY_CODE
from rollbook.rules.attendance_followup import ATTENDANCE_FOLLOWUP
from rollbook.rules.attendance_return import ATTENDANCE_RETURN
from rollbook.rules.children_not_in_school import CHILDREN_NOT_IN_SCHOOL
from rollbook.rules.code import CODE
from rollbook.rules.cohorts import COHORTS
from rollbook.rules.compulsory_age import COMPULSORY_AGE
from rollbook.rules.deletion_return import DELETION_RETURN
from rollbook.rules.ground_review import GROUND_REVIEW
from rollbook.rules.irregular import IRREGULAR
from rollbook.rules.marks import MARKS
from rollbook.rules.missing import MISSING_REPORT
from rollbook.rules.new_pupil_return import NEW_PUPIL_RETURN
from rollbook.rules.not_seen import NOT_SEEN
from rollbook.rules.notice_ladder import NOTICE_LADDER
from rollbook.rules.notice_to_improve import NOTICE_TO_IMPROVE
from rollbook.rules.penalty_notice import PENALTY_NOTICE
from rollbook.rules.problems import NoSuchRule, RuleRefused
from rollbook.rules.register_quality import REGISTER_QUALITY
from rollbook.rules.rule import Rule
from rollbook.rules.sickness_return import SICKNESS_RETURN
from rollbook.rules.statistics import STATISTICS
from rollbook.rules.support_referral import SUPPORT_REFERRAL
from rollbook.rules.thresholds import laws, policies
from rollbook.rules.transfer_file import TRANSFER_FILE
from rollbook.rules.unexplained import UNEXPLAINED
from rollbook.rules.worker_notice import WORKER_NOTICE, WORKER_NOTICE_DELETION

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        ABSENCE,
        ABSENCE_BY_CODE,
        STATISTICS,
        ATTENDANCE_RETURN,
        ATTENDANCE_FOLLOWUP,
        IRREGULAR,
        SICKNESS_RETURN,
        NEW_PUPIL_RETURN,
        DELETION_RETURN,
        SUPPORT_REFERRAL,
        PENALTY_NOTICE,
        NOTICE_LADDER,
        NOTICE_TO_IMPROVE,
        GROUND_REVIEW,
        UNEXPLAINED,
        MARKS,
        NOT_SEEN,
        MISSING_REPORT,
        TRANSFER_FILE,
        COHORTS,
        WORKER_NOTICE,
        WORKER_NOTICE_DELETION,
        REGISTER_QUALITY,
        CHILDREN_NOT_IN_SCHOOL,
        COMPULSORY_AGE,
        CODE,
    )
}


def rule(rule_id: str, known: Mapping[str, Rule] = RULES) -> Rule:
    """The entry of `known` with that id. Raises `NoSuchRule`."""
    if rule_id not in known:
        raise NoSuchRule(f"there is no rule {rule_id!r}; there are {', '.join(sorted(known))}")
    return known[rule_id]


def with_others(others: Iterable[Rule]) -> Mapping[str, Rule]:
    """Our rules, then those of others. Raises `RuleRefused`: an id that is taken, a setting that there is not."""
    known = dict(RULES)
    for other in others:
        if other.id in known:
            raise RuleRefused(f"there is a rule {other.id} already")
        unknown = [name for name in other.settings if name not in laws() and name not in policies()]
        if unknown:
            raise RuleRefused(f"the rule {other.id} goes by {unknown[0]}, which is no value of law or policy here")
        known[other.id] = other
    return known
