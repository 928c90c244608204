"""The folder, for tests and the conformance kit: what is in it is turned back into messages from the files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rollbook_la_portal.transfer.document import read
from rollbook_la_portal.transfer.manifest import DONE, Entry, Manifest

if TYPE_CHECKING:
    from rollbook.testing import Record


class FolderOfFiles:
    """Nobody at the other end judges a file: `judge_later` is missing, and a refusal is a key that another holds."""

    largest_bytes: int | None = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "to upload"
        self.folder.mkdir()
        self.settings: dict[str, Any] = {"folder": str(self.folder), "supplier_id": "EXAMPLE"}
        self._planted: set[str] = set()

    def records(self) -> list[Record]:
        """What is there, from the files and what the manifest says beside them."""
        manifest = Manifest(self.folder)
        keys = dict.fromkeys(entry.key for entry in manifest.entries if entry.key not in self._planted)
        return [self._record(key, [one for one in manifest.of_key(key) if one.state == DONE]) for key in keys]

    def refuse(self, key: str) -> None:
        """Let another content stand under the key."""
        self._planted.add(key)
        planted = Entry(key, 1, "withdraw", DONE, "0" * 64, datetime.now(UTC).isoformat())
        Manifest(self.folder).add(replace(planted, said={"reason": "planted"}))

    def close(self) -> None:
        """Nothing runs."""

    def _record(self, key: str, entries: list[Entry]) -> Record:
        from rollbook.testing import Record

        newest = entries[-1]
        came = tuple(entry.revision for entry in entries)
        return Record(key, newest.revision, newest.action, self._content(newest), came)

    def _content(self, entry: Entry) -> Mapping[str, Any]:
        said = dict(entry.said)
        urn = said.pop("urn")
        if not entry.file:
            return said
        held = read((self.folder / entry.file).read_bytes())
        return {**held, "school": {"urn": urn, "la": held["school"]["laestab"][:3], **held["school"]}, **said}
