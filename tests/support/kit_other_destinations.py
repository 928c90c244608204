"""Destinations of other kinds that keep what they can of the contract: one that cannot repeat, one without a server."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rollbook.contract import Destination, FolderField, Key, Kind, Message, Outcome, Receipt, Remark, Settings
from rollbook.testing import Record
from rollbook.testing.web import Answer
from support.kit_destination import Letterbox, LetterboxSimulator, Taken


class Forgetful(Letterbox):
    """Nothing there knows an idempotency key again: what may have arrived is never sent twice by itself."""

    repeat_is_safe = False

    def post(self, api: Any, message: Message) -> Any:
        body = {"key": str(message.key), "revision": message.revision, "action": message.action.value}
        headers = {"Idempotency-Key": message.idempotency_key}
        return api.post("v1/messages", label="send", json=body | {"content": dict(message.content)}, headers=headers)


class ForgetfulSimulator(LetterboxSimulator):
    """Every message makes an entry; the last to come holds."""

    def take(self, name: str, sent: dict[str, Any]) -> Answer:
        self.box.answers.pop(name, None)
        return super().take(name, sent)

    def record(self, key: str, rows: list[Taken]) -> Record:
        return super().record(key, rows[::-1]) if rows[-1].revision == rows[0].revision else super().record(key, rows)


class DropFolderSettings(Settings):
    """Of a folder that somebody collects."""

    folder = FolderField(required=True)


class DropFolder(Destination):
    """A file for each revision, in a folder."""

    name = "drop_folder"
    Settings = DropFolderSettings
    kinds = frozenset({Kind.ATTENDANCE_RETURN})
    repeat_is_safe = True

    def check(self) -> Iterator[Remark]:
        yield Remark(self.settings["folder"].is_dir(), "The folder is there.")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            place = self.folder_of(message.key)
            place.mkdir(parents=True, exist_ok=True)
            said = {"action": message.action.value, "content": dict(message.content)}
            kept, text = place / f"{message.revision:03d}.json", json.dumps(said)
            if kept.exists() and kept.read_text(encoding="utf-8") != text:
                yield Receipt(Outcome.REFUSED, "", datetime.now(UTC), ("another content is there already",))
                continue
            kept.write_text(text, encoding="utf-8")
            yield self.receipt(kept)

    def lookup(self, key: Key) -> Receipt | None:
        kept = sorted(self.folder_of(key).glob("*.json"))
        return self.receipt(kept[-1]) if kept else None

    def folder_of(self, key: Key) -> Path:
        """Of one key."""
        return Path(self.settings["folder"]) / str(key)

    def receipt(self, kept: Path) -> Receipt:
        """Of one file."""
        return Receipt(
            Outcome.ACCEPTED, f"{kept.parent.parent.name}/{kept.stem}", datetime.now(UTC), revision=int(kept.stem)
        )


class DropFolderSimulator:
    """The folder. Nobody at the other end refuses anything, so `refuse` and the others are missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.settings: dict[str, Any] = {"folder": str(folder)}

    def records(self) -> list[Record]:
        """What is in the folder."""
        places = {file.parent for file in self._folder.rglob("*.json")}
        return [self._record(place, sorted(place.glob("*.json"))) for place in places]

    def close(self) -> None:
        """Nothing runs."""

    def _record(self, place: Path, files: list[Path]) -> Record:
        said = json.loads(files[-1].read_text(encoding="utf-8"))
        came = tuple(int(file.stem) for file in files)
        key = place.relative_to(self._folder).as_posix()
        return Record(key, came[-1], said["action"], said["content"], came)
