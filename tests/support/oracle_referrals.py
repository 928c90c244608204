"""A plain judge of support referrals: the school year's absence to each of its days, one after another."""

from __future__ import annotations

from datetime import date

from support.oracle import AUTHORISED, UNAUTHORISED, PlainPupil, PlainSchool, absence, compulsory, left, session


def support_referral(school: PlainSchool, pupil: PlainPupil, as_at: date, least: int) -> dict[str, object]:
    nothing: dict[str, object] = {"due": False, "type": None, "reached_on": None}
    year = as_at.year if as_at.month >= 8 else as_at.year - 1
    days = sorted({day for day, _ in school.open if date(year, 8, 1) <= day <= as_at and pupil.on_roll(day)})
    seen = [(day, shares(school, pupil, day, least)) for day in days if counts(pupil, school, day)]
    if not seen or left(school, pupil, as_at) or "persistent" not in seen[-1][1]:
        return nothing
    worse = "severe" if "severe" in seen[-1][1] else "persistent"
    return {"due": True, "type": worse, "reached_on": next(day for day, found in seen if worse in found)}


def counts(pupil: PlainPupil, school: PlainSchool, day: date) -> bool:
    """Whether a session of the day is possible."""
    before = {"/", "\\", "L", "B", "J", "K", "P", "V", "W", "H"} | AUTHORISED | UNAUTHORISED
    return any(session(pupil, day, half) in before for half in (0, 1) if (day, half) in school.open)


def shares(school: PlainSchool, pupil: PlainPupil, day: date, least: int) -> set[str]:
    said = absence(school, pupil, day)
    if int(str(said["possible"])) < least or not compulsory(pupil.dob, day):
        return set()
    return {name for name in ("persistent", "severe") if said[name]}
