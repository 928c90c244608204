"""The pages an officer reads: who may see them, what they say, and that text stays text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook_feed import KINDS, example
from rollbook_receiver import judging, moments, pages
from rollbook_receiver.app import Access
from rollbook_receiver.words import KINDS as IN_WORDS
from support.receiver_app import Door, door
from support.receiver_messages import FORENAME, OTHER_SCHOOL, SCHOOL, SURNAME, content, envelope
from support.receiver_pages import read, readable_by_everybody

PASSWORD = "correct horse battery"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def reference(opened: Door, *args: str | int, key: str) -> str:
    return str(opened.send(envelope(*args), key=key).json()["reference"])  # type: ignore[arg-type]


def test_nothing_has_come_yet(opened: Door) -> None:
    assert "Nothing has come yet." in read(opened).text


def test_the_list_says_who_where_what_and_when(opened: Door) -> None:
    opened.send()
    text = read(opened).text
    for words in (
        f"{SURNAME} , {FORENAME}",
        "Northwick Primary School URN 100001",
        "Attendance return",
        "Reported",
        "2 November 2026, 07:30 GMT",
        "Sent, revision 1",
        "1 case in all, as at 2 November 2026",
    ):
        assert words in text


def test_a_case_is_one_row_with_its_history_and_last_state(opened: Door) -> None:
    for revision, action in enumerate(("send", "amend", "withdraw"), start=1):
        opened.send(envelope(action, revision), key=f"k{revision}")
    page = read(opened)
    assert page.text.count("URN 100001") == 1
    assert "Withdrawn Withdrawn" not in page.text
    assert "Withdrawn, revision 3" in page.text
    assert len([tag for tag, _ in page.tags if tag == "li"]) == 3


def test_a_withdrawal_that_came_first_names_nobody_yet(opened: Door) -> None:
    first = reference(opened, "withdraw", 2, key="k2")
    assert "Not named yet" in read(opened).text
    assert "the marks were corrected to I" in read(opened, f"/messages/{first}").text


def test_the_last_to_change_is_first_and_pages_go_on(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "A_PAGE", 2)
    for number in (1, 2, 3):
        said = content()
        said["pupil"]["surname"] = f"Pupil{number}"
        opened.send(envelope(pupil=number, said=said), key=f"k{number}")
    page = read(opened)
    assert [word for word in page.words if word.startswith("Pupil") and word != "Pupil"] == ["Pupil3", "Pupil2"]
    [older] = [str(attrs["href"]) for tag, attrs in page.tags if tag == "a" and "before" in str(attrs.get("href"))]
    assert "Pupil1" in read(opened, older).words
    assert "Back to the newest" in read(opened, older).text


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "'", "1 or 1=1"])
def test_a_page_that_nobody_linked_to_is_the_first_one(opened: Door, before: str) -> None:
    opened.send()
    assert opened.http.get("/", params={"before": before}).status_code == 200


def test_one_message_shows_all_that_was_said(opened: Door) -> None:
    text = read(opened, f"/messages/{reference(opened, key='k1')}").text
    for words in (
        "9 March 2017",
        "14 Marrowbone Crescent",
        "Hesper Quillfeather mother 01632 960123",
        "5 October 2026 O O",
        "31 October 2026",
        "SI 2024/208 reg 13",
        "10 (set by law)",
    ):
        assert words in text


def test_an_overtaken_revision_says_so(opened: Door) -> None:
    first = reference(opened, key="k1")
    opened.send(envelope("amend", 2), key="k2")
    assert "This is not the last word: revision 2 overtook it." in read(opened, f"/messages/{first}").text


def test_the_least_a_message_may_hold_can_be_shown(opened: Door) -> None:
    said = content()
    for name in ("contact", "parents"):
        del said[name]
    for name in ("upn", "sex", "year_group", "postcode"):
        del said["pupil"][name]
    del said["absence"]["last_attended"]
    said["settings"] = [{"name": "irregular_sessions", "value": None, "set_by": "authority"}]
    made = opened.send(envelope(said=said)).json()["reference"]
    assert "not set (set by authority)" in read(opened, f"/messages/{made}").text


@pytest.mark.parametrize("path", ["/messages/NONE", "/messages/'--", "/nowhere"])
def test_a_page_that_is_not_there_says_so(opened: Door, path: str) -> None:
    answer = opened.http.get(path)
    assert answer.status_code == 404
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</bdi><b>x", "{{ 7*7 }}", '" onload="x'])
def test_what_a_school_wrote_is_text(opened: Door, text: str) -> None:
    said = content(cause=text)
    said["pupil"] |= {"surname": text, "address": text}
    said["parents"][0] |= {"name": text, "email": text}
    made = opened.send(envelope(said=said)).json()["reference"]
    for path in ("/", f"/messages/{made}"):
        page = read(opened, path)
        assert " ".join(text.split()) in page.text
        tags = {tag for tag, _ in page.tags}
        assert "script" not in tags
        assert "b" not in tags
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]


def test_a_page_can_be_read_by_everybody(opened: Door) -> None:
    made = reference(opened, key="k1")
    for path in ("/", "/?kind=sickness_return&school=12", f"/messages/{made}"):
        readable_by_everybody(read(opened, path))


def kept(opened: Door, kind: str) -> str:
    message = example(kind)
    return str(opened.send(message, key=kind).json()["reference"])


def leaves(said: object, name: str = "") -> Iterator[str]:
    """Every text and number of a content that a page says as it stands: no day, no choice in words of its own."""
    if isinstance(said, dict):
        for inner, value in said.items():
            yield from leaves(value, inner) if inner != "settings" else ()
    elif isinstance(said, list):
        for value in said:
            yield from leaves(value, name)
    elif name in (
        "surname",
        "forename",
        "upn",
        "name",
        "address",
        "telephone",
        "circumstances",
        "support_given",
        "law",
    ):
        yield str(said)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_shown_in_plain_words(opened: Door, kind: str) -> None:
    made = kept(opened, kind)
    page = read(opened, f"/messages/{made}")
    readable_by_everybody(page)
    assert IN_WORDS[kind] in page.text
    for said in leaves(example(kind)["content"]):
        assert " ".join(said.split()) in page.text
    for raw in ("{", "}", "['", "_day", "_on", "_la", "None", "True", "False"):
        assert raw not in page.text.replace(made, "")
    assert IN_WORDS[kind] in read(opened).text


def test_what_a_report_says_is_put_in_an_officers_words(opened: Door) -> None:
    text = read(opened, f"/messages/{kept(opened, 'missing_pupil_report')}").text
    for said in (
        "Waits for an officer",
        "Which report on the roll, and it is not known where",
        "Attempts to reach the family Date Type Who tried Who was tried Outcome 5 October 2026 call",
        "5 October 2026 N N",
        "N reason not yet established",
        "Not tried yet letter or message",
    ):
        assert said in text


FILTERED = [
    ("", 3),
    ("?kind=sickness_return", 1),
    ("?kind=nonsense", 3),
    ("?school=100001", 2),
    ("?school=100002", 1),
    ("?school=12", 3),
    ("?outcome=pending", 1),
    ("?outcome=accepted&school=100002", 1),
    ("?outcome=refused", 0),
]


@pytest.mark.parametrize(("asked", "rows"), FILTERED)
def test_the_list_is_filtered_by_kind_school_and_outcome(opened: Door, asked: str, rows: int) -> None:
    kept(opened, "sickness_return")
    kept(opened, "missing_pupil_report")
    opened.send(envelope(school=OTHER_SCHOOL), key="k2")
    page = read(opened, "/" + asked)
    assert page.text.count("This message only") == rows
    assert ("A URN has six digits." in page.text) == (asked == "?school=12")


def test_the_next_page_keeps_the_filter(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "A_PAGE", 1)
    for number, school in enumerate((SCHOOL, OTHER_SCHOOL, SCHOOL), start=1):
        opened.send(envelope(pupil=number, school=school), key=f"k{number}")
    first = read(opened, f"/?school={SCHOOL}")
    [older] = [str(attrs["href"]) for tag, attrs in first.tags if tag == "a" and "before" in str(attrs.get("href"))]
    second = read(opened, older)
    assert (first.text.count(f"URN {SCHOOL}"), second.text.count(f"URN {SCHOOL}")) == (1, 1)
    assert "before=" not in str([attrs.get("href") for _, attrs in second.tags])


def test_a_refusal_is_shown_with_its_reasons_and_who_made_it(opened: Door) -> None:
    made = kept(opened, "missing_pupil_report")
    with opened.store.writing() as connection:
        reasons = [{"pointer": "/content/missing", "problem": "Which <b>day</b>?"}]
        judging.judge(connection, made, "refused", reasons, "R. Officer", opened.clock())
    text = read(opened, f"/messages/{made}").text
    assert "Refused R. Officer Which <b>day</b>? ( /content/missing )" in text


CLOSED = [
    ("another machine's name", Access(loopback=True), {"Host": "receiver.example"}),
    ("a name with a space", Access(loopback=True), {"Host": "receiver example"}),
    ("an impossible port", Access(loopback=True), {"Host": "receiver.example:99999"}),
    ("no name", Access(loopback=True), {"Host": ""}),
    ("half an address", Access(loopback=True), {"Host": "["}),
    ("through a proxy", Access(loopback=True), {"X-Forwarded-For": "10.0.0.1"}),
    ("through another proxy", Access(loopback=True), {"Forwarded": "for=10.0.0.1"}),
    ("listening to everybody", Access(loopback=False), {}),
]


@pytest.mark.parametrize(("why", "access", "headers"), CLOSED, ids=[row[0] for row in CLOSED])
def test_without_a_password_the_pages_are_for_this_machine_alone(
    tmp_path: Path, why: str, access: Access, headers: dict[str, str]
) -> None:
    with door(tmp_path, access) as opened:
        made = opened.send().json()["reference"]
        for path in ("/", f"/messages/{made}"):
            answer = opened.http.get(path, headers=headers)
            assert answer.status_code == 403
            assert SURNAME not in answer.text


@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize(
    ("pair", "status"),
    [(None, 401), (("officer", "wrong"), 401), (("someone", PASSWORD), 401), (("officer", PASSWORD), 200)],
)
def test_with_a_password_they_are_for_the_officer(
    tmp_path: Path, loopback: bool, pair: tuple[str, str] | None, status: int
) -> None:
    with door(tmp_path, Access(loopback, PASSWORD)) as opened:
        opened.send()
        answer = opened.http.get("/", auth=pair) if pair else opened.http.get("/")
        assert answer.status_code == status
        assert (SURNAME in answer.text) == (status == 200)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)


def test_two_returns_of_one_child_are_told_apart_by_their_first_day(opened: Door) -> None:
    first = example("attendance_return")["content"]["absence"]["first_day"]
    kept(opened, "attendance_return")
    assert f"from {moments.spoken_day(first)}" in read(opened, "/").text


def test_what_began_before_it_came_here_is_not_called_the_only_message(opened: Door) -> None:
    said = content(reason="a mark was corrected")
    opened.send(envelope("amend", 2, said=said))
    text = read(opened, "/").text
    assert "First received here" in text
    assert "This message only" not in text
