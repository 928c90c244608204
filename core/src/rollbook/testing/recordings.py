"""Recordings of a vendor's HTTP: made once, scrubbed before they are written, and played where no server runs.

    tapes = Recordings(Path(__file__).parent / "cassettes", host="acme.invalid",
                       personal={"surname": "surname", "birthday": "dob"}, secrets=("access_token",))

    with tapes.playing("a_week"):          # or, with ROLLBOOK_RECORD=1 in the environment, recording
        ...

    assert tapes.problems() == []          # no secret, and nobody who was not invented

Requests and answers are JSON (a request may be a form). What is recorded keeps no header but the type of its body, and
links in it lead to `host`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import vcr  # type: ignore[import-untyped]
import yaml

from rollbook.tables.schemas import PAGES
from rollbook.testing.schools import MadeSchool
from rollbook.testing.scrubbing import Scrubber, days_of

RECORD = "ROLLBOOK_RECORD"
_KEPT = ("content-type", "retry-after")
_SECRET_WORDS = ("authorization", "set-cookie", "bearer ", "basic ", "127.0.0.1", "localhost")


class Recordings:
    """A folder of recordings of one vendor.

    host: the name that takes the place of the server's. personal, secrets, known: see `Scrubber`. school: a
    made-up school whose values are known too, for recordings of a simulator.
    """

    def __init__(
        self,
        folder: Path,
        *,
        host: str,
        personal: Mapping[str, str],
        secrets: Iterable[str] = (),
        school: MadeSchool | None = None,
        known: Iterable[str] = (),
    ) -> None:
        self.folder = folder
        self.host = host
        self._given = (dict(personal), tuple(secrets), (*known, *(values_of(school) if school else ())))
        self._scrubber = Scrubber(*self._given)
        self._there: dict[str, str] = {}  # how the real server is named, and what takes its place in links

    @property
    def recording(self) -> bool:
        """Whether the environment asks for recordings to be made again."""
        return bool(os.environ.get(RECORD))

    @contextmanager
    def playing(self, name: str) -> Iterator[Any]:
        """Plays the recording `name`, or makes it. Whatever was recorded and is not asked for is an error."""
        self._scrubber, self._there = Scrubber(*self._given), {}
        recorder = vcr.VCR(
            record_mode="all" if self.recording else "none",
            match_on=["same"],
            before_record_request=self._request,
            before_record_response=self._response,
            decode_compressed_response=True,
        )
        recorder.register_matcher("same", _same)  # one in place of six: a recording may be some hundred requests
        with recorder.use_cassette(str(self.path(name))) as tape:
            yield tape
            if not self.recording and not tape.all_played:
                raise AssertionError(f"the recording {name} holds more than was asked for")

    def path(self, name: str) -> Path:
        """Where a recording is kept."""
        return self.folder / f"{name}.yaml"

    def problems(self) -> list[str]:
        """What is wrong with the recordings that are kept: a secret, somebody who was not invented, another host."""
        return [f"{path.name}: {text}" for path in sorted(self.folder.glob("*.yaml")) for text in self._wrong(path)]

    def _wrong(self, path: Path) -> list[str]:
        text = path.read_text(encoding="utf-8")
        found = [f"it holds {word.strip()!r}" for word in _SECRET_WORDS if word in text.lower()]
        for one in yaml.safe_load(text)["interactions"]:
            if urlsplit(one["request"]["uri"]).hostname != self.host:
                found.append("a request went to another host")
            for body in (one["request"]["body"], one["response"]["body"]["string"]):
                found += self._scrubber.strangers(_text(body))
        return sorted(set(found))

    def _request(self, request: Any) -> Any:
        parts = urlsplit(request.uri)
        self._there |= {f"{parts.scheme}://{parts.netloc}": f"https://{self.host}", parts.hostname: self.host}
        query = self._scrubber.query(parts.query)
        request.uri = urlunsplit(parts._replace(scheme="https", netloc=self.host, query=query))
        if request.body:
            request.body = self._scrubber.body(_text(request.body))
        request.headers = {name: value for name, value in request.headers.items() if name.lower() in _KEPT}
        return request

    def _response(self, response: dict[str, Any]) -> dict[str, Any]:
        headers = {name.lower(): value for name, value in response["headers"].items() if name.lower() in _KEPT}
        body = self._scrubber.body(_text(response["body"]["string"]))
        for named, instead in self._there.items():  # addresses first: a link leads to the recording's host
            body = body.replace(named, instead)
        return {**response, "headers": headers, "body": {"string": body.encode()}}


def values_of(school: MadeSchool) -> tuple[str, ...]:
    """Every personal value of a made-up school, in the forms in which it may be written."""
    found: set[str] = set()
    for table, rows in school.history.items():
        for name in [name for name, column in PAGES[table].items() if column.personal and name in rows.columns]:
            values = rows[name].drop_nulls().unique().to_list()
            found.update(*(days_of(value) if rows[name].dtype == pl.Date else (str(value),) for value in values))
    return tuple(found)


def _same(one: Any, other: Any) -> bool:
    return (one.method, one.uri, one.body) == (other.method, other.uri, other.body)


def _text(body: Any) -> str:
    if body is None:
        return ""
    return body.decode() if isinstance(body, bytes) else str(body)
