"""The school's own table of codes: which statutory code each of its display codes stands for.

A display code may stand for another code than its letter (SIMS gave schools `7` for I and `8` for Y in 2020, or `=` and
`[` where those were taken), and only the school's table knows. So it is followed, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from rollbook.tables.codes import Meaning, Quality, meaning, resolve

NO_MARK = "-"
_SURE = (Quality.EXACT, Quality.ALIAS)


@dataclass(frozen=True)
class Unmapped:
    """A display code of the table that stands for nothing that is known. `statutory`: what the table says.

    `national`: whether it would pass for a national code, so that its marks are set aside whatever else is said.
    """

    display: str
    statutory: str
    why: str
    national: bool


@dataclass(frozen=True)
class CodeTable:
    """`statutory`: of each display code or sub-code, in capital letters. `several`: those that have more than one."""

    statutory: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> CodeTable:
        """From the fields display, subcode and statutory. Codes that may not be chosen any more (restricted, inactive)
        count as well: marks that were made with them stand. A table of the first form, which has no statutory codes,
        says nothing.
        """
        written = pl.coalesce("subcode", "display").str.to_uppercase()
        said = rows.select(written.alias("written"), statutory=pl.col("statutory").str.to_uppercase()).drop_nulls()
        grouped = said.group_by("written").agg(pl.col("statutory").unique().sort()).sort("written").rows()
        one = {mark: codes[0] for mark, codes in grouped if len(codes) == 1}
        return cls(one, {mark: tuple(codes) for mark, codes in grouped if len(codes) > 1})

    def national(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows`, with a day in `date` and what was written in `written`, with two columns more.

        `code`: the statutory code where it is one for sure on that day, else the written one as it is: the host sets it
        aside, or the school's `codes` in the configuration say what it is. `doubt`: why neither may be, where what is
        written would pass for a national code and the table says that it is not that; else null.
        """
        if not self.statutory and not self.several:
            return rows.with_columns(code="written", doubt=pl.lit(None, dtype=pl.String))
        upper = pl.col("written").str.to_uppercase()
        known = pl.DataFrame(
            {"_upper": list(self.statutory), "statutory": list(self.statutory.values())},
            schema={"_upper": pl.String, "statutory": pl.String},
        )
        different = rows.select("date", "written").unique().drop_nulls().with_columns(_upper=upper)
        read = resolve(different.join(known, on="_upper", how="left").with_columns(raw="statutory"))
        sure = pl.col("quality").is_in(_SURE)
        read = read.with_columns(code=pl.when(sure).then("statutory").otherwise("written"), sure=sure)
        told = read.select("date", "written", "code", doubt=pl.Series(self._doubts(read), dtype=pl.String))
        return rows.join(told, on=["date", "written"], how="left", maintain_order="left")

    def _doubts(self, read: pl.DataFrame) -> list[str | None]:
        columns = ("written", "_upper", "statutory", "date", "sure")
        return [
            None if sure else self._doubt(written, upper, statutory, day)
            for written, upper, statutory, day, sure in read.select(columns).iter_rows()
        ]

    def _doubt(self, written: str, upper: str, statutory: str | None, day: date) -> str | None:
        said = self.several.get(upper) or ((statutory,) if statutory else ())
        if not said or not _sure(meaning(written, day)):
            return None
        return (
            f"the school's table of codes says that {written} is {' and '.join(said)}, of which none is sure that day"
        )

    def unmapped(self, day: date) -> Iterator[Unmapped]:
        """What of the table cannot be followed on `day`. A code that stands for itself is none of the table's own."""
        for display, codes in self.several.items():
            why = "the table gives it more than one statutory code"
            yield Unmapped(display, " and ".join(codes), why, _sure(meaning(display, day)))
        for display, statutory in self.statutory.items():
            found = meaning(statutory, day)
            if not _sure(found) and display != statutory:
                why = found.reason or "the table says that it is no mark"
                yield Unmapped(display, statutory, why, _sure(meaning(display, day)))


NO_TABLE = CodeTable({}, {})


def _sure(found: Meaning) -> bool:
    return found.quality in _SURE


def written(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, with the fields mark and subcode, with `written`: the sub-code where there is one, else the mark; null
    where no mark was made. `misfit`: whether the sub-code is of another code than the mark, as `X01` is of X.
    """
    mark, sub = pl.col("mark"), pl.col("subcode")
    nothing = mark.is_null() | (mark == NO_MARK)
    misfit = sub.is_not_null() & ~(mark.is_not_null() & sub.str.to_uppercase().str.starts_with(mark.str.to_uppercase()))
    chosen = pl.when(sub.is_not_null()).then(sub).when(~nothing).then(mark)
    return rows.with_columns(written=chosen, misfit=misfit.fill_null(value=False))
