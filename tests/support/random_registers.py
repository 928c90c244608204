"""Made-up registers for comparing judges: two schools, some pupils, over the turn of a school year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import polars as pl
from hypothesis import strategies as st

from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.tables import codes
from rollbook.tables.schemas import PUPILS, ROLL, SCHOOLS, SESSIONS, conform
from support.oracle import PlainPupil, PlainSchool

EVERY_MARK = [
    *("/", "\\", "L", "B", "K", "P", "V", "W", "C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T", "G", "N", "O", "U"),
    *("D", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "X", "Z", "#", "H", "J", "Y", "F", "X01", "X07", "I02"),
    *("-", "", "o", " n ", "ZZ", "7"),
]
ABSENT = ["G", "N", "O", "U"]
PASSING = ["#", "-", "", "ZZ", "J"]


@dataclass
class RandomRegister:
    """The same register for both judges: plain, and as the rules read it."""

    schools: dict[int, PlainSchool]
    pupils: dict[tuple[int, int], PlainPupil]
    as_at: date

    def tables(self) -> Registers:
        schools = [(urn, f"School {urn}", "801", one.type, None, None) for urn, one in self.schools.items()]
        sessions = [(urn, day, half, True) for urn, one in self.schools.items() for day, half in one.open]
        spells = [
            {"school": urn, "pupil": number, "from": first, "to": last, "boarder": pupil.boarder}
            for (urn, number), pupil in self.pupils.items()
            for first, last in pupil.spells
        ]
        people = [{"school": urn, "pupil": n, "dob": pupil.dob} for (urn, n), pupil in self.pupils.items()]
        return Registers(
            schools=pl.DataFrame(schools, schema=SCHOOLS, orient="row"),
            sessions=pl.DataFrame(sessions, schema=SESSIONS, orient="row"),
            pupils=conform(pl.DataFrame(people), PUPILS),
            roll=conform(pl.DataFrame(spells, schema_overrides={"to": pl.Date}), ROLL),
            marks=self._marks(),
        )

    def _marks(self) -> pl.DataFrame:
        written = [
            (urn, number, day, half, raw)
            for (urn, number), pupil in self.pupils.items()
            for (day, half), raw in pupil.marks.items()
        ]
        schema = {name: dtype for name, dtype in RULE_MARKS.items() if name != "code"} | {"raw": pl.String}
        marks = codes.resolve(pl.DataFrame(written, schema=schema, orient="row"))
        return conform(marks, RULE_MARKS).sort(*RULE_MARKS)


@st.composite
def registers(draw: st.DrawFn) -> RandomRegister:
    """Summer and autumn of one year: the change of law of 2024, or any other."""
    year = draw(st.sampled_from([2024, 2026]))
    schools = {100001 + n: draw(_schools(year)) for n in range(2)}
    pupils = {(urn, number): draw(_pupils(year, school)) for urn, school in schools.items() for number in range(1, 6)}
    as_at = date(year, 9, 2) + timedelta(days=draw(st.integers(-13, 55)))
    return RandomRegister(schools, pupils, as_at)


@st.composite
def _schools(draw: st.DrawFn, year: int) -> PlainSchool:
    first, last = date(year, 6, 15), date(year, 10, 30)
    ends, begins = date(year, 7, draw(st.integers(15, 24))), date(year, 9, draw(st.integers(1, 7)))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    opened = {(day, half) for day in days if day.weekday() < 5 and not ends < day < begins for half in (0, 1)}
    closed = draw(st.sets(st.tuples(st.sampled_from(days), st.sampled_from([(0,), (1,), (0, 1)])), max_size=8))
    opened -= {(day, half) for day, halves in closed for half in halves}
    return PlainSchool(draw(st.sampled_from(["academy", "maintained", "special", "independent"])), opened)


@st.composite
def _pupils(draw: st.DrawFn, year: int, school: PlainSchool) -> PlainPupil:
    age = draw(st.sampled_from([4, 5, 10, 10, 10, 10, 15, 16]))
    dob = date(year - age, 1, 1) + timedelta(days=draw(st.integers(0, 364)))
    marks = _marks(Random(draw(st.integers(0, 2**32))), school)
    return PlainPupil(dob, draw(_spells(year)), draw(st.sampled_from([False, False, False, True])), marks)


@st.composite
def _spells(draw: st.DrawFn, year: int) -> list[tuple[date, date | None]]:
    start = date(year, 5, 20)
    steps = draw(st.lists(st.integers(1, 80), min_size=1, max_size=5))
    days = [start]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    kind = draw(st.sampled_from(["several", "stays", "joins", "leaves"]))
    if kind == "stays":
        return [(date(year - 1, 9, 3), None)]
    if kind == "joins":
        return [(days[1], None)]
    if kind == "leaves":
        return [(days[0], days[1])]
    pairs = [(days[n], days[n + 1] - timedelta(days=1)) for n in range(0, len(days) - 1, 2)]
    return [*pairs[:-1], (pairs[-1][0], draw(st.sampled_from([None, pairs[-1][1]])))]


def _marks(chance: Random, school: PlainSchool) -> dict[tuple[date, int], str]:
    """Stretches of days alike: present, absent, absent with days that pass, anything at all. Some on closed days."""
    marks: dict[tuple[date, int], str] = {}
    day, last = date(min(school.open)[0].year, 6, 14), max(school.open)[0]
    while day <= last:
        kind, longest = chance.choice(
            [("present", 20), ("absent", 40), ("absent", 40), ("passing", 2), ("anything", 3)]
        )
        either = {"present": ["/"], "absent": ABSENT, "passing": PASSING + ABSENT, "anything": EVERY_MARK}[kind]
        for _ in range(chance.randint(1, longest)):
            marks |= {(day, half): chance.choice(either) for half in (0, 1)}
            day += timedelta(days=1)
    return marks
