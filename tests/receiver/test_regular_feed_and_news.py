"""What comes every day and week without a case behind it, and what the authority tells its schools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from rollbook_feed import example, news_problems
from rollbook_receiver.start import main
from support.receiver_app import Door, door
from support.receiver_messages import OTHER_SCHOOL, SCHOOL
from support.receiver_pages import read, readable_by_everybody

PATHS = {"day": ("days", "date"), "week": ("weeks", "week"), "sessions": ("sessions", "date")}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        assert run(made, "settings", "set", "sessions", SCHOOL, "--by", "R. Officer").exit_code == 0
        yield made


def run(opened: Door, *words: Any) -> Result:
    return CliRunner().invoke(
        main, [*(str(word) for word in words), "--database", str(opened.store.engine.url.database)]
    )


def at(body: dict[str, Any], kind: str) -> str:
    name, day = PATHS[kind]
    return f"/v1/schools/{body['school']}/{name}/{body[day]}"


def put(
    opened: Door, kind: str, path: str = "", headers: dict[str, str] | None = None, **changes: Any
) -> httpx.Response:
    body = example(kind) | changes
    return opened.http.put(path or at(body, kind), json=body, headers=headers or opened.headers)


@pytest.mark.parametrize("kind", PATHS)
def test_a_body_is_kept_and_the_answer_says_which_revision_counts(opened: Door, kind: str) -> None:
    first = put(opened, kind, revision=2)
    assert (first.status_code, first.json()["revision"]) == (200, 2)
    assert put(opened, kind, revision=2).json() == first.json()
    assert put(opened, kind, revision=1).json()["revision"] == 2
    assert opened.http.get(at(example(kind), kind), headers=opened.headers).json() == first.json()
    assert put(opened, kind, revision=3).json()["revision"] == 3


def test_the_same_revision_with_another_body_changes_nothing(opened: Door) -> None:
    first = put(opened, "day").json()
    answer = put(opened, "day", registers=[])
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:rollbook:feed:revision-held")
    assert opened.http.get(at(example("day"), "day"), headers=opened.headers).json() == first


@pytest.mark.parametrize(("name", "value"), [("school", OTHER_SCHOOL), ("date", "2026-11-19")])
def test_a_body_is_of_the_school_and_day_of_its_address(opened: Door, name: str, value: Any) -> None:
    answer = put(opened, "day", at(example("day"), "day"), **{name: value})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{name}")


def test_small_numbers_are_refused(opened: Door) -> None:
    rows = example("week")["rows"]
    small = [{**row, "pupils": 4} if not row["suppressed"] and "year_group" in row else row for row in rows]
    assert put(opened, "week", rows=small).status_code == 422
    assert opened.http.get(at(example("week"), "week"), headers=opened.headers).status_code == 404


def test_the_authoritys_own_smallest_group_is_larger(opened: Door) -> None:
    run(opened, "settings", "set", "smallest_group", 12, "--by", "R. Officer")
    answer = put(opened, "week", least=5)
    assert (answer.status_code, answer.json()["errors"]) == (
        422,
        [{"pointer": "/least", "problem": "below the authority's number, which is 12"}],
    )


def test_what_was_not_agreed_is_not_taken(opened: Door) -> None:
    assert put(opened, "sessions", school=OTHER_SCHOOL).status_code == 403
    run(opened, "settings", "set", "regular", "day", "--by", "R. Officer")
    answer = put(opened, "week")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:rollbook:feed:not-wanted")
    whoami = opened.http.get("/v1/whoami", headers=opened.headers).json()
    assert whoami["regular"] == ["day", "sessions"]
    other = opened.http.get("/v1/whoami", headers=opened.another([OTHER_SCHOOL])).json()
    assert other["regular"] == ["day"]


def test_a_client_speaks_for_its_own_schools_alone(opened: Door) -> None:
    other = opened.another([OTHER_SCHOOL])
    assert put(opened, "day", headers=other).status_code == 403
    assert opened.http.get(at(example("day"), "day"), headers=other).status_code == 403
    assert opened.http.get(f"/v1/schools/{SCHOOL}/news", headers=other).status_code == 403


@pytest.mark.parametrize("day", ["2026-02-30", "20261120", "x", "2026-W47-1"])
def test_an_address_without_a_day_holds_nothing(opened: Door, day: str) -> None:
    assert opened.http.get(f"/v1/schools/{SCHOOL}/days/{day}", headers=opened.headers).status_code == 404


def test_schools_says_who_reported_today_and_who_did_not_since_when(opened: Door) -> None:
    opened.send()
    opened.another([OTHER_SCHOOL])
    today = "2026-11-02"
    registers = [{"session": "AM", "expected": 210, "recorded": 208}]
    put(opened, "day", date=today, registers=registers)
    put(opened, "day", date="2026-10-30", school=100003)
    page = read(opened, "/schools")
    readable_by_everybody(page)
    assert "1 of 3 schools reported today" in page.text
    assert "Northwick Primary School , URN 100001 Reported 2 November 2026 208 of 210" in page.text
    assert f"URN {OTHER_SCHOOL} Not reported never none" in page.text
    assert "URN 100003 Not reported 30 October 2026" in page.text


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
    told = [(item["revision"], item["action"]) for item in news(opened)["items"]]
    assert told == [(1, "send"), (2, "amend"), (3, "withdraw")]


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
