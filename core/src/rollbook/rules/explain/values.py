"""The values that a rule went by, with where each stands and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator

from rollbook.rules.evaluate import Evaluation
from rollbook.rules.explain.explanation import Value
from rollbook.rules.rule import Rule
from rollbook.rules.thresholds import law_value, laws, policies

_SURE = {
    "verified": "read in the source",
    "secondary": "from a reliable third party, not read in the source itself",
    "general": "not checked: a person must look it up before anything automatic stands on it",
}


def values_of(evaluation: Evaluation, rule: Rule, school: int) -> Iterator[Value]:
    """Each setting that the rule names, as it was at that school on that day."""
    for name in rule.settings:
        one = evaluation.settings.of(school, name)
        if name in laws():
            law = law_value(name, evaluation.as_at)
            sure = _SURE[law.confidence]
            yield Value(name, law.value, law.set_by, law.reference, law.note, law.first, law.last, sure)
        else:
            policy = policies()[name]
            yield Value(name, one.value, one.set_by, policy.reference, policy.note)
