"""Made-up registers for comparing judges: two schools, some pupils, over the turn of a school year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl
from hypothesis import strategies as st

from rollbook.rules.registers import RULE_MARKS, Registers
from rollbook.rules.thresholds import LocalSettings
from rollbook.tables import codes
from rollbook.tables.schemas import LEAVE, NOTICES, PUPILS, ROLL, SCHOOLS, SESSIONS, conform
from support.oracle import REGULATIONS, PlainPupil, PlainSchool
from support.oracle_notices import PlainChild, PlainNotice

EVERY_MARK = [
    *("/", "\\", "L", "B", "K", "P", "V", "W", "C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T", "G", "N", "O", "U"),
    *("D", "Q", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "X", "Z", "#", "H", "J", "Y", "F", "X01", "X07", "I02"),
    *("-", "", "o", " n ", "ZZ", "7"),
]
ABSENT = ["G", "N", "O", "U"]
PASSING = ["#", "-", "", "ZZ", "J"]
SPARSE = ["/"] * 6 + ["O", "N", "U", "I"]
AT_ANOTHER = ["O", "N", "G", "/", "V", "I", "D"]
SELDOM = ["E", "R", "S", "W", "X", "Z", "O"]
PARENTS = ["mother", "father"]
SHARED, OF_ONE = 3, 2  # pupils of both schools, and of each alone


@dataclass(repr=False)
class RandomRegister:
    """The same register for both judges: plain, and as the rules read it."""

    schools: dict[int, PlainSchool]
    pupils: dict[tuple[int, int], PlainPupil]
    as_at: date
    authority: dict[str, Any] = field(default_factory=dict)
    notices: dict[int, list[PlainNotice]] = field(default_factory=dict)
    elsewhere: dict[int, list[tuple[date, int, str]]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Short: of a long one Hypothesis warns, and a warning hides the difference that a test found."""
        return f"<register of {len(self.pupils)} enrolments, as at {self.as_at}, {self.authority}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        """As Hypothesis prints: else it writes a dataclass out field by field, whatever its `__repr__` says."""
        printer.text(repr(self))

    @property
    def local(self) -> LocalSettings:
        return LocalSettings(authorities={"801": self.authority})

    def child(self, urn: int, number: int) -> PlainChild:
        """All that is known of a pupil, as the authority has it counted."""
        if not self.authority.get("penalty_across_schools", True):
            return PlainChild([(self.schools[urn], self.pupils[urn, number])])
        registers = [(self.schools[other], one) for (other, n), one in self.pupils.items() if n == number]
        return PlainChild(registers, self.elsewhere.get(number, []))

    def tables(self) -> Registers:
        schools = [
            (urn, f"School {urn}", "801", one.type, one.lowest_year, one.highest_year)
            for urn, one in self.schools.items()
        ]
        sessions = [(urn, day, half, True) for urn, one in self.schools.items() for day, half in one.open]
        spells = [
            {
                "school": urn,
                "pupil": number,
                "from": first,
                "to": last,
                "boarder": pupil.boarder,
                "year_group": pupil.year_group,
            }
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
            leave=self._leave(),
            notices=self._notices(),
            elsewhere=self._elsewhere(),
        )

    def _leave(self) -> pl.DataFrame:
        rows = [(*key, first, last) for key, pupil in self.pupils.items() for first, last in pupil.leave]
        return pl.DataFrame(rows, schema=LEAVE, orient="row")

    def _notices(self) -> pl.DataFrame:
        """Each at the first school at which the pupil is."""
        rows = [
            (next(urn for urn, n in self.pupils if n == number), number, one.parent, one.issued, one.outcome)
            for number, notices in self.notices.items()
            for one in notices
        ]
        given = dict(list(NOTICES.items())[:5])
        return conform(pl.DataFrame(rows, schema=given, orient="row"), NOTICES)

    def _elsewhere(self) -> pl.DataFrame | None:
        rows = [
            (100777, number, day, half, codes.ids(letter)[0])
            for number, marks in self.elsewhere.items()
            for day, half, letter in marks
        ]
        return pl.DataFrame(rows, schema=RULE_MARKS, orient="row").sort(*RULE_MARKS) if rows else None

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
    """Summer and autumn of a year: of the change of law, of the end of the first notices' three years, or another."""
    year = draw(st.sampled_from([2024, 2026, 2027]))
    schools = {100001 + n: draw(_schools(year)) for n in range(2)}
    dobs = [draw(_dobs(year)) for _ in range(SHARED + 2 * OF_ONE)]
    numbers = [(n, range(1, SHARED + 1)) for n in range(2)]
    numbers += [(n, range(SHARED + 1 + n * OF_ONE, SHARED + 1 + (n + 1) * OF_ONE)) for n in range(2)]
    pupils = {
        (100001 + n, number): draw(_pupils(year, dobs[number - 1], (n, number), schools[100001 + n]))
        for n, own in numbers
        for number in own
    }
    as_at = max(date(year, 9, 2) + timedelta(days=draw(st.integers(-70, 55))), REGULATIONS + timedelta(days=1))
    return RandomRegister(
        schools,
        dict(sorted(pupils.items())),
        as_at,
        draw(_AUTHORITIES),
        {number: draw(_notices(as_at)) for number in range(1, SHARED + 2 * OF_ONE, 2)},
        {number: _at_another(Random(draw(st.integers(0, 2**32))), year) for number in draw(st.sets(_NUMBERS))},
    )


_NUMBERS = st.integers(1, SHARED + 2 * OF_ONE)
_AUTHORITIES = st.fixed_dictionaries(
    {},
    optional={
        "irregular_sessions": st.integers(1, 30),
        "new_pupil_return_due_days": st.integers(0, 5),
        "penalty_counts_unexplained": st.booleans(),
        "penalty_across_schools": st.booleans(),
    },
)


@st.composite
def _notices(draw: st.DrawFn, as_at: date) -> list[PlainNotice]:
    """Some near the day on which they no longer count, some near the day looked at."""
    near = st.sampled_from([as_at, as_at.replace(year=as_at.year - 3), REGULATIONS])
    issued = st.builds(lambda day, by: day + timedelta(days=by), near, st.integers(-3, 3))
    outcomes = st.sampled_from(["paid", "unpaid", "prosecuted", "withdrawn"])
    return draw(st.lists(st.builds(PlainNotice, st.sampled_from(PARENTS), issued, outcomes), max_size=6))


def _at_another(chance: Random, year: int) -> list[tuple[date, int, str]]:
    """A week or two at a school that is not here, perhaps while these are closed, and on a Saturday."""
    start = date(year, 6, 1) + timedelta(days=chance.randint(0, 130))
    halves = [(start + timedelta(days=n), half) for n in range(chance.randint(1, 12)) for half in (0, 1)]
    return [(day, half, chance.choice(AT_ANOTHER)) for day, half in halves if chance.random() < 0.8]


@st.composite
def _schools(draw: st.DrawFn, year: int) -> PlainSchool:
    first, last = date(year, 5, 11), date(year, 10, 30)
    ends, begins = date(year, 7, draw(st.integers(15, 24))), date(year, 9, draw(st.integers(1, 7)))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    opened = {(day, half) for day in days if day.weekday() < 5 and not ends < day < begins for half in (0, 1)}
    closed = draw(st.sets(st.tuples(st.sampled_from(days), st.sampled_from([(0,), (1,), (0, 1)])), max_size=8))
    opened -= {(day, half) for day, halves in closed for half in halves}
    lost = draw(st.lists(st.sampled_from(days), max_size=2))  # holidays of a week, at one school and not the other
    opened -= {(day + timedelta(days=n), half) for day in lost for n in range(-day.weekday(), 7) for half in (0, 1)}
    kinds = st.sampled_from(["academy", "maintained", "special", "academy", "maintained", "independent"])
    years = st.sampled_from([(None, None), (0, 6), (7, 11)])
    return PlainSchool(draw(kinds), opened, *draw(years))


@st.composite
def _dobs(draw: st.DrawFn, year: int) -> date:
    age = draw(st.sampled_from([4, 5, 10, 10, 10, 10, 15, 16]))
    return date(year - age, 1, 1) + timedelta(days=draw(st.integers(0, 364)))


@st.composite
def _pupils(draw: st.DrawFn, year: int, dob: date, key: tuple[int, int], school: PlainSchool) -> PlainPupil:
    chance = Random(f"{key} {draw(st.integers(0, 2**32))}")
    marks, leave = _marks(chance, school), draw(_leave(year))
    turn = draw(st.sampled_from([None, "gone", "gone after leave", "ill", "there", "there"]))
    if turn is not None:  # for good, from some day on
        since = date(year, 6, 25) + timedelta(days=chance.randint(0, 80))
        gone = ["G", "O", "N"] * 20 + PASSING
        said = {"ill": ["I"] * 40 + PASSING, "there": ["/"] * 60 + ["O"]}.get(turn, gone)
        marks |= {when: chance.choice(said) for when in marks if when[0] >= since}
        leave += [(since - timedelta(days=7), since - timedelta(days=1))] * (turn == "gone after leave")
    spells, boarder = draw(_spells(year, school)), draw(st.sampled_from([False, False, False, True]))
    return PlainPupil(dob, spells, boarder, marks, draw(st.sampled_from([None, 0, 6, 7, 11])), leave)


@st.composite
def _leave(draw: st.DrawFn, year: int) -> list[tuple[date, date]]:
    starts = draw(st.lists(st.integers(0, 150), max_size=2))
    days = [date(year, 5, 20) + timedelta(days=n) for n in starts]
    return [(day, day + timedelta(days=draw(st.integers(0, 14)))) for day in days]


@st.composite
def _spells(draw: st.DrawFn, year: int, school: PlainSchool) -> list[tuple[date, date | None]]:
    start = date(year, 5, 20)
    autumn = [day for day in school.school_days() if day >= date(year, 8, 1)]
    summer = [day for day in school.school_days() if day < date(year, 8, 1)]
    steps = draw(st.lists(st.integers(1, 80), min_size=1, max_size=5))
    days = [start]
    for step in steps:
        days.append(days[-1] + timedelta(days=step))
    kind = draw(st.sampled_from(["several", "stays", "joins", "leaves", "begins", "finishes"]))
    if kind == "begins" and autumn:
        return [(autumn[0], None)]
    if kind == "finishes" and summer:
        return [(start, max(start, summer[-1] + timedelta(days=draw(st.sampled_from([-1, 0, 0, 10, 45])))))]
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
    day, last = min(school.open)[0] - timedelta(days=1), max(school.open)[0]
    while day <= last:
        kind, longest = chance.choice(
            [
                *[("present", 20), ("sparse", 40), ("absent", 40), ("away", 50), ("unknown", 10), ("ill", 40)],
                *[("passing", 2), ("anything", 3)],
            ]
        )
        either = {
            "present": ["/"],
            "absent": ABSENT,
            "passing": PASSING + ABSENT,
            "anything": EVERY_MARK,
            "sparse": SPARSE,
            "away": ["G", "O"],
            "unknown": ["N"],
            "ill": ["I"] * 30 + PASSING,
        }[kind]
        for _ in range(chance.randint(1, longest)):
            marks |= {(day, half): chance.choice(either) for half in (0, 1)}
            day += timedelta(days=1)
    return marks


def with_odd_marks(register: RandomRegister, chance: Random) -> RandomRegister:
    """The register with a stretch of one seldom code for each pupil, and a day on which no register was taken."""
    blank = register.as_at - timedelta(days=chance.randint(0, 10))
    for pupil in register.pupils.values():
        code, first = chance.choice(SELDOM), register.as_at - timedelta(days=chance.randint(0, 30))
        days = [first + timedelta(days=n) for n in range(chance.randint(1, 30))]
        pupil.marks |= {(day, half): chance.choice([code] * 12 + PASSING) for day in days for half in (0, 1)}
        pupil.marks |= dict.fromkeys([(blank, 0), (blank, 1)], "-")
    return register
