from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rollbook.contract import (
    Action,
    DeliveryRefused,
    DeliveryUnknown,
    FixSettings,
    Key,
    Kind,
    Message,
    NeedsCredentials,
    Outcome,
    Problem,
    Receipt,
    RetryLater,
    SchoolRef,
    VendorMustAct,
    Window,
)
from rollbook.contract.source import Done, Page
from rollbook.host import logs
from rollbook.host.config import ConnectionConfig
from rollbook.host.config_schema import lines
from rollbook.host.worker import Worker, examine
from rollbook.tables.schemas import Table
from support.plugins import Install, installer
from support.plugins_odd import CANARY, DAY

SCHOOL = SchoolRef("one", "Oakfield", 100001)
WINDOW = Window(date(2026, 9, 1), date(2026, 9, 30))
Make = Callable[..., Worker]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    install = installer(tmp_path, monkeypatch)
    install("odd", module="support.plugins_odd")
    return install


@pytest.fixture
def here(tmp_path: Path, install: Install) -> Make:
    """A worker in this process."""

    def make(does: str = "well", role: Any = "source", plugin: str = "odd", **settings: Any) -> Worker:
        connection = ConnectionConfig("oakfield", plugin, {"does": does, **settings}, role=role)
        return Worker(connection, tmp_path, seconds=30, memory_mb=1024, in_process=True)

    return make


@pytest.fixture
def away(tmp_path: Path, install: Install) -> Make:
    """A worker in a process of its own, closed by the test."""

    def make(does: str = "well", role: Any = "source", seconds: float = 30, **settings: Any) -> Worker:
        connection = ConnectionConfig("oakfield", "odd", {"does": does, **settings}, role=role)
        return Worker(connection, tmp_path, seconds=seconds, memory_mb=1024)

    return make


def pull(worker: Worker) -> tuple[pl.DataFrame, list[Page], Done]:
    *pages, done = worker.pull(Table.MARKS, SCHOOL, WINDOW, None)
    assert isinstance(done, Done)
    kept = [page for page in pages if isinstance(page, Page)]
    return pl.concat([page.rows for page in kept]), kept, done


def problem_of(worker: Worker) -> Problem:
    with pytest.raises(Problem) as caught:
        pull(worker)
    assert CANARY not in caught.value.sentence + caught.value.detail
    assert "oakfield (plugin odd 1.2), school 100001, marks: " in caught.value.sentence
    return caught.value


def messages(count: int) -> list[Message]:
    keys = [Key(Kind.ATTENDANCE_RETURN, 100001, 7, episode) for episode in range(1, count + 1)]
    return [Message(key, 1, Action.SEND, {"a": "b"}, str(key)) for key in keys]


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("half", "ended without a Done: it is half a pull"),
        ("after done", "went on after its Done"),
        ("not a list", "The plugin failed (TypeError)"),
        ("no page", "pull() gave a dict, not a Page"),
        ("no table", "A page of marks is a list, not a table"),
        ("no date", "A page of marks has no column date"),
        ("text dates", "The column date of marks is String, which does not fit Date"),
        ("objects", "The column pupil of marks is Object, which does not fit String"),
        ("wrong rejects", "The rejects of a page are not a list of Reject"),
        ("fewer", "The vendor said that there are 900 rows, and 1 came"),
        ("big checkpoint", "no JSON object of at most 16384 bytes"),
        ("odd checkpoint", "The checkpoint of the pull is not JSON"),
        ("odd covers", "What the pull says it covers is not a window"),
        ("system exit", "The plugin failed (SystemExit)"),
        ("crash", "The plugin failed (ValueError)"),
        ("set aside", "A row."),
        ("problem", "Something."),
    ],
)
def test_what_does_not_keep_the_contract_is_the_vendors_to_mend(here: Make, does: str, said: str) -> None:
    problem = problem_of(here(does))
    assert type(problem) is VendorMustAct
    assert said in problem.sentence


def test_a_wait_that_the_other_end_asked_for_is_kept(here: Make) -> None:
    problem = problem_of(here("retry"))
    assert isinstance(problem, RetryLater)
    assert problem.after == 30.0


def test_a_plugins_own_sentence_is_one_line_of_bounded_length(here: Make) -> None:
    sentence = problem_of(here("long")).sentence
    assert len(sentence) < 800
    assert sentence.isprintable()


def test_columns_that_the_table_does_not_have_are_dropped(here: Make) -> None:
    rows, _, _ = pull(here("too much"))
    assert rows.columns == ["pupil", "date", "session", "code", "line"]
    assert rows.schema["line"] == pl.Int32


def test_a_row_without_a_needed_value_is_set_aside_and_the_others_pass(here: Make) -> None:
    rows, (page,), _ = pull(here("a gap"))
    assert rows["date"].to_list() == [DAY]
    (reject,) = page.rejects
    assert (reject.place, reject.column, reject.kind) == ("row 2", "date", "missing_value")


def test_marks_outside_the_window_are_left_out_and_what_is_covered_is_cut_to_it(here: Make) -> None:
    rows, _, _ = pull(here("outside"))
    assert rows["date"].to_list() == [DAY]
    _, _, done = pull(here("well"))
    assert done.covers == WINDOW


def test_removed_rows_keep_their_key_alone(here: Make, away: Make) -> None:
    with away("removed") as other:
        for worker in (here("removed"), other):
            _, (page,), _ = pull(worker)
            assert page.removed is not None
            assert page.removed.columns == ["pupil", "date", "session"]


def test_settings_are_read_by_the_plugins_own_schema_and_every_mistake_is_told(here: Make) -> None:
    problem = problem_of(here(doess="x", since="soon", secret="hunter2"))
    assert type(problem) is FixSettings
    assert 'connections.oakfield.doess: is not a setting that is known here: did you mean "does"?' in problem.sentence
    assert "connections.oakfield.since: Not a valid date." in problem.sentence
    assert "connections.oakfield.secret: a secret is never written here" in problem.sentence
    assert "hunter2" not in problem.sentence


def test_a_day_in_the_configuration_reaches_the_plugin(here: Make) -> None:
    assert here(since=date(2026, 9, 1)).schools() == [SCHOOL]


def test_a_secret_is_fetched_where_the_plugin_runs(away: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ODD_SECRET", "hunter2")
    with away(secret={"env": "ODD_SECRET"}) as worker:
        (remark,) = worker.check()
    assert remark.text == "secret of 7"


def test_a_secret_that_is_not_there_says_where_it_was_looked_for(here: Make) -> None:
    problem = problem_of(here(secret={"env": "ODD_SECRET_THAT_IS_NOT_SET"}))
    assert type(problem) is NeedsCredentials
    assert "environment variable ODD_SECRET_THAT_IS_NOT_SET, which is not set" in problem.sentence


def test_a_source_and_a_destination_are_described(away: Make, here: Make) -> None:
    with away("well") as source, away("well", role="destination") as destination:
        one, two = source.describe(), destination.describe()
        assert (one, two) == (here().describe(), here(role="destination").describe())
    assert one.tables == {Table.PUPILS, Table.ROLL, Table.MARKS}
    assert (one.version, one.window_days, one.code_map) == ("1.2", 40, {"7": "I"})
    assert (two.kinds, two.repeat_is_safe) == ({Kind.ATTENDANCE_RETURN}, True)
    assert (one.call_seconds, two.call_seconds) == (1, 2)
    assert two.required == {Kind.ATTENDANCE_RETURN: {"pupil.address"}}


def test_receipts_come_in_the_order_of_the_messages(away: Make) -> None:
    with away("well", role="destination") as worker:
        receipts = list(worker.deliver(messages(3)))
        assert [receipt.reference for receipt in receipts] == ["ref 1", "ref 2", "ref 3"]
        assert receipts[0].at == datetime(2026, 11, 9, tzinfo=UTC)
        found = worker.lookup(messages(1)[0].key)
        assert found is not None
        assert (found.outcome, found.revision, found.digest) == (Outcome.PENDING, 2, "d")
        assert worker.lookup(messages(2)[1].key) is None


@pytest.mark.parametrize(
    ("does", "kind"),
    [
        ("crash", DeliveryUnknown),
        ("unanswered", DeliveryUnknown),
        ("set aside", DeliveryUnknown),
        ("naive", DeliveryUnknown),
        ("too many", DeliveryUnknown),
        ("retry", RetryLater),
        ("refuse", DeliveryRefused),
    ],
)
def test_what_was_delivered_before_a_problem_keeps_its_receipt(here: Make, does: str, kind: type[Problem]) -> None:
    receipts: list[Receipt] = []
    with pytest.raises(Problem) as caught:
        receipts.extend(here(does, role="destination").deliver(messages(2)))
    assert type(caught.value) is kind
    assert receipts[0].reference == "ref 1"
    assert CANARY not in caught.value.sentence + caught.value.detail


@pytest.mark.parametrize("does", ["hang", "exit"])
def test_a_delivery_that_was_broken_off_is_unknown_and_never_tried_later(away: Make, does: str) -> None:
    receipts: list[Receipt] = []
    with away(does, role="destination", seconds=3) as worker, pytest.raises(DeliveryUnknown):
        receipts.extend(worker.deliver(messages(2)))
    assert len(receipts) == 1


def test_a_plugin_that_is_not_there_is_named_with_those_that_are(here: Make) -> None:
    with pytest.raises(FixSettings, match=r'plugin od\): .*not installed here\. Did you mean "odd"\?'):
        here(plugin="od").schools()


def test_a_plugin_is_examined_in_a_process_of_its_own(install: Install) -> None:
    install("leaver", "import os\nos._exit(7)\n")
    assert examine("odd").sources == ("odd",)
    record = examine("leaver", seconds=20)
    assert (record.status, record.distribution) == ("failed", "rollbook-leaver")
    assert "ended by itself (exit status 7)" in record.reason


def test_what_the_plugins_process_logs_reaches_the_log_without_the_rows(away: Make, tmp_path: Path) -> None:
    path = logs.install(tmp_path / "state")
    try:
        with away("too much") as worker:
            pull(worker)
    finally:
        logs.uninstall()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    dropped = next(line for line in lines if line["event"] == "columns_dropped")
    assert (dropped["connection"], dropped["table"], dropped["count"]) == ("oakfield", "marks", 1)
    assert CANARY not in path.read_text()


def test_a_setting_that_is_called_key_and_is_missing_is_named() -> None:
    messages = {"key": ["Missing data for required field."], "table": {"oaks": {"value": {"x": ["no"]}}}}
    found = dict(lines(messages, {"table": {"oaks": {"x": 1}}}, "connections.oaks"))
    assert set(found) == {"connections.oaks.key", "connections.oaks.table.oaks.x"}
