from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from rollbook.contract import DeliveryUnknown, NewsPage, Problem, Receipt, Regular, Report, RetryLater, VendorMustAct
from rollbook.host.config import ConnectionConfig
from rollbook.host.worker import Worker
from support.plugins import installer
from support.plugins_odd import CANARY
from support.plugins_telling import FIRST, WRONG

Make = Callable[..., Worker]
SCHOOL = 100001
REPORTS = [Report(Regular.DAY, SCHOOL, date(2026, 11, day), 1, {"as_of": "Zoë's"}) for day in (5, 6)]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    install = installer(tmp_path, monkeypatch)
    install("telling", module="support.plugins_telling")
    install("odd", module="support.plugins_odd")

    def make(does: str = "well", plugin: str = "telling", in_process: bool = True) -> Worker:
        connection = ConnectionConfig("northwick", plugin, {"does": does}, role="destination")
        return Worker(connection, tmp_path, seconds=30, memory_mb=1024, in_process=in_process)

    return make


def test_what_goes_through_a_process_is_as_it_was(make: Make) -> None:
    with make(in_process=False) as worker:
        assert (worker.describe().regular, worker.describe().tells) == ({Regular.DAY, Regular.WEEK}, True)
        assert worker.wanted(SCHOOL) == {Regular.WEEK}
        assert [receipt.reference for receipt in worker.report(REPORTS)] == [
            "day 2026-11-05 Zoë's",
            "day 2026-11-06 Zoë's",
        ]
        assert worker.news(SCHOOL, 0) == NewsPage((FIRST,), 4)
        assert worker.news(SCHOOL, 4) == NewsPage((), 4)


def test_only_what_the_plugin_carries_is_wanted(make: Make) -> None:
    assert make().wanted(SCHOOL) == {Regular.WEEK}
    assert make().wanted(100002) == frozenset()


def test_a_plugin_that_says_nothing_of_it_has_no_reports_and_no_news(make: Make) -> None:
    worker = make(plugin="odd")
    assert (worker.describe().regular, worker.describe().tells) == (frozenset(), False)
    assert worker.wanted(SCHOOL) == frozenset()
    assert list(worker.report(REPORTS)) == []
    assert worker.news(SCHOOL, 7) == NewsPage((), 7)


def test_a_kind_of_report_that_nobody_knows_is_the_vendors_to_mend(make: Make) -> None:
    with pytest.raises(VendorMustAct, match="something else than a set of Regular"):
        make("asks for letters").wanted(SCHOOL)


@pytest.mark.parametrize(("does", "kind"), [("busy", RetryLater), ("crash", DeliveryUnknown)])
def test_what_was_reported_before_a_problem_keeps_its_receipt(make: Make, does: str, kind: type[Problem]) -> None:
    receipts: list[Receipt] = []
    with pytest.raises(kind, match=r"plugin telling 1\.2\), school 100001: ") as caught:
        receipts.extend(make(does).report(REPORTS))
    assert len(receipts) == 1
    assert CANARY not in caught.value.sentence + caught.value.detail


@pytest.mark.parametrize("does", [*WRONG, "an earlier next", "crash"])
def test_news_that_do_not_keep_the_contract_are_the_vendors_to_mend(make: Make, does: str) -> None:
    with pytest.raises(VendorMustAct) as caught:
        make(does).news(SCHOOL, 3)
    assert CANARY not in caught.value.sentence + caught.value.detail
