"""What a check works with: a plugin's class, its simulator, the line between them, and all that the plugin said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rollbook.contract.client import Client, Connection, Limits
from rollbook.contract.errors import Problem
from rollbook.host.guard import failure
from rollbook.host.worker.calls import Spec, resolved
from rollbook.testing.kit import addresses
from rollbook.testing.kit.check import DoesNotApply, Failed
from rollbook.testing.kit.line import Line
from rollbook.testing.web import Answer, as_json

PATIENT = Limits(attempts=4, total_seconds=30, connect_seconds=5, read_seconds=20)
IMPATIENT = Limits(attempts=2, total_seconds=2, connect_seconds=1, read_seconds=0.5)


class QuickClient(Client):
    """The host's client, but that it waits for nothing and keeps its own limits.

    waited: the seconds it was to. asked: the addresses with which a connection was opened.
    """

    def __init__(self, limits: Limits = PATIENT) -> None:
        self.waited: list[float] = []
        self.asked: list[str] = []
        super().__init__(limits, sleep=self.waited.append)

    def at(self, base_url: str, **kwargs: Any) -> Connection:
        """As the host's, whatever `limits` the plugin asks for."""
        self.asked.append(base_url)
        return super().at(base_url, **{**kwargs, "limits": self.limits})


class Stage:
    """One check's own: nothing that a check does is seen by another. A context manager.

    cls: the plugin's class. heard: every text that the plugin gave or logged. ended: what the other end answers where a
    credential has ended.
    """

    role: Any

    def __init__(
        self,
        cls: Any,
        make: Callable[[Path], Any],
        folder: Path,
        more: Mapping[str, Any],
        expired: int | Answer = 401,
    ) -> None:
        self.cls = cls
        self.folder = folder
        self.heard: list[str] = []
        self.client = QuickClient()
        self.ended = as_json({"message": "this has ended"}, expired) if isinstance(expired, int) else expired
        self._more = dict(more)
        self._make = make
        self._listener = _Listener(self.heard)
        self._loggers = [logging.getLogger(name) for name in ("rollbook", cls.__module__.partition(".")[0])]
        self._levels: list[int] = []
        self._opened: tuple[Any, Line | None] | None = None

    def __enter__(self) -> Self:
        for logger in self._loggers:
            self._levels.append(logger.level)
            logger.setLevel(logging.DEBUG)
            logger.addHandler(self._listener)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for logger, level in zip(self._loggers, self._levels, strict=True):
            logger.removeHandler(self._listener)
            logger.setLevel(level)
        simulator, line = self._opened or (None, None)
        if line:
            line.close()
        if simulator:
            simulator.close()
        if line and line.failures:
            raise Failed(f"the simulator itself failed: {line.failures[0]}") from None

    @property
    def simulator(self) -> Any:
        """The simulator, which runs from the first time that it is asked for."""
        return self._open()[0]

    @property
    def line(self) -> Line | None:
        """Between the plugin and its simulator, where this speaks HTTP; else None."""
        return self._open()[1]

    def _open(self) -> tuple[Any, Line | None]:
        if self._opened is None:
            folder = self.folder / "simulator"
            folder.mkdir(parents=True, exist_ok=True)
            simulator = self._make(folder)
            found = addresses.found_in(simulator.settings, list(_texts(simulator.settings)))
            self._opened = (simulator, Line(*found) if found else None)
        return self._opened

    @property
    def http(self) -> Line:
        """The line. Raises DoesNotApply where the other end is no server."""
        if self.line is None:
            self.must_not_speak_http()
            raise DoesNotApply("server at the other end")
        return self.line

    def must_not_speak_http(self) -> None:
        """Raises Failed where the plugin asks by HTTP, and nothing can stand between it and its simulator."""
        with suppress(Exception):
            list(self.made().check())
        asked = self.client.asked[:1]
        if asked:
            raise Failed(
                f"it speaks HTTP with {asked[0]}, and no setting of its simulator holds that address, as "
                "http://127.0.0.1:8080 or as host and port: no fault can be tried on it"
            )

    @property
    def settings(self) -> dict[str, Any]:
        """Settings of the connection that lead through the line, with those that the conformance class adds."""
        return self._all_led(self.simulator.settings) | self._more

    def spec(self, **more: Any) -> Spec:
        """What a worker process would be told."""
        return Spec("oaks", self.cls.name, self.role, {**self.settings, **more}, self.folder)

    def made(self, **more: Any) -> Any:
        """An instance with those settings, as the host makes one. Raises what the settings' check raises."""
        return self.cls(resolved(self.cls, self.spec(**more)), self.client)

    def with_settings_only(self, settings: Mapping[str, Any]) -> Callable[[], Any]:
        """Makes an instance with these settings and no other, when it is called."""
        return lambda: self.cls(resolved(self.cls, replace(self.spec(), settings=settings)), self.client)

    def secrets(self) -> list[str]:
        """The values that no text may show."""
        return sorted(set(_secret_texts(self.settings)), key=len, reverse=True)

    def secrets_of(self, reference: Any) -> list[str]:
        """What one reference to a secret stands for."""
        return list(_secret_texts({"one": reference}))

    def problem_of(self, call: Callable[[], Any]) -> Problem | None:
        """What the call raised, or None. Whatever is no Problem is a failure of the check: the plugin crashed."""
        try:
            call()
        except Problem as problem:
            self.hear(problem.sentence, problem.detail)
            return problem
        except (Failed, DoesNotApply):
            raise
        except Exception as error:
            where = failure(error, self.cls.__module__)
            raise Failed(
                f"it crashed ({where}): {str(error)[:200]}. Raise one of rollbook.contract's errors"
            ) from error
        return None

    def hear(self, *texts: object) -> None:
        """Keep what the plugin said, for the checks that nobody is named."""
        self.heard.extend(str(text) for text in texts if text)

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Within, what answers nothing for half a second is given up."""
        before, self.client = self.client, QuickClient(IMPATIENT)
        try:
            yield
        finally:
            self.client = before

    def _all_led(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        there = addresses.with_ports(settings, self.line.ports if self.line else {})
        return {name: self._led(value, name) for name, value in there.items()}

    def _led(self, value: Any, name: str) -> Any:
        """A setting with the line's address in it; a secret that holds an address is copied, and the copy is led."""
        if isinstance(value, str):
            return self.line.addressed(value) if self.line else value
        if isinstance(value, Mapping) and set(value) == {"file"} and self.line:
            said = Path(value["file"]).read_text(encoding="utf-8")
            if self.line.addressed(said) != said:
                copy = self.folder / f"led-{name}"
                copy.touch(mode=0o600)
                copy.write_text(self.line.addressed(said), encoding="utf-8")
                return {"file": str(copy)}
            return value
        if isinstance(value, Mapping) and set(value) != {"env"}:
            return self._all_led(value)
        return [self._led(one, name) for one in value] if isinstance(value, list) else value


class _Listener(logging.Handler):
    """Hears what Rollbook's own parts and the plugin's package log."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        """The text with its arguments, and whatever else was given with it."""
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        self._heard.append(f"{record.getMessage()} {extra or ''}")


_STANDARD = frozenset(vars(logging.makeLogRecord({})))


def _texts(settings: Any) -> Iterator[str]:
    """Every text in the settings, and what their secrets hold."""
    if isinstance(settings, str):
        yield settings
    elif isinstance(settings, Mapping):
        yield from _secret_texts(settings)
        for value in settings.values():
            yield from _texts(value)
    elif isinstance(settings, list | tuple):
        for value in settings:
            yield from _texts(value)


def _secret_texts(settings: Mapping[str, Any]) -> Iterator[str]:
    import os

    for value in settings.values():
        if isinstance(value, Mapping) and set(value) == {"file"}:
            yield Path(value["file"]).read_text(encoding="utf-8").strip()
        elif isinstance(value, Mapping) and set(value) == {"env"}:
            yield os.environ.get(value["env"], "")
        elif isinstance(value, Mapping):
            yield from _secret_texts(value)
