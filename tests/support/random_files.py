"""Made-up registers with what schools know beside marks: flags, attempts to reach a family, where leavers went."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import polars as pl

from rollbook.rules.registers import Registers
from rollbook.tables.schemas import CONTACT_LOG, FLAGS, ROLL, conform
from support.oracle import PlainPupil
from support.oracle_missing import CALLED, PlainAttempt, PlainFile, PlainFlag, PlainTown
from support.random_registers import RandomRegister

Key = tuple[int, int]
HELD = ["social_worker", "youth_justice", "looked_after", "looked_after", "fsm", "previously_looked_after"]
WAYS = ["call", "call", "text", "email", "letter", "visit", "visit", "other", None]
OUTCOMES = ["no_answer", "message_left", "not_known_there", "no_answer", "message_left", None, "reached", "seen"]
DESTINATIONS = ["unknown", "unknown", "100001", "100002", "123456", "home", "abroad", "other", *[None] * 8]
GROUNDS = [None, None, *"abcdefghijklmno", *"ghimno"]
NO_REASON = ["N", "O", "N", "O", "N", "O", "N", "O", "N", "O", "#", "-", "ZZ"]


@dataclass(repr=False)
class RegisterWithFiles(RandomRegister):
    """A made-up register, with a file of each pupil at each school."""

    files: dict[Key, PlainFile] = field(default_factory=dict)

    @property
    def town(self) -> PlainTown:
        elsewhere = {number: {day for day, _, _ in marks} for number, marks in self.elsewhere.items()}
        return PlainTown(self.schools, self.pupils, self.files, elsewhere)

    def tables(self) -> Registers:
        logs = [(*key, one.day, one.type, one.outcome) for key, file in self.files.items() for one in file.log or []]
        flags = [
            (*key, one.name, one.first, one.last, one.authority)
            for key, file in self.files.items()
            for one in file.flags
        ]
        kept = any(file.log is not None for file in self.files.values())
        return replace(
            super().tables(),
            roll=self._roll(),
            flags=pl.DataFrame(flags, schema=FLAGS, orient="row"),
            contact_log=_log(logs) if kept else None,
        )

    def _roll(self) -> pl.DataFrame:
        rows = [
            {"school": key[0], "pupil": key[1], "from": first, "to": last, "destination": destination, "ground": ground}
            | {"boarder": pupil.boarder, "year_group": pupil.year_group}
            for key, pupil in self.pupils.items()
            for (first, last), (destination, ground) in zip(pupil.spells, self.files[key].leavings, strict=True)
        ]
        words = {"to": pl.Date, "destination": pl.String, "ground": pl.String}
        return conform(pl.DataFrame(rows, schema_overrides=words), ROLL)


def _log(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {name: CONTACT_LOG[name] for name in ("school", "pupil", "date", "type", "outcome")}
    return conform(pl.DataFrame(rows, schema=schema, orient="row"), CONTACT_LOG)


def with_files(register: RandomRegister, chance: Random) -> RegisterWithFiles:
    """The register with a file of each pupil: some are absent without a reason of late, some from their first day."""
    given = {one.name: getattr(register, one.name) for one in fields(register)}
    kept, said = chance.random() < 0.8, {urn: chance.random() < 0.8 for urn in register.schools}
    files = {}
    for key, pupil in register.pupils.items():
        _go_missing(pupil, chance, register.as_at)
        _leave(pupil, chance, register.as_at)
        log = _attempts(chance, register.as_at) if kept else None
        leavings = [_leaving(chance) if said[key[0]] and last else (None, None) for _, last in pupil.spells]
        files[key] = PlainFile(_flags(chance, register.as_at), log, leavings)
    return RegisterWithFiles(**given | {"authority": register.authority | _local(chance)}, files=files)


def _go_missing(pupil: PlainPupil, chance: Random, as_at: date) -> None:
    first = min(first for first, _ in pupil.spells)
    kind = chance.choice(["as it is", "of late", "of late", "never came"])
    if kind == "as it is":
        return
    since = first if kind == "never came" else as_at - timedelta(days=chance.randint(1, 40))
    until = as_at + timedelta(days=chance.randint(-4, 30))
    for n in range((until - since).days + 1):
        pupil.marks |= {(since + timedelta(days=n), half): chance.choice(NO_REASON) for half in (0, 1)}
    if kind == "of late" and chance.random() < 0.7:  # and here until then
        pupil.marks |= {(since - timedelta(days=n), half): "/" for n in (1, 2, 3) for half in (0, 1)}


def _leave(pupil: PlainPupil, chance: Random, as_at: date) -> None:
    """Some go about the day looked at, before it or after."""
    first = min(first for first, _ in pupil.spells)
    if chance.random() < 0.4:
        pupil.spells = [(first, max(first, as_at + timedelta(days=chance.randint(-45, 15))))]


def _attempts(chance: Random, as_at: date) -> list[PlainAttempt]:
    """Some before, some on and after the day looked at, some at a weekend."""
    outcomes = chance.choice([OUTCOMES, OUTCOMES[:6], OUTCOMES[:6]])
    return [
        PlainAttempt(as_at + timedelta(days=chance.randint(-40, 3)), chance.choice(WAYS), chance.choice(outcomes))
        for _ in range(chance.choice([0, 1, 3, 6, 9]))
    ]


def _flags(chance: Random, as_at: date) -> list[PlainFlag]:
    found = {}
    for name in chance.sample(HELD, chance.choice([0, 1, 1, 2, 3])):
        first = chance.choice([None, as_at - timedelta(days=chance.randint(0, 60))])
        last = chance.choice([None, None, as_at + timedelta(days=chance.randint(-20, 30))])
        if first is None or last is None or first <= last:
            authority = chance.choice(["801", "885", None]) if name == "looked_after" else None
            found[name, first] = PlainFlag(name, first, last, authority)
    return list(found.values())


def _leaving(chance: Random) -> tuple[str | None, str | None]:
    return chance.choice(DESTINATIONS), chance.choice(GROUNDS)


def _local(chance: Random) -> dict[str, Any]:
    """What the authority may set, some of it."""
    wanted: dict[str, Any] = {
        "missing_registered_pupil_days": chance.randint(1, 20),
        "failed_to_start_days": chance.randint(1, 20),
        "leaver_destination_unknown_days": chance.randint(0, 28),
        "cme_not_on_roll_days": chance.randint(0, 12),
        "missing_when_enquiries_done": chance.random() < 0.7,
        "worker_notice_deletion_days": chance.randint(1, 60),
    }
    wanted |= {f"{name}_taken": chance.random() < 0.5 for name in CALLED}
    wanted |= {f"{name}_called": f"form {n}" for n, name in enumerate(CALLED)}
    return {name: value for name, value in wanted.items() if chance.random() < 0.4}
