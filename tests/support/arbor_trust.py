"""A trust whose school keeps its registers in Arbor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from rollbook.tables.schemas import Table
from rollbook_arbor.simulator import ArborSimulator
from support.arbor import FLAGS, school
from support.trust import Trust, trust_of

ArborTrust: TypeAlias = Trust[ArborSimulator]


def canaries(arbor: ArborSimulator) -> list[str]:
    """What must be in no log and no error: the secrets, and names, UPNs, days of birth and addresses of pupils."""
    held = arbor.readable()
    columns = ("upn", "former_upn", "surname", "forename", "dob", "address")
    personal = {str(value) for name in columns for value in held[Table.PUPILS][name].drop_nulls()}
    personal |= {
        str(value) for name in ("name", "telephone", "email") for value in held[Table.CONTACTS][name].drop_nulls()
    }
    hashes = [report.hash for report in arbor.reports.values()]
    password = Path(arbor.settings["password"]["file"]).read_text(encoding="utf-8")
    return [password, *hashes, *sorted(personal)]


@contextmanager
def arbor_trust(folder: Path, pupils: int = 32, plugin: str = "arbor", **settings: Any) -> Iterator[ArborTrust]:
    """A trust of one school; `settings` are those of its connection besides."""
    arbor = ArborSimulator(folder / "arbor", school(pupils))
    own = {"flags": FLAGS, **arbor.settings} if plugin == "arbor" else arbor.feed_settings
    try:
        with trust_of(folder, arbor, {"plugin": plugin, **own, **settings}) as trust:
            yield trust
    finally:
        arbor.close()
