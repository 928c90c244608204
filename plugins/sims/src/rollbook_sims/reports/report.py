"""One report of a school, read as a stream: frames of text with a column for each field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from rollbook.contract import FixSettings, Reject
from rollbook_sims.captions import NEEDED, WHO, Captions
from rollbook_sims.reports import delimited, elements
from rollbook_sims.reports.block import Block
from rollbook_sims.reports.headings import Headings
from rollbook_sims.reports.opening import opening
from rollbook_sims.ways.way import Fetched

LINE = "line"
FEW, SHARE, MOST = 20, 0.05, 10_000
"""A file is refused whole where more than MOST of its rows, or FEW and more than that SHARE, cannot be read."""
_OF_CHILDREN = frozenset({"marks", "roll", "contacts"})
"""Reports whose rows are not the pupils but something of theirs, of which a pupil may have none."""


class NoRecords(FixSettings):
    """A file without a record that says anything. For marks that is right in a holiday."""


class Report:
    """A file that SIMS wrote, in XML or CSV.

    Once `chunks` was read to its end: `records`, how many the file has; `ignored`, how many of them say no more than
    that a pupil has none; `found`, for each field the caption that it was found under (until then: so far); `strange`,
    captions that nobody asked for; `missed`, fields that no record had; `rejects`, rows that could not be read.
    """

    def __init__(self, fetched: Fetched, captions: Captions, settings: Mapping[str, Any]) -> None:
        self.fetched = fetched
        self.captions = captions
        self._encoding: str | None = settings["encoding"]
        self._word = "record"
        self._begin()

    def _begin(self) -> None:
        self._headings = Headings(self.fetched.name, self.captions)
        self.records = self.ignored = self._bare = 0
        self.found: dict[str, str] = {}
        self.strange: list[str] = []
        self.missed: list[str] = []
        self.rejects: list[Reject] = []

    def chunks(self) -> Iterator[pl.DataFrame]:
        """About 8,000 rows at a time: `line`, Int32, the number of the record in XML or of the line in CSV, and text
        for every field of the captions, null where it is left out or blank. Values are as written but for white space
        around them; `person` is the first part of `personId,rowId`, or null where the record has two that differ.

        Left out are records of outer joins without a child (one that has values all the same is rejected), and rows
        that repeat another of the chunk in every field, as they do where SIMS joins several sets of rows.
        Raises RetryLater where the file is empty or cut off, FixSettings where it is no such report or damaged, and,
        when all is read, where a field is missing that is needed or there was no record (NoRecords): then nothing that
        came before may be kept.
        """
        self._begin()
        begun = opening(self.fetched, self._encoding)
        self._word = "record" if begun.is_xml else "line"
        read = elements.blocks if begun.is_xml else delimited.blocks
        for block in read(self.fetched, begun, self._headings):
            frame = self._frame(block)
            self.found = self._headings.found()
            if frame.height:
                yield frame
        self._finish()

    def place(self, line: int) -> str:
        """Where that row is, for messages."""
        return f"{self.fetched.name}, {self._word} {line}"

    def _frame(self, block: Block) -> pl.DataFrame:
        self.records += len(block.lines)
        self._reject(block)
        # Columns by number: a caption may be any text, `line` and what Polars takes for a pattern among them.
        names = {caption: str(number) for number, caption in enumerate(block.columns)}
        columns = {names[caption]: column for caption, column in block.columns.items()}
        schema = {LINE: pl.Int32, **dict.fromkeys(columns, pl.String)}
        raw = pl.DataFrame({LINE: block.lines, **columns}, schema=schema)
        fields = list(self.captions.by_field)
        frame = raw.select(LINE, *(self._text(field, names).alias(field) for field in fields))
        if block.bad:
            frame = frame[[row for row in range(frame.height) if row not in block.bad]]
        return self._without_childless(frame).unique(fields, keep="first", maintain_order=True)

    def _text(self, field: str, names: Mapping[str, str]) -> pl.Expr:
        """The field's value, of the columns of those captions."""
        columns = [names[caption] for caption in self._headings.of(field) if caption in names]
        stripped = [pl.col(column).str.strip_chars() for column in columns]
        texts = [pl.when(text != "").then(text) for text in stripped]
        first = pl.coalesce(*texts, pl.lit(None, dtype=pl.String))
        if len(texts) < 2:
            return first
        agreed = [(_person(text) == _person(first)).fill_null(value=True) for text in texts]
        return pl.when(pl.all_horizontal(agreed)).then(first)

    def _without_childless(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without outer joins' rows of a pupil who has no child row; `person` cut down to the person."""
        if "person" not in frame.columns:
            return frame
        others = [field for field in self.captions.by_field if field not in WHO]
        nothing = pl.all_horizontal(pl.col(others).is_null())
        joined_to_none = pl.col("person").str.contains(r",\s*0$").fill_null(value=False)
        of_children = self.captions.report in _OF_CHILDREN
        filled = pl.any_horizontal(pl.col(NEEDED[self.captions.report]).is_not_null()) & of_children
        childless = (joined_to_none & ~filled) | nothing if of_children else joined_to_none & nothing
        self._reject_numberless(frame.filter(joined_to_none & filled)["line"])
        self.ignored += frame.filter(childless).height
        self._bare += frame.filter(childless & ~joined_to_none).height
        kept = frame.filter(~(childless | (joined_to_none & filled)))
        return kept.with_columns(_person(pl.col("person")).alias("person"))

    def _reject_numberless(self, lines: pl.Series) -> None:
        """Rows that say by their number that there is nothing, and have something: which of it is right, who knows."""
        caption = self._headings.of("person")[0] if lines.len() else ""
        reason = f"{caption} ends with 0, which means that there is no such row, and the row has values all the same"
        self.rejects += [Reject(self.place(line), caption, reason) for line in lines]

    def _reject(self, block: Block) -> None:
        self.rejects += [
            Reject(self.place(block.lines[row]), column, f"{column} {wrong}")
            for row, (column, wrong) in block.bad.items()
        ]
        if len(self.rejects) > MOST:
            raise self._damaged()

    def _damaged(self) -> FixSettings:
        first = self.rejects[0]
        return FixSettings(
            f"{self.fetched.name} is damaged: {len(self.rejects):,} of its {self.records:,} rows cannot be read. The "
            f"first is {first.place.rpartition(', ')[2]}: {first.reason}. Run the report again; if it stays so, "
            f"correct the report in SIMS."
        )

    def _finish(self) -> None:
        bad = len(self.rejects)
        if self.records == self.ignored:
            if self._bare and (self._headings.strange or not set(WHO) & set(self._headings.of_field)):
                self._headings.require()  # its columns are others than those that were looked for
            raise NoRecords(self._without_records())
        if bad == self.records or (bad >= FEW and bad > SHARE * self.records):
            raise self._damaged()
        self._headings.require()
        self.missed = self._headings.missed()
        self.strange = list(self._headings.strange)

    def _without_records(self) -> str:
        what = f"has {self.ignored:,} records that hold nothing but a pupil" if self.records else "has no records"
        return (
            f"{self.fetched.name} {what}. That is a failed report, and does not mean that nobody was there: check what "
            f"the report selects and that the account may see it, and run it again.{self._headings.unasked()}"
        )


def _person(pair: pl.Expr) -> pl.Expr:
    return pair.str.extract(r"^([^,]*?)\s*(?:,|$)")
