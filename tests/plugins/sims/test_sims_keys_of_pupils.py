"""Who is who: by UPN, admission number and person's number, none of which a pupil need have."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.tables.schemas import Table
from rollbook_sims.tables.people import people
from support.sims_tables import Record, mark, pupil, rejects, report, rows, upn

ONE, TWO, OTHER, TEMPORARY = upn(1), upn(2), upn(3), upn(4, temporary=True)


def keys(folder: Path, pupils: list[Record], *marks: Record) -> list[str]:
    """Whose each of these marks is, as the host is told."""
    held = report(*(mark("/", f"2026-11-{n:02d}", adno=None) | dict(one) for n, one in enumerate(marks, start=2)))
    found = rows(Table.MARKS, folder, pupils=report(*pupils), marks=held).sort("line")
    assert found.height == len(marks)
    return [str(key) for key in found["pupil"].to_list()]


@pytest.mark.parametrize(
    ("said", "whose"),
    [
        ({"UPN": ONE}, "001234"),
        ({"UPN": f" {ONE.lower()} "}, "001234"),
        ({"UPN": ONE, "Adno": "001235"}, "001234"),  # the UPN says more than the admission number
        ({"UPN": OTHER, "Adno": "001234"}, "001234"),  # nobody has that UPN
        ({"Adno": "001235"}, "001235"),
        ({"multiple_id": "6420,99"}, "001234"),
        ({"UPN": None, "Adno": None, "multiple_id": "6421,7"}, "001235"),
    ],
)
def test_a_mark_is_of_the_pupil_whose_upn_it_has_else_admission_number_else_persons_number(
    tmp_path: Path, said: Record, whose: str
) -> None:
    pupils = [pupil("001234", UPN=ONE, primary_id="6420"), pupil("001235", UPN=TWO, primary_id="6421")]
    assert keys(tmp_path, pupils, said) == [whose]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"Adno": "1234"}, "1234"),  # zeros that Excel lost are not guessed
        ({"UPN": OTHER}, OTHER),
        ({"multiple_id": "001234,5"}, "person 001234"),  # a person's number is no admission number
    ],
)
def test_a_mark_of_nobody_in_the_report_keeps_what_it_says(tmp_path: Path, said: Record, key: str) -> None:
    assert keys(tmp_path, [pupil("001234", UPN=ONE)], said) == [key]


def test_a_mark_of_whom_nothing_is_said_is_set_aside(tmp_path: Path) -> None:
    marks = report(mark("/"), mark("/", adno=None))
    [reject] = rejects(Table.MARKS, tmp_path, marks=marks)
    assert reject.place == "marks.xml, record 2"
    assert "it is not known whose row this is" in reject.reason


def test_a_pupil_whose_upn_was_replaced_stays_one_pupil(tmp_path: Path) -> None:
    pupils = [pupil("001234", UPN=ONE, Former_UPN=TEMPORARY)]
    assert keys(tmp_path, pupils, {"UPN": TEMPORARY}, {"UPN": ONE}) == ["001234", "001234"]


def test_a_former_upn_that_is_anothers_present_one_leads_to_the_other(tmp_path: Path) -> None:
    pupils = [pupil("001234", UPN=ONE, Former_UPN=TWO), pupil("001235", UPN=TWO)]
    assert keys(tmp_path, pupils, {"UPN": TWO}) == ["001235"]


def test_a_former_upn_of_two_pupils_leads_to_neither(tmp_path: Path) -> None:
    pupils = [pupil("001234", UPN=ONE, Former_UPN=OTHER), pupil("001235", UPN=TWO, Former_UPN=OTHER)]
    said = [{"UPN": OTHER, "Adno": "001234"}, {"UPN": OTHER, "Adno": "001235"}]
    assert keys(tmp_path, pupils, *said) == ["001234", "001235"]


def test_rows_with_one_upn_are_one_pupil_known_by_the_lowest_admission_number(tmp_path: Path) -> None:
    twice = [pupil("010000", UPN=ONE), pupil("009999", UPN=ONE, **{"Legal Surname": "Fennimore"})]
    [one] = rows(Table.PUPILS, tmp_path, pupils=report(*twice)).rows(named=True)
    assert (one["pupil"], one["upn"], one["surname"]) == ("009999", ONE, "Fennimore")
    assert keys(tmp_path, twice, {"Adno": "010000"}) == ["009999"]


def test_twins_to_whom_one_upn_was_given_stay_two_and_it_is_told(tmp_path: Path) -> None:
    twins = [pupil("001234", UPN=ONE, Legal_Forename="Ada"), pupil("001235", UPN=ONE, Legal_Forename="Ben")]
    assert rows(Table.PUPILS, tmp_path, pupils=report(*twins))["pupil"].to_list() == ["001234", "001235"]
    told = rejects(Table.PUPILS, tmp_path, pupils=report(*twins))
    assert [one.place for one in told] == ["pupils.xml, record 1", "pupils.xml, record 2"]
    assert ONE not in told[0].reason
    said = [{"UPN": ONE, "Adno": "001234"}, {"UPN": ONE, "Adno": "001235"}]
    assert keys(tmp_path, [*twins, pupil("001236", Former_UPN=ONE)], *said) == ["001234", "001235"]


def test_twins_with_one_upn_and_no_admission_number_are_known_by_their_persons_numbers(tmp_path: Path) -> None:
    twins = [pupil(None, UPN=ONE, Legal_Forename=name, primary_id=name[:1]) for name in ("Ada", "Ben")]
    held = report(*twins, pupil("001234"))
    assert rows(Table.PUPILS, tmp_path, pupils=held)["pupil"].to_list() == ["person A", "person B", "001234"]


def test_of_a_temporary_and_a_permanent_upn_the_permanent_one_counts_and_the_other_is_the_former(
    tmp_path: Path,
) -> None:
    both = [pupil("001234", UPN=TEMPORARY), pupil("001234", UPN=ONE)]
    [one] = rows(Table.PUPILS, tmp_path, pupils=report(*both)).rows(named=True)
    assert (one["pupil"], one["upn"], one["former_upn"]) == ("001234", ONE, TEMPORARY)
    assert keys(tmp_path, both, {"UPN": TEMPORARY}, {"UPN": ONE}) == ["001234", "001234"]


def test_a_pupil_with_a_temporary_upn_or_none_is_given_like_any_other(tmp_path: Path) -> None:
    pupils = report(pupil("001234", UPN=TEMPORARY), pupil("001235"), pupil(None, UPN=ONE), pupil(None, primary_id="7"))
    found = rows(Table.PUPILS, tmp_path, pupils=pupils)
    assert found.select("pupil", "upn").rows() == [
        ("001234", TEMPORARY),
        ("001235", None),
        (ONE, ONE),
        ("person 7", None),
    ]


def test_a_upn_that_is_none_is_left_out_and_joins_nobody(tmp_path: Path) -> None:
    pupils = report(pupil("001234", UPN="TO FOLLOW"), pupil("001235", UPN="TO FOLLOW"))
    found = rows(Table.PUPILS, tmp_path, pupils=pupils)
    assert found.select("pupil", "upn").rows() == [("001234", None), ("001235", None)]
    told = rejects(Table.PUPILS, tmp_path, pupils=pupils)
    assert [(one.place, one.column) for one in told] == [
        ("pupils.xml, record 1", "UPN"),
        ("pupils.xml, record 2", "UPN"),
    ]
    assert "FOLLOW" not in told[0].reason


# Any report of pupils: who shares something with whom, by hand, against who has one key.

KINDS = ("adno", "person", "upn")
ANYBODY = {
    "adno": st.sampled_from([None, "000998", "000999", "001000", "1000"]),
    "person": st.sampled_from([None, "1", "2", "3"]),
    "upn": st.sampled_from([None, ONE, TWO, TEMPORARY]),
}
NAMED = ANYBODY | {"forename": st.sampled_from([None, "Ada", "Ben"]), "dob": st.sampled_from(["2014-03-10", None])}


def same_pupil(rows: list[dict[str, str | None]], one: int, other: int) -> bool:
    """Whether a chain of shared values leads from one row to the other."""
    reached = {one}
    while True:
        more = {
            n
            for n, row in enumerate(rows)
            for m in reached
            if any(row[kind] and row[kind] == rows[m][kind] for kind in KINDS)
        }
        if more <= reached:
            return other in reached
        reached |= more


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries(ANYBODY), min_size=1, max_size=7))
def test_two_rows_have_one_key_exactly_where_a_chain_of_shared_values_joins_them(
    held: list[dict[str, str | None]],
) -> None:
    schema = dict.fromkeys((*KINDS, "forename", "dob", "former_upn"), pl.String)
    keys = people(pl.DataFrame(held, schema=schema)).keys.to_list()
    for n, row in enumerate(held):
        assert (keys[n] is None) == (not any(row.values()))
        for m in range(n):
            assert (keys[n] is not None and keys[n] == keys[m]) == (keys[n] is not None and same_pupil(held, n, m))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.fixed_dictionaries(NAMED), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_key(held: list[dict[str, str | None]], chance: Random) -> None:
    schema = dict.fromkeys((*KINDS, "forename", "dob", "former_upn"), pl.String)
    places = list(range(len(held)))
    chance.shuffle(places)
    keys = people(pl.DataFrame(held, schema=schema)).keys.to_list()
    moved = people(pl.DataFrame([held[n] for n in places], schema=schema)).keys.to_list()
    assert moved == [keys[n] for n in places]
