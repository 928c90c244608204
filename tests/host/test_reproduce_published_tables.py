"""DfE's own totals, recomputed from its own tables by both of its methods."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.reproduce import Reproduction, reproduce

PUBLISHED = Path(__file__).parents[1] / "data" / "dfe"


def line(found: Reproduction, level: str, kind: str) -> tuple[int, int]:
    one = next(one for one in found.lines if (one.level, one.kind) == (level, kind))
    return one.places, one.figures


@pytest.mark.parametrize(
    ("file", "layout", "method"),
    [
        ("ytd_2023-24", "school_type", "enrolment-weighted"),
        ("ytd_2024-25", "school_type", "enrolment-weighted"),
        ("ytd_2025-26", "education_phase", "pooled"),
        ("daily_2025-09", "education_phase", "pooled"),
    ],
)
def test_every_published_total_is_reproduced_by_the_method_of_its_year(file: str, layout: str, method: str) -> None:
    found = reproduce(PUBLISHED / f"{file}.csv")
    assert (found.layout, found.method, found.largest) == (layout, method, 0.0)


@pytest.mark.parametrize("file", ["ytd_2023-24", "ytd_2024-25", "ytd_2025-26"])
def test_the_other_method_does_not_give_it(file: str) -> None:
    found = reproduce(PUBLISHED / f"{file}.csv")
    other = "pooled" if found.method == "enrolment-weighted" else "weighted"
    rates = [one for one in found.lines if one.kind == "rates of totals"]
    assert all(getattr(one, other) > 0.009 for one in rates)


def test_england_every_region_and_every_phase_is_recomputed() -> None:
    found = reproduce(PUBLISHED / "ytd_2024-25.csv")
    assert line(found, "National", "rates of totals") == (1, 19)
    assert line(found, "Regional", "rates of totals") == (9, 19)
    assert line(found, "National", "rates of phases") == (3, 18)
    assert line(found, "Regional", "counts of totals") == (9, 37)


def test_suppressed_rows_and_totals_that_rest_on_them_are_left_out_and_counted() -> None:
    assert reproduce(PUBLISHED / "ytd_2024-25.csv").suppressed == 3
    assert reproduce(PUBLISHED / "ytd_2025-26.csv").suppressed == 4


def test_what_pooling_cannot_give_is_said() -> None:
    assert reproduce(PUBLISHED / "ytd_2024-25.csv").left_out == ()
    (why,) = reproduce(PUBLISHED / "ytd_2025-26.csv").left_out
    assert why.startswith("pa_perc")


def changed(tmp_path: Path, old: str, new: str, file: str = "ytd_2025-26") -> Path:
    text = (PUBLISHED / f"{file}.csv").read_text(encoding="utf-8")
    assert old in text
    made = tmp_path / "table.csv"
    made.write_text(text.replace(old, new, 1), encoding="utf-8")
    return made


def test_one_session_more_is_a_difference_with_its_place(tmp_path: Path) -> None:
    found = reproduce(changed(tmp_path, '"2445419687"', '"2445419688"'))
    assert found.largest == 1.0
    assert (found.worst.place, found.worst.measure) == ("England", "possible_sessions")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"education_phase"', '"phase"', "no column school_type or education_phase"),
        ('"total_enrolments"', '"enrolled"', "no column total_enrolments"),
        ('"pa_perc"', '"pa_rate"', "columns that are not known here: pa_rate"),
        ('"Special"', '"Nursery"', "column education_phase holds 'Nursery'"),
        ('"Regional"', '"District"', "column geographic_level holds 'District'"),
        ('"2445419687"', '"many"', "column possible_sessions: neither a number nor one of c,"),
        ('"2445419687"', '""', "column possible_sessions: neither a number nor one of c,"),
    ],
)
def test_a_table_of_no_known_layout_is_refused(tmp_path: Path, old: str, new: str, why: str) -> None:
    with pytest.raises(FixSettings, match=r"table\.csv") as refused:
        reproduce(changed(tmp_path, old, new))
    assert why in refused.value.sentence


def test_a_table_without_totals_has_nothing_to_recompute(tmp_path: Path) -> None:
    lines = (PUBLISHED / "ytd_2025-26.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "table.csv").write_text("\n".join(one for one in lines if '"Total"' not in one), encoding="utf-8")
    with pytest.raises(FixSettings, match="no total of phases to recompute"):
        reproduce(tmp_path / "table.csv")


def test_a_table_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    lines = (PUBLISHED / "ytd_2025-26.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "table.csv").write_text("\n".join([*lines[:-1], lines[-1][:200]]), encoding="utf-8")
    with pytest.raises(FixSettings, match="it may be cut off"):
        reproduce(tmp_path / "table.csv")


def test_a_row_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    lines = (PUBLISHED / "ytd_2025-26.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "table.csv").write_text("\n".join([*lines, lines[5]]), encoding="utf-8")
    with pytest.raises(FixSettings, match="two rows are of"):
        reproduce(tmp_path / "table.csv")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="there is no such file"):
        reproduce(tmp_path / "nothing.csv")
