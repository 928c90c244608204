"""The pages an officer reads: who may see them, what they say, and that text stays text."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rollbook_receiver import pages
from rollbook_receiver.app import Access
from support.receiver_app import Door, door
from support.receiver_messages import FORENAME, SURNAME, content, envelope

PASSWORD = "correct horse battery"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


class Reader(HTMLParser):
    """Collects the tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read(opened: Door, path: str = "/") -> Reader:
    answer = opened.http.get(path)
    assert answer.status_code == 200
    return Reader(answer.text)


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
        "Hesper Quillfeather mother not told",
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
    """Language, title, one main heading, a way past the header, captions, scopes; no script, nothing from elsewhere."""
    made = reference(opened, key="k1")
    for path in ("/", f"/messages/{made}"):
        page = read(opened, path)
        tags = [tag for tag, _ in page.tags]
        assert ("html", {"lang": "en-GB"}) in page.tags
        assert tags.count("h1") == tags.count("title") == tags.count("main") == 1
        assert next(attrs for tag, attrs in page.tags if tag == "a")["href"] == "#main"
        assert tags.count("caption") == tags.count("table")
        assert all(attrs.get("scope") in ("col", "row") for tag, attrs in page.tags if tag == "th")
        links = [attrs.get(name) or "" for _, attrs in page.tags for name in ("href", "src") if name in attrs]
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links)
        assert not {"script", "style", "img", "iframe"} & set(tags)
        assert not [1 for _, attrs in page.tags if "style" in attrs]
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))


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
