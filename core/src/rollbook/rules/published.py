"""A table that DfE published of attendance: its two layouts of columns, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from rollbook.rules.problems import RulesProblem

TOTAL, PHASES = "Total", ("Primary", "Secondary", "Special")
LAYOUTS: Mapping[str, str] = {"school_type": "2023/24 and 2024/25", "education_phase": "2025/26"}
"""What the column of phases is called, and in which years."""

WITHHELD = ("c", "x", "z", ":", "NA")
"""What DfE writes in the place of a number: suppressed, not available, not applicable."""

ENROLMENTS, POSSIBLE = "total_enrolments", "possible_sessions"

# A rate, in per cent, and the sessions that it is of those possible. Some are of one layout only.
RATES: Mapping[str, str] = {
    "attendance_perc": "overall_attendance",
    "overall_absence_perc": "overall_absence",
    "authorised_absence_perc": "authorised_absence",
    "unauthorised_absence_perc": "unauthorised_absence",
    "illness_perc": "reason_i_authorised_illness",
    "appointments_perc": "reason_m_authorised_medical_dental",
    "unauth_hol_perc": "reason_g_unauthorised_holiday",
    "unauth_oth_perc": "reason_o_other_unauthorised",
    "unauth_late_registers_closed_perc": "reason_u_unauthorised_late_after_registers_closed",
    "unauth_not_yet_perc": "reason_n_no_reason_yet",
    "auth_religious_perc": "reason_r_authorised_religious_observance",
    "auth_study_perc": "reason_s_authorised_study_leave",
    "auth_grt_perc": "reason_t_authorised_grt_absence",
    "auth_mob_perc": "reason_t_authorised_mobile_child",
    "auth_holiday_perc": "reason_h_authorised_holiday",
    "auth_excluded_perc": "reason_e_authorised_excluded",
    "auth_performance_perc": "reason_c1_authorised_regulated_performance",
    "auth_interview_perc": "reason_j1_authorised_interview",
    "auth_part_time_perc": "reason_c2_authorised_temp_reduced_timetable",
    "auth_other_perc": "reason_c_authorised_other",
}
COUNTS = (
    *("num_schools", "enrolments", "total_num_schools", ENROLMENTS),
    *("present_sessions", "approved_educational_activity", "late_sessions", POSSIBLE),
    *("reason_present_am", "reason_present_pm", "reason_present", "reason_l_present_late_before_registers_closed"),
    *("reason_b_aea_education_off_site", "reason_d_aea_dual_registration", "reason_j_aea_interview"),
    *("reason_p_aea_approved_sporting_activity", "reason_v_aea_educational_visit_trip"),
    *("reason_w_aea_work_experience", "reason_k_aea_education_arranged_by_la"),
    *RATES.values(),
)
_PERSISTENT = "pa_perc"
_WHEN = ("time_period", "time_identifier", "attendance_date")
_WHERE = ("country_code", "country_name", "region_code", "region_name", "new_la_code", "la_name", "old_la_code")
_LEVELS: Mapping[str, str] = {
    "National": "country_name",
    "Regional": "region_name",
    "Local authority": "la_name",
}
_KNOWN = {*COUNTS, *RATES, _PERSISTENT, *_WHEN, *_WHERE, "geographic_level"}
_NEEDED = ("time_period", "geographic_level", ENROLMENTS, POSSIBLE)


class TableNotUnderstood(RulesProblem):
    """A table is not one of DfE's that is known here."""


@dataclass(frozen=True)
class Published:
    """A table read. rows: level, place (where, and when if that is more than one), phase, and every number as a double.

    suppressed: rows left out, because DfE suppressed a number in them, or in a phase of a total.
    """

    layout: str
    period: str
    rows: pl.DataFrame
    suppressed: int

    def totals(self) -> pl.DataFrame:
        """The rows of all phases together."""
        return self.rows.filter(pl.col("phase") == TOTAL)

    def phases(self) -> pl.DataFrame:
        """The rows of one phase."""
        return self.rows.filter(pl.col("phase") != TOTAL)


def understand(written: pl.DataFrame) -> Published:
    """`written`: the table with every column as text. Raises `TableNotUnderstood`, naming column or row."""
    layout = _layout(written)
    numbers = [name for name in (*COUNTS, *RATES, _PERSISTENT) if name in written.columns]
    _check_numbers(written, numbers)
    periods = written.get_column("time_period").unique().sort().to_list()
    suppressed = pl.any_horizontal(pl.col(name).is_in(WITHHELD) for name in numbers)
    rows = written.select(
        pl.col("geographic_level").alias("level"),
        _place(written).alias("place"),
        pl.col(layout).alias("phase"),
        suppressed.alias("left_out"),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in numbers),
    )
    again = rows.filter(pl.struct("level", "place", "phase").is_duplicated())
    if len(again):
        raise TableNotUnderstood(f"two rows are of {again['place'][0]}, {again['phase'][0]}: this table is not known")
    rows = rows.with_columns(pl.col("left_out") | (_part_left_out() & (pl.col("phase") == TOTAL)))
    whole = rows.filter(~pl.col("left_out")).drop("left_out")
    if whole.filter(pl.col("phase") == TOTAL).is_empty():
        raise TableNotUnderstood(f"it has no total of phases to recompute: no row with {layout} {TOTAL}")
    return Published(layout, ", ".join(map(str, periods)), whole, len(rows) - len(whole))


def _layout(written: pl.DataFrame) -> str:
    found = [name for name in LAYOUTS if name in written.columns]
    missing = [name for name in _NEEDED if name not in written.columns]
    if len(found) != 1 or missing:
        wanted = missing or [" or ".join(LAYOUTS)]
        raise TableNotUnderstood(f"it has no column {', '.join(wanted)}: this is no table of DfE's that is known here")
    strangers = [name for name in written.columns if name not in _KNOWN and name not in LAYOUTS]
    if strangers:
        raise TableNotUnderstood(f"it has columns that are not known here: {', '.join(strangers)}")
    for name, rate in (("geographic_level", _LEVELS), (found[0], (TOTAL, *PHASES))):
        others = [value for value in written.get_column(name).unique() if value not in rate]
        if others:
            raise TableNotUnderstood(f"its column {name} holds {others[0]!r}; known are {', '.join(rate)}")
    short = [rate for rate, count in RATES.items() if rate in written.columns and count not in written.columns]
    if short:
        raise TableNotUnderstood(f"it has {short[0]} and not {RATES[short[0]]}, of which that is the rate")
    return found[0]


def _check_numbers(written: pl.DataFrame, numbers: list[str]) -> None:
    for name in numbers:
        value = pl.col(name)
        number = value.cast(pl.Float64, strict=False).is_finite().fill_null(False)
        rows = written.with_row_index("line", offset=2).filter(~number & ~value.is_in(WITHHELD).fill_null(False))
        if len(rows):
            line = rows.get_column("line")[0]
            raise TableNotUnderstood(f"line {line}, column {name}: neither a number nor one of {', '.join(WITHHELD)}")


def _place(written: pl.DataFrame) -> pl.Expr:
    """The name of the place; with the day or the week where the table is of several."""
    names = [name for name in _LEVELS.values() if name in written.columns]
    if len(names) < len(_LEVELS):
        raise TableNotUnderstood(f"it has no column {', '.join(n for n in _LEVELS.values() if n not in names)}")
    where = pl.col("la_name")
    for level, name in list(_LEVELS.items())[:2]:
        where = pl.when(pl.col("geographic_level") == level).then(name).otherwise(where)
    several = [name for name in _WHEN if name in written.columns and written.get_column(name).n_unique() > 1]
    return pl.concat_str([where, *several], separator=", ")


def _part_left_out() -> pl.Expr:
    return pl.col("left_out").any().over("level", "place")
