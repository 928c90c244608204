"""A transfer file as XML: written from a message's content, held against the form that we state, and read back.

The form (`transfer-file.rng`) is our own statement of the Common Transfer File. It is not the schema of the Department
for Education and has not been held against it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

VERSION: Final = "25.0"
NOWHERE: Final = ("XXX", "XXXX")  # LEA and Estab of a destination that is not known
# Field of the content -> element.
PUPIL: Final = {
    "upn": "UPN",
    "former_upn": "FormerUPN",
    "surname": "Surname",
    "forename": "Forename",
    "dob": "DOB",
    "sex": "Sex",
}
COUNTS: Final = {
    "possible": "SessionsPossible",
    "attended": "SessionsAttended",
    "authorised": "SessionsAuthorised",
    "unauthorised": "SessionsUnauthorised",
}
_LAESTAB: Final = re.compile(r"([0-9]{3})/?([0-9]{4})")
_FRIDAY: Final = 4
_SCHOOLS_TIME: Final = ZoneInfo("Europe/London")
_PLACE: Final = re.compile(r"(\w+)(\[[0-9]+\])?\Z")


class UnfitContent(ValueError):
    """The content makes no transfer file. `reasons` name fields and elements, and no value."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def written(content: Mapping[str, Any], *, supplier: str, at: datetime) -> bytes:
    """The file of one pupil, well-formed and of the form that we state. Raises UnfitContent."""
    try:
        root = _root(content, supplier, at)
        wrong = _strays(root) or _disagreements(content)
    except (KeyError, TypeError, AttributeError) as error:
        field = f" {error.args[0]}" if isinstance(error, KeyError) else ""
        raise UnfitContent(f"a field{field} that the file needs is not there") from None
    except ValueError:  # lxml's words repeat no value, but say nothing to a person either
        raise UnfitContent("a field has a character in it that no XML file can have") from None
    if wrong:
        raise UnfitContent(*wrong)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def read(data: bytes) -> dict[str, Any]:
    """`pupil`, `attendance` and the school's `laestab` and `name`, of a file that `written` made.

    Raises UnfitContent. No entity is expanded, and nothing is fetched.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise UnfitContent("it is not well-formed") from None
    if b"<!DOCTYPE" in data or _strays(root):
        raise UnfitContent("it is not of the form that is stated for it")
    school = root.find("Header/SourceSchool")
    named = {"laestab": f"{_text(school, 'LEA')}/{_text(school, 'Estab')}", "name": _text(school, "SchoolName")}
    pupil = {field: _text(root, f".//Pupil/{name}") for field, name in PUPIL.items()}
    found: dict[str, Any] = {"school": named, "pupil": {field: text for field, text in pupil.items() if text}}
    year = root.find(".//YearData")
    return found if year is None else found | {"attendance": _attendance(year)}


def places(laestab: str) -> tuple[str, str]:
    """The numbers of the authority and of the school in `801/2000` or `8012000`. Raises UnfitContent."""
    found = _LAESTAB.fullmatch(laestab)
    if found is None:
        raise UnfitContent("school.laestab is not a LAESTAB, as 801/2000: correct it in the configuration")
    return found[1], found[2]


def _root(content: Mapping[str, Any], supplier: str, at: datetime) -> etree._Element:
    attendance, school = content.get("attendance"), content["school"]
    lea, estab = places(school["laestab"])
    own = {"LEA": lea, "Estab": estab, "SchoolName": school["name"]}
    root = etree.Element("CTfile")
    header = etree.SubElement(root, "Header")
    said = {"DocumentName": "Common Transfer File", "CTFversion": VERSION, "DateTime": _local(at)}
    _add(header, said | {"DocumentQualifier": "partial", "SupplierID": supplier})
    _add(etree.SubElement(header, "SourceSchool"), own | {"AcademicYear": _year(content)})
    _add(etree.SubElement(header, "DestSchool"), dict(zip(("LEA", "Estab"), NOWHERE, strict=True)))
    pupil = etree.SubElement(etree.SubElement(root, "CTFpupilData"), "Pupil")
    _add(pupil, {name: content["pupil"][field] for field, name in PUPIL.items() if content["pupil"].get(field)})
    if attendance:
        year = etree.SubElement(etree.SubElement(pupil, "Attendance"), "YearData")
        _add(year, {"Year": _year(content), **own, **{name: attendance[field] for field, name in COUNTS.items()}})
        said = {"AttendanceStartDate": attendance["start"], "AttendanceMarks": attendance["marks"]}
        _add(etree.SubElement(year, "AttendSessions"), said)
    return root


def _local(at: datetime) -> str:
    """A moment as a clock in a school shows it: the element has no zone."""
    return f"{at.astimezone(_SCHOOLS_TIME):%Y-%m-%dT%H:%M:%S}"


def _year(content: Mapping[str, Any]) -> int:
    """The school year by its August: that of the attendance, else that of the last day on the roll."""
    if content.get("attendance"):
        return int(content["attendance"]["year"])
    left = date.fromisoformat(content["left"])
    return left.year if left.month >= 8 else left.year - 1


def _add(parent: etree._Element, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        etree.SubElement(parent, name).text = str(value)


def _strays(root: etree._Element) -> list[str]:
    """The elements that are not of our form. The validator's own words may repeat a value: they are left out."""
    form = _form()
    if form.validate(root):
        return []
    last = [_PLACE.search(str(error.path)) for error in form.error_log]
    names = dict.fromkeys(found[1] for found in last if found)
    return [f"{name} is not of the form that is stated for it" for name in names] or ["it is not of its form"]


@cache
def _form() -> etree.RelaxNG:
    text = files("rollbook_la_portal.transfer").joinpath("transfer-file.rng").read_bytes()
    return etree.RelaxNG(etree.fromstring(text))


def _disagreements(content: Mapping[str, Any]) -> list[str]:
    """What no form can say: the counts are of each other, and the marks are whole days, Monday to Friday, of which the
    last is not after the last day on the roll.
    """
    attendance = content.get("attendance")
    if not attendance:
        return []
    wrong = []
    if attendance["possible"] != sum(attendance[name] for name in COUNTS if name != "possible"):
        wrong.append("SessionsPossible is not the sum of the other three")
    marks = len(attendance["marks"].split(","))
    start, left = (date.fromisoformat(day) for day in (attendance["start"], content["left"]))
    if marks % 2:
        wrong.append("AttendanceMarks ends in the middle of a day")
    if start.weekday() > _FRIDAY:
        wrong.append("AttendanceStartDate is a Saturday or a Sunday, of which there are no marks")
    elif (marks + 1) // 2 > _weekdays(start, left):
        wrong.append("AttendanceMarks goes on after the last day on the roll")
    return wrong


def _weekdays(first: date, last: date) -> int:
    """How many days from the first to the last are Monday to Friday."""
    return sum((first + timedelta(days=n)).weekday() <= _FRIDAY for n in range((last - first).days + 1))


def _attendance(year: etree._Element) -> dict[str, Any]:
    counts = {field: int(_text(year, name)) for field, name in COUNTS.items()}
    start, marks = (_text(year, f"AttendSessions/Attendance{name}") for name in ("StartDate", "Marks"))
    return {"year": int(_text(year, "Year")), "start": start, **counts, "marks": marks}


def _text(element: Any, path: str) -> str:
    return str(element.findtext(path) or "")
