"""How SIMS Next Gen is asked: signing in, pages, stretches of days, and answers that are none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater, SchoolRef, VendorMustAct, Window
from rollbook.tables.schemas import Table
from rollbook.testing import connected
from rollbook.testing.schools import make_school
from rollbook.testing.web import Answer, as_json
from rollbook_sims.simulator import NextGenSimulator
from rollbook_sims.source import SimsSource
from support.sims_nextgen import WEEK, Said, enrolment, learner, listed, mark, next_gen

SECRETS = ("the-secret-of-all", "the-key-of-all", "token1", "token2")


def test_signing_in(tmp_path: Path) -> None:
    """Once for all that is read."""
    with next_gen(tmp_path) as there:
        there.pull(Table.PUPILS)
        there.pull(Table.ROLL)
    assert there.signed_in == [
        {
            "grant_type": "client_credentials",
            "client_id": "rollbook",
            "client_secret": "the-secret-of-all",
            "scope": "simsserverapplication partner",
            "acr_values": "orgselected:larkspur",
        }
    ]


def test_a_token_that_ends_in_mid_pull_is_renewed(tmp_path: Path) -> None:
    school = make_school("primary", 900001, 6, seed=5, first=WEEK.first, last=WEEK.last)
    with closing(NextGenSimulator(tmp_path, school)) as simulator:
        simulator.publish(WEEK.last)
        source = connected(SimsSource, {**simulator.settings, "page_size": 20}, tmp_path)
        items = source.pull(Table.MARKS, source.schools()[0], WEEK, None)
        next(items)
        simulator.expire()
        rest = list(items)
        assert len(rest) > 1
        assert rest[-1].covers == WEEK
        assert simulator.signed_in == 2


def test_a_token_that_is_never_taken_is_not_asked_for_twice(tmp_path: Path) -> None:
    """Where the subscription key is wrong another token does not help."""
    with next_gen(tmp_path, enrolments=lambda _: as_json({}, 401)) as there:
        with pytest.raises(NeedsCredentials, match="subscription_key"):
            there.pull(Table.PUPILS)
        assert len(there.signed_in) == 1


def status(code: int) -> Callable[[Said], Answer]:
    """An answer that repeats what must not be shown."""
    return lambda _: as_json({"message": f"Larkin {' '.join(SECRETS)}"}, code)


TOKENS = {
    400: (NeedsCredentials, "check client_id, client_secret and organisation"),
    401: (NeedsCredentials, "check client_id, client_secret and organisation"),
    404: (FixSettings, "check sign_in"),
    500: (RetryLater, "fault of its own"),
    200: (VendorMustAct, "with none"),
}
ENTITIES = {
    400: (FixSettings, "check `entities` and `properties`"),
    401: (NeedsCredentials, "subscription_key"),
    403: (NeedsCredentials, "does not let this application read enrolments"),
    404: (FixSettings, "name the right path in `entities`"),
    500: (RetryLater, "fault of its own"),
    200: (VendorMustAct, "no list of records"),
}


@pytest.mark.parametrize(
    ("where", "code"), [*(("token", code) for code in TOKENS), *(("enrolments", code) for code in ENTITIES)]
)
def test_an_answer_that_is_none(where: str, code: int, tmp_path: Path) -> None:
    """Each is the error that says what to do, and shows no secret and nobody."""
    kind, says = (TOKENS if where == "token" else ENTITIES)[code]
    there_is: dict[str, Any] = {where: status(code)}
    with next_gen(tmp_path, **there_is) as there, pytest.raises(kind, match=says) as wrong:
        there.pull(Table.PUPILS)
    told = f"{wrong.value} {wrong.value.detail}"
    assert not [word for word in (*SECRETS, "Larkin") if word in told]


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"value": [', b"\xff"])
def test_what_is_not_sims(body: bytes, tmp_path: Path) -> None:
    with next_gen(tmp_path, enrolments=lambda _: Answer(200, body)) as there, pytest.raises(RetryLater, match="proxy"):
        there.pull(Table.PUPILS)


def paged(*pages: tuple[list[Said], str | None], total: int | None = None) -> Callable[[Said], Answer]:
    """The first page, and those to which `$skiptoken` leads by their number."""
    return lambda asked: listed(*pages[int(asked.get("$skiptoken", "0"))], total=total)


ADA, BO = learner("ada"), learner("bo")
BOTH = [enrolment("ada"), enrolment("bo")]


@pytest.mark.parametrize("link", ["https://behind.invalid/ThirdParty/Any?$skiptoken=1", "Any?%24skiptoken=1"])
def test_a_link_is_put_to_our_own_address(link: str, tmp_path: Path) -> None:
    """The vendor's samples name the server behind the gateway; and no link leads credentials away."""
    with next_gen(tmp_path, enrolments=BOTH, learners=paged(([ADA], link), ([BO], None))) as there:
        assert there.rows(Table.PUPILS)["pupil"].to_list() == ["ada", "bo"]


@pytest.mark.parametrize(
    "pages",
    {
        "a page twice": [([ADA], "?$skiptoken=1"), ([ADA], None)],
        "a link to itself": [([ADA], "?$skiptoken=0")],
        "empty pages in a ring": [([], "?$skiptoken=1"), ([], "?$skiptoken=1")],
        "a link to nowhere": [([ADA], "https://behind.invalid/Any")],
    }.values(),
)
def test_pages_that_lead_nowhere(pages: Any, tmp_path: Path) -> None:
    with next_gen(tmp_path, learners=paged(*pages)) as there, pytest.raises(VendorMustAct, match="tell SIMS"):
        there.pull(Table.PUPILS)


def test_where_a_total_is_told_as_many_must_come(tmp_path: Path) -> None:
    pages = ([ADA], "?$skiptoken=1"), ([BO], None)
    with next_gen(tmp_path, enrolments=BOTH, learners=paged(*pages, total=2)) as there:
        assert there.rows(Table.PUPILS).height == 2
        assert [entity for entity, _ in there.asked].count("LearnerPersonals") == 2  # none is asked for twice
    with next_gen(tmp_path, learners=paged(*pages, total=3)) as there, pytest.raises(RetryLater, match="gave 2"):
        there.pull(Table.PUPILS)


def test_where_no_total_is_told_the_last_page_is_asked_for_twice(tmp_path: Path) -> None:
    """The longer answer counts: half of a page would be taken for all."""
    answers = iter([[ADA], [ADA, BO]])
    with next_gen(tmp_path, enrolments=BOTH, learners=lambda _: listed(next(answers))) as there:
        assert there.rows(Table.PUPILS)["pupil"].to_list() == ["ada", "bo"]


def test_what_is_not_documented_is_left_out_where_it_is_refused(tmp_path: Path) -> None:
    """It is tried once: the total of any entity, and the filter of sessions. That of records is documented."""

    def plain(asked: Said) -> Answer:
        return as_json({}, 400) if "$count" in asked else listed([])

    with next_gen(tmp_path, sessions=plain, records=plain) as there:
        for tries in (1, 0):
            there.pull(Table.MARKS)
            records, sessions = (
                [sorted(asked) for entity, asked in there.asked if entity == name]
                for name in ("AttendanceRecords", "StatutoryAttendanceSessions")
            )
            assert records == [["$count", "$filter"]] * tries + [["$filter"]] * 2
            assert sessions == [["$count", "$filter"]] * tries + [[]] * 2
            there.asked.clear()


@pytest.mark.parametrize("last", [date(2026, 9, 1), date(2026, 11, 28), date(2026, 11, 29), date(2027, 7, 23)])
def test_days_are_asked_for_in_stretches(last: date, tmp_path: Path) -> None:
    """Moments, of 90 days at most, which follow on each other from the first midnight in London to the last."""
    with next_gen(tmp_path) as there:
        there.pull(Table.MARKS, Window(date(2026, 9, 1), last))
        filters = [asked["$filter"].split() for entity, asked in there.asked if entity == "AttendanceRecords"]
    moments = list(dict.fromkeys((datetime.fromisoformat(one[2]), datetime.fromisoformat(one[6])) for one in filters))
    assert all(end - start <= timedelta(days=90) for start, end in moments)
    assert [end for _, end in moments[:-1]] == [start for start, _ in moments[1:]]
    assert moments[0][0] == datetime(2026, 8, 31, 23, tzinfo=UTC)  # summer time
    midnight = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    assert moments[-1][1] == midnight - timedelta(hours=1 if last < date(2026, 10, 25) or last.year == 2027 else 0)


def test_one_bad_record_does_not_spoil_its_page(tmp_path: Path) -> None:
    marks = [*(mark("ada") for _ in range(20)), {"Attendee": None}]
    with next_gen(tmp_path, records=marks) as there:
        _, rejects, done = there.pull(Table.MARKS)
    assert [(one.place, one.reason) for one in rejects] == [
        ("2026-11-16: records, page 1, record 21", "a property is missing, or is not of its form")
    ]
    assert done.covers is None


@pytest.mark.parametrize("school", [SchoolRef("900002", "", 900002), SchoolRef("elsewhere", "", 900001)])
def test_another_school_is_refused_before_anything_is_asked(school: SchoolRef, tmp_path: Path) -> None:
    with next_gen(tmp_path) as there:
        with pytest.raises(FixSettings, match="of its own"):
            list(there.source.pull(Table.MARKS, school, WEEK, None))
        assert there.asked == there.signed_in == []


def remarks(there: Any) -> list[tuple[bool, str]]:
    return [(one.ok, one.text) for one in there.source.check()]


def test_check_says_what_is_a_guess_until_the_settings_say_better(tmp_path: Path) -> None:
    own = {"entities": {"enrolments": "Learner/V3/LearnerEnrolments"}, "properties": {"learners": {"upn": "UPN"}}}
    for settings, guessed in (({}, True), (own, False)):
        with next_gen(tmp_path, settings, records=[mark("ada")]) as there:
            said = remarks(there)
        assert all(ok for ok, _ in said)
        (told,) = [text for _, text in said if "is a guess" in text]
        assert "AttendanceRecords: Attendee, Event, AttendanceCode" in told
        assert any("a record without a code is no mark; that EndDate" in text for _, text in said)
        assert ("LearnerPersonals: UPN" in told) == ("Learner/V3/LearnerEnrolments;" in told) == guessed


def test_check_tells_of_no_marks_and_of_records_that_cannot_be_read(tmp_path: Path) -> None:
    with next_gen(tmp_path, learners=[{"ExternalID": "ada"}]) as there:
        bad = [text for ok, text in remarks(there) if not ok]
    assert len(bad) == 2
    assert "LearnerPersonals: its record lacks one of" in bad[0]
    assert "holiday" in bad[1]


WRONG = {
    "an entity that there is not": ({"entities": {"marks": "A/V3/B"}}, "no entity marks"),
    "a path with a host": ({"entities": {"records": "https://elsewhere.example/A"}}, "its path below url"),
    "a field that there is not": ({"properties": {"learners": {"surnam": "S"}}}, "learners has no surnam"),
    "a property twice": ({"properties": {"learners": {"forename": "LegalSurname"}}}, "stands for two fields"),
    "captions are of reports": ({"captions": {}}, "reporter or folder"),
    "a large page": ({"page_size": 5000}, "page_size"),
}


@pytest.mark.parametrize(("settings", "says"), WRONG.values(), ids=WRONG)
def test_settings_that_are_wrong(settings: Said, says: str, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=says), next_gen(tmp_path, settings):
        pass
