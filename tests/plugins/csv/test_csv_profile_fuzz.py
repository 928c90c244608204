"""Whatever a file holds, a proposal is made or refused with a sentence, and names nobody."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rollbook.contract import Problem
from rollbook_csv.profiling.proposal import propose
from rollbook_csv.profiling.said import as_data, as_text

NAME = "Fennimore"
HEADINGS = (
    "Adno|Date|AM/PM|Mark",
    "Surname|UPN|Date|AM|PM",
    "Adno|Start Date|Marks",
    f"Adno|02/11/2026 AM|02/11/2026 PM|{NAME}",
    "Adno|Name|2026-11-02|2026-11-03",
    f"UPN|Entry|Session|{NAME}|When",
    f"Date|AM/PM|{NAME}|Zoë {NAME}",
)
WORDS = "Adno|UPN|Date|AM/PM|Mark|AM|PM|Marks|School|001234|02/11/2026|13/11/2026|11/13/2026|2026-11-02|02 Nov 2026"
MARKS = '/|\\|N|C1|#|-|=|/\\|/,\\|/\\/\\|7|| |"|1|2|Total|é'
NAMES = f"{NAME}|{NAME}, Zoë|Total {NAME}|Printed for {NAME}|AM {NAME}|02/11/2026 {NAME}"
CELLS = st.sampled_from("|".join([WORDS, MARKS, NAMES]).split("|"))
ODD = st.lists(CELLS, min_size=1, max_size=5)


def table(headings: str) -> st.SearchStrategy[list[list[str]]]:
    """Rows that mostly fit the headings, under titles, above whatever ends a file."""
    columns = [st.one_of(st.sampled_from(_LIKELY.get(name, WORDS).split("|")), CELLS) for name in headings.split("|")]
    fitting = st.tuples(*columns).map(list)
    parts = st.tuples(st.lists(ODD, max_size=1), st.lists(fitting, max_size=5), st.lists(ODD, max_size=1))
    return parts.map(lambda drawn: [*drawn[0], headings.split("|"), *drawn[1], *drawn[2]])


_LIKELY = {
    "Adno": "001234|7",
    "UPN": "B801200005001",
    "Date": "02/11/2026|13/11/2026|2026-11-02",
    "Start Date": "02/11/2026",
    "AM/PM": "AM|PM|1",
    "Marks": "/\\/\\|/,C1",
    "Mark": f"/|N|{NAME}",
    "AM": f"/|{NAME}",
    "PM": "/|N",
}
TABLES = st.one_of(st.sampled_from(HEADINGS).flatmap(table), st.lists(ODD, min_size=1, max_size=6))


@settings(max_examples=50, deadline=None)
@given(TABLES, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-16", "cp1252"]), st.booleans())
def test_whatever_the_cells_a_proposal_names_nobody(
    table: list[list[str]], delimiter: str, encoding: str, stated: bool
) -> None:
    text = "\n".join(delimiter.join(row) for row in table) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.csv"
        path.write_bytes(text.encode(encoding))
        try:
            found = propose(path, {"date_form": "dd/mm/yyyy", "string_days": "weekdays"} if stated else {})
            said = as_text(found) + json.dumps(as_data(found))
        except Problem as problem:
            said = problem.sentence + problem.detail
    assert NAME not in said


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_whatever_the_bytes_there_is_an_answer(data: bytes, headed: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marks.csv"
        path.write_bytes((b"Adno,Date,AM/PM,Mark\n" if headed else b"") + data)
        try:
            as_text(propose(path, {}))
        except Problem:
            return
