"""Reports in XML: the reporter's flat records, and the files that SIMS gives to partners' programs.

The text is decoded before the parser sees it, and what has a DOCTYPE never comes here (`opening`): there is nothing to
expand or to fetch. The parser's own settings say so once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from rollbook.contract import FixSettings, Problem
from rollbook_sims.reports import texts
from rollbook_sims.reports.block import ROWS, Block
from rollbook_sims.reports.headings import Headings, shown
from rollbook_sims.reports.opening import Opening
from rollbook_sims.ways.way import Fetched

# For each outermost element, what a record is called in it, at whatever depth.
_RECORDS = {
    "SuperStarReport": "Record",
    "SessionAttendances": "SessionAttendance",
    "AttendanceCodes": "AttendanceCode",
    "AttendanceCodes_V2_load": "AttendanceCode",
}
_FAILED = texts.FAILED
_BESIDE = ("Version",)  # what else may be a child of the outermost element
_NESTED = "has elements in it, where one value should be"
_TWICE = "stands twice in the record, with different values"


def blocks(fetched: Fetched, opening: Opening, headings: Headings) -> Iterator[Block]:
    """The records of a file, a block at a time; no more of the file than that is in memory.

    Raises RetryLater where the file is cut off, FixSettings where it is not such a report, or damaged.
    """
    name = _local(opening.root)
    if name == _FAILED:
        raise FixSettings(
            f"The reporter failed, and {fetched.name} holds its error instead of a report. Run the report by hand in "
            f"SIMS, under the account that Rollbook uses, and see what it says."
        )
    if name not in _RECORDS:
        raise FixSettings(
            f"{fetched.name} is XML, but not a report that SIMS writes: its outermost element is {shown(name)}, not "
            f"{', '.join(_RECORDS)}."
        )
    gathered = _Gathered(fetched.name, headings, _RECORDS[name])
    for record in _records(fetched, opening, _RECORDS[name]):
        gathered.add(record)
        if gathered.height == ROWS:
            yield gathered.block()
    yield gathered.block()


def _records(fetched: Fetched, opening: Opening, name: str) -> Iterator[etree._Element]:
    """Each record once it is complete; it and what was before it are freed when the next is asked for."""
    parser = etree.XMLPullParser(
        events=("end",),
        tag=(f"{{*}}{name}", f"{{*}}{_FAILED}"),
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        skip = opening.skip
        for text in texts.pieces(fetched, opening.encoding):
            parser.feed(text[skip:].encode())
            skip = 0
            for event in parser.read_events():
                record: etree._Element = event[1]  # type: ignore[assignment]  # the stubs know every kind of event
                if _local(record.tag) == _FAILED:
                    raise texts.broken_off(fetched.name)
                yield record
                _free(record, fetched.name, name)
        for child in parser.close():
            _refuse_stray(child, fetched.name, name)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(fetched, opening, error) from None


def _free(record: etree._Element, file: str, name: str) -> None:
    """Empty it, which keeps its place, and let those before it go."""
    record.clear()
    parent = record.getparent()
    while record.getprevious() is not None and parent is not None:
        if parent.getparent() is None:
            _refuse_stray(parent[0], file, name)
        del parent[0]


def _refuse_stray(child: etree._Element, file: str, name: str) -> None:
    """Raises FixSettings for a child of the outermost element that is no record, and no group of records."""
    if _local(child.tag) not in (name, *_BESIDE) and child.find(f".//{{*}}{name}") is None:
        raise FixSettings(
            f"{file} has an element {shown(_local(child.tag))} beside its records, which no report has and which may "
            f"say that something went wrong: nothing of the file was used. Look at it, and run the report again."
        )


def _not_well_formed(fetched: Fetched, opening: Opening, error: etree.XMLSyntaxError) -> Problem:
    """The parser's own message may quote the file, so it is not repeated."""
    closed = rf"</{re.escape(opening.root)}\s*>(?:\s|<!--(?:(?!-->).)*+-->|<\?(?:(?!\?>).)*+\?>)*+\Z"
    if not re.search(closed, texts.end(fetched, opening.encoding), re.DOTALL):
        return texts.cut_off(fetched.name)
    return FixSettings(
        f"{fetched.name}, line {error.lineno}: this is not well-formed XML, so the file is damaged or was changed by "
        f"something else than SIMS. Nothing of it was used. Run the report again.",
        detail=f"libxml2 error {getattr(error, 'code', None)}",
    )


def _local(tag: str) -> str:
    """A name without its namespace, `{...}name` or `prefix:name`."""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _differ(one: str | None, other: str) -> bool:
    """Whether both say something, and not the same: a blank beside a value says nothing."""
    first, second = (one or "").strip(), other.strip()
    return bool(first and second) and first != second


class _Gathered:
    """Records on their way to columns. A column is a list of texts that is filled up when it is next added to."""

    def __init__(self, file: str, headings: Headings, record: str) -> None:
        self._file, self._headings, self._record = file, headings, record
        self._captions: dict[str, str | None] = {}  # of each element's name: its caption, None for what nobody wants
        self._seen = 0
        self._begin()

    def _begin(self) -> None:
        self.height = 0
        self._columns: dict[str, list[str | None]] = {}
        self._of_tag: dict[Any, list[str | None] | None] = {}
        self._bad: dict[int, tuple[str, str]] = {}

    def add(self, record: etree._Element) -> None:
        """Its elements' texts to the columns. What an element says in attributes counts for nothing."""
        row, of_tag = self.height, self._of_tag
        for child in record:
            tag = child.tag
            column = of_tag[tag] if tag in of_tag else self._column(tag)
            if column is None:
                continue
            if len(child):
                self._bad[row] = (self._shown(tag), _NESTED)
            text = child.text
            if text is None:
                continue
            gap = row - len(column)
            if gap >= 0:
                column.extend([None] * gap)
                column.append(text)
            elif _differ(column[row], text):
                self._bad[row] = (self._shown(tag), _TWICE)
            elif text.strip():
                column[row] = text
        self.height = row + 1

    def _column(self, tag: str) -> list[str | None] | None:
        name = _local(tag)
        if name == self._record:
            raise FixSettings(
                f"{self._file} has records inside records. Build the report flat: one record for each row, without "
                f"sub-reports."
            )
        if tag not in self._captions:
            self._captions[tag] = self._headings.note(name)
        caption = self._captions[tag]
        column = None if caption is None else self._columns.setdefault(caption, [])
        self._of_tag[tag] = column
        return column

    def _shown(self, tag: str) -> str:
        return shown(self._captions[tag] or "")

    def block(self) -> Block:
        """What was gathered since the last."""
        for column in self._columns.values():
            column.extend([None] * (self.height - len(column)))
        made = Block(range(self._seen + 1, self._seen + self.height + 1), self._columns, self._bad)
        self._seen += self.height
        self._begin()
        return made
