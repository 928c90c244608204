"""The plugin's side: what is asked of a plugin, done. The same code in a worker process and, for tests, in this one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path
from typing import Any, Literal

from marshmallow import ValidationError

from rollbook.contract.client import Client
from rollbook.contract.destination import Destination, Key, Kind, Message, Receipt
from rollbook.contract.errors import DeliveryUnknown, FixSettings, VendorMustAct
from rollbook.contract.news import NewsPage
from rollbook.contract.regular import Regular, Report
from rollbook.contract.source import Checkpoint, Done, Page, Remark, SchoolRef, Source, Window
from rollbook.host import plugins
from rollbook.host.config import Role
from rollbook.host.config_schema import lines, unknown
from rollbook.host.credentials import resolve_all
from rollbook.host.guard import clean, contained
from rollbook.host.page_checks import fitted
from rollbook.host.worker import answers
from rollbook.tables.schemas import Table

Verb = Literal["examine", "describe", "check", "schools", "pull", "deliver", "lookup", "wanted", "report", "news"]
SENDING = ("deliver", "report")
"""The verbs after which, if they fail, what has no receipt may have arrived."""


@dataclass(frozen=True)
class Spec:
    """Which plugin, in which role, with which settings: all that a worker process is told."""

    connection: str
    plugin: str
    role: Role
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)
    folder: Path | None = None

    @property
    def place(self) -> str:
        """Where the settings stand in the configuration."""
        return f"{'connections' if self.role == 'source' else 'destinations'}.{self.connection}"


@dataclass(frozen=True)
class Request:
    """One thing asked of the plugin."""

    verb: Verb
    table: Table | None = None
    school: SchoolRef | None = None
    window: Window | None = None
    checkpoint: Checkpoint | None = None
    messages: Sequence[Message] = ()
    key: Key | None = None
    urn: int = 0  # of the school, where a destination is asked
    reports: Sequence[Report] = ()
    after: int = 0


@dataclass(frozen=True)
class PluginDescription:
    """What a plugin says of itself. What is of destinations is empty of a source; `tables`, of a destination."""

    name: str
    version: str
    distribution: str
    contract_version: str
    role: Role
    tables: frozenset[Table] = frozenset()
    window_days: int | None = None
    code_map: Mapping[str, str] = field(default_factory=dict)
    simulator: str | None = None
    call_seconds: int | None = None
    kinds: frozenset[Kind] = frozenset()
    repeat_is_safe: bool = False
    required: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    regular: frozenset[Regular] = frozenset()
    tells: bool = False


class Plugin:
    """One connection: its plugin is loaded at the first call, and made with its settings when these are needed."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._record: plugins.PluginRecord | None = None
        self._made: Source | Destination | None = None

    def run(self, request: Request) -> Iterator[Any]:
        """What the plugin answers, one thing after another. Raises Problem and nothing else."""
        if request.verb == "examine":
            yield self.record()
            return
        package = self._class().__module__
        try:
            with contained(package, delivering=request.verb in SENDING):
                yield from getattr(self, f"_{request.verb}")(request)
        except (VendorMustAct, DeliveryUnknown):
            self._made = None  # after a failure of its own, an instance may be in any state
            raise

    def record(self) -> plugins.PluginRecord:
        """The plugin's record; it is loaded once."""
        if self._record is None:
            self._record = plugins.load(self.spec.plugin)
        return self._record

    def _class(self) -> type[Source] | type[Destination]:
        record = self.record()
        return record.source() if self.spec.role == "source" else record.destination()

    def _instance(self) -> Any:
        if self._made is None:
            cls = self._class()
            self._made = cls(resolved(cls, self.spec), Client())
        return self._made

    def _describe(self, _: Request) -> Iterator[PluginDescription]:
        cls, record = self._class(), self.record()
        told: dict[str, Any] = {}
        if issubclass(cls, Source):
            told = {"tables": cls.tables, "window_days": cls.window_days, "code_map": dict(cls.code_map)}
        elif issubclass(cls, Destination):
            required = {kind: frozenset(paths) for kind, paths in cls.required.items()}
            told = {"kinds": cls.kinds, "repeat_is_safe": cls.repeat_is_safe, "required": required}
            told |= {"regular": cls.regular, "tells": cls.tells}
        yield PluginDescription(
            name=cls.name,
            version=record.version,
            distribution=record.distribution,
            contract_version=record.contract_version,
            role=self.spec.role,
            simulator=cls.simulator,
            call_seconds=cls.call_seconds,
            **told,
        )

    def _check(self, _: Request) -> Iterator[Remark]:
        for remark in self._instance().check():
            answers.must_be(remark, Remark, "check")
            yield Remark(bool(remark.ok), clean(remark.text), bool(remark.note))

    def _schools(self, _: Request) -> Iterator[SchoolRef]:
        for school in self._instance().schools():
            yield answers.checked_school(school)

    def _pull(self, request: Request) -> Iterator[Page | Done]:
        table = Table(request.table or "")
        if table not in self._class().tables:  # type: ignore[union-attr] # of a source
            raise VendorMustAct(f"The plugin gives no {table.value}.")
        for item in self._instance().pull(table, request.school, request.window, request.checkpoint):
            if isinstance(item, Done):
                yield item
            else:
                answers.must_be(item, Page, "pull")
                yield fitted(item, table)

    def _deliver(self, request: Request) -> Iterator[Receipt]:
        for receipt in self._instance().deliver(request.messages):
            yield answers.checked_receipt(receipt)

    def _lookup(self, request: Request) -> Iterator[Receipt]:
        receipt = self._instance().lookup(request.key)
        if receipt is not None:
            yield answers.checked_receipt(receipt)

    def _wanted(self, request: Request) -> Iterator[frozenset[Regular]]:
        carried = self._class().regular  # type: ignore[union-attr] # of a destination
        yield answers.checked_wanted(self._instance().wanted(request.urn), carried)

    def _report(self, request: Request) -> Iterator[Receipt]:
        for receipt in self._instance().report(request.reports):
            yield answers.checked_receipt(receipt)

    def _news(self, request: Request) -> Iterator[NewsPage]:
        page = self._instance().news(request.urn, request.after)
        yield answers.checked_news(page, request.urn, request.after)


def resolved(cls: type[Source] | type[Destination], spec: Spec) -> dict[str, Any]:
    """The settings as the plugin's schema gives them, with each secret fetched.

    Raises FixSettings with every mistake and its place, NeedsCredentials with every secret that is not there.
    """
    schema = cls.Settings()
    schema.config_folder = spec.folder
    given = {key: written(value) for key, value in spec.settings.items()}
    try:
        loaded = schema.load(given)
    except ValidationError as error:
        told = [(place, _meant(place, text, schema.fields)) for place, text in lines(error.messages, given, spec.place)]
        raise FixSettings("; ".join(f"{place}: {text}" for place, text in told)) from None
    return resolve_all(loaded, folder=spec.folder)


def written(value: Any) -> Any:
    """A setting as JSON has it: TOML's days and times become ISO text, as marshmallow's fields read them."""
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: written(inner) for key, inner in value.items()}
    return [written(inner) for inner in value] if isinstance(value, list | tuple) else value


def _meant(place: str, text: str, known: Mapping[str, Any]) -> str:
    return unknown(place.rpartition(".")[2], known) if text == "Unknown field." else text
