"""A receiver without a socket that the checks of conformance are run against, whole or broken on purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from rollbook_feed import example
from rollbook_receiver import clients, news
from rollbook_receiver.app import Access, make_app
from rollbook_receiver.conformance.of_receiver.stage import Stage
from rollbook_receiver.conformance.of_receiver.wire import Wire
from rollbook_receiver.limits import Limits
from rollbook_receiver.store import Store
from support.receiver import NOW, add_client, store_in
from support.receiver_app import InProcess

SCHOOL = 100001


@dataclass
class Checked:
    """A receiver, and the one client of it, which speaks for one school."""

    store: Store
    client: tuple[str, str]

    def stage(self, within: Callable[[Any], Any] = lambda app: app, limits: Limits | None = None) -> Stage:
        """A run against it. `within`: what the application is put in."""
        app = make_app(self.store, Access(loopback=True), lambda: NOW, limits or Limits(1e6, 10**6, sign_ins=10**6))
        http = httpx.Client(transport=InProcess(within(app)), base_url="http://127.0.0.1/")
        return Stage(Wire(http, *self.client, sleep=lambda _: None), SCHOOL)


@contextmanager
def checked(folder: Path) -> Iterator[Checked]:
    """A receiver over a new database, with some news for the school."""
    store = store_in(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "_COST", 2)  # signing in is slow on purpose
        client = add_client(store, "A client under test", [SCHOOL])
        with store.writing() as connection:
            for kind in ("pupil_flags", "named_contacts"):
                said = {k: v for k, v in example(kind)["content"].items() if k != "reason"}
                news.tell(connection, kind, SCHOOL, f"made-up-{kind}", said, "R. Officer", NOW)
        yield Checked(store, client)
    store.close()
