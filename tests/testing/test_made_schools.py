"""The generator of made-up schools: its figures are near the published ones, and the past can be shown."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from rollbook.tables.checks import is_temporary_upn, upn_problem
from rollbook.tables.codes import Category, ids_in, resolve
from rollbook.tables.schemas import PAGES, Table
from rollbook.testing.schools import MadeSchool, PlannedRun, demo_schools, make_school

FIRST, LAST = date(2026, 9, 1), date(2026, 11, 20)
EVE = LAST - timedelta(days=1)
KEY = ["pupil", "date", "session"]


@pytest.fixture(scope="module")
def schools() -> list[MadeSchool]:
    return demo_schools(11, FIRST, LAST)


@pytest.fixture(scope="module")
def secondary(schools: list[MadeSchool]) -> MadeSchool:
    return schools[1]


def counted(school: MadeSchool) -> pl.DataFrame:
    """Every mark as known on the last day, with what it is in the figures."""
    marks = resolve(school.known_on(school.last)[Table.MARKS].rename({"code": "raw"}))
    authorised, unauthorised = ids_in(Category.AUTHORISED), ids_in(Category.UNAUTHORISED)
    present = ids_in(Category.PRESENT, Category.APPROVED_ACTIVITY)
    code = pl.col("code")
    return marks.with_columns(
        absent=code.is_in(authorised + unauthorised),
        unauthorised=code.is_in(unauthorised),
        possible=code.is_in(present + authorised + unauthorised),
    )


def share(rows: pl.DataFrame, letter: str) -> float:
    return 100 * (rows["raw"] == letter).sum() / rows["possible"].sum()


@pytest.mark.parametrize(
    ("place", "absence", "persistent"), [(0, 5.28, 13.8), (1, 8.49, 23.8), (2, 13.17, 36.1)], ids=["pri", "sec", "spec"]
)
def test_absence_and_persistent_absence_come_near_the_published(
    schools: list[MadeSchool], place: int, absence: float, persistent: float
) -> None:
    rows = counted(schools[place])
    pupils = rows.group_by("pupil").agg(pl.col("absent", "possible").sum()).filter(pl.col("possible") > 0)
    rates = pupils["absent"] / pupils["possible"]
    assert 100 * rows["absent"].sum() / rows["possible"].sum() == pytest.approx(absence, rel=0.1)
    assert 100 * (rates >= 0.1).mean() == pytest.approx(persistent, rel=0.15)


@pytest.mark.parametrize(
    ("letter", "published", "within"),
    [("I", 3.63, 0.5), ("L", 2.3, 0.7), ("C2", 0.32, 0.1), ("G", 0.4, 0.15), ("O", 1.9, 0.6), ("D", 0.2, 0.1)],
)
def test_the_code_mix_of_a_secondary_comes_near_the_published(
    secondary: MadeSchool, letter: str, published: float, within: float
) -> None:
    assert share(counted(secondary), letter) == pytest.approx(published, abs=within)


def test_more_is_missed_on_fridays_and_as_the_term_goes_on(secondary: MadeSchool) -> None:
    rows = counted(secondary).filter("possible").with_columns(late=pl.col("date") > date(2026, 10, 31))
    friday = rows.filter(pl.col("date").dt.weekday() == 5)["absent"].mean()
    rate = dict(rows.group_by("late").agg(pl.col("absent").mean()).iter_rows())
    assert friday > rows.filter(pl.col("date").dt.weekday() == 3)["absent"].mean()
    assert rate[True] > rate[False]


def test_the_same_seed_gives_the_same_school_and_another_seed_another() -> None:
    first, again, other = (make_school("primary", 900010, 60, seed, FIRST, LAST) for seed in (5, 5, 6))
    assert all(first.history[table].equals(again.history[table]) for table in first.history)
    assert not first.history[Table.MARKS].equals(other.history[Table.MARKS])


def test_every_page_has_the_form_of_the_contract(schools: list[MadeSchool]) -> None:
    for school in schools:
        for table, rows in school.known_on(LAST).items():
            wanted = {name: column for name, column in PAGES[table].items() if name in rows.columns}
            assert dict(rows.schema) == {name: column.dtype for name, column in wanted.items()}
            assert all(rows[name].null_count() == 0 for name, column in wanted.items() if column.required), table


def test_upns_are_well_formed_and_unique_and_some_are_temporary_or_missing(schools: list[MadeSchool]) -> None:
    upns = pl.concat([school.known_on(LAST)[Table.PUPILS]["upn"] for school in schools])
    given = upns.drop_nulls().to_list()
    assert [upn for upn in given if upn_problem(upn)] == []
    assert len(set(given)) == len(given)
    assert any(is_temporary_upn(upn) for upn in given)
    assert upns.null_count() > 0


def test_birth_dates_fit_the_year_group(secondary: MadeSchool) -> None:
    known = secondary.known_on(LAST)
    rows = known[Table.PUPILS].join(known[Table.ROLL], on="pupil")
    ages = rows.select(whole=2026 - pl.col("dob").dt.year() - (pl.col("dob").dt.month() > 8) - pl.col("year_group"))
    assert set(ages["whole"]) == {4}


def test_about_two_pupils_in_a_hundred_have_no_address(secondary: MadeSchool) -> None:
    assert secondary.known_on(LAST)[Table.PUPILS]["address"].null_count() / 960 == pytest.approx(0.02, abs=0.005)


def test_the_calendar_has_half_term_training_days_and_an_afternoon_closed(secondary: MadeSchool) -> None:
    calendar = secondary.known_on(FIRST)[Table.SESSIONS]
    days = calendar.group_by("date").agg(pl.col("open").sum()).sort("date")
    opened = dict(days.iter_rows())
    assert [opened[date(2026, 10, 26) + timedelta(n)] for n in range(5)] == [0] * 5
    assert (opened[date(2026, 9, 1)], opened[date(2026, 11, 2)], opened[date(2026, 11, 3)]) == (0, 0, 2)
    assert days.filter(pl.col("open") == 1).height == 1
    assert days["date"].max() == date(2027, 7, 30)


def test_no_mark_is_made_when_the_school_is_closed(secondary: MadeSchool) -> None:
    known = secondary.known_on(LAST)
    closed = known[Table.SESSIONS].filter(~pl.col("open"))
    assert known[Table.MARKS].join(closed, on=["date", "session"]).height == 0


def test_an_evening_knows_nothing_of_later_days_and_forgets_nothing(secondary: MadeSchool) -> None:
    evenings = [date(2026, 9, 11), date(2026, 10, 14), EVE, LAST]
    marks = [secondary.known_on(evening)[Table.MARKS] for evening in evenings]
    for evening, rows in zip(evenings, marks, strict=True):
        assert rows["date"].max() <= evening
        assert rows.select(KEY).is_duplicated().sum() == 0
    for before, after in pairwise(marks):
        assert before.join(after, on=KEY, how="anti").height == 0


def test_unexplained_marks_are_resolved_slowly_and_half_of_them_never(secondary: MadeSchool) -> None:
    """Of those still N a week later, about a third are resolved two weeks on, about half after six weeks."""
    left = dict.fromkeys((1, 3, 7), 0)
    for day in (date(2026, 9, 7) + timedelta(n) for n in range(25)):
        for weeks in left:
            rows = secondary.known_on(day + timedelta(weeks=weeks))[Table.MARKS]
            left[weeks] += rows.filter((pl.col("date") == day) & (pl.col("code") == "N")).height
    assert left[3] / left[1] == pytest.approx(2 / 3, abs=0.15)
    assert left[7] / left[1] == pytest.approx(1 / 2, abs=0.15)


def test_some_corrections_come_after_four_weeks(secondary: MadeSchool) -> None:
    marks = secondary.history[Table.MARKS]
    assert marks.filter(pl.col("known_from") - pl.col("date") > timedelta(days=28)).height > 10


def test_vendors_faults_are_in_it(secondary: MadeSchool) -> None:
    written = set(secondary.known_on(LAST)[Table.MARKS]["code"])
    assert {"ZZ", "7", "?", "Y", "-"} <= written


def unauthorised_runs(school: MadeSchool, evening: date) -> dict[str, int]:
    """The longest run of whole unauthorised days of each pupil who has one of ten or more."""
    marks = school.known_on(evening)[Table.MARKS].sort(KEY)
    days = marks.group_by("pupil", "date", maintain_order=True).agg(
        gone=pl.col("code").is_in(["G", "N", "O", "U", "-"]).all() & pl.col("code").is_in(["G", "N", "O", "U"]).any()
    )
    runs = days.with_columns(run=pl.col("gone").rle_id().over("pupil")).filter("gone")
    return dict(runs.group_by("pupil", "run").len().filter(pl.col("len") >= 10).select("pupil", "len").iter_rows())


def test_the_planned_runs_and_no_others_reach_ten_school_days(schools: list[MadeSchool]) -> None:
    for school in schools:
        assert {run.story for run in school.runs} == {"goes_on", "withdrawn", "amended", "ended", "no_address"}
        assert set(unauthorised_runs(school, EVE)) == {run.pupil for run in school.runs}


def test_the_last_nights_corrections_undo_one_run_and_shorten_another(schools: list[MadeSchool]) -> None:
    for school in schools:
        runs: dict[str, PlannedRun] = {run.story: run for run in school.runs}
        before, after = unauthorised_runs(school, EVE), unauthorised_runs(school, LAST)
        undone, amended = runs["withdrawn"].pupil, runs["amended"]
        assert set(before) - set(after) == {undone}
        night = school.corrections_of_the_last_night
        first_day = night.filter((pl.col("pupil") == amended.pupil) & (pl.col("date") == amended.first))
        assert first_day.select("before", "after").rows() == [("O", "I"), ("O", "I")]
        assert before[amended.pupil] == after[amended.pupil]  # a day corrected, and a day more


def test_the_run_without_an_address_belongs_to_a_pupil_without_one(schools: list[MadeSchool]) -> None:
    for school in schools:
        homeless = school.known_on(LAST)[Table.PUPILS].filter(pl.col("address").is_null())["pupil"]
        assert [run.story for run in school.runs if run.pupil in set(homeless)] == ["no_address"]


def test_joiners_have_z_before_they_are_on_the_roll_and_leavers_nothing_after(secondary: MadeSchool) -> None:
    known = secondary.known_on(LAST)
    rows = known[Table.MARKS].join(known[Table.ROLL], on="pupil")
    assert set(rows.filter(pl.col("date") < pl.col("from"))["code"]) == {"Z"}
    assert rows.filter(pl.col("date") > pl.col("to")).height == 0
    assert known[Table.ROLL]["to"].drop_nulls().len() > 3


def test_a_leavers_last_day_is_not_known_before_it(secondary: MadeSchool) -> None:
    roll = secondary.known_on(date(2026, 10, 9))[Table.ROLL]
    assert roll["to"].drop_nulls().to_list() == [day for day in roll["to"].drop_nulls() if day <= date(2026, 10, 9)]


@pytest.mark.parametrize(
    "last", [FIRST, date(2026, 9, 3), date(2026, 9, 24)], ids=["closed", "two days", "three weeks"]
)
def test_a_short_or_tiny_school_can_be_made(last: date) -> None:
    school = make_school("special", 900020, 3, 1, FIRST, last)
    assert school.known_on(last)[Table.PUPILS].height == 3


def test_a_school_without_pupils_or_days_is_refused() -> None:
    with pytest.raises(ValueError, match="a pupil and a day"):
        make_school("primary", 900010, 0, 1, FIRST, LAST)
