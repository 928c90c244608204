"""Reports in CSV: commas, a line of captions, a field quoted as a whole or not at all.

Inside quotation marks a quotation mark is doubled and a line may break. Nothing else has a meaning: a backslash, `#`,
`=` and `-` are themselves. A file whose last line has no end may be cut off in its last field, which nobody could see:
it is refused. A file cut off at the end of a line cannot be told from a whole one, so XML is the better form.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from rollbook.contract import FixSettings, RetryLater
from rollbook_sims.reports import texts
from rollbook_sims.reports.block import ROWS, Block
from rollbook_sims.reports.headings import Headings, shown
from rollbook_sims.reports.opening import Opening
from rollbook_sims.ways.way import Fetched

LONGEST = 1_000_000
"""Characters of a line. What has longer ones is no report."""
_RAGGED = "has not the {} fields of the line of captions, or a quotation mark where none may be"


def blocks(fetched: Fetched, opening: Opening, headings: Headings) -> Iterator[Block]:
    """The rows of a file, a block at a time; no more of the file than that is in memory.

    Raises RetryLater where the file is cut off, FixSettings where it has no captions, or is damaged.
    """
    rows = _Rows(fetched, opening)
    first = next((row for _, row in rows.rows() if row and any(map(str.strip, row))), [])
    where = _where(fetched.name, first, headings)
    gathered = _Gathered(len(first), where)
    for line, row in rows.rows():
        if row is not None and not any(row):
            continue
        if (row is None or len(row) != len(first)) and rows.line > line:
            raise rows.quotation_mark(line)
        gathered.add(line, row)
        if len(gathered.lines) == ROWS:
            yield gathered.block()
    yield gathered.block()


class _Rows:
    """The records of a file, each with the line in which it begins."""

    def __init__(self, fetched: Fetched, opening: Opening) -> None:
        self._fetched, self._opening = fetched, opening
        self._reader = csv.reader(self._lines(), strict=True)

    @property
    def line(self) -> int:
        """Where the record ends that was read last."""
        return self._reader.line_num

    def rows(self) -> Iterator[tuple[int, list[str] | None]]:
        """Those that are left; None for one with a quotation mark where none may be."""
        while True:
            line = self.line + 1
            try:
                yield line, next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise self._never_closed(line) from None
                yield line, None

    def quotation_mark(self, line: int) -> FixSettings:
        """The error for a row that a quotation mark has run together with those after it."""
        return FixSettings(
            f"{self._fetched.name}, line {line}: a quotation mark is opened and not closed as it should be. The file "
            f"is damaged there, and nothing of it was used. Run the report again, as XML if that is possible."
        )

    def _never_closed(self, line: int) -> RetryLater:
        return RetryLater(
            f"{self._fetched.name}, line {line}: a quotation mark is opened and never closed. The file is damaged "
            f"there or cut off, and nothing of it was used. If the next sync says the same, run the report again, "
            f"as XML if that is possible."
        )

    def _lines(self) -> Iterator[str]:
        rest = end = ""
        for piece in texts.pieces(self._fetched, self._opening.encoding):
            end = end or ("\r" if "\r" in piece and "\n" not in piece else "\n")
            *lines, rest = (rest + piece).split(end)
            if "\x00" in piece or len(rest) > LONGEST:
                raise FixSettings(
                    f"{self._fetched.name} is damaged: it has zero bytes or endless lines, which no report has. Run "
                    f"the report again."
                )
            for line in lines:
                if f"<{texts.FAILED}" in line:
                    raise texts.broken_off(self._fetched.name)
                yield f"{line}\n"
        if rest.strip():
            raise RetryLater(
                f"{self._fetched.name} does not end with a line break, so its last row may be cut off: nothing of it "
                f"was used. If the next sync says the same, run the report again, or let SIMS write it as XML, where "
                f"the end is plain to see."
            )


def _where(file: str, row: list[str], headings: Headings) -> dict[str, int]:
    """For each caption that is wanted, which field of a row it is.

    Raises FixSettings where the first line is not one of captions: what it is then, may be somebody's data.
    """
    where: dict[str, int] = {}
    for place, name in enumerate(row):
        caption = headings.note(name.strip()) if name.strip() else None
        if caption in where:
            raise FixSettings(
                f"{file} has two columns {shown(caption)}: call one of them something else in the report."
            )
        if caption is not None:
            where[caption] = place
    least = 1 if headings.captions.report == "codes" else 2
    if len(where) < least:
        raise FixSettings(
            f"{file} does not begin with a line of captions that are known. Let SIMS write the column headings, set "
            f"`captions` for this report where they are others, and separate the columns by commas."
        )
    return where


class _Gathered:
    """Rows on their way to columns."""

    def __init__(self, width: int, where: dict[str, int]) -> None:
        self._width, self._where = width, where
        self._begin()

    def _begin(self) -> None:
        self.lines: list[int] = []
        self._rows: list[list[str]] = []
        self._bad: dict[int, tuple[str, str]] = {}

    def add(self, line: int, row: list[str] | None) -> None:
        """A row; None for one that cannot be split."""
        if row is None or len(row) != self._width:
            self._bad[len(self.lines)] = ("row", _RAGGED.format(self._width))
            row = [""] * self._width
        self.lines.append(line)
        self._rows.append(row)

    def block(self) -> Block:
        """What was gathered since the last."""
        columns = list(zip(*self._rows, strict=True)) or [()] * self._width
        wanted: dict[str, list[str | None]] = {caption: list(columns[at]) for caption, at in self._where.items()}
        made = Block(self.lines, wanted, self._bad)
        self._begin()
        return made
