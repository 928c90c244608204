"""One Common Transfer File: its header, and the strings of marks that it has of each pupil.

The Department for Education's form (versions 4 to 25); the order of elements is not relied on. XML is read without
document types, entities, other files or the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from lxml import etree

from rollbook.contract import Reject
from rollbook.tables.checks import upn_problem

_NAME = "Common Transfer File"
_OFFICIAL = re.compile(r"(?i)[0-9]{3}[0-9A-Z]{4}_CTF_[0-9A-Z]{7}_[0-9]{3}\.xml")
_VERSION = re.compile(r"([0-9]{1,2})(?:\.[0-9]{1,2})?")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COUNTS = ("SessionsPossible", "SessionsAttended", "SessionsAuthorised", "SessionsUnauthorised")
_NOBODY = ("XXXX", "MMMM", "LLLL")
"""Where no school is addressed: not known, outside the maintained sector, the authority."""
_LARGEST = 100_000_000  # bytes


class NotUsed(Exception):
    """The file, or a part of it, cannot be used, and why: a sentence that names nobody."""


@dataclass(frozen=True)
class Child:
    """Whom the file calls so. None of it goes into a message."""

    upns: tuple[str, ...]  # the UPN, then the former one where it has one
    surname: str | None
    dob: date | None


@dataclass(frozen=True)
class Year:
    """What one school wrote of a child in one school year. `where`: its LAESTAB. `strings`: each with its first day and
    the line of the file. `counts`: as the file states them, of possible, attended, authorised and unauthorised
    sessions; None where it does not.
    """

    child: Child
    place: str
    where: int
    strings: tuple[tuple[date, str], ...]
    counts: tuple[int | None, ...]


@dataclass(frozen=True)
class Transfer:
    """A file. `made`: the day and time in its header. `aside`: what of it could not be read."""

    made: datetime
    version: int
    years: list[Year]
    aside: list[Reject]


def shown(name: str) -> str:
    """How a file is called in messages: one that is not named by the rule may be named after a pupil."""
    return (
        name if _OFFICIAL.fullmatch(name) else "a CTF (not named LLLEEEE_CTF_LLLEEEE_nnn.xml, so its name is not shown)"
    )


def read(name: str, data: bytes, own: str | None) -> Transfer:
    """The file of that name (as it is shown). own: the LAESTAB of this school, seven digits, where that is known.

    Raises NotUsed.
    """
    if len(data) > _LARGEST:
        raise NotUsed(f"it is larger than {_LARGEST // 1_000_000} MB")
    header: Header | None = None
    years: list[Year] = []
    aside: list[Reject] = []
    try:
        for element in _elements(data):
            if _local(element) == "Header":
                header = Header(element, own)
                continue
            for found in _years(element, name):
                if isinstance(found, Year):
                    years.append(found)
                else:
                    aside.append(found)
    except etree.XMLSyntaxError as error:  # its own message may quote the file
        raise NotUsed(f"it is cut off or damaged (no well-formed XML at line {error.lineno})") from None
    if header is None:
        raise NotUsed("it has no Header")
    return Transfer(header.made, header.version, years, aside)


class Header:
    """The header, as far as it says whether the file is for this school."""

    def __init__(self, element: etree._Element, own: str | None) -> None:
        """Raises NotUsed."""
        if _text(element, "DocumentName") != _NAME:
            raise NotUsed(f'its DocumentName is not "{_NAME}"')
        version = _VERSION.fullmatch(_text(element, "CTFversion") or "")
        if version is None:
            raise NotUsed("it does not say its version (CTFversion)")
        self.version = int(version[1])
        try:
            self.made = datetime.fromisoformat(_text(element, "DateTime") or "").replace(tzinfo=None)
        except ValueError:
            raise NotUsed("it does not say when it was made (DateTime)") from None
        estab = (_text(element, "DestSchool/Estab") or "").upper()
        to = (_text(element, "DestSchool/LEA") or "") + estab
        if own and estab not in _NOBODY and to != own:
            told = to if to.isdigit() and len(to) == 7 else "none that can be read"
            raise NotUsed(f"it is addressed to another school (LAESTAB {told}), and this school's is {own}")


def _elements(data: bytes) -> Iterator[etree._Element]:
    """The header and each pupil, once complete; what was read before is freed."""
    parser = etree.iterparse(
        BytesIO(data),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    root: etree._Element | None = None
    for event, element in parser:
        if root is None:
            root = element
            _check_root(root)
        elif event == "end" and _local(element) in ("Header", "Pupil"):
            yield element
            element.clear()


def _check_root(root: etree._Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotUsed("it has a document type declaration (<!DOCTYPE), which no CTF has and which was not read")
    if _local(root) != "CTfile":
        raise NotUsed("it is XML of another kind: its outermost element is not CTfile")


def _years(pupil: etree._Element, name: str) -> Iterator[Year | Reject]:
    """What the file says of a pupil's attendance, a school year at a time; nothing where it says none."""
    found = list(pupil.iterfind("{*}Attendance/{*}YearData"))
    if not found:
        return
    try:
        child = _child(pupil)
    except NotUsed as why:
        yield Reject(f"{name}, line {pupil.sourceline}", "UPN", f"it is not known whose the marks are: {why}")
        return
    for year in found:
        place = f"{name}, line {year.sourceline}"
        try:
            yield _year(year, child, place)
        except NotUsed as why:
            yield Reject(place, "YearData", f"this school year's marks were not used: {why}")


def _child(pupil: etree._Element) -> Child:
    upns = [_text(pupil, path) for path in ("UPN", "FormerUPN", "BasicDetails/FormerUPN")]
    good = tuple(upn.upper() for upn in upns if upn and upn_problem(upn.upper()) is None)
    if not good:
        raise NotUsed("the pupil has no well-formed UPN")
    return Child(good, _text(pupil, "Surname"), _day(_text(pupil, "DOB")))


def _year(element: etree._Element, child: Child, place: str) -> Year | Reject:
    """Raises NotUsed."""
    number = (_text(element, "LEA") or "") + (_text(element, "Estab") or "")
    if not re.fullmatch("[1-9][0-9]{6}", number):
        return Reject(place, "Estab", "it is not said which school this is: LEA has three digits and Estab four")
    strings = []
    for part in element.iterfind("{*}AttendSessions"):
        first, marks = _day(_text(part, "AttendanceStartDate")), _written(part, "AttendanceMarks")
        if first is None or marks is None:
            return Reject(
                place, "AttendSessions", "it lacks its AttendanceStartDate (as 2026-09-03) or AttendanceMarks"
            )
        strings.append((first, marks))
    counts = [_text(element, name) for name in _COUNTS]
    if any(count and not re.fullmatch("[0-9]{1,4}", count) for count in counts):
        return Reject(place, "SessionsPossible", "one of the counts of sessions is no number")
    return Year(child, place, int(number), tuple(strings), tuple(int(count) if count else None for count in counts))


def _text(element: etree._Element, path: str) -> str | None:
    """What stands there; None where there is no such element, or nothing in it. Raises as `_written`."""
    return (_written(element, path) or "").strip() or None


def _written(element: etree._Element, path: str) -> str | None:
    """The same as it stands there. Raises NotUsed where it could be one thing or another."""
    found = element.findall("/".join(f"{{*}}{part}" for part in path.split("/")))
    if len(found) > 1 or any(len(one) for one in found):
        raise NotUsed(f"its {path.rpartition('/')[2]} is there twice, or has other elements in it")
    return (found[0].text or "") if found else None


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text) if text and _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return found if found and 1900 < found.year < 2900 else None


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
