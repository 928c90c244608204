"""Officers sign in by name, each with a password of their own; the log says which of them looked at what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from rollbook_receiver import audit, clients
from rollbook_receiver.app import Access
from rollbook_receiver.serving import Settings, server
from rollbook_receiver.start import main
from support.receiver import running_receiver, store_in
from support.receiver_app import Door, InProcess, door
from support.receiver_messages import SURNAME

TRIAL = "correct horse battery"


@pytest.fixture(params=[Access(loopback=True), Access(loopback=False, password=TRIAL)], ids=["alone", "trial"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path, request.param) as made:
        made.send()
        yield made


def run(opened: Door, *words: str) -> Result:
    return CliRunner().invoke(main, ["officers", *words, "--database", str(opened.store.engine.url.database)])


def let_in(opened: Door, name: str) -> str:
    """Their password."""
    said = run(opened, "add", name)
    assert (said.exit_code, said.output.splitlines()[0]) == (0, f"user name: {name}")
    return said.output.splitlines()[1].removeprefix("password: ")


def look(opened: Door, name: str, password: str) -> httpx.Response:
    return opened.http.get("/", auth=(name, password))


def test_each_look_is_under_the_officers_own_name(opened: Door) -> None:
    for name in ("R. Officer", "Zoë Ólafsdóttir"):
        assert SURNAME in look(opened, name, let_in(opened, name)).text
    with opened.store.reading() as connection:
        looks = [row.who for row in audit.entries(connection) if row.what == "looked at the list"]
    assert looks == ["Zoë Ólafsdóttir", "R. Officer"]


@pytest.mark.parametrize(("proxies", "status"), [((), 200), (("127.0.0.1",), 403)], ids=["none", "a proxy"])
def test_where_a_proxy_is_named_this_machine_alone_opens_no_page(
    tmp_path: Path, proxies: tuple[str, ...], status: int
) -> None:
    """One that adds no header looks like somebody who sits there."""
    store = store_in(tmp_path)
    app: Any = server(store, Settings(loopback=True, proxies=proxies)).config.app
    with httpx.Client(transport=InProcess(app), base_url="http://127.0.0.1") as http:
        assert http.get("/").status_code == status
    store.close()


def test_a_proxy_that_nobody_named_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running_receiver(tmp_path) as receiver, httpx.Client(base_url=receiver.url) as http:
        for _ in range(2):
            http.get("/style.css", headers={"X-Forwarded-For": "192.0.2.1"})
    warned = [row.getMessage() for row in caplog.records if row.levelname == "WARNING"]
    assert [said.partition(" from ")[0] for said in warned] == ["X-Forwarded-For"]
    assert "--proxy" in warned[0]


def test_once_there_is_an_officer_nobody_sees_the_pages_without_a_name(opened: Door) -> None:
    password = let_in(opened, "R. Officer")
    for answer in (
        opened.http.get("/"),
        look(opened, "officer", TRIAL),
        look(opened, "R. Officer", "wrong"),
        look(opened, "S. Officer", password),
        look(opened, "", ""),
    ):
        assert (answer.status_code, SURNAME in answer.text) == (401, False)
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_an_officer_who_is_shut_out_is_out_at_once_and_comes_back_with_another_password(opened: Door) -> None:
    first = let_in(opened, "R. Officer")
    let_in(opened, "S. Officer")
    assert look(opened, "R. Officer", first).status_code == 200
    assert run(opened, "end", "R. Officer").exit_code == 0
    assert look(opened, "R. Officer", first).status_code == 401
    again = let_in(opened, "R. Officer")
    assert [look(opened, "R. Officer", password).status_code for password in (first, again)] == [401, 200]


def test_when_the_last_is_shut_out_the_pages_are_not_opened_to_everybody(opened: Door) -> None:
    let_in(opened, "R. Officer")
    run(opened, "end", "R. Officer")
    assert [opened.http.get("/").status_code, look(opened, "officer", TRIAL).status_code] == [401, 401]


def test_a_password_is_hashed_slowly_once_and_kept_nowhere(
    opened: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = let_in(opened, "R. Officer")
    hashed = []
    slow = clients.slow_hash
    monkeypatch.setattr(clients, "slow_hash", lambda *told: hashed.append(1) or slow(*told))
    assert {look(opened, "R. Officer", password).status_code for _ in range(3)} == {200}
    assert len(hashed) == 1
    opened.store.close()
    assert password.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_an_officers_password_is_guessed_ten_times_from_an_address(opened: Door) -> None:
    let_in(opened, "R. Officer")
    other = let_in(opened, "S. Officer")
    assert [look(opened, "R. Officer", f"wrong {n}").status_code for n in range(11)] == [401] * 10 + [429]
    assert look(opened, "S. Officer", other).status_code == 200


@pytest.mark.parametrize("name", [" ", "a:b", "x" * 101, "a\nb"])
def test_a_name_that_cannot_be_typed_into_a_sign_in_is_refused(opened: Door, name: str) -> None:
    assert run(opened, "add", name).exit_code == 2


def test_officers_are_listed_and_the_log_says_who_let_them_in(opened: Door) -> None:
    assert "No officer yet" in run(opened).output
    let_in(opened, "R. Officer")
    assert run(opened, "add", "R. Officer").exit_code == 4
    assert run(opened, "end", "R. Officer").exit_code == 0
    assert run(opened, "end", "R. Officer").exit_code == 4
    assert "R. Officer  let in 20" in run(opened).output
    assert ", shut out 20" in run(opened).output
    with opened.store.reading() as connection:
        entries = [(row.what, row.detail) for row in audit.entries(connection)]
    assert entries == [("shut an officer out", "R. Officer"), ("let an officer in", "R. Officer")]
