"""Invented pupils and their parents. Every name is drawn from the lists below; no list of real people was used.

Telephone numbers are of the ranges that Ofcom keeps for fiction, electronic mail of `example.org`, postcodes of an
area that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from rollbook.tables.checks import upn_check_letter

_FORENAMES = """
Zoë Amélie Chloë Siân Aoife Aleksandra Fatima Priya Grace Ella Maya Hannah Freya Niamh Ngozi Isla Ruby Yasmin Leah Mei
José Björn Rhys Oisín Łukasz Mohammed Arjun Jack Noah Leo Samuel Tomás Dylan Kofi Ibrahim Ethan Finley Callum Wei Oscar
"""
_SURNAMES = """
O'Neill Núñez Müller Wójcik Łapiński Ó_Briain Åkesson Smith-Okafor Achterberg Birdwhistle Carrowmore Dunnelow
Eastermead Fennimore Garradale Hollowbrook Islesworthy Jessopdale Kettlewick Larkstone Mabberly Netherclough
Oakenshield Pennythorpe Quillfeather Rosswarren Stonehewer Thistlewood Underhallow Vantongeren Wetherlow Yarrowby
Adeyemi-Cole Bhattamishra Chaudhry-West D'Angeli Haque-Lister Kowalczyk-Reed MacIlwraith St._Aubrey
"""
_STREETS = "Larkspur_Way Old_Mill_Lane Harbour_Rise Cinder_Path Tanner's_Row Beacon_Close Weir_Street Foundry_Court"


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


FORENAMES = _words(_FORENAMES)  # the first half are girls', the second boys'
SURNAMES = _words(_SURNAMES)
STREETS = _words(_STREETS)
TOWNS = ("Eastmere", "Wexcombe", "Thornley Dale")
RELATIONSHIPS = ("mother", "father", "grandparent", "carer")


@dataclass(frozen=True)
class Cohort:
    """Who a made-up school takes: its years, how many classes a year has, and whose serial numbers its UPNs bear."""

    school: int
    laestab: str
    lowest_year: int
    highest_year: int
    class_size: int
    feeder: int  # the first of the school numbers in the pupils' UPNs
    feeders: int = 1  # how many schools its pupils had their UPNs from


def make_pupils(cohort: Cohort, count: int, year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Columns of the page `pupils`, with `year_group` and `class_name`, sorted by year group.

    `year` is that in which the school year begins: birth dates fit the year groups. Of every hundred pupils about two
    have no address, one has no UPN and one a temporary UPN.
    """
    years = cohort.highest_year - cohort.lowest_year + 1
    groups = cohort.lowest_year + np.arange(count) * years // count
    sex = rng.integers(0, 2, count)
    half = len(FORENAMES) // 2
    forenames = rng.integers(0, half, count) + sex * half
    surnames = rng.integers(0, len(SURNAMES), count)
    births = [date(year - 5 - int(g), 9, 1) + timedelta(int(n)) for g, n in zip(groups, _days(rng, count), strict=True)]
    homes, postcodes = _homes(rng, count)
    return pl.DataFrame(
        {
            "pupil": [f"{1003 + 7 * n:06d}" for n in range(count)],
            "upn": _upns(cohort, groups, year, rng),
            "former_upn": pl.Series([None] * count, dtype=pl.String),
            "surname": [SURNAMES[n] for n in surnames],
            "forename": [FORENAMES[n] for n in forenames],
            "dob": births,
            "sex": ["FM"[n] for n in sex],
            "address": homes,
            "postcode": postcodes,
            "year_group": pl.Series(groups, dtype=pl.Int8),
            "class_name": _classes(cohort, groups),
        }
    )


def make_contacts(pupils: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Columns of the page `contacts`: one or two parents for nearly every pupil, the first at the pupil's address."""
    rows, half = [], len(FORENAMES) // 2
    for n, pupil in enumerate(pupils.iter_rows(named=True)):
        for priority in range(1, int(rng.choice([0, 1, 2, 2], p=[0.02, 0.28, 0.4, 0.3])) + 1):
            kind = int(rng.choice(4, p=[0.5, 0.36, 0.08, 0.06]))
            forename = FORENAMES[int(rng.integers(half)) + (half if kind == 1 else 0)]
            at_home = priority == 1 or bool(rng.random() < 0.6)
            rows.append(
                {
                    "pupil": pupil["pupil"],
                    "name": f"{forename} {pupil['surname']}",
                    "relationship": RELATIONSHIPS[kind],
                    "priority": priority,
                    "lives_with": at_home,
                    "address": pupil["address"] if at_home else "2 Weir Street, Wexcombe",
                    "postcode": pupil["postcode"] if at_home else "ZX2 4QT",
                    "telephone": f"07700 900{n % 1000:03d}",
                    "email": f"parent{n}.{priority}@example.org" if rng.random() < 0.8 else None,
                }
            )
    return pl.DataFrame(rows, schema_overrides={"priority": pl.Int8}, infer_schema_length=None)


def new_upn(cohort: Cohort, year: int, serial: int, temporary: bool = False) -> str:
    """A well-formed UPN that the school gave in the school year `year`."""
    last = "ABCDEFGHJK"[serial % 10] if temporary else str(serial % 10)
    issuer = cohort.feeder + serial % cohort.feeders + serial // 1000
    rest = f"{cohort.laestab[:3]}{issuer:04d}{year % 100:02d}{serial % 1000 // 10:02d}{last}"
    return upn_check_letter(rest) + rest


def _upns(cohort: Cohort, groups: np.ndarray, year: int, rng: np.random.Generator) -> list[str | None]:
    kinds = rng.random(len(groups))
    entered = [year - int(group) if group >= 0 else year for group in groups]
    return [
        None if kind < 0.01 else new_upn(cohort, entered[n], n + 1, temporary=kind < 0.02)
        for n, kind in enumerate(kinds)
    ]


def _classes(cohort: Cohort, groups: np.ndarray) -> list[str]:
    names: list[str] = []
    for group in np.unique(groups):
        size = int((groups == group).sum())
        classes = max(1, round(size / cohort.class_size))
        stem = {0: "R", -1: "N"}.get(int(group), str(group))
        names += [f"{stem}{chr(65 + n * classes // size)}" for n in range(size)]
    return names


def _homes(rng: np.random.Generator, count: int) -> tuple[list[str | None], list[str | None]]:
    number, street, town = rng.integers(1, 90, count), rng.integers(0, len(STREETS), count), rng.integers(0, 3, count)
    known = np.arange(count) % 50 != 17
    homes = [f"{number[n]} {STREETS[street[n]]}, {TOWNS[town[n]]}" if known[n] else None for n in range(count)]
    codes = [f"ZX{town[n] + 1} {street[n]}{'ABDE'[number[n] % 4]}{'LNPQ'[number[n] % 4]}" for n in range(count)]
    return homes, [code if known[n] else None for n, code in enumerate(codes)]


def _days(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.integers(0, 365, count)
