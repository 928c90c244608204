"""From written values to typed ones, a column at a time. What is not of the stated form becomes null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

# How days may be written: the pattern of such a day, and how Polars reads it. A time of day may follow, and is dropped.
DATE_FORMS: Mapping[str, tuple[str, str]] = {
    "dd/mm/yyyy": ("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%d/%m/%Y"),
    "yyyy-mm-dd": ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "%Y-%m-%d"),
    "dd mmm yyyy": ("[0-9]{1,2} [A-Za-z]{3} [0-9]{4}", "%d %b %Y"),
    "dd-mmm-yyyy": ("[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}", "%d-%b-%Y"),
    "dd-mm-yyyy": ("[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", "%d-%m-%Y"),
    "dd.mm.yyyy": ("[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", "%d.%m.%Y"),
    "mm/dd/yyyy": ("[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "%m/%d/%Y"),  # programs on a server set up as American
}
_TIME = "(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?)?"
# What is surely a day, in whatever form, and no name: only such a value is repeated in a message.
_SOME_DAY = r"^[0-9]{1,4}[-/. ](?:[0-9]{1,2}|[A-Za-z]{3})[-/. ][0-9]{2,4}$"
_SOME_SESSION = r"(?i)^(?:[ap]m?[0-9]?|[0-9]{1,2}|morning|afternoon|both|all day)$"
_SEXES: Mapping[str, str] = {"f": "F", "female": "F", "girl": "F", "m": "M", "male": "M", "boy": "M"}
# What stands where no mark was made, and where there was no session to make one in.
NOTHING_WRITTEN = ("", "-")
NO_REGISTER = (*NOTHING_WRITTEN, "#")
_YES, _NO = ("y", "yes", "true", "t", "1"), ("n", "no", "false", "f", "0")


def text(column: pl.Expr) -> pl.Expr:
    """Without surrounding space, every stretch of white space one space; null when nothing is left."""
    tidy = column.str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(tidy != "").then(tidy)


def day(column: pl.Expr, form: str) -> pl.Expr:
    """A day in that form of DATE_FORMS, from 1900 on."""
    pattern, directives = DATE_FORMS[form]
    found = column.str.extract(rf"^\s*({pattern}){_TIME}\s*$").str.to_date(directives, strict=False)
    return pl.when(found.dt.year().is_between(1900, 2999)).then(found)


def other_form(written: pl.Series, form: str) -> str:
    """The form of DATE_FORMS, another than `form`, that most of these values are in and `form` is not; else blank."""
    filled = pl.DataFrame({"day": written}).filter(pl.col("day").str.strip_chars() != "")
    if filled.is_empty() or filled.select(day(pl.col("day"), form).is_not_null().mean()).item() > 0.5:
        return ""
    fit = {one: filled.select(day(pl.col("day"), one).is_not_null().mean()).item() for one in DATE_FORMS}
    most = max(fit, key=lambda one: fit[one])
    return most if fit[most] > 0.5 else ""


def session(column: pl.Expr, am: Sequence[str], pm: Sequence[str]) -> pl.Expr:
    """`AM` or `PM`, by the values that the settings name, letter case aside."""
    named = {value.strip().upper(): "AM" for value in am} | {value.strip().upper(): "PM" for value in pm}
    return column.str.strip_chars().str.to_uppercase().replace_strict(named, default=None, return_dtype=pl.String)


def year_group(column: pl.Expr) -> pl.Expr:
    """`Year  6`, `Y6`, `Yr 6` and `6` are 6; `R` and `Reception` 0; `N`, `N1`, `N2` and `Nursery` -1."""
    plain = column.str.to_lowercase().str.replace_all(r"[\s.]+", "")
    number = plain.str.extract(r"^(?:y|yr|year|nc|ncyear|yeargroup)?([0-9]{1,2})$").cast(pl.Int8, strict=False)
    return (
        pl.when(plain.str.contains(r"^(?:year|yr|y)?(?:r|rec|reception)$"))
        .then(pl.lit(0, dtype=pl.Int8))
        .when(plain.str.contains(r"^(?:year|yr|y)?(?:n[12]?|nursery[12]?)$"))
        .then(pl.lit(-1, dtype=pl.Int8))
        .when(number <= 14)
        .then(number)
    )


def yes_or_no(column: pl.Expr) -> pl.Expr:
    """True or false, from the usual words."""
    word = column.str.strip_chars().str.to_lowercase()
    return pl.when(word.is_in(_YES)).then(True).when(word.is_in(_NO)).then(False)


def sex(column: pl.Expr) -> pl.Expr:
    """`F` or `M`, from the usual words."""
    return column.str.strip_chars().str.to_lowercase().replace_strict(_SEXES, default=None, return_dtype=pl.String)


def word(column: pl.Expr, form: str) -> pl.Expr:
    """The value in small letters, `sen support` and `SEN-Support` as `sen_support`, when all of it is of that form."""
    tidy = text(column).str.to_lowercase().str.replace_all("[ -]+", "_")
    return pl.when(tidy.str.contains(f"^(?:{form})$")).then(tidy)


def small_number(column: pl.Expr) -> pl.Expr:
    """A whole number that fits a priority."""
    return column.str.strip_chars().cast(pl.Int8, strict=False)


def shown_day(column: pl.Expr) -> pl.Expr:
    """The value in quotation marks when it is surely no name, else words that do not repeat it."""
    return _shown(column, _SOME_DAY)


def shown_session(column: pl.Expr) -> pl.Expr:
    """As `shown_day`, for AM and PM values."""
    return _shown(column, _SOME_SESSION)


def _shown(column: pl.Expr, surely: str) -> pl.Expr:
    trimmed = column.str.strip_chars()
    return (
        pl.when(trimmed == "")
        .then(pl.lit("a blank"))
        .when(trimmed.str.contains(surely))
        .then(pl.concat_str(pl.lit("'"), trimmed, pl.lit("'")))
        .otherwise(pl.lit("the value (not shown)"))
    )
