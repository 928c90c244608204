"""Common Transfer Files in the folder: what pupils who joined were marked at the schools that they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from rollbook.contract import Problem, Reject, Remark, RetryLater
from rollbook.tables.codes import Category, Quality, by_id, resolve
from rollbook.tables.schemas import Table, conform, page_schema
from rollbook_csv import ctf_file, ctf_marks, files
from rollbook_csv.ctf_file import Child, NotUsed, Transfer, Year
from rollbook_csv.reading import SHARE

_ATTENDED = (Category.PRESENT, Category.APPROVED_ACTIVITY)
_COUNTED = (("attended", _ATTENDED), ("authorised", (Category.AUTHORISED,)), ("unauthorised", (Category.UNAUTHORISED,)))
_KEY = ["pupil", "where", "date", "session"]
# A CTF has national codes in capital letters: what is only like one may be a name.
_A_CODE = pl.col("quality").is_in([Quality.EXACT, Quality.NOT_RECORDED])
STRANGER = "unknown_pupil"  # the kind of reject of a pupil who is none of ours


@dataclass
class Elsewhere:
    """rows: the page of `elsewhere`. files: how many were read. digest: SHA-256 of them all."""

    rows: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)
    files: int = 0
    digest: str = ""


def read(settings: Mapping[str, Any], pupils: Callable[[], pl.DataFrame]) -> Elsewhere | None:
    """What all files together say, or None where there is none. pupils: gives the page of this school's.

    Of two files that speak of one session the one that was made later counts, whatever the order in which they came.
    A file or a part of it that cannot be used is set aside and stops nothing. Raises FixSettings when the folder cannot
    be read.
    """
    paths = files.all_that_fit(settings["folder"], settings["ctf"])
    if not paths:
        return None
    found = Elsewhere(pl.DataFrame())
    digest, own = hashlib.sha256(), "".join(filter(str.isdigit, settings["laestab"] or "")) or None
    transfers = []
    for path in paths:
        name = ctf_file.shown(path.name)
        try:
            taken = files.read(path)
            digest.update(taken.digest.encode())
            transfers.append(ctf_file.read(name, taken.data, own))
        except Problem as problem:
            still = "it is still being written, or another program has it" if isinstance(problem, RetryLater) else ""
            found.rejects.append(_not_used(name, still or "it is empty"))
        except NotUsed as why:
            found.rejects.append(_not_used(name, str(why)))
    ours = Ours(pupils())
    parts = [_rows(one, ours, settings["ctf_days"], found.rejects) for one in sorted(transfers, key=lambda t: t.made)]
    found.files, found.digest = len(paths), digest.hexdigest()
    rows = pl.concat([_none(), *parts]).unique(_KEY, keep="last", maintain_order=True)
    found.rows = rows.filter(ctf_marks.written("code"))
    return found


def remarks(found: Elsewhere | None) -> Iterator[Remark]:
    """What `check` says of it; nothing where there are no such files."""
    if found is None:
        return
    pupils, schools = (found.rows[name].n_unique() for name in ("pupil", "where"))
    strangers = sum(one.kind == STRANGER for one in found.rejects)
    none = f" Whose UPN no pupil of this school has: {strangers}." if strangers else ""
    yield Remark(
        True,
        f"{_many(found.files, 'CTF')}: marks of {_many(pupils, 'pupil')} from {_many(schools, 'other school')}.{none}",
    )
    wrong = [one for one in found.rejects if one.kind != STRANGER]
    if wrong:
        yield Remark(False, f"CTF: {len(wrong)} set aside. The first is {wrong[0].place}: {wrong[0].reason}.")


class Ours:
    """This school's pupils by their UPNs."""

    def __init__(self, pupils: pl.DataFrame) -> None:
        rows = conform(pupils, page_schema(Table.PUPILS)).unique("pupil", keep="last", maintain_order=True)
        self._known = {row["pupil"]: (_plain(row["surname"]), row["dob"]) for row in rows.iter_rows(named=True)}
        self._by = [_index(rows, name) for name in ("upn", "former_upn")]

    def key(self, child: Child) -> str | None:
        """The key of the pupil of ours who has one of the child's UPNs now, or had it; None where there is none.

        Raises NotUsed where two have it, or where he has neither the surname nor the date of birth.
        """
        for upn in child.upns:
            for index in self._by:
                found = index.get(upn, [])
                if len(found) > 1:
                    raise NotUsed("two pupils of this school have this UPN: correct it in the MIS")
                if found:
                    return self._same(found[0], child)
        return None

    def _same(self, key: str, child: Child) -> str:
        surname, dob = self._known[key]
        if child.dob and dob and child.dob != dob and _plain(child.surname) != surname:
            raise NotUsed("the pupil of this school with this UPN has another surname and another date of birth")
        return key


def _rows(transfer: Transfer, ours: Ours, days: str | None, rejects: list[Reject]) -> pl.DataFrame:
    """The page of one file's marks; what cannot be used goes to `rejects`."""
    rejects += transfer.aside
    parts = [_none()]
    for year in transfer.years:
        try:
            key = ours.key(year.child)
            if key is None:
                rejects.append(Reject(year.place, "UPN", "no pupil of this school has this UPN", STRANGER))
                continue
            rows = _sessions(year, transfer, days)
            strange = _checked(rows, year)
        except (NotUsed, ctf_marks.NotRead) as why:
            rejects.append(Reject(year.place, "YearData", f"this school year's marks were not used: {why}"))
            continue
        if strange:
            rejects.append(
                Reject(
                    year.place, "AttendanceMarks", f"{_many(strange, 'mark')} left out: no national code of that day"
                )
            )
        parts.append(_page(rows, key, year.where))
    return pl.concat(parts)


def _sessions(year: Year, transfer: Transfer, days: str | None) -> pl.DataFrame:
    """date, session, raw of all strings of a year, with the `code`, `quality` and `reason` of `resolve`."""
    parts = []
    for first, text in year.strings:
        until = ctf_marks.last_day(first, transfer.made.date())
        parts.append(ctf_marks.sessions(first, ctf_marks.marks(text, transfer.version), days, until))
    rows = pl.concat([pl.DataFrame(schema=ctf_marks.SESSIONS), *parts])
    if rows.filter(ctf_marks.written("raw")).select("date", "session").is_duplicated().any():
        raise ctf_marks.NotRead("two of its strings have marks for one session")
    return resolve(rows)


def _checked(rows: pl.DataFrame, year: Year) -> int:
    """How many marks are no code. Raises NotRead where the marks do not come to the counts that the file states.

    A session marked `-` may have been possible: nothing that is published says whether a file counts it so.
    """
    strange = rows.filter(~_A_CODE).height
    if strange > SHARE * rows.height:
        raise ctf_marks.NotRead(f"{strange} of its {rows.height} marks are no national codes of their days")
    counted = _counted(rows)
    if not rows.height:
        return 0
    dashes = rows.filter(pl.col("raw").str.strip_chars() == "-").height
    for (name, came), stated in zip(counted.items(), year.counts, strict=True):
        unknown = strange + (dashes if name == "possible" else 0)
        if stated is not None and not came <= stated <= came + unknown:
            raise ctf_marks.NotRead(f"they come to {came} {name} sessions, and the file states {stated}")
    return strange


def _counted(rows: pl.DataFrame) -> dict[str, int]:
    """How many sessions are possible, attended, authorised and unauthorised absence."""
    times = dict(rows.filter(_A_CODE)["code"].value_counts().iter_rows())
    by = {
        name: sum(times.get(code.id, 0) for code in by_id().values() if code.category in some)
        for name, some in _COUNTED
    }
    return {"possible": sum(by.values())} | by


def _page(rows: pl.DataFrame, key: str, where: int) -> pl.DataFrame:
    """A mark that is no code is a blank: what an earlier file says of its session is no longer what is known of it."""
    code = pl.when(_A_CODE).then("raw").otherwise(pl.lit(""))
    named = rows.select("date", "session", code=code, pupil=pl.lit(key), where=pl.lit(where))
    return conform(named, page_schema(Table.ELSEWHERE))


def _none() -> pl.DataFrame:
    return pl.DataFrame(schema=page_schema(Table.ELSEWHERE))


def _not_used(name: str, why: str) -> Reject:
    return Reject(name, "file", f"nothing of this CTF was used: {why}")


def _index(rows: pl.DataFrame, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, upn in rows.select("pupil", pl.col(name).str.to_uppercase()).drop_nulls().iter_rows():
        found.setdefault(upn, []).append(key)
    return found


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _plain(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
