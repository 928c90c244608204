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
from support.sims_tables import Record, mark, pull, pupil, rejects, report, rows, upn

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
        ({"UPN": ONE, "Adno": "000999"}, "001234"),  # nobody has that admission number
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
    assert keys(tmp_path, [pupil("001234", UPN=ONE, primary_id="6420")], said) == [key]


def test_marks_that_no_column_joins_to_the_pupils_are_of_nobody(tmp_path: Path) -> None:
    """The partner interface gives persons' numbers alone: where the pupils' are gone, so is the register."""
    marks = report(mark("/"), mark("/", adno=None, multiple_id="6420,1"))
    [reject] = rejects(Table.MARKS, tmp_path, marks=marks)
    assert (reject.place, "no column by which this row could be joined" in reject.reason) == (
        "marks.xml, record 2",
        True,
    )


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


# Two children never become one.

TOGETHER = ["pupils.xml, record 1", "pupils.xml, record 2"]


@pytest.mark.parametrize(
    "other",
    [
        {"UPN": TWO, "Legal_Forename": "Ben"},
        {"UPN": TWO, "Legal_Forename": "Ada"},  # with two UPNs that are both to stay they are two
        {"UPN": TWO, "DOB": "2015-01-01"},
        {"UPN": TEMPORARY, "Legal_Forename": "Ben"},
    ],
)
def test_two_children_with_one_admission_number_stay_two_and_it_is_told(tmp_path: Path, other: dict[str, str]) -> None:
    born = other.get("DOB", "2014-03-10")
    rest = {caption: value for caption, value in other.items() if caption != "DOB"}
    two = [pupil("001234", UPN=ONE, Legal_Forename="Ada"), pupil("001234", **rest) | {"DOB": born}]
    assert rows(Table.PUPILS, tmp_path, pupils=report(*two))["pupil"].to_list() == [ONE, other["UPN"]]
    assert rows(Table.ROLL, tmp_path, pupils=report(*two))["pupil"].to_list() == [ONE, other["UPN"]]
    told = rejects(Table.PUPILS, tmp_path, pupils=report(*two))
    assert [(one.place, one.column, one.kind) for one in told] == [(place, "Adno", "two_pupils") for place in TOGETHER]
    said = [{"UPN": ONE, "Adno": "001234"}, {"UPN": other["UPN"], "Adno": "001234"}]
    assert keys(tmp_path, two, *said) == [ONE, other["UPN"]]


@pytest.mark.parametrize(
    "other",
    [
        {"UPN": TEMPORARY},
        {"UPN": TWO, "Former_UPN": ONE},
        {"UPN": ONE},
        {"UPN": None},
    ],
)
def test_a_child_who_comes_back_is_one(tmp_path: Path, other: dict[str, str | None]) -> None:
    two = [pupil("001234", UPN=ONE, Leaving_Date="2025-12-19"), pupil("001234", **other)]
    assert rows(Table.PUPILS, tmp_path, pupils=report(*two))["pupil"].to_list() == ["001234"]
    assert rejects(Table.PUPILS, tmp_path, pupils=report(*two)) == []


def test_children_with_one_admission_number_and_nothing_else_are_left_out_and_told(tmp_path: Path) -> None:
    two = report(*(pupil("001234", Legal_Forename=name) for name in ("Ada", "Ben")), pupil("001235"))
    assert rows(Table.PUPILS, tmp_path, pupils=two)["pupil"].to_list() == ["001235"]
    told = {one.reason for one in rejects(Table.PUPILS, tmp_path, pupils=two)}
    assert len([reason for reason in told if "the row is left out" in reason]) == 1


@pytest.mark.parametrize("bare", [{"Adno": "001"}, {"Adno": "001", "DOB": "2014-03-10"}])
def test_a_row_that_leaves_much_blank_does_not_make_one_of_two_that_contradict_each_other(
    tmp_path: Path, bare: Record
) -> None:
    three = [bare | {"UPN": ONE}, pupil("002", UPN=ONE, Legal_Forename="Ada")]
    three += [pupil("003", UPN=ONE, Legal_Forename="Ben")]
    found = rows(Table.PUPILS, tmp_path, pupils=report(*three))
    assert found["pupil"].to_list() == ["001", "002", "003"]


def test_nor_does_a_row_that_shares_one_thing_with_each_of_two(tmp_path: Path) -> None:
    three = [pupil("001", Legal_Forename="Ada", primary_id="7"), pupil("001", UPN=ONE)]
    three += [pupil("002", UPN=ONE, Legal_Forename="Ben")]
    found = rows(Table.PUPILS, tmp_path, pupils=report(*three))
    assert found.select("pupil", "forename").rows() == [("person 7", "Ada"), ("002", "Ben")]


TWINS = [pupil("001234", UPN=ONE, primary_id="1"), pupil("001235", UPN=TWO, Former_UPN=TEMPORARY, primary_id="2")]


@pytest.mark.parametrize(
    "said",
    [
        {"UPN": ONE, "Adno": "001235"},
        {"UPN": TEMPORARY, "Adno": "001234"},
        {"UPN": ONE, "multiple_id": "2,77"},
        {"UPN": None, "Adno": "001234", "multiple_id": "2,77"},
    ],
)
@pytest.mark.parametrize("table", [Table.MARKS, Table.ROLL, Table.CONTACTS])
def test_a_row_whose_numbers_are_of_two_pupils_is_of_neither(tmp_path: Path, said: Record, table: Table) -> None:
    named = dict(mark("/", adno=None)) | {"Admission Date": "2025-09-03", "Contact Name": "Pat"}
    held = report(named | {"Adno": "001234"}, named | dict(said))
    pages, done = pull(table, tmp_path, pupils=report(*TWINS), **{table.value: held})
    assert [page.rows["pupil"].to_list() for page in pages if page.rows.height] == [["001234"]]
    [reject] = [reject for page in pages for reject in page.rejects]
    assert (reject.place, reject.kind) == (f"{table.value}.xml, record 2", "two_pupils")
    assert done.covers is None


@pytest.mark.parametrize("said", [{"UPN": ONE}, {"Adno": "001234"}])
def test_a_mark_of_which_all_is_said_of_two_pupils_is_of_neither(tmp_path: Path, said: Record) -> None:
    pupils = [pupil("001234", UPN=TWO, Legal_Forename="Ada"), pupil("001234", UPN=OTHER, Legal_Forename="Ben")]
    pupils += [pupil(f"{n}", UPN=ONE, Legal_Forename=f"Cy{n}") for n in range(2)]
    held = report(mark("/", adno="0"), mark("/", adno=None) | dict(said))
    [reject] = rejects(Table.MARKS, tmp_path, pupils=report(*pupils), marks=held)
    assert (reject.place, reject.kind) == ("marks.xml, record 2", "two_pupils")


def test_many_rows_of_two_pupils_are_set_aside_and_do_not_make_it_another_report(tmp_path: Path) -> None:
    held = report(*(mark("/", f"2026-11-{n:02d}", UPN=ONE, adno="001235") for n in range(1, 28)))
    assert len(rejects(Table.MARKS, tmp_path, pupils=report(*TWINS), marks=held)) == 27


# Any report of pupils: who contradicts whom, and who shares something with whom, by hand, against who has one key.

KINDS = ("adno", "person", "upn")
NAMED = {
    "adno": st.sampled_from([None, "000998", "000999", "001000", "1000"]),
    "person": st.sampled_from([None, "1", "2", "3"]),
    "upn": st.sampled_from([None, ONE, TWO, TEMPORARY]),
    "forename": st.sampled_from([None, "Ada", "Ben"]),
    "dob": st.sampled_from(["2014-03-10", None]),
    "former_upn": st.sampled_from([None, None, ONE]),
}
Held = list[dict[str, str | None]]


def joined(held: Held, one: int) -> set[int]:
    """The rows to which a chain of shared values leads from one."""
    reached = {one}
    while True:
        more = {
            n
            for n, row in enumerate(held)
            for m in reached
            if any(row[kind] and row[kind] == held[m][kind] for kind in KINDS)
        }
        if more <= reached:
            return reached
        reached |= more


def two_children(one: dict[str, str | None], other: dict[str, str | None]) -> bool:
    """Whether something that both say differs."""
    if any(one[said] and other[said] and one[said] != other[said] for said in ("forename", "dob")):
        return True
    replaced = one["former_upn"] == other["upn"] or other["former_upn"] == one["upn"]
    return {one["upn"], other["upn"]} == {ONE, TWO} and not replaced


def keys_of(held: Held) -> list[str | None]:
    schema = dict.fromkeys((*KINDS, "forename", "dob", "former_upn"), pl.String)
    return people(pl.DataFrame(held, schema=schema)).keys.to_list()


@settings(max_examples=150, deadline=None)
@given(st.lists(st.fixed_dictionaries(NAMED), min_size=1, max_size=7))
def test_rows_that_a_chain_joins_have_one_key_unless_two_of_them_contradict_each_other(held: Held) -> None:
    keys = keys_of(held)
    for n, row in enumerate(held):
        chain = joined(held, n)
        if not any(two_children(held[one], held[other]) for one in chain for other in chain):
            assert (keys[n] is None) == (not any(row[kind] for kind in KINDS))
            assert {keys[m] for m in chain if any(held[m][kind] for kind in KINDS)} <= {keys[n]}
        for m in range(n):
            assert keys[n] is None or keys[n] != keys[m] or (m in chain and not two_children(row, held[m]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.fixed_dictionaries(NAMED), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_no_key(held: Held, chance: Random) -> None:
    places = list(range(len(held)))
    chance.shuffle(places)
    assert keys_of([held[n] for n in places]) == [keys_of(held)[n] for n in places]
