"""What the readers of XML and of CSV hand over: some rows as lists of text, a list for each caption that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROWS = 8_000
"""About how many rows make a block: few enough to take little memory, many enough for work by columns to pay."""


@dataclass
class Block:
    """`lines`: for each row the number of its record, or of the line in which it begins. `columns`: for each caption, a
    value a row, None where it is left out. `bad`: by their place in `lines`, rows that cannot be used, with the column
    and what is wrong with it.
    """

    lines: Sequence[int]
    columns: Mapping[str, list[str | None]]
    bad: Mapping[int, tuple[str, str]]
