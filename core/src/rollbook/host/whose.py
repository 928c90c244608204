"""Whose pupils a pull brings: those of another school, or known children turned into others, are held for a person.

Each source is looked at alike. A file in the wrong folder and a connection to the wrong school have all that a good
pull has, and only what is known of the school here tells them from one.
"""

from __future__ import annotations

import polars as pl
import sqlalchemy as sa

from rollbook.host.config import SchoolConfig
from rollbook.host.known_pupils import known_numbers
from rollbook.host.known_settings import laestab_number
from rollbook.host.store import dated, people
from rollbook.tables.schemas import PUPILS

ENOUGH_UPNS = 20
_UPN = "^[A-Z][0-9]{11}[0-9A-Z]$"


def strangers(conn: sa.Connection, school: SchoolConfig, rows: pl.DataFrame) -> str | None:
    """What is wrong when these are hardly the school's pupils, in a sentence without its remedy; else None.

    rows: a page table (`PAGES[pupils]`). Reads what is known; writes nothing. A person may know better: see `remedy`.
    """
    known = _beside_known(conn, school, rows)
    return _turned(school, known) or _issued_elsewhere(school, known)


def remedy(school: SchoolConfig) -> str:
    """What to do about pupils who are held."""
    return (
        f"If it is another school's, put each school's files in its own folder, or correct the connection. If it is "
        f"right, sync the school again and accept its pupils with your name (--accept-smaller-roll {school.urn} "
        f"--by NAME)."
    )


def _beside_known(conn: sa.Connection, school: SchoolConfig, rows: pl.DataFrame) -> pl.DataFrame:
    """A row for each key: `upn`, `surname`, `forename`, `dob`, the same `_kept`, and `upn_known` at this school."""
    kept = dated.frame(conn, people.pupils, school.urn, PUPILS, None)
    fresh = rows.filter(pl.col("pupil").is_not_null()).unique("pupil", keep="first", maintain_order=True)
    names = [pl.col(name).str.strip_chars().str.to_lowercase() for name in ("surname", "forename")]
    upn = pl.col("upn").str.strip_chars().str.to_uppercase()
    fresh = fresh.select(upn, *names, "dob", key="pupil", upn_known=upn.is_in(kept["upn"].implode()).fill_null(False))
    before = kept.select("pupil", "upn", *names, "dob")
    numbered = fresh.join(known_numbers(conn, school.urn, school.connection), on="key", how="left")
    return numbered.join(before, on="pupil", how="left", suffix="_kept")


def _turned(school: SchoolConfig, pupils: pl.DataFrame) -> str | None:
    """Under a known key another child: born another day, with another UPN or another surname and forename.

    A date is corrected, a UPN replaced and a name changed, but hardly two of them at once and of many: two pupils or
    more, and a tenth or more of those known.
    """
    another_upn = (pl.col("upn") != pl.col("upn_kept")).fill_null(False)
    renamed = (pl.col("surname") != pl.col("surname_kept")) & (pl.col("forename") != pl.col("forename_kept"))
    known = pupils.drop_nulls(["dob", "dob_kept"])
    turned = known.filter((pl.col("dob") != pl.col("dob_kept")) & (another_upn | renamed)).height
    if turned < 2 or turned * 10 < known.height:
        return None
    return (
        f"{turned} of the {known.height} pupils known of {school.name} ({school.urn}) whose keys the connection "
        f"{school.connection} gives are now other children: date of birth and UPN (or name) have changed at once. "
        f"It may be the export of another school, which numbers its pupils alike, or one of which some columns were "
        f"sorted without the others."
    )


def _issued_elsewhere(school: SchoolConfig, pupils: pl.DataFrame) -> str | None:
    """Characters 2 to 8 of a UPN are the authority and the school that issued it (DfE's guide to UPNs).

    Pupils keep the UPN of their first school: a secondary school's come from many primaries. So only one other school
    that issued most, with none issued here, says anything; and nothing where pupils are those known here before.
    """
    if not school.laestab:
        return None
    given = pupils.filter(pl.col("upn").str.contains(_UPN)).with_columns(issuer=pl.col("upn").str.slice(1, 7))
    issuers = given["issuer"]
    if given.height < ENOUGH_UPNS or f"{laestab_number(school.laestab):07d}" in issuers:
        return None
    first_upn = pl.col("upn_kept").is_null() & (pl.col("dob") == pl.col("dob_kept"))
    recognised = given.filter(pl.col("upn_known") | first_upn).height
    most = issuers.value_counts(sort=True, name="pupils").rows()[0]
    if recognised * 10 >= given.height or most[1] * 2 <= given.height:
        return None
    return (
        f"The pupils that the connection {school.connection} gives for {school.name} ({school.urn}) seem to be of "
        f"another school: of {given.height} UPNs, {most[1]} were issued by {most[0][:3]}/{most[0][3:]} and none by "
        f"{school.laestab}, which is this school's `laestab`, and {recognised or 'none'} of them known here "
        f"already. A school whose pupils all come from one other, as a junior school's do, is asked once."
    )
