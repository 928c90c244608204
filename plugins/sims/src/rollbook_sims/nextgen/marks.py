"""The register: attendance records, each of which names its learner, its session and its code by an id.

The days that are asked for are read whole every time. Next Gen also tells what changed since a moment
(`SIMS.Changes`), and it is not used: a host takes marks of the days that it asks for and of no others, those are read
anyway, and whether a deletion is among the changes the vendor's pages do not say. docs/sims-nextgen.md has the limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import polars as pl

from rollbook.contract import FixSettings, Page, Reject, Window
from rollbook.tables.schemas import Table, page_schema
from rollbook_sims.nextgen.api import Api
from rollbook_sims.nextgen.codes import Codes
from rollbook_sims.nextgen.days import between, half_of, pieces
from rollbook_sims.nextgen.decoding import FEW, decoded, reject
from rollbook_sims.nextgen.names import STATUTORY, properties_of
from rollbook_sims.nextgen.people import UNLISTED, keys_of

COLUMNS = ["pupil", "date", "session", "code", "line"]
SESSIONS = {"session_id": pl.String, "date": pl.Date, "session": pl.String}
_ODD = {
    "pupil": UNLISTED,
    "date": "its session is not among those of the days asked for",
    "known": "its code is not among the attendance codes, or its statutory code is not among those",
}


def pages(api: Api, window: Window) -> Iterator[Page]:
    """The marks of the window, a page as it comes. Raises as `Api.pages`."""
    pupils = pl.DataFrame(list(keys_of(api).items()), schema={"learner": pl.String, "pupil": pl.String}, orient="row")
    codes = Codes.read(api)
    for days in pieces(window):
        sessions, rejects = _sessions(api, days)
        if rejects:
            yield Page(_no_rows(), rejects=rejects, origin="sessions")
        # The name of a record's moment is documented with the filter; that a session has the same is a guess.
        for origin, raws in api.pages("records", {"$filter": between("AttendableEventStart", days)}):
            yield _page(api, raws, f"{days.first}: {origin}", pupils, sessions, codes)


def _sessions(api: Api, days: Window) -> tuple[pl.DataFrame, list[Reject]]:
    """The sessions of those days, and those of which it cannot be told when they are.

    Whether sessions take a filter is not documented: where they do not, all of them are read.
    """
    rows: list[tuple[Any, ...]] = []
    rejects: list[Reject] = []
    hoped = {"$filter": between(properties_of("sessions", api.settings)["start"], days)}
    for origin, raws in api.pages("sessions", hoped=hoped):
        found = decoded(api, "sessions", raws, origin)
        rejects += found.rejects
        for place, one in zip(found.places, found.records, strict=True):
            try:
                day, half = half_of(one.start, one.name)
            except ValueError:
                rejects.append(reject(place, "nothing says whether it is a morning or an afternoon"))
                continue
            if days.first <= day <= days.last:
                rows.append((one.id.lower(), day, half))
    return pl.DataFrame(rows, schema=SESSIONS, orient="row").unique("session_id"), rejects


def _page(
    api: Api, raws: list[msgspec.Raw], origin: str, pupils: pl.DataFrame, sessions: pl.DataFrame, codes: Codes
) -> Page:
    """A page of records as one of marks. Registers of lessons count for nothing here, and are left out."""
    found = decoded(api, "records", raws, origin)
    rows = _columns(found.records, [number for _, number in found.places])
    rows = rows.filter(pl.col("kind").is_null() | pl.col("kind").str.contains(STATUTORY, literal=True))
    rows = rows.join(pupils, on="learner", how="left", maintain_order="left")
    rows = rows.join(sessions, on="session_id", how="left", maintain_order="left")
    if rows.height > FEW and rows["date"].null_count() == rows.height:
        raise FixSettings(
            f"None of {rows.height} records of {api.host} is of a session of the days that were asked for: it takes no "
            f"notice of the filter by AttendableEventStart, or its sessions are elsewhere. Say in `entities` and "
            f"`properties` where sessions are; if that is right, tell SIMS and us."
        )
    rows = rows.join(_meanings(rows, codes), on=["given", "date"], how="left", maintain_order="left", nulls_equal=True)
    odd = pl.any_horizontal(pl.col(name).is_null() for name in _ODD)
    rejects = [reject((origin, row["line"]), _why(row)) for row in rows.filter(odd).iter_rows(named=True)]
    return Page(rows.filter(~odd).select(COLUMNS), rejects=found.rejects + rejects, origin=origin)


def _columns(records: list[Any], numbers: list[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "learner": [one.learner.id for one in records],
            "session_id": [one.session.id for one in records],
            "kind": [one.session.type for one in records],
            "given": [one.code.id if one.code else None for one in records],
            "line": numbers,
        },
        schema={**dict.fromkeys(("learner", "session_id", "kind", "given"), pl.String), "line": pl.Int32},
    ).with_columns(pl.col("learner", "session_id", "given").str.to_lowercase())


def _meanings(rows: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    """What each code of the page says on each day. `known` is null for one that is not among the codes."""
    said = []
    for given, day in rows.select("given", "date").unique().iter_rows():
        try:
            said.append((given, day, codes.on(given, day) if given and day else None, True))
        except KeyError:
            continue
    schema = {"given": pl.String, "date": pl.Date, "code": pl.String, "known": pl.Boolean}
    return pl.DataFrame(said, schema=schema, orient="row")


def _why(row: Mapping[str, Any]) -> str:
    return next(reason for name, reason in _ODD.items() if row[name] is None)


def _no_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={name: page_schema(Table.MARKS)[name] for name in COLUMNS})
