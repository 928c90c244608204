"""The support referral: DfE's shares of absence, and the number of possible sessions from which policy asks."""

from __future__ import annotations

from collections.abc import Sequence

from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import year_end, year_to_date
from rollbook.rules.explain.of_rates import RateLens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.trials import ABSENT, PRESENT, earliest
from rollbook.rules.explain.view import View, is_due
from rollbook.rules.pairs import AUTHORISED, UNAUTHORISED


class ReferralLens(RateLens):
    """The sessions of absence count, as of the rates; the share itself is told, and when it was reached."""

    def counted(self, view: View) -> Marks:
        """Every session of absence in the school year to date: each is in the share, whether that is reached or not."""
        return view.marked(*year_to_date(view), (*AUTHORISED, *UNAUTHORISED))

    def verdict(self, view: View) -> str:
        """It asks."""
        return "A person is asked whether to refer the pupil for support." if view.due else "Nobody is asked."

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """The share of DfE's statistics, and apart from it what is policy."""
        shares = {name: view.law(f"{name}_percent") for name in ("persistent", "severe")}
        least = view.setting("support_referral_sessions")
        told = [f"{words.many(len(counted), 'session')} of absence in the school year to date."]
        if view.row["type"] is not None:
            name, figures = view.row["type"], view.figures
            absent = figures["possible"] - figures["attended"]
            told = [
                f"{name.capitalize()} absence, {shares[name]}% or more on whole numbers, since "
                f"{words.day(view.row['reached_on'])}: {absent} of {figures['possible']} possible sessions on that day."
            ]
        policy = f"By policy, and by no law, a person is asked from {words.many(least, 'possible session')} on"
        return [*told, f"{policy}: at {shares['persistent']}% (persistent) or {shares['severe']}% (severe) absent."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """How many sessions of absence would reach it, or attended ones lead below it."""
        due = bool(view.due)
        places = earliest(
            view,
            PRESENT if due else ABSENT,
            lambda row: bool(is_due(view.subject, row)) is not due,
            last=year_end(view),
        )
        verb = "end" if due else "reach"
        if places is None:
            what = "attended would end it" if due else "of absence would reach it"
            return [Change("note", f"No sessions on the days left of this school year {what}.")]
        number, by = len(places), places[-1][0]
        of = "attended" if due else "of absence"
        text = (
            f"{words.many(number, 'more session')} {of}, one after another, would {verb} it: on {words.day(by)} at "
            f"the earliest."
        )
        return [Change("undo" if due else "reach", text, number=number, by=by)]
