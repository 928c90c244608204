"""REST: what is kept is right whatever the changelog says of it: honest, silent, cut short, begun anew or wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings
from rollbook.tables.schemas import Table
from rollbook_arbor.api import Arbor
from rollbook_arbor.cache import Details
from rollbook_arbor.simulator import ArborSimulator, Fault
from support.arbor import BEFORE, EVENING, WEEKS, arbor, expected, pulled, source

RECORD = "AttendanceRollCallRecord"
KEY = ["pupil", "date", "session", "code"]
Changes = list[dict[str, Any]]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[ArborSimulator]:
    with arbor(tmp_path / "arbor", BEFORE, pupils=6) as simulator:
        yield simulator


def wrong_marks(office: ArborSimulator, folder: Path) -> int:
    """A night's pull over REST, and how many of Arbor's marks it has not as they are."""
    rows, rejects, done = pulled(source(office, folder, route="rest", cache="kept"), Table.MARKS, window=WEEKS)
    assert (rejects, done.covers) == ([], WEEKS)
    want = expected(office, Table.MARKS, WEEKS).select(KEY)
    return want.join(rows.select(KEY), on=KEY, how="anti", nulls_equal=True).height


def corrections(office: ArborSimulator, number: int) -> None:
    """That many marks of the window are corrected, and the school's next day is written."""
    for row in expected(office, Table.MARKS, WEEKS).filter(code="/").head(number).iter_rows(named=True):
        office.write_mark(row["pupil"], row["date"], row["session"], "O")
    office.publish(EVENING)


def details(office: ArborSimulator) -> int:
    return sum(asked.label == f"one {RECORD}" for asked in office.requests)


def changes(office: ArborSimulator) -> int:
    assert office.world is not None
    return office.world.changes[RECORD].height


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Changes], Changes]], None]:
    """Let the changelog of roll calls tell only what a function leaves of each answer."""
    read = Arbor.read

    def tell(cut: Callable[[Changes], Changes]) -> None:
        def lying(self: Arbor, path: str, params: Any = None, *, label: str) -> Any:
            found = read(self, path, params, label=label)
            return {"changes": cut(list(found["changes"]))} if label == f"changes of {RECORD}" else found

        monkeypatch.setattr(Arbor, "read", lying)

    return tell


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(lambda rows: rows[:10], id="ten, oldest first"),
        pytest.param(lambda rows: rows[-10:], id="ten, newest"),
        pytest.param(lambda rows: rows[-10:][::-1], id="ten, newest first"),
        pytest.param(lambda rows: [], id="silent: not approved"),
    ],
)
def test_a_changelog_that_does_not_tell_all_at_once_costs_no_mark(
    office: ArborSimulator, tmp_path: Path, told: Any, cut: Callable[[Changes], Changes]
) -> None:
    assert wrong_marks(office, tmp_path) == 0
    corrections(office, 40)
    told(cut)
    assert wrong_marks(office, tmp_path) == 0


def test_revisions_that_are_counted_anew_cost_no_mark(office: ArborSimulator, tmp_path: Path, told: Any) -> None:
    assert wrong_marks(office, tmp_path) == 0
    corrections(office, 40)
    told(lambda rows: [row for row in rows if row["toRevision"] < 0])  # all that is known is below what was kept
    assert wrong_marks(office, tmp_path) == 0


def test_what_an_honest_changelog_tells_is_all_that_is_fetched_but_for_a_seventh(
    office: ArborSimulator, tmp_path: Path
) -> None:
    assert wrong_marks(office, tmp_path) == 0
    kept, before = details(office), changes(office)
    office.requests.clear()
    corrections(office, 40)
    assert wrong_marks(office, tmp_path) == 0
    assert details(office) <= changes(office) - before + kept // 7 + 2  # and the last change that was known before


@pytest.mark.slow
def test_a_correction_that_the_changelog_hides_is_found_within_seven_nights(
    office: ArborSimulator, tmp_path: Path, told: Any
) -> None:
    assert wrong_marks(office, tmp_path) == 0
    corrections(office, 1)
    told(lambda rows: [row for row in rows if row["changeType"] != "update"])
    nights = [wrong_marks(office, tmp_path) for _ in range(7)]
    assert nights[-1] == 0


def test_one_hidden_correction_that_is_found_brings_all_the_others(
    office: ArborSimulator, tmp_path: Path, told: Any
) -> None:
    assert wrong_marks(office, tmp_path) == 0
    corrections(office, 40)
    told(lambda rows: [row for row in rows if row["changeType"] != "update"])
    seen = [wrong_marks(office, tmp_path) for _ in range(7)]
    assert set(seen) <= {0, 40}
    assert seen[-1] == 0


@pytest.mark.slow
def test_all_that_is_kept_is_fetched_again_in_seven_nights(office: ArborSimulator, tmp_path: Path) -> None:
    wrong_marks(office, tmp_path)
    kept = details(office)
    office.requests.clear()
    for _ in range(7):
        wrong_marks(office, tmp_path)
    assert kept <= details(office) <= kept + 14


def test_a_correction_made_while_marks_are_read_is_no_lie(
    office: ArborSimulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong_marks(office, tmp_path)
    office.faults.next(Fault.CHANGES_AFTER, only=f"changes {RECORD}")
    pulled(source(office, tmp_path, route="rest", cache="kept"), Table.MARKS, window=WEEKS)
    wrong_marks(office, tmp_path)
    told = {one.message for one in caplog.records if one.message.startswith("arbor_")}
    assert told <= {"arbor_changes_not_listed"}  # a number, and no distrust


def test_what_is_no_longer_there_is_no_longer_kept(tmp_path: Path) -> None:
    details = Details(tmp_path, "oaks.example")
    details.keep("Person", {"/1": b"{}", "/2": b"{}"})
    details.keep("Student", {"/3": b"{}"})
    details.prune("Person", ["/2"])
    assert sorted(details.known(["/1", "/2", "/3"])) == ["/2", "/3"]
    details.close()


def test_what_was_deleted_cannot_be_read_in_the_file(tmp_path: Path) -> None:
    details = Details(tmp_path, "oaks.example")
    details.keep("Person", {"/1": b"a person who left" * 20})
    details.prune("Person", [])
    details.close()
    [file] = tmp_path.iterdir()
    assert b"a person who left" not in file.read_bytes()


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    details = Details(tmp_path, "oaks.example")
    details.keep("Person", {f"/{number}": b"{}" * 500 for number in range(50)})
    [file] = tmp_path.iterdir()
    file.write_bytes(b"no database" * 5000)
    for use in (lambda: details.known(["/1"]), lambda: details.keep("Person", {"/1": b"{}"})):
        with pytest.raises(FixSettings, match="delete the file in it"):
            use()
    details.close()
