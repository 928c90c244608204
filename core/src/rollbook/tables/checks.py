"""Whether an identifier is well formed: UPN, URN, LAESTAB. Arithmetic only, no list of schools."""

from __future__ import annotations

import re

# The letters a UPN uses, in the order of their value. I, O and S are left out so as not to be read as digits.
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]")
_URN = re.compile(r"[1-9][0-9]{5}")
_LAESTAB = re.compile(r"[0-9]{3}/?[0-9]{4}")


def upn_problem(upn: str) -> str | None:
    """What is wrong with a UPN, in words that do not repeat it; None when it is well formed.

    A UPN is a check letter, the authority's 3 digits, the school's 4, the year's 2 and 3 of serial; the last is a
    letter in a temporary UPN. (DfE, Unique Pupil Numbers guide.)
    """
    if not _UPN.fullmatch(upn):
        return "a UPN is a capital letter (not I, O or S), 11 digits, and a last digit or letter"
    if upn_check_letter(upn[1:]) != upn[0]:
        return "the UPN's first letter does not agree with the rest of it: a character may be mistyped"
    return None


def upn_check_letter(rest: str) -> str:
    """The check letter of the 12 characters that follow it: each value times its place (2 to 13), modulo 23.

    Raises ValueError when `rest` has a character that a UPN cannot have.
    """
    values = [int(c) if c.isdecimal() else _UPN_LETTERS.index(c) for c in rest]
    return _UPN_LETTERS[sum(value * place for place, value in enumerate(values, start=2)) % 23]


def is_temporary_upn(upn: str) -> bool:
    """Whether a well-formed UPN is a temporary one, which another will replace."""
    return upn[-1].isalpha()


def urn_problem(urn: str) -> str | None:
    """What is wrong with a school's URN (6 digits, the first not 0), or None."""
    return None if _URN.fullmatch(urn) else "a URN has 6 digits"


def laestab_problem(laestab: str) -> str | None:
    """What is wrong with a LAESTAB (authority's 3 digits, school's 4, a stroke between them or not), or None."""
    return None if _LAESTAB.fullmatch(laestab) else "a LAESTAB has 3 digits and 4, as 801/2000"


def la_problem(la: str) -> str | None:
    """What is wrong with a local authority's number (3 digits), or None."""
    return None if re.fullmatch(r"[0-9]{3}", la) else "a local authority's number has 3 digits"
