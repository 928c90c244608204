"""What the authority tells its schools: numbered for each, amended, taken back, and never one number for two things."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete, update

from rollbook_feed import news_problems
from rollbook_receiver import clients, moments
from rollbook_receiver import news as told
from rollbook_receiver.start import main
from rollbook_receiver.tables import news as kept
from rollbook_receiver.tables import news_asked
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, SCHOOL, SURNAME


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def run(opened: Door, *words: Any) -> Result:
    return CliRunner().invoke(
        main, [*(str(word) for word in words), "--database", str(opened.store.engine.url.database)]
    )


FLAGS = "school,id,pupil.upn,pupil.surname,pupil.forename,pupil.dob,held.flag,held.authority,held.first_day,reason"
ZEB = "B801200005001,Quillfeather,Zebulon,2017-03-09,looked_after,802,2026-09-01"


def tell(opened: Door, tmp_path: Path, kind: str, *lines: str) -> Result:
    (tmp_path / "news.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return run(opened, "news", "add", kind, tmp_path / "news.csv", "--by", "R. Officer")


def news(opened: Door, after: int = 0) -> dict[str, Any]:
    answer = opened.http.get(f"/v1/schools/{SCHOOL}/news", params={"after": after}, headers=opened.headers)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def test_news_is_numbered_for_each_school_and_given_after_a_number(opened: Door, tmp_path: Path) -> None:
    lines = (FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{OTHER_SCHOOL},F-2,{ZEB},", f"{SCHOOL},F-3,{ZEB},")
    assert "3 told" in tell(opened, tmp_path, "flags", *lines).output
    all_of_it = news(opened)
    assert [(item["number"], item["id"], item["action"]) for item in all_of_it["items"]] == [
        (1, "F-1", "send"),
        (2, "F-3", "send"),
    ]
    assert all(news_problems(item) == [] for item in all_of_it["items"])
    assert (news(opened, 1)["items"], news(opened, 1)["next"]) == (all_of_it["items"][1:], 2)
    assert news(opened, 2) == {"items": [], "next": 2}


def test_what_a_school_knows_is_amended_or_withdrawn_with_a_reason(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},")
    assert tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},").exit_code == 4
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},another authority")
    words = ("--school", SCHOOL, "--id", "F-1", "--reason", "It ended.", "--by", "R. Officer")
    assert run(opened, "news", "withdraw", "flags", *words).exit_code == 0
    assert [(revision, action) for *_, revision, action in numbers(news(opened))][1:] == [
        (2, "withdraw"),
        (3, "withdraw"),
    ]


def test_contacts_of_one_school_are_one_piece_of_news(opened: Door, tmp_path: Path) -> None:
    head = "school,id,contacts.name,contacts.what_for,contacts.telephone"
    rows = (f"{SCHOOL},contacts,R. Officer,attendance,01632 960002", f"{SCHOOL},contacts,S. Officer,missing,")
    assert "1 told" in tell(opened, tmp_path, "contacts", head, *rows).output
    [item] = news(opened)["items"]
    assert [contact["name"] for contact in item["content"]["contacts"]] == ["R. Officer", "S. Officer"]
    assert "telephone" not in item["content"]["contacts"][1]


def test_an_outcome_of_a_notice_answers_a_request(opened: Door, tmp_path: Path) -> None:
    head = (
        "school,id,pupil.surname,pupil.forename,pupil.dob,request.pupil,request.episode,"
        "notice.kind,notice.parent,notice.issued,notice.outcome"
    )
    row = f"{SCHOOL},PN-1,Quillfeather,Zebulon,2017-03-09,17,1,penalty,Hesper Quillfeather,2026-10-26,issued"
    assert tell(opened, tmp_path, "notice-outcome", head, row).exit_code == 0
    assert news(opened)["items"][0]["content"]["request"] == {"pupil": "17", "episode": 1}


def test_a_mistake_in_one_line_tells_nobody_anything_and_names_no_pupil(opened: Door, tmp_path: Path) -> None:
    ended = tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{SCHOOL},F-2,{ZEB.replace('802', 'x')},")
    assert (ended.exit_code, "line 3 /content/held/authority" in ended.output) == (4, True)
    assert "Quillfeather" not in ended.output
    assert news(opened)["items"] == []


@pytest.mark.parametrize("after", ["-1", "x", "9" * 20])
def test_after_is_a_number(opened: Door, after: str) -> None:
    answer = opened.http.get(f"/v1/schools/{SCHOOL}/news", params={"after": after}, headers=opened.headers)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:rollbook:feed:malformed")


def withdraw(opened: Door, name: str, school: int = SCHOOL) -> Result:
    words = ("--school", school, "--id", name, "--reason", "It ended.", "--by", "R. Officer")
    return run(opened, "news", "withdraw", "flags", *words)


def numbers(page: dict[str, Any]) -> list[tuple[int, str, int, str]]:
    return [(item["number"], item["id"], item["revision"], item["action"]) for item in page["items"]]


def test_what_was_overtaken_keeps_its_number_and_says_nothing_of_the_pupil(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{SCHOOL},F-2,{ZEB},")
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB.replace('Zebulon', 'Zachary')},the name was wrong")
    page = news(opened)
    assert numbers(page) == [(1, "F-1", 1, "withdraw"), (2, "F-2", 1, "send"), (3, "F-1", 2, "amend")]
    assert page["items"][0]["content"] == {"reason": "overtaken by revision 2"}
    withdraw(opened, "F-1")
    withdraw(opened, "F-2")
    page = news(opened)
    assert [action for *_, action in numbers(page)] == ["withdraw"] * 5
    assert [item for item in page["items"] if news_problems(item)] == []
    assert SURNAME not in json.dumps(page)


def test_a_school_for_which_no_client_speaks_is_not_said_to_be_told(opened: Door, tmp_path: Path) -> None:
    opened.another([SCHOOL])
    with opened.store.writing() as connection:
        clients.revoke(connection, opened.client_id, opened.clock())  # it spoke for every school
    ended = tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{OTHER_SCHOOL},F-2,{ZEB},")
    assert (ended.exit_code, f"no client speaks for school {OTHER_SCHOOL}." in ended.output) == (4, True)
    assert "No school was told anything." in run(opened, "news", "list").output
    assert tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},").exit_code == 0


def test_what_nobody_can_fetch_any_more_is_taken_back_all_the_same(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},")
    with opened.store.writing() as connection:
        clients.revoke(connection, opened.client_id, opened.clock())
    assert "whoever had it is not told of this" in withdraw(opened, "F-1").output


COLUMNS = [
    ("a part and its fields", f"pupil,{FLAGS}", "pupil has columns of its own"),
    ("twice the same", f"{FLAGS},reason", "more than one column reason"),
]


@pytest.mark.parametrize(("why", "head", "words"), COLUMNS, ids=[row[0] for row in COLUMNS])
def test_columns_that_contradict_each_other_are_named(
    opened: Door, tmp_path: Path, why: str, head: str, words: str
) -> None:
    ended = tell(opened, tmp_path, "flags", head, f"{SCHOOL},F-1,{ZEB},,")
    assert (ended.exit_code, words in ended.output) == (4, True)


def test_a_cell_without_a_column_is_not_passed_over(opened: Door, tmp_path: Path) -> None:
    ended = tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},,Crescent")
    assert (ended.exit_code, "Line 2 has more cells" in ended.output) == (4, True)


def test_the_list_says_what_was_told_and_what_was_fetched(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{SCHOOL},F-2,{ZEB},")
    news(opened)
    news(opened, 1)
    withdraw(opened, "F-1")
    rows = run(opened, "news", "list").output.splitlines()
    assert rows[0].startswith(f"school {SCHOOL}  2  pupil_flags  F-2  told 20")
    assert rows[1].startswith(f"school {SCHOOL}  3  pupil_flags  F-1  withdrawn 20")
    assert [row.endswith("not fetched yet") for row in rows[:2]] == [True, True]
    assert rows[2] == f"school {SCHOOL}: Northwick Trust has all up to 1; it last asked 2026-11-02T07:30:00.000000Z"
    news(opened, news(opened, 2)["next"])
    assert [row["fetched"] for row in json.loads(run(opened, "news", "list", "--format", "json").output)["news"]] == [
        True,
        True,
    ]
    assert run(opened, "news", "list", "--school", OTHER_SCHOOL).output == "No school was told anything.\n"
    assert SURNAME not in run(opened, "news", "list").output


def restore(opened: Door, last: int, has: int) -> None:
    """The database of a time when `last` was the last that was told, and the school had asked after `has`."""
    with opened.store.writing() as connection:
        connection.execute(delete(kept).where(kept.c.number > last))
        connection.execute(update(news_asked).values(has=has, given=last))


def test_after_a_backup_was_restored_no_number_means_something_else(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},")
    news(opened, news(opened)["next"])
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-2,{ZEB},", f"{SCHOOL},F-3,{ZEB},")
    news(opened, news(opened, 1)["next"])
    restore(opened, last=1, has=1)
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-4,{ZEB},")  # it gets the number that F-2 had
    page = news(opened, 3)
    assert (numbers(page), page["next"]) == ([(4, "F-4", 4, "send")], 4)
    assert "on 2026-11-02T07:30:00.000000Z it had news that is not here" in run(opened, "news", "list").output


def test_what_a_restored_backup_forgot_can_be_told_again_and_taken_back(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{SCHOOL},F-2,{ZEB},")
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},another authority")
    news(opened)
    restore(opened, last=1, has=0)
    news(opened, 3)
    withdraw(opened, "F-2")
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},another authority")
    highest = {name: (revision, action) for _, name, revision, action in numbers(news(opened, 3))}
    assert highest["F-2"] == (4, "withdraw")
    assert highest["F-1"] == (5, "amend")  # above every revision that the school may hold


def test_another_client_of_the_school_that_had_more_misses_nothing_either(opened: Door) -> None:
    flags = {"contacts": [{"name": "R. Officer", "what_for": "attendance"}]}

    def say(name: str) -> None:
        with opened.store.writing() as connection:
            told.tell(connection, "named_contacts", SCHOOL, name, flags, "R. Officer", moments.now())

    def ask(client: str, number: int) -> list[str]:
        with opened.store.writing() as connection:
            clients.add(connection, "Another", [SCHOOL], opened.clock())
            page = told.give(connection, client, SCHOOL, number, opened.clock())
        return [item["id"] for item in page["items"]]

    with opened.store.writing() as connection:
        ahead, behind = (clients.add(connection, name, [SCHOOL], opened.clock())[0] for name in ("A", "B"))
    say("N-1")
    say("N-2")
    ask(behind, 0)
    say("N-3")
    ask(ahead, 0)
    restore(opened, last=0, has=0)
    say("N-4")
    assert ask(behind, 2) == ["N-4"]
    assert ask(ahead, 3) == ["N-4"]
    assert ask(ahead, 4) == []


def test_it_is_seen_though_the_backup_is_from_before_the_school_first_asked(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},", f"{SCHOOL},F-2,{ZEB},")
    news(opened, news(opened)["next"])
    restore(opened, last=1, has=0)
    with opened.store.writing() as connection:
        connection.execute(delete(news_asked))
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-3,{ZEB},")  # it gets the number that F-2 had
    assert [name for _, name, *_ in numbers(news(opened, 2))] == ["F-1", "F-3"]


def test_it_is_seen_though_more_was_told_since_than_was_lost(opened: Door, tmp_path: Path) -> None:
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},")
    news(opened, news(opened)["next"])
    restore(opened, last=0, has=0)
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-2,{ZEB},", f"{SCHOOL},F-3,{ZEB},")
    assert [name for _, name, *_ in numbers(news(opened, 1))] == ["F-2", "F-3"]
    assert [name for _, name, *_ in numbers(news(opened, 3))] == ["F-3"]


def test_a_number_that_nobody_can_have_does_not_run_the_numbers_out(opened: Door, tmp_path: Path) -> None:
    for _ in range(3):
        assert news(opened, 2**53 - 1)["next"] == told.LEAP
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{ZEB},")
    assert numbers(news(opened, told.LEAP))[0][0] == told.LEAP + 1


def test_what_a_school_was_never_told_cannot_be_taken_back(opened: Door) -> None:
    refused = withdraw(opened, "F-99")
    assert (refused.exit_code, news(opened)["items"]) == (4, [])
    assert f"School {SCHOOL} was told no flags F-99" in refused.output


def test_days_may_be_written_as_spreadsheets_write_them(opened: Door, tmp_path: Path) -> None:
    line = ZEB.replace("2017-03-09", "09/03/2017")
    assert line != ZEB
    tell(opened, tmp_path, "flags", FLAGS, f"{SCHOOL},F-1,{line},")
    assert news(opened)["items"][0]["content"]["pupil"]["dob"] == "2017-03-09"
