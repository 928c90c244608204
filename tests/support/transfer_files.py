"""A folder of transfer files, and messages for it. Nobody in them exists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from rollbook.contract import Kind, Message, Receipt
from rollbook.testing.kit.messages import message
from rollbook_la_portal.transfer.destination import TransferFiles
from rollbook_la_portal.transfer.manifest import NAME


def made(number: int = 0, **pupil: Any) -> Message:
    """A transfer file's first revision; `pupil`: what of the pupil is another (None: is not there)."""
    whole = message(number, Kind.TRANSFER_FILE)
    content: dict[str, Any] = dict(whole.content)
    changed = {name: value for name, value in {**content["pupil"], **pupil}.items() if value is not None}
    return Message(whole.key, whole.revision, whole.action, {**content, "pupil": changed}, whole.idempotency_key)


def at(folder: Path) -> TransferFiles:
    """The destination of a folder."""
    client: Any = None  # it asks nobody anything
    return TransferFiles({"folder": folder, "supplier_id": "EXAMPLE"}, client)


def put(folder: Path, *messages: Message) -> list[Receipt]:
    """The receipts of a delivery."""
    return list(at(folder).deliver(messages))


def files(folder: Path) -> list[str]:
    """The names of the transfer files that are there."""
    return sorted(path.name for path in folder.glob("*.xml"))


def elements(folder: Path, name: str) -> dict[str, str]:
    """Every element of a file that has text, by its path; an element that is there twice is an error."""
    found: dict[str, str] = {}
    for element in etree.fromstring((folder / name).read_bytes()).iter():
        if element.text and element.text.strip():
            path = "/".join([one.tag for one in reversed([element, *element.iterancestors()])][1:])
            assert path not in found, path
            found[path] = element.text
    return found


def lines(folder: Path) -> list[Mapping[str, Any]]:
    """The manifest."""
    return [json.loads(line) for line in (folder / NAME).read_text(encoding="utf-8").splitlines()]
