"""What a recording keeps: no secret, nobody real, and the same invented person wherever the same one stood."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from rollbook.tables.checks import upn_problem
from rollbook.testing.recordings import Recordings
from rollbook.testing.scrubbing import KINDS, NotScrubbed, Scrubber
from rollbook.testing.web import Incoming, Server, as_json

PERSONAL = {"surname": "surname", "given": "forename", "upn": "upn", "born": "dob", "home": "address", "who": "name"}
REAL = {
    "surname": "Pemberton",
    "given": "Clementine",
    "upn": "H801200001002",
    "born": "2015-03-09",
    "home": "7 Elm Row",
}


def scrubber() -> Scrubber:
    return Scrubber(PERSONAL, secrets=("access_token",))


def test_every_personal_value_is_replaced_and_the_others_stay() -> None:
    made = json.loads(scrubber().body(json.dumps({"data": [{**REAL, "year": 5, "mark": "/"}]})))["data"][0]
    assert [name for name in REAL if made[name] == REAL[name]] == []
    assert (made["year"], made["mark"]) == (5, "/")


@pytest.mark.parametrize("kind", KINDS)
def test_what_takes_its_place_is_known_as_invented_and_stays_as_it_is(kind: str) -> None:
    of_kind = Scrubber({"field": kind})
    once = of_kind.body(json.dumps({"field": "Pemberton 2015-03-09"}))
    assert of_kind.body(once) == once
    assert of_kind.strangers(once) == []


def test_the_same_person_is_the_same_everywhere() -> None:
    one = scrubber()
    first, second = (json.loads(one.body(json.dumps({"rows": [REAL]})))["rows"][0] for _ in range(2))
    assert first == second


def test_an_invented_upn_is_valid_in_form() -> None:
    made = json.loads(scrubber().body(json.dumps(REAL)))["upn"]
    assert upn_problem(made) is None
    assert made[1:4] == "000"


def test_a_day_with_a_time_in_an_object_is_a_birth_date_too() -> None:
    said = {"born": {"date": "2015-03-09 00:00:00.000000", "timezone": "Europe/London"}}
    assert json.loads(scrubber().body(json.dumps(said)))["born"]["date"] == "2015-09-01 00:00:00.000000"


def test_a_name_that_stands_in_a_field_nobody_named_stops_the_recording_and_the_field_is_told() -> None:
    with pytest.raises(NotScrubbed, match="'comment'") as raised:
        scrubber().body(json.dumps({**REAL, "comment": "Rang Mrs Pemberton"}))
    assert "Pemberton" not in str(raised.value)


@pytest.mark.parametrize("body", ["<xml><name>Pemberton</name></xml>", "surname,upn\nPemberton,H801200001002\n"])
def test_what_cannot_be_read_is_not_recorded(body: str) -> None:
    with pytest.raises(NotScrubbed):
        scrubber().body(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"surname": "Pemberton"}, "surname holds a value that was not invented"),
        ({"note": "see H801200001002"}, "a UPN that was not invented"),
        ({"access_token": "eyJhb"}, "access_token holds a secret"),
    ],
)
def test_a_body_with_somebody_in_it_is_found(body: dict[str, str], said: str) -> None:
    assert scrubber().strangers(json.dumps(body)) == [said]


def test_a_recording_is_made_scrubbed_and_played_without_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tapes = Recordings(tmp_path, host="acme.invalid", personal=PERSONAL, secrets=("access_token", "key"))

    def answer(asked: Incoming) -> object:
        return as_json({"access_token": "s3cret-token", "rows": [REAL]})

    def read(base: str) -> dict[str, object]:
        with httpx.Client(base_url=base, headers={"Authorization": "Bearer s3cret-token"}) as api:
            found: dict[str, object] = api.post("token?key=s3cret-token&page=1", data={"key": "s3cret-token"}).json()
            return found

    server = Server(answer)  # type: ignore[arg-type]
    monkeypatch.setenv("ROLLBOOK_RECORD", "1")
    with tapes.playing("one"):
        read(server.url)
    server.close()
    monkeypatch.delenv("ROLLBOOK_RECORD")
    with tapes.playing("one"):
        played = read("https://acme.invalid/")
    text = tapes.path("one").read_text(encoding="utf-8")
    assert [value for value in ("s3cret", *REAL.values()) if value in text] == []
    assert played["access_token"] == "scrubbed"
    assert tapes.problems() == []


def test_a_recording_that_was_edited_by_hand_is_found(tmp_path: Path) -> None:
    tapes = Recordings(tmp_path, host="acme.invalid", personal=PERSONAL)
    tapes.path("one").write_text(
        "interactions:\n- request: {body: '', headers: {Authorization: [x]}, method: GET, uri: 'https://real.org/'}\n"
        '  response: {body: {string: \'{"surname": "Pemberton"}\'}, headers: {}, status: {code: 200, message: OK}}\n'
    )
    assert tapes.problems() == [
        "one.yaml: a request went to another host",
        "one.yaml: it holds 'authorization'",
        "one.yaml: surname holds a value that was not invented",
    ]


def test_a_link_in_an_answer_leads_to_the_recording_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tapes = Recordings(tmp_path, host="acme.invalid", personal=PERSONAL)
    monkeypatch.setenv("ROLLBOOK_RECORD", "1")
    for name in ("one", "two"):  # each of a server of its own
        server = Server(
            lambda asked: as_json({"next": f"http://{asked.headers['host']}/rows?page=2", "at": "127.0.0.1"})
        )
        with tapes.playing(name), httpx.Client() as api:
            api.get(f"{server.url.rstrip('/')}/rows")
        server.close()
    monkeypatch.delenv("ROLLBOOK_RECORD")
    with tapes.playing("two"), httpx.Client() as api:
        said = api.get("https://acme.invalid/rows").json()
    assert said == {"next": "https://acme.invalid/rows?page=2", "at": "acme.invalid"}
    assert tapes.problems() == []
