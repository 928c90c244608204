"""The school's own table of codes: which statutory code each of its display codes stands for.

A display code may stand for another code than its letter (SIMS gave schools `7` for I and `8` for Y in 2020, or `=` and
`[` where those were taken), and only the school's table knows. So it is followed, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from rollbook.tables.codes import Quality, meaning
from rollbook_sims.tables import values

NO_MARK = "-"
DOUBT = "?"
"""Goes behind a national letter of which the school's table says that it is not that, so that it passes for none."""
_SURE = (Quality.EXACT, Quality.ALIAS)


@dataclass(frozen=True)
class Unmapped:
    """A display code of the table that stands for nothing that is known. `statutory`: what the table says.

    `given`: as what its marks go to the host, and so what the school's `codes` have to name.
    """

    display: str
    statutory: str
    why: str
    given: str


@dataclass(frozen=True)
class CodeTable:
    """`statutory`: of each display code or sub-code, in capital letters. `several`: those that have more, or none."""

    statutory: Mapping[str, str]
    several: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rows: pl.DataFrame) -> CodeTable:
        """From the fields display, subcode, statutory and active. Codes that may not be chosen any more (restricted,
        inactive) count as well: marks that were made with them stand. But of two rows of one display code the active
        one counts. A table of the first form, which has no statutory code at all, says nothing.
        """
        said = rows.select(
            pl.coalesce("subcode", "display").str.to_uppercase().alias("written"),
            statutory=values.text(pl.col("statutory").str.to_uppercase()),
            active=values.yes_or_no(pl.col("active")).fill_null(value=True),
        ).drop_nulls("written")
        if said["statutory"].null_count() == said.height:
            return cls({}, {})
        said = said.filter(pl.col("active") | ~pl.col("active").any().over("written"))
        every = pl.col("statutory").drop_nulls().unique().sort()
        grouped = said.group_by("written").agg(every).sort("written").rows()
        one = {mark: codes[0] for mark, codes in grouped if len(codes) == 1}
        return cls(one, {mark: tuple(codes) for mark, codes in grouped if len(codes) != 1 and mark != NO_MARK})

    def national(self, rows: pl.DataFrame) -> pl.DataFrame:
        """`rows`, with a day in `date` and what was written in `written`, and `code`: what `given` says of them."""
        different = rows.select("date", "written").unique().drop_nulls()
        codes = [self.given(written, day) for day, written in different.iter_rows()]
        told = different.with_columns(code=pl.Series(codes, dtype=pl.String))
        return rows.join(told, on=["date", "written"], how="left", maintain_order="left")

    def given(self, written: str, day: date) -> str:
        """The statutory code where it is one for sure on that day, else the written one as it is: the host sets it
        aside, or the school's `codes` in the configuration say what it is.

        The written one too where it is a national code that says more of the same (`C1` of `C`). One that would pass
        for a national code, and is not that by the table, goes with `?` behind it, for the same two.
        """
        upper = written.upper()
        if upper not in self.statutory and upper not in self.several:
            return written
        statutory, own = self.statutory.get(upper), _quality(upper, day)
        if statutory and upper.startswith(statutory) and own is Quality.EXACT:
            return upper
        if statutory and _quality(statutory, day) in _SURE:
            return statutory
        return upper + DOUBT if own in _SURE else written

    def unmapped(self, day: date) -> Iterator[Unmapped]:
        """What of the table cannot be followed on `day`. A code that stands for itself is none of the table's own."""
        for display, codes in self.several.items():
            why = f"the table gives it {'more than one' if codes else 'no'} statutory code"
            yield Unmapped(display, " and ".join(codes), why, self.given(display, day))
        for display, statutory in self.statutory.items():
            given = self.given(display, day)
            if display != statutory and _quality(given, day) not in _SURE:
                why = meaning(statutory, day).reason or "the table says that it is no mark"
                yield Unmapped(display, statutory, why, given)


NO_TABLE = CodeTable({}, {})


@lru_cache(maxsize=65536)
def _quality(code: str, day: date) -> Quality:
    return meaning(code, day).quality


def written(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, with the fields mark and subcode, with `written`: the sub-code where there is one, else the mark; null
    where no mark was made. `misfit`: whether the sub-code is of another code than the mark, as `X01` is of X.
    """
    mark, sub = pl.col("mark"), pl.col("subcode")
    nothing = mark.is_null() | (mark == NO_MARK)
    misfit = sub.is_not_null() & ~(mark.is_not_null() & sub.str.to_uppercase().str.starts_with(mark.str.to_uppercase()))
    chosen = pl.when(sub.is_not_null()).then(sub).when(~nothing).then(mark)
    return rows.with_columns(written=chosen, misfit=misfit.fill_null(value=False))
