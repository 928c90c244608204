"""From written values to typed ones, a column at a time. What is not of its form becomes null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

_ISO = "yyyy-mm-dd"
# How days may be written: the pattern of such a day, and how Polars reads it.
_DATE_FORMS: Mapping[str, tuple[str, str]] = {
    "dd/mm/yyyy": ("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
    _ISO: ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "%Y-%m-%d"),
    "dd mmm yyyy": ("[0-9]{1,2} [A-Za-z]{3} [0-9]{4}", "%d %b %Y"),
}
# SIMS writes days as moments at the school, of which the time is dropped. One with a zone (`Z`) is not taken: midnight
# at the school may be the evening before there.
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?"
MARK = r"^(?:.|[A-Z]{2}|[A-Za-z]{1,2}[0-9]{1,2})[?]?$"
"""What has the form of a mark, or of a code. Anything else may be a name, and is neither shown nor passed on."""
# What is surely a day, or a session, and no name: only such a value is repeated in a message.
_SOME_DAY = r"^[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3})[-/. ][0-9]{2,4}(?:[ T][0-9:.]+)?$"
_SOME_SESSION = r"(?i)^(?:[ap]m?[0-9]?|[0-9]{1,2}|morning|afternoon|both|all day)$"
_YES, _NO = ("t", "true", "y", "yes", "1"), ("f", "false", "n", "no", "0")
_OLDEST_YEAR, _LAST_GROUP = 1900, 14


def text(column: pl.Expr) -> pl.Expr:
    """Every stretch of white space one space, none at the ends; null when nothing is left."""
    tidy = column.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(tidy != "").then(tidy)


def upn(column: pl.Expr) -> pl.Expr:
    """A UPN as UPNs are compared: capital letters, no space around it."""
    return text(column.str.to_uppercase())


def day(column: pl.Expr, form: str) -> pl.Expr:
    """A day in ISO form, as SIMS writes its XML, or in the form that the settings state. From 1900 on."""
    found = pl.coalesce(_day(column, one) for one in dict.fromkeys([_ISO, form]))
    return pl.when(found.dt.year().is_between(_OLDEST_YEAR, 2999)).then(found)


def _day(column: pl.Expr, form: str) -> pl.Expr:
    pattern, directives = _DATE_FORMS[form]
    return column.str.extract(rf"^\s*({pattern}){_TIME}\s*$").str.to_date(directives, strict=False)


def session(column: pl.Expr, am: Sequence[str], pm: Sequence[str]) -> pl.Expr:
    """`AM` or `PM`, by the values that the settings name, letter case aside."""
    named = {value.strip().upper(): "AM" for value in am} | {value.strip().upper(): "PM" for value in pm}
    return column.str.strip_chars().str.to_uppercase().replace_strict(named, default=None, return_dtype=pl.String)


def year_group(column: pl.Expr) -> pl.Expr:
    """`Year  7`, `Y7`, `Yr 7` and `7` are 7; `R` and `Reception` 0; `N`, `N1`, `N2` and `Nursery` -1."""
    plain = column.str.to_lowercase().str.replace_all(r"[\s.]+", "")
    number = plain.str.extract(r"^(?:y|yr|year|nc|ncyear|yeargroup|curriculumyear)?([0-9]{1,2})$")
    whole = number.cast(pl.Int8, strict=False)
    return (
        pl.when(plain.str.contains(r"^(?:year|yr|y)?(?:r|rec|reception)$"))
        .then(pl.lit(0, dtype=pl.Int8))
        .when(plain.str.contains(r"^(?:year|yr|y)?(?:n[12]?|nursery[12]?)$"))
        .then(pl.lit(-1, dtype=pl.Int8))
        .when(whole <= _LAST_GROUP)
        .then(whole)
    )


def yes_or_no(column: pl.Expr) -> pl.Expr:
    """True or false: SIMS writes `T` and `F`, reports also `True`, `Yes`, `Y`, `1`."""
    word = column.str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)


def sex(column: pl.Expr) -> pl.Expr:
    """`F` and `M`, also of `Female` and `Male`; another word as it is."""
    tidy = text(column)
    letters = {"F": "F", "FEMALE": "F", "M": "M", "MALE": "M"}
    return pl.coalesce(tidy.str.to_uppercase().replace_strict(letters, default=None, return_dtype=pl.String), tidy)


def word(column: pl.Expr, form: str) -> pl.Expr:
    """The value in small letters, its spaces and hyphens as `_`, when all of it is of that form."""
    tidy = text(column).str.to_lowercase().str.replace_all("[ -]+", "_")
    return pl.when(tidy.str.contains(f"^(?:{form})$")).then(tidy)


def small_number(column: pl.Expr) -> pl.Expr:
    """A whole number that fits a priority."""
    return column.str.strip_chars().cast(pl.Int8, strict=False)


def shown_day(column: pl.Expr) -> pl.Expr:
    """How the value is written when it is surely a day, else words that do not repeat it. Not the day itself, which
    may be one of birth: '99/99/9999' says enough.
    """
    form = column.str.replace_all("[0-9]", "9").str.replace_all("[A-Za-z]{3}", "Aaa")
    return _shown(column, _SOME_DAY, pl.concat_str(pl.lit("a value of the form "), _quoted(form)))


def shown_session(column: pl.Expr) -> pl.Expr:
    """The value in quotation marks when it is surely no name, else words that do not repeat it."""
    return _shown(column, _SOME_SESSION, _quoted(column))


def _quoted(column: pl.Expr) -> pl.Expr:
    return pl.concat_str(pl.lit("'"), column, pl.lit("'"))


def _shown(column: pl.Expr, surely: str, said: pl.Expr) -> pl.Expr:
    return (
        pl.when(column.is_null())
        .then(pl.lit("a blank"))
        .when(column.str.contains(surely))
        .then(said)
        .otherwise(pl.lit("the value (not shown)"))
    )
