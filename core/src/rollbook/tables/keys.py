"""Keys of pupils, as two lists of one school hold them: numbers, often, with zeros before them."""

from __future__ import annotations

import polars as pl


def strangers(marks: pl.Series, pupils: pl.Series) -> int:
    """How many different keys the marks have where none of them is among the pupils'; 0 where one is, or there is none.

    Both are text.
    """
    there, known = (keys.drop_nulls().unique() for keys in (marks, pupils))
    return 0 if there.is_in(known.implode()).any() else there.len()


def lacks_zeros(keys: pl.Series, others: pl.Series) -> bool:
    """Whether keys are others' without the zeros before them, as a spreadsheet program leaves numbers. Both text."""
    bare, full = (pl.DataFrame({"key": one.drop_nulls().unique()}) for one in (keys, others))
    both = [one.with_columns(number=pl.col("key").str.strip_chars_start("0")) for one in (bare, full)]
    pairs = both[0].join(both[1], on="number", suffix="_other")
    shorter = pl.col("key").str.len_chars() < pl.col("key_other").str.len_chars()
    return bool(pairs.select(shorter.any()).item()) if pairs.height else False
