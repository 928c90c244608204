"""A made-up school's tables with the days on which the MIS held each row, so that any past evening can be shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from rollbook.tables.schemas import Table, conform, page_schema
from rollbook.testing.absences import LETTERS, OF
from rollbook.testing.calendars import year_of
from rollbook.testing.corrections import Story
from rollbook.testing.people import Cohort, make_contacts, new_upn
from rollbook.testing.stories import Run, Spells

_ANOTHER = 8012999  # a LAESTAB that no made-up school has
KNOWN = {"known_from": pl.Date, "known_to": pl.Date}

_OF_A_READING = ("line", "first_mark")  # columns that say how a row was read: a school has no such thing


@dataclass(frozen=True)
class Tables:
    """Makes every page of one school from its pupils, their spells and their marks."""

    pupils: pl.DataFrame
    days: list[date]
    spells: Spells
    cohort: Cohort
    first: date

    def all(
        self, story: Story, calendar: pl.DataFrame, runs: list[Run], rng: np.random.Generator
    ) -> dict[Table, pl.DataFrame]:
        """Each table with `known_from` and `known_to`."""
        seen = self._first_seen()
        contacts = make_contacts(self.pupils, rng).join(seen, on="pupil", how="left", maintain_order="left")
        return {
            Table.SESSIONS: self._dated(Table.SESSIONS, calendar.with_columns(known_from=pl.lit(self.first))),
            Table.PUPILS: self._dated(Table.PUPILS, self._pupils(seen, rng)),
            Table.ROLL: self._dated(Table.ROLL, self._roll(seen)),
            Table.MARKS: self._dated(Table.MARKS, self._marks(story)),
            Table.CONTACTS: self._dated(Table.CONTACTS, contacts),
            Table.LEAVE: self._dated(Table.LEAVE, self._leave()),
            Table.NOTICES: self._dated(Table.NOTICES, self._notices(contacts, runs)),
            Table.FLAGS: self._dated(Table.FLAGS, self._flags(seen, runs)),
            Table.CONTACT_LOG: self._dated(Table.CONTACT_LOG, self._contact_log(runs)),
            Table.ELSEWHERE: self._dated(Table.ELSEWHERE, self._elsewhere(seen)),
        }

    def _dated(self, table: Table, rows: pl.DataFrame) -> pl.DataFrame:
        given = {name: kind for name, kind in page_schema(table).items() if name not in _OF_A_READING}
        return conform(rows, given | KNOWN)

    def _first_seen(self) -> pl.DataFrame:
        """When the MIS first held each pupil: joiners are entered three school days before they come."""
        joined = self.spells.joined
        days = [self.first if n < 0 else self.days[max(n - 3, 0)] for n in joined]
        return self.pupils.select("pupil", known_from=pl.Series(days, dtype=pl.Date))

    def _pupils(self, seen: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        """One of the temporary UPNs is replaced halfway, and the old one becomes the former UPN."""
        rows = self.pupils.join(seen, on="pupil", how="left", maintain_order="left")
        temporary = rows.filter(pl.col("upn").str.contains("[A-Z]$") & (pl.col("known_from") == self.first))
        if not temporary.height or len(self.days) < 4:
            return rows
        key, day = temporary["pupil"][0], self.days[len(self.days) // 2]
        permanent = new_upn(self.cohort, self.days[-1].year, 950 + int(rng.integers(10)))
        that = pl.col("pupil") == key
        after = rows.filter(that).with_columns(former_upn="upn", upn=pl.lit(permanent), known_from=pl.lit(day))
        before = rows.with_columns(known_to=pl.when(that).then(pl.lit(day)))
        return pl.concat([before, after], how="diagonal").sort("pupil", "known_from")

    def _roll(self, seen: pl.DataFrame) -> pl.DataFrame:
        """A leaver's last day is known on that day."""
        spells = self.pupils.select("pupil", "year_group", "class_name", boarder=pl.lit(value=False)).with_columns(
            pl.Series("from", self._entered(), dtype=pl.Date),
            pl.Series("left", [None if n < 0 else self.days[n] for n in self.spells.left], dtype=pl.Date),
        )
        spells = spells.join(seen, on="pupil", how="left", maintain_order="left")
        there = spells.with_columns(known_to="left", to=pl.lit(None, dtype=pl.Date))
        gone = spells.filter(pl.col("left").is_not_null()).with_columns(to="left", known_from="left")
        return pl.concat([there, gone], how="diagonal").sort("pupil", "known_from")

    def _entered(self) -> list[date]:
        """First day on the roll: for joiners the day they came, else the first of their first year at the school."""
        year, entry = year_of(self.first), self.cohort.lowest_year
        september = [date(year - (group - entry), 9, 1) for group in self.pupils["year_group"]]
        begins = self.days[0] if self.days else self.first
        return [
            self.days[joined] if joined >= 0 else (begins if first.year == year else first)
            for joined, first in zip(self.spells.joined, september, strict=True)
        ]

    def _marks(self, story: Story) -> pl.DataFrame:
        """One row a session that was ever marked; two where it was corrected."""
        pupil, day, session = np.nonzero(story.first != OF[""])
        corrected = ~np.isnat(story.when) & (story.first != story.final)
        when = np.where(corrected, story.when, np.datetime64("NaT", "D"))[pupil, day, session]
        rows = pl.DataFrame(
            {
                "pupil": self.pupils["pupil"].gather(pupil),
                "date": pl.Series(self.days, dtype=pl.Date).gather(day),
                "session": pl.Series(["AM", "PM"]).gather(session),
                "first": story.first[pupil, day, session],
                "final": story.final[pupil, day, session],
                "known_to": pl.Series(when).cast(pl.Date),
            }
        )
        letters = pl.Series(LETTERS)
        early = rows.with_columns(code=letters.gather(rows["first"]), known_from=pl.col("date"))
        late = rows.filter(pl.col("known_to").is_not_null())
        late = late.with_columns(
            code=letters.gather(late["final"]), known_from=pl.col("known_to"), known_to=pl.lit(None, dtype=pl.Date)
        )
        return pl.concat([early, late]).sort("pupil", "date", "session", "known_from")

    def _leave(self) -> pl.DataFrame:
        """Granted a week before it began."""
        rows = [
            (self.pupils["pupil"][pupil], self.days[first], self.days[last]) for pupil, first, last in self.spells.leave
        ]
        frame = pl.DataFrame(rows, schema={"pupil": pl.String, "from": pl.Date, "to": pl.Date}, orient="row")
        return frame.with_columns(known_from=pl.max_horizontal(pl.col("from") - timedelta(days=7), pl.lit(self.first)))

    def _notices(self, contacts: pl.DataFrame, runs: list[Run]) -> pl.DataFrame:
        """Penalty notices of the school year before, to the first parent of two of the pupils with a planned run."""
        keys = [self.pupils["pupil"][run.pupil] for run in runs if run.story in ("goes_on", "ended")]
        first = contacts.filter(pl.col("pupil").is_in(keys) & (pl.col("priority") == 1))
        issued = [self.first - timedelta(days=200 + 90 * n) for n in range(first.height)]
        return first.select(
            "pupil",
            parent="name",
            issued=pl.Series(issued, dtype=pl.Date),
            outcome=pl.lit("paid"),
            known_from=pl.lit(self.first),
        )

    def _flags(self, seen: pl.DataFrame, runs: list[Run]) -> pl.DataFrame:
        """Free school meals of every fourth pupil, SEN support of every seventh; a social worker of those whose run
        has ended or rests on no address.
        """
        keys = [self.pupils["pupil"][run.pupil] for run in runs if run.story in ("ended", "no_address")]
        of = {"fsm": seen.gather_every(4), "sen_support": seen.gather_every(7, 3)}
        of["social_worker"] = seen.filter(pl.col("pupil").is_in(keys))
        rows = pl.concat([some.with_columns(flag=pl.lit(flag)) for flag, some in of.items()])
        return rows.with_columns(**{"from": pl.lit(self.first - timedelta(days=90))})

    def _contact_log(self, runs: list[Run]) -> pl.DataFrame:
        """Of each planned run a call on its first four days: nobody answers, and then a parent does."""
        rows = [
            {"pupil": self.pupils["pupil"][run.pupil], "date": self.days[run.first + n], "type": "call"}
            | {"by": "the office", "outcome": "no_answer" if n < 3 else "reached"}
            for run in runs
            for n in range(4)
        ]
        schema = {"pupil": pl.String, "date": pl.Date, "type": pl.String, "by": pl.String, "outcome": pl.String}
        return pl.DataFrame(rows, schema=schema).with_columns(known_from="date")

    def _elsewhere(self, seen: pl.DataFrame) -> pl.DataFrame:
        """Of every sixteenth pupil the first two weeks of the July before, at another school: ill on the first day."""
        monday = date(year_of(self.first), 7, 1)
        monday += timedelta(days=-monday.weekday() % 7)
        days = [monday + timedelta(days=week + n) for week in (0, 7) for n in range(5)]
        each = {"date": days, "AM": ["I", *"/" * 9], "PM": ["I", *"\\" * 9]}
        marks = pl.DataFrame(each).unpivot(index="date", variable_name="session", value_name="code")
        some = self.pupils.filter(pl.col("upn").is_not_null()).gather_every(16, 5).select("pupil")
        told = some.join(seen, on="pupil", how="left", maintain_order="left").with_columns(where=pl.lit(_ANOTHER))
        return told.join(marks, how="cross").sort("pupil", "date", "session")
