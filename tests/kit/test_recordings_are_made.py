"""How recordings are made and played: no secret in them, whole or not at all, and what is not in them is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from rollbook.contract import Secret
from rollbook.testing.recordings import NotRecorded, Recordings
from rollbook.testing.scrubbing import NotScrubbed
from rollbook.testing.web import Incoming, Server, as_json

KEY, TICKET = "live-key-4417", "ticket-9f31c0aa"
SENT, NAMED = "sent-key-8812", "named-key-2095"  # never revealed: another test's would be known
PUPIL = {"id": "100321", "surname": "Pemberton", "mark": "/"}
PERSONAL = {"surname": "surname", "id": "key"}
Ask = Callable[[httpx.Client], Any]
Record = Callable[..., str]


def tapes(folder: Path, **given: Any) -> Recordings:
    return Recordings(folder, host="acme.invalid", **{"personal": PERSONAL, "plain": ("mark",), **given})


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    """Records `ask` of a server with that answer, and gives the text of the recording."""

    def recorded(ask: Ask, answer: Any = PUPIL, name: str = "one", **given: Any) -> str:
        server = Server(lambda asked: as_json(answer(asked) if callable(answer) else answer))
        of = tapes(tmp_path, **given)
        with monkeypatch.context() as context:
            context.setenv("ROLLBOOK_RECORD", "1")
            try:
                with of.playing(name), httpx.Client(base_url=server.url) as api:
                    ask(api)
            finally:
                server.close()
        return of.path(name).read_text(encoding="utf-8")

    return recorded


def played(folder: Path, ask: Ask, name: str = "one", **given: Any) -> Any:
    with tapes(folder, **given).playing(name), httpx.Client(base_url="https://acme.invalid/") as api:
        return ask(api)


def sign_in_and_read(api: httpx.Client, key: str = KEY) -> Any:
    """As with many vendors: a key for a ticket, and the ticket in a header of everything else."""
    ticket = api.post("auth/session", json={"pass": Secret(key).reveal()}).json()["pass"]
    return api.get("pupils", headers={"X-Session": ticket}).json()


def of_session(asked: Incoming) -> Any:
    return {"pass": TICKET} if asked.target.startswith("/auth") else PUPIL


# No secret


def test_a_key_and_the_ticket_for_it_are_in_no_recording_though_nobody_listed_them(
    record: Record, tmp_path: Path
) -> None:
    text = record(sign_in_and_read, of_session, plain=("mark", "pass"))
    assert [one for one in (KEY, TICKET, *PUPIL.values()) if one != "/" and one in text] == []
    assert tapes(tmp_path, plain=("mark", "pass")).problems() == []
    assert played(tmp_path, lambda api: sign_in_and_read(api, "another"), plain=("mark", "pass"))["mark"] == "/"


@pytest.mark.parametrize(
    "ask",
    [
        lambda api: api.get("pupils", params={"k": Secret(KEY).reveal()}),
        lambda api: api.get(f"of/{Secret(KEY).reveal()}/pupils"),
        lambda api: api.post("pupils", data={"mark": Secret(KEY).reveal()}),
        lambda api: api.post("pupils", json={"mark": f"for {Secret(KEY).reveal()} alone"}),
        lambda api: api.post("pupils", json={"mark": SENT}, headers={"Authorization": f"Bearer {SENT}"}),
        lambda api: api.post("pupils", json={"mark": SENT}, auth=("us", SENT)),
        lambda api: api.post("pupils", json={"mark": SENT}, headers={"Cookie": f"a=1; b={SENT}"}),
    ],
    ids=[
        "a parameter",
        "the path",
        "a form",
        "a sentence",
        "sent as a token",
        "sent as a password",
        "sent as a cookie",
    ],
)
def test_what_was_revealed_or_sent_as_a_credential_is_kept_nowhere(record: Record, ask: Ask) -> None:
    text = record(ask)
    assert [one for one in (KEY, SENT) if one in text] == []


@pytest.mark.parametrize(
    "name",
    ["key", "API-Key", "apiKey", "password", "clientSecret", "token", "access_token", "sessionTicket", "session"],
)
def test_fields_and_parameters_whose_names_say_so_are_secret(record: Record, name: str) -> None:
    asked: list[Ask] = [
        lambda api: api.post("pupils", json={name: NAMED}),
        lambda api: api.post("pupils", data={name: NAMED}),
        lambda api: api.get("pupils", params={name: NAMED}),
    ]
    assert [number for number, ask in enumerate(asked) if NAMED in record(ask, {**PUPIL, name: NAMED})] == []


def test_a_field_that_is_listed_as_plain_is_no_secret_whatever_its_name(record: Record) -> None:
    assert '"session":"AM"' in record(
        lambda api: api.get("marks"), {**PUPIL, "session": "AM"}, plain=("mark", "session")
    )


# Whole or not at all


def test_an_older_recording_is_replaced_and_not_added_to(record: Record, tmp_path: Path) -> None:
    record(lambda api: [api.get("pupils"), api.get("old")])
    assert "/old" not in record(lambda api: api.get("pupils"))
    assert played(tmp_path, lambda api: api.get("pupils").json())["mark"] == "/"


def fails(api: httpx.Client) -> None:
    api.get("pupils")
    raise LookupError


@pytest.mark.parametrize(
    ("ask", "answer", "error"),
    [
        (fails, PUPIL, LookupError),
        (lambda api: api.get("pupils"), {**PUPIL, "nickname": "Clem"}, NotScrubbed),
        (lambda api: api.get("pupils"), {**PUPIL, "mark": "of H801200001002"}, NotScrubbed),
        (lambda api: None, PUPIL, AssertionError),
    ],
    ids=["it failed", "a field is not listed", "a UPN in a plain field", "nothing was asked for"],
)
def test_a_recording_that_was_there_stays_when_a_new_one_does_not_end_well(
    record: Record, tmp_path: Path, ask: Ask, answer: Any, error: type[Exception]
) -> None:
    before = record(lambda api: api.get("pupils"))
    with pytest.raises(error):
        record(ask, answer)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == [before]


# Played


def test_keys_are_pseudonyms_in_addresses_too_and_are_played(record: Record, tmp_path: Path) -> None:
    def read(api: httpx.Client) -> Any:
        key = api.get("pupils").json()["id"]
        return api.get(f"pupils/{key}/marks").json()

    assert PUPIL["id"] not in record(read)
    assert played(tmp_path, read)["id"] != PUPIL["id"]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda api: api.get("marks?page=3"), r"no answer to GET https://acme\.invalid/marks\?page=3\. "),
        (lambda api: [api.get("pupils"), api.get("pupils")], r"GET https://acme\.invalid/pupils any more"),
    ],
    ids=["never recorded", "played already"],
)
def test_what_is_not_recorded_is_told_with_how_to_record_it(
    record: Record, tmp_path: Path, ask: Ask, said: str
) -> None:
    record(lambda api: api.get("pupils"))
    with pytest.raises(NotRecorded, match=said) as raised:
        played(tmp_path, ask)
    assert f"ROLLBOOK_RECORD=1 pytest tests/kit/{Path(__file__).name}::" in str(raised.value)


def test_a_recording_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotRecorded, match=r"The recording one is not there\. Record it again: ROLLBOOK_RECORD=1"):
        played(tmp_path, lambda api: None)


def test_more_recorded_than_asked_for_is_an_error(record: Record, tmp_path: Path) -> None:
    record(lambda api: [api.get("pupils"), api.get("marks")])
    with pytest.raises(AssertionError, match="holds more than was asked for"):
        played(tmp_path, lambda api: api.get("pupils"))


def test_a_link_in_an_answer_leads_to_the_recording_too(record: Record, tmp_path: Path) -> None:
    def answer(asked: Incoming) -> Any:
        return {"next": f"http://{asked.headers['host']}/rows?page=2", "at": "127.0.0.1"}

    for name in ("one", "two"):  # each of a server of its own
        record(lambda api: api.get("rows"), answer, name, personal={}, plain=("next", "at"))
    said = played(tmp_path, lambda api: api.get("rows").json(), "two", personal={}, plain=("next", "at"))
    assert said == {"next": "https://acme.invalid/rows?page=2", "at": "acme.invalid"}
    assert tapes(tmp_path, personal={}, plain=("next", "at")).problems() == []


# What is kept


def test_a_recording_that_was_edited_by_hand_is_found(record: Record, tmp_path: Path) -> None:
    record(lambda api: api.get("pupils"))
    said = json.dumps({"id": "100321", "surname": "Pemberton", "nickname": "Clem"})
    tapes(tmp_path).path("one").write_text(
        "interactions:\n- request: {body: '', headers: {Authorization: [x]}, method: GET, uri: 'https://real.org/'}\n"
        f"  response: {{body: {{string: '{said}'}}, headers: {{}}, status: {{code: 200, message: OK}}}}\n"
    )
    assert tapes(tmp_path).problems() == [
        "one.yaml: a request went to another host",
        "one.yaml: id holds a value that was not invented",
        "one.yaml: it holds 'authorization'",
        "one.yaml: nickname is listed neither in `personal` nor in `plain`",
        "one.yaml: surname holds a value that was not invented",
    ]


def test_who_is_listed_as_personal_and_is_in_no_recording_is_found(record: Record, tmp_path: Path) -> None:
    record(lambda api: api.get("pupils"))
    [said] = tapes(tmp_path, personal={**PERSONAL, "lerner": "key"}).problems()
    assert said == "Listed in `personal`, but in no recording: 'lerner'. The fields there are: id, mark, surname."
