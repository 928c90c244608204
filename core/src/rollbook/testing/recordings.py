"""Recordings of a vendor's HTTP: made once, scrubbed before they are written, and played where no server runs.

    tapes = Recordings(
        Path(__file__).parent / "cassettes",
        host="acme.invalid",
        personal={"studentId": "key", "surname": "surname", "birthday": "dob"},
        plain=("mark", "date"),
    )

    with tapes.playing("a_week"):          # or, with ROLLBOOK_RECORD=1 in the environment, recording
        ...

    assert tapes.problems() == []          # no secret, nobody who was not invented, no field that is not listed

Requests and answers are JSON (a request may be a form). What is recorded keeps no header but the type of its body, and
links in it lead to `host`. Nothing is written before all of it is scrubbed; a recording takes the place of an older one
when it ended well.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import vcr  # type: ignore[import-untyped]
import yaml
from vcr.persisters.filesystem import CassetteNotFoundError  # type: ignore[import-untyped]
from vcr.serialize import serialize  # type: ignore[import-untyped]
from vcr.serializers import yamlserializer  # type: ignore[import-untyped]

from rollbook.contract.settings import told_what_is_revealed
from rollbook.tables.schemas import PAGES
from rollbook.testing.credentials_sent import credentials_in
from rollbook.testing.invented import SCRUBBED, days_of
from rollbook.testing.schools import MadeSchool
from rollbook.testing.scrubbing import NotScrubbed, Scrubber, no_such

RECORD = "ROLLBOOK_RECORD"
_KEPT = ("content-type", "retry-after")
_SECRET_WORDS = ("authorization", "set-cookie", "bearer ", "basic ", "127.0.0.1", "localhost")
_REVEALED: set[str] = set()
told_what_is_revealed.append(_REVEALED.add)


class NotRecorded(AssertionError):
    """Something was asked for that is in no recording. The text says what, and how to record again."""


class Recordings:
    """A folder of recordings of one vendor.

    host: the name that takes the place of the server's. personal, plain: every field with a text in it is in one of
    them: what it holds of a person (`rollbook.testing.invented.KINDS`), or that it holds nothing of one; a field may be
    named with the one that it stands in (`parent.name`). secrets: fields that hold a secret, beside those whose names
    say so (`token`, `api_key`); list those of them that hold none in `plain`. Whatever a `Secret` revealed and whatever
    was sent as a credential is replaced wherever it stands. school, known: a made-up school, and further values, that
    are invented already and stay.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        personal: Mapping[str, str],
        secrets: Iterable[str] = (),
        plain: Iterable[str] = (),
        school: MadeSchool | None = None,
        known: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.host = host
        self._fields = {"personal": dict(personal), "secrets": tuple(secrets), "plain": tuple(plain)}
        self._known = (*known, *(values_of(school) if school else ()))
        self._scrubber()  # what is listed is wrong here, and not when it is recorded

    @property
    def recording(self) -> bool:
        """Whether the environment asks for recordings to be made again."""
        return bool(os.environ.get(RECORD))

    @contextmanager
    def playing(self, name: str) -> Iterator[Any]:
        """Plays the recording `name`, or makes it. Whatever was recorded and is not asked for is an error.

        Raises NotRecorded for what is asked for and was not recorded; NotScrubbed when something personal, a secret or
        a field that is not listed would be kept: nothing is written then, and a recording that was there stays.
        """
        with self._recording(name) if self.recording else self._playing(name) as tape:
            yield tape

    @contextmanager
    def _recording(self, name: str) -> Iterator[Any]:
        recorder = vcr.VCR(record_mode="all", decode_compressed_response=True)
        recorder.register_persister(_Nowhere)
        with recorder.use_cassette(str(self.path(name))) as tape:
            yield tape
        self._keep(name, list(zip(tape.requests, tape.responses, strict=True)))

    @contextmanager
    def _playing(self, name: str) -> Iterator[Any]:
        if not self.path(name).is_file():
            raise NotRecorded(f"The recording {name} is not there. {_again()}")
        recorder = vcr.VCR(record_mode="none", match_on=["same"])
        scrubber = self._scrubber(_keys_of(yaml.safe_load(self.path(name).read_text(encoding="utf-8"))))
        recorder.before_record_request = lambda request: self._request(request, scrubber)
        recorder.register_matcher("same", _same)  # one in place of six: a recording may be some hundred requests
        with recorder.use_cassette(str(self.path(name))) as tape:
            _tell_what_is_not_recorded(tape, name)
            yield tape
            if not tape.all_played:
                raise AssertionError(f"the recording {name} holds more than was asked for. {_again()}")

    def path(self, name: str) -> Path:
        """Where a recording is kept."""
        return self.folder / f"{name}.yaml"

    def problems(self) -> list[str]:
        """What is wrong with the recordings that are kept: a secret, somebody who was not invented, a field that is not
        listed, another host; and who is listed as personal and is in none of them."""
        paths = sorted(self.folder.glob("*.yaml"))
        there = {name for path in paths for name in self._names_in(path)}
        lacking = [name for name in self._fields["personal"] if name not in there]
        found = [f"{path.name}: {text}" for path in paths for text in self._wrong(path.read_text(encoding="utf-8"))]
        return found + ([no_such(lacking, there)] if lacking and paths else [])

    def _wrong(self, text: str) -> list[str]:
        found = [f"it holds {word.strip()!r}" for word in _SECRET_WORDS if word in text.lower()]
        kept = yaml.safe_load(text)
        scrubber = self._scrubber(_keys_of(kept))
        for one in kept["interactions"]:
            if urlsplit(one["request"]["uri"]).hostname != self.host:
                found.append("a request went to another host")
            found += scrubber.strangers("", one["request"]["uri"])
            for body in _bodies(one):
                found += scrubber.strangers(body)
        return sorted(set(found))

    def _names_in(self, path: Path) -> set[str]:
        scrubber = self._scrubber()
        for one in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
            for body in _bodies(one):
                scrubber.strangers(body, one["request"]["uri"])
        return scrubber.seen

    def _scrubber(self, known: Iterable[str] = (), values: Iterable[str] = ()) -> Scrubber:
        return Scrubber(**self._fields, known=(*self._known, *known), values=values)  # type: ignore[arg-type]

    def _keep(self, name: str, pairs: list[tuple[Any, Any]]) -> None:
        if not pairs:
            raise AssertionError(f"nothing was asked for, so there is no recording {name}")
        sent = {value for request, _ in pairs for value in credentials_in(request.headers)}
        scrubber = self._scrubber(values={*sent, *_REVEALED})
        for request, response in pairs:
            scrubber.meet(_text(request.body), request.uri)
            scrubber.meet(_text(response["body"]["string"]))
        others = [path for path in self.folder.glob("*.yaml") if path != self.path(name)]
        scrubber.agree(elsewhere={field for path in others for field in self._names_in(path)})
        there = dict(pair for request, _ in pairs for pair in self._links_to(request.uri))
        requests = [self._request(request, scrubber) for request, _ in pairs]
        responses = [_response(response, scrubber, there) for _, response in pairs]
        for request, response in zip(requests, responses, strict=True):
            scrubber.check(_text(request.body), request.uri)
            scrubber.check(_text(response["body"]["string"]))
        said = {"requests": requests, "responses": responses, "metadata": {"keys": scrubber.keys}}
        self._write(name, serialize(said, yamlserializer))

    def _write(self, name: str, text: str) -> None:
        if wrong := self._wrong(text):
            raise NotScrubbed(f"The recording {name} would not be clean, and is not kept: {'; '.join(wrong)}.")
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.path(name).with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(self.path(name))

    def _links_to(self, uri: str) -> list[tuple[str, str]]:
        """How the real server is named in links, and what takes its place: addresses first."""
        parts = urlsplit(uri)
        return [(f"{parts.scheme}://{parts.netloc}", f"https://{self.host}"), (str(parts.hostname), self.host)]

    def _request(self, request: Any, scrubber: Scrubber) -> Any:
        parts = urlsplit(scrubber.address(request.uri))
        request.uri = urlunsplit(parts._replace(scheme="https", netloc=self.host))
        if request.body:
            request.body = scrubber.body(_text(request.body))
        request.headers = {name: value for name, value in request.headers.items() if name.lower() in _KEPT}
        return request


class _Nowhere:
    """Where vcr would read and write: nothing is read while recording, and nothing written that is not scrubbed."""

    @staticmethod
    def load_cassette(*_: object, **__: object) -> Any:
        raise CassetteNotFoundError

    @staticmethod
    def save_cassette(*_: object, **__: object) -> None:
        pass


def _response(response: dict[str, Any], scrubber: Scrubber, there: Mapping[str, str]) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in response["headers"].items() if name.lower() in _KEPT}
    body = scrubber.body(_text(response["body"]["string"]))
    for named, instead in there.items():
        body = body.replace(named, instead)
    return {**response, "headers": headers, "body": {"string": body.encode()}}


def _tell_what_is_not_recorded(tape: Any, name: str) -> None:
    can_play = tape.can_play_response_for

    def told(request: Any) -> bool:
        if can_play(request):
            return True
        asked = tape.filter_request(request)
        before = " any more (each answer is played once)" if any(_same(asked, one) for one in tape.requests) else ""
        raise NotRecorded(f"The recording {name} has no answer to {asked.method} {asked.uri}{before}. {_again()}")

    tape.can_play_response_for = told


def _again() -> str:
    test = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
    return f"Record it again: {RECORD}=1 pytest {test}".rstrip()


def _keys_of(kept: dict[str, Any]) -> list[str]:
    """The keys of pupils that were invented for a recording: nothing in their form says so."""
    return list((kept.get("metadata") or {}).get("keys", []))


def _bodies(one: dict[str, Any]) -> tuple[str, str]:
    return _text(one["request"]["body"]), _text(one["response"]["body"]["string"])


def values_of(school: MadeSchool) -> tuple[str, ...]:
    """Every personal value of a made-up school, in the forms in which it may be written."""
    found: set[str] = set()
    for table, rows in school.history.items():
        for name in [name for name, column in PAGES[table].items() if column.personal and name in rows.columns]:
            values = rows[name].drop_nulls().unique().to_list()
            found.update(*(days_of(value) if rows[name].dtype == pl.Date else (str(value),) for value in values))
    return tuple(found)


def _same(one: Any, other: Any) -> bool:
    return one.method == other.method and _alike(one.uri, other.uri) and _alike(_text(one.body), _text(other.body))


def _alike(one: str, other: str) -> bool:
    """What was scrubbed is like anything: whoever plays a recording has other secrets than who made it."""
    if one == other or SCRUBBED not in one + other:
        return one == other
    return any(
        re.fullmatch('[^&?"]+'.join(map(re.escape, scrubbed.split(SCRUBBED))), whole)
        for scrubbed, whole in ((one, other), (other, one))
        if SCRUBBED in scrubbed
    )


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body.decode() if isinstance(body, bytes) else str(body)
