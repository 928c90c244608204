"""What the rules refuse, each with one sentence for a person. None names a pupil but by Rollbook's own number."""

from __future__ import annotations

from datetime import date


class RulesProblem(Exception):
    """The root: `sentence` says what is wrong."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RegisterProblem(RulesProblem):
    """The tables cannot be read as a register: nothing is judged, nothing guessed."""


class NoSuchRule(RulesProblem):
    """No rule of the catalogue has that id."""


class NotInForce(RulesProblem):
    """A rule was asked about a day before it was in force. `setting`: where its first day is set, if not by law."""

    def __init__(self, rule: str, day: date, first_day: date | None, setting: str = "") -> None:
        asked = f"the rule {rule} was asked about {day.isoformat()}, and it is "
        if first_day is None:
            super().__init__(f"{asked}not in force: the day of its commencement is not set ({setting})")
        else:
            super().__init__(f"{asked}in force only from {first_day.isoformat()}")


class NoWindow(RulesProblem):
    """A rule was asked about a window of days, and it looks at none; or the window ends before it begins."""


class NotYetLaw(RulesProblem):
    """A value of law was asked for about a day of which it is not known here what the law said."""

    def __init__(self, name: str, day: date, first_day: date) -> None:
        since = f"what is known here begins with {first_day.isoformat()}: ask about that day, or a later one"
        super().__init__(f"the law has no value {name} on {day.isoformat()}; {since}")


class RuleRefused(RulesProblem):
    """A rule of a third party cannot stand in the catalogue."""


class RuleFailed(RulesProblem):
    """A rule of a third party failed. What it would have said is not judged; every other rule's answer stands."""


class SettingRefused(RulesProblem):
    """A local setting that no rule knows, that is no value of its kind, or that the law does not leave open."""


class CaseMalformed(RulesProblem):
    """A worked case that cannot be read."""
