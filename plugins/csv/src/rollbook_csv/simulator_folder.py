"""A trust that writes a folder of canonical tables every evening, of two schools: a stand-in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook_csv.simulator import FILES, CsvSimulator

_FEW = 5


class FolderSimulator(CsvSimulator):
    """Canonical tables. With the school are the first rows of each table as those of another, its marks all `O`: what
    is another school's must not be taken for this one's.
    """

    shape = "folder"

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        super().__init__(folder, school)
        del self.settings["date_form"]

    def written(self, held: Mapping[Table, pl.DataFrame]) -> Iterator[tuple[str, str]]:
        """The names of files and columns are those of the tables themselves."""
        ours, other = self.school.urn, self.school.urn + 1
        yield (
            "schools.csv",
            pl.DataFrame({"school": [ours, other], "name": [self.school.name, "Another School"]})
            .with_columns(la=pl.lit(self.school.la), type=pl.lit("academy"))
            .write_csv(),
        )
        for table, (name, columns) in FILES.items():
            own = held[table].select(list(columns))
            few = own.head(_FEW).with_columns(code=pl.lit("O")) if table is Table.MARKS else own.head(_FEW)
            both = pl.concat([_of(ours, own), _of(other, few)])
            yield "sessions.csv" if table is Table.SESSIONS else name, both.write_csv()


def _of(urn: int, rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(pl.lit(urn).alias("school"), pl.all())
