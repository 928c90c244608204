"""What of a file may stand on a screen: headings that are surely no pupil's, and marks that are national codes. Of
everything else the place, the kind and the length are told: it may be a name, initials, or a pupil's number.
"""

from __future__ import annotations

import re
from functools import cache

from rollbook.tables.codes import all_codes
from rollbook_csv.values import NOTHING_WRITTEN

_ASCII = re.compile(r"[ -~\s]{1,80}")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LONG = 3  # letters of a word that may run together with others
_YEAR = re.compile("(?:20)?[0-9]{2}|[0-9]")  # of a school year, or a count: no admission number
# Words of which headings are made. A heading of these alone is none that is a pupil's name, unless as `Mark` is.
_TEXT = """
absence absences absent academic additional address adm admission adno adult after afternoon age allergies am and
application arbor at attendance attended authorised authority authorized before beginning birth block boarder boarding
born by calendar call care carer category census characteristic child children class cls code codes cohort commencing
comment comments contact contacted country county course created current data date dated day days deletion description
destination detail details dfe dfes disability dob doctor dual e eal ehcp eligibility eligible email end ended ending
ends enrolled enrolment entry estab establishment ethnic ethnicity event exact exclusion export external family first
flag for forename form former free from fsm full fullname gender given gp ground group groups grp guardian half has
home house id identifier improvement in index information initial initials is issue issued joined joining key kind
known la laestab language last late leaver leaving left legal lesson letter line lives local looked lunch made mail
male mark marks meal meals meaning medical method middle minutes mis mobile month morning name national nationality nc
needs new no not note notes notice number of off on open opening or order other outcome parent parental parents part
percent percentage period person phone photo pm possible post postcode preferred premium present previous priority
provision pupil pupils raw reason record ref reference reg register registration regulation relation relationship
religion report result roll room salutation same school section sen senco send service session sessions sex shared
sign site spoke staff start started starting status string student students subject support surname symbol symbols
system table taken taught tel telephone term text that the time timetable title to total traveller tutor type
unauthorised unauthorized unique until updated upn uprn urn value via week weekly weeks when whole with year years yr
"""
_WORDS = frozenset(_TEXT.split())


def may_show(heading: str) -> bool:
    """Whether every word of a heading is one of headings, with a letter somewhere: so is no name, no number, no day."""
    if not _ASCII.fullmatch(heading):
        return False
    words = _WORD.findall(heading)
    numbers = [word for word in words if word.isdigit()]
    others = [word.casefold() for word in words if not word.isdigit()]
    if not others or len(numbers) > 2 or not all(map(_YEAR.fullmatch, numbers)):
        return False
    run_together = re.sub(r"[\W_0-9]+", " ", heading).casefold().split()  # `ATTENDANCEDate`, `studentid`
    return all(_is_heading(word) for word in run_together) or all(word in _WORDS for word in others)


def told_heading(heading: str, place: int) -> str:
    """A heading for a message; `place` counts from 0. One that may be a name is not repeated."""
    if not heading.strip():
        return f"column {place + 1} (blank)"
    return " ".join(heading.split()) if may_show(heading) else f"column {place + 1} (its heading is not shown)"


def is_code(mark: str) -> bool:
    """Whether a mark is, letter case aside, one of the national codes of any year, or says that there is none."""
    return mark.strip().upper() in _codes()


def told_mark(mark: str) -> str:
    """A mark for a message: itself where it is a national code, else its length and kind."""
    written = mark.strip()
    if is_code(mark):
        return mark
    if written.isalpha():
        kind = "letter"
    elif written.isdigit():
        kind = "digit"
    elif any(map(str.isalnum, written)):
        kind = "character"
    else:
        kind = "sign"
    return f"{len(written)} {kind}{'' if len(written) == 1 else 's'} (not shown)"


@cache
def _codes() -> frozenset[str]:
    return frozenset(code.code for code in all_codes()) | set(NOTHING_WRITTEN)


@cache
def _is_heading(word: str) -> bool:
    """Whether a word is one of headings, or some of them run together, as `yeargroup` is. Short ones would make names
    of each other, as `is` and `la` do; but `studentid` is a heading.
    """
    return word in _WORDS or any(
        word[:at] in _WORDS
        and (_is_heading(word[at:]) if len(word) - at >= _LONG else at > _LONG and word[at:] == "id")
        for at in range(_LONG, len(word) - 1)
    )
