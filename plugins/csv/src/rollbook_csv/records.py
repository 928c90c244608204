"""From text to records: quoting, line numbers, and what no well-formed file has. Columns of Polars, no loop over rows.

A field is quoted as a whole or not at all; inside quotes, a quotation mark is doubled. Nothing else has a meaning:
a backslash, `#`, `=` or `-` is itself.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import dropwhile

import polars as pl

from rollbook.contract import FixSettings

LINE = "line"
MOST_COLUMNS = 3_000  # a grid of a school year has 400
_AGAIN = "Export it again."
_BAD = {LINE: pl.Int32, "reason": pl.String}
_NO_LINE_BREAK = (
    "may be cut off, because the file does not end with a line break: export it again. If this system's files always "
    "end so, set final_line_break = false for the connection"
)


@dataclass(frozen=True)
class Layout:
    """What is around the rows. headings_line: where the headings stand; None: on the first line that is not blank.
    sessions_line: the line beside it that says AM and PM of each column. totals: how rows begin that end the register.
    """

    headings_line: int | None = None
    sessions_line: int | None = None
    totals: Sequence[str] = ()


@dataclass(frozen=True)
class Records:
    """headings: their record. fields: a column of text for each heading (`0`, `1`...), and `line`, where the record
    begins in the file. bad: `line`, `reason` of the records that cannot be used. sessions: a field for each heading,
    of the line of sessions. below: as `fields`, of the records under the totals that do not begin as they do.
    """

    headings: Sequence[str]
    fields: pl.DataFrame
    bad: pl.DataFrame
    sessions: Sequence[str]
    below: pl.DataFrame


_PLAIN = Layout()


def split(text: str, delimiter: str, file: str, *, final_line_break: bool = True, layout: Layout = _PLAIN) -> Records:
    """The records of a file. Raises FixSettings when it has no headings, or is cut off or damaged as a whole.

    final_line_break: whether the system that writes such files ends the last row with a line break, as it ends others.
    """
    if not text:
        raise FixSettings(f"{file} has no line of headings. {_AGAIN}")
    plain = split_plain(text, delimiter, file) if layout == _PLAIN else None
    return plain or split_any(text, delimiter, file, final_line_break, layout)


def split_plain(text: str, delimiter: str, file: str) -> Records | None:
    """The records of a file without quotation marks in which every line has its fields, as good as all files are: in
    one go. None where anything is otherwise, so that the longer way looks at it and says what. Raises FixSettings.
    """
    first, _, body = text.partition("\n")
    if '"' in text or not body.endswith("\n") or not first.strip(delimiter + " \t"):
        return None
    headings = _headings(first, delimiter, file)
    names = [str(n) for n in range(len(headings))]
    lines = body.count("\n")
    # The reader refuses a line with too many fields and fills up one with too few: those the sum of all tells.
    if len(names) < 2 or body.count(delimiter) != lines * (len(names) - 1):
        return None
    try:
        fields = pl.read_csv(
            body.encode(),
            has_header=False,
            separator=delimiter,
            quote_char=None,
            schema=dict.fromkeys(names, pl.String),
            empty_string_is_null=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if fields.height != lines:
        return None
    blank = fields.filter(pl.col("0").str.strip_chars(" \t") == "").select(pl.all().str.strip_chars(" \t") == "")
    if blank.select(pl.all_horizontal(pl.all()).any()).item():
        return None
    fields = fields.with_row_index(LINE, offset=2).with_columns(pl.col(LINE).cast(pl.Int32)).select(*names, LINE)
    return Records(headings, fields, pl.DataFrame(schema=_BAD), [], fields.clear())


def split_any(text: str, delimiter: str, file: str, final_line_break: bool, layout: Layout) -> Records:
    """As `split`, whatever the file holds."""
    lines = _lines(text)
    rows = _join_quoted(_from_headings(lines, layout, delimiter, file), file, delimiter)
    blank = pl.col("text").str.strip_chars(delimiter + ' \t"') == ""
    rows = rows.filter(~blank | pl.col("text").str.count_matches('"', literal=True).mod(2).cast(pl.Boolean))
    if rows.is_empty():
        raise FixSettings(f"{file} has no line of headings. {_AGAIN}")
    headings = _headings(rows["text"][0], delimiter, file)
    sessions, body = _sessions(lines, rows.slice(1), layout, delimiter, file, len(headings))
    body, below = _totals(body, layout, delimiter, file)
    whole = body["text"].str.contains(_well_formed(delimiter, len(headings)))
    good, bad = body.filter(whole), body.filter(~whole)
    if not layout.totals and text.rpartition("\n")[2].strip(delimiter + ' \t"'):
        good, cut = _last_row(good, bad, body, file, final_line_break)
    else:
        cut = pl.DataFrame(schema=_BAD)
    bad = bad.select(LINE, reason=_malformed(delimiter, len(headings)))
    below = below.filter(below["text"].str.contains(_well_formed(delimiter, len(headings))))
    fields, under = (_fields(part, delimiter, len(headings)) for part in (good, below))
    return Records(headings, fields, pl.concat([bad, cut]), sessions, under)


def _malformed(delimiter: str, count: int) -> pl.Expr:
    """What is wrong with a record that is not well formed, and what to do."""
    found = pl.col("text").str.replace_all('"(?:[^"]|"")*"', "").str.count_matches(delimiter, literal=True) + 1
    do = "Correct it in the MIS, and export again"
    fields = pl.format(
        "has {} fields, and the headings {}: a value may hold the delimiter, or a line break. {}",
        found,
        pl.lit(count),
        pl.lit(do),
    )
    quoted = pl.lit(f"has a quotation mark where none may be. {do}")
    return pl.when(found == count).then(quoted).otherwise(fields.str.replace("has 1 fields", "has 1 field"))


def first_record(text: str, delimiter: str, file: str, headings_line: int | None = None) -> list[str]:
    """The headings alone, of a text that may be the beginning of a file. Raises FixSettings when there are none."""
    lines = text.split("\n")[(headings_line or 1) - 1 :]
    if headings_line is None:
        lines = list(dropwhile(lambda line: not line.strip(delimiter + ' \t"'), lines))
    record, *more = lines or [""]
    while record.count('"') % 2 and more:  # a heading with a line break in it
        record += "\n" + more.pop(0)
    if not record.strip(delimiter + ' \t"'):
        raise FixSettings(_no_headings(file, headings_line))
    return _headings(record, delimiter, file)


def _no_headings(file: str, line: int | None) -> str:
    if line is None:
        return f"{file} has no line of headings. {_AGAIN}"
    return f"{file} has nothing on line {line}, where headings_line says that its headings stand. Correct one of them."


def _from_headings(lines: pl.DataFrame, layout: Layout, delimiter: str, file: str) -> pl.DataFrame:
    """The lines from that of the headings on: a title above may hold anything, a lone quotation mark too."""
    if layout.headings_line is None:
        return lines
    lines = lines.filter(pl.col(LINE) >= layout.headings_line)
    if lines.is_empty() or not lines["text"][0].strip(delimiter + ' \t"'):
        raise FixSettings(_no_headings(file, layout.headings_line))
    return lines


def _sessions(
    lines: pl.DataFrame, body: pl.DataFrame, layout: Layout, delimiter: str, file: str, count: int
) -> tuple[list[str], pl.DataFrame]:
    """The line of sessions, a field for each heading, and the body without it. Raises FixSettings where it is blank."""
    at = layout.sessions_line
    if at is None:
        return [], body
    found = lines.filter(pl.col(LINE) == at)["text"]
    fields = _headings(found[0], delimiter, file) if found.len() and found[0].strip(delimiter + ' \t"') else []
    if not any(fields) or any(fields[count:]):
        raise FixSettings(
            f"{file}, line {at}, where sessions_line says that AM and PM stand, is blank or longer than the line of "
            f"headings. Correct sessions_line, or the export."
        )
    return [*fields, *[""] * count][:count], body.filter(pl.col(LINE) != at)


def _totals(body: pl.DataFrame, layout: Layout, delimiter: str, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows above the first of the totals, and those below it that do not begin as totals do.

    Raises FixSettings when there is none: where a file is known to end with totals, one without was cut off.
    """
    if not layout.totals:
        return body, body.clear()
    begun = "|".join(
        re.escape(text.strip()) + (r"(?:[^\p{L}\p{N}]|$)" if text.strip()[-1].isalnum() else "")
        for text in layout.totals
    )
    first_field = pl.col("text").str.strip_chars_start(delimiter + ' \t"')
    marked = body.with_columns(total=first_field.str.contains(f"(?i)^(?:{begun})")).with_row_index("n")
    first = marked.filter("total")["n"].min()
    if first is None:
        raise FixSettings(
            f"{file} has no row that begins with {' or '.join(layout.totals)}, with which `totals` says that it ends: "
            f"it is cut off, or the report was changed. {_AGAIN} If it has no totals any more, take `totals` out."
        )
    below = marked.filter(pl.col("n") > first, ~pl.col("total"))
    return body.head(int(str(first))), below.select(LINE, "text")


def _lines(text: str) -> pl.DataFrame:
    """Every line with its number from 1. The zero byte, which no text has, is the delimiter that never comes."""
    lines = pl.read_csv(
        text.encode(),
        has_header=False,
        separator="\x00",
        quote_char=None,
        infer_schema=False,
        empty_string_is_null=False,
        new_columns=["text"],
    )
    return lines.with_row_index(LINE, offset=1).with_columns(pl.col(LINE).cast(pl.Int32))


def _join_quoted(lines: pl.DataFrame, file: str, delimiter: str) -> pl.DataFrame:
    """Lines inside quotation marks joined to the record that they belong to."""
    quotes = pl.col("text").str.count_matches('"', literal=True).cast(pl.Int64)
    lines = lines.with_columns(inside=(quotes.cum_sum() - quotes) % 2 == 1)
    last_open = bool(lines.select(quotes.sum() % 2 == 1).item())
    if not last_open and not lines["inside"].any():
        return lines.drop("inside")
    joined = lines.group_by((~pl.col("inside")).cum_sum().alias("n"), maintain_order=True).agg(
        pl.col(LINE).first(), pl.col("text").str.join("\n"), many=pl.len() > 1
    )
    long = joined.filter("many")
    fields = _field(delimiter)
    broken = long.filter(~long["text"].str.contains(f"^{fields}(?:{re.escape(delimiter)}{fields})*$"))
    if last_open or not broken.is_empty():
        at = broken[LINE][0] if not broken.is_empty() else joined[LINE][-1]
        raise FixSettings(
            f"{file}, line {at}: a quotation mark is opened and not closed as it should be. The file is cut off or "
            f"damaged there, and nothing of it was used. {_AGAIN}"
        )
    return joined.select(LINE, "text")


def _last_row(
    good: pl.DataFrame, bad: pl.DataFrame, body: pl.DataFrame, file: str, final_line_break: bool
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A last line without an end may be a row cut off, even where all its fields are there: it is not used, unless
    the files of that system are known to end so.
    """
    none = pl.DataFrame(schema=_BAD)
    if body.is_empty():
        return good, none
    at = body[LINE][-1]
    if not bad.is_empty() and bad[LINE][-1] == at:
        raise FixSettings(f"{file} is cut off in the middle of line {at}, its last: nothing of it was used. {_AGAIN}")
    if not final_line_break:
        return good, none
    return good.head(-1), pl.DataFrame({LINE: [at], "reason": [_NO_LINE_BREAK]}, schema=_BAD)


def _headings(record: str, delimiter: str, file: str) -> list[str]:
    try:
        headings = next(csv.reader([record], delimiter=delimiter, strict=True), [])
    except csv.Error:
        headings = []
    if not headings:
        raise FixSettings(f"The line of headings of {file} cannot be read. {_AGAIN}")
    if len(headings) > MOST_COLUMNS:
        raise FixSettings(
            f"{file} has {len(headings)} headings, and no register has more than {MOST_COLUMNS}: is the delimiter "
            f"wrong, or headings_line? {_AGAIN}"
        )
    return [" ".join(heading.split()) for heading in headings]


def _field(delimiter: str) -> str:
    return f'(?:"(?:[^"]|"")*"|[^"{re.escape(delimiter)}]*)'


def _well_formed(delimiter: str, count: int) -> str:
    return f"^{_field(delimiter)}(?:{re.escape(delimiter)}{_field(delimiter)}){{{count - 1}}}$"


def _fields(good: pl.DataFrame, delimiter: str, count: int) -> pl.DataFrame:
    names = [str(n) for n in range(count)]
    if good.is_empty():
        return pl.DataFrame(schema={LINE: pl.Int32, **dict.fromkeys(names, pl.String)})
    if not good["text"].str.contains('"', literal=True).any():
        parts = good["text"].str.split_exact(delimiter, count - 1).struct.rename_fields(names).struct.unnest()
    else:
        parts = pl.read_csv(
            f"{good['text'].str.join(chr(10)).item()}\n".encode(),
            has_header=False,
            separator=delimiter,
            infer_schema=False,
            empty_string_is_null=False,
            new_columns=names,
        )
    if parts.height != good.height:  # every record was seen to be well formed: this cannot be, and must not pass
        raise AssertionError("the reader found another number of records than there are")
    return parts.with_columns(good[LINE])
