"""Common Transfer Files in a folder, one pupil a file, for a person to upload to School to School (S2S)."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from rollbook.contract import (
    Action,
    Destination,
    FixSettings,
    Key,
    Kind,
    Message,
    Outcome,
    Receipt,
    Remark,
    Settings,
    write_whole,
)
from rollbook_feed import digest
from rollbook_la_portal.transfer.document import UnfitContent, places, written
from rollbook_la_portal.transfer.folder import free_name, holds, sweep
from rollbook_la_portal.transfer.manifest import BEGUN, DONE, NAME, Entry, Manifest
from rollbook_la_portal.transfer.settings import TransferFilesSettings

_SAID = ("left", "first_day_off_roll", "law", "rule", "settings", "reason")  # of a content, what the manifest keeps
_ANOTHER = "another content stands in the folder under this key and revision"
_OLDER = "a later revision stands in the folder already"


class TransferFiles(Destination):
    """A folder of transfer files addressed to XXXXXXX (docs/transfer-files.md), with a manifest of what is in it."""

    name: ClassVar[str] = "ctf_files"
    Settings: ClassVar[type[Settings]] = TransferFilesSettings
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.TRANSFER_FILE})
    repeat_is_safe: ClassVar[bool] = True
    simulator: ClassVar[str | None] = "rollbook_la_portal.transfer.simulator:FolderOfFiles"
    required: ClassVar[Mapping[Kind, frozenset[str]]] = {
        # Without these the file could not be matched to a child: such a one waits for a person.
        Kind.TRANSFER_FILE: frozenset(
            {"school.laestab", "pupil.upn", "pupil.surname", "pupil.forename", "pupil.dob", "pupil.sex"}
        ),
    }

    def check(self) -> Iterator[Remark]:
        """Can the folder be written, and is a file in it that must not be uploaded?"""
        folder = self._folder()
        manifest = Manifest(folder)
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield Remark(True, f"Transfer files can be written to {folder}.")
        for name in sorted(manifest.overtaken()):
            if (folder / name).exists():
                yield Remark(False, f"{name} in {folder} was withdrawn or replaced: do not upload it, and remove it.")

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """A file for each that is sent or amended; a withdrawal is noted, and says which files it is about."""
        folder = self._folder()
        manifest = Manifest(folder)
        try:
            sweep(folder)
            for message in messages:
                yield self._settle(folder, manifest, message)
        except OSError as error:
            raise _unwritable(folder, error) from None

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision in the folder's manifest, whose file was put there, wherever it is now."""
        folder = self._folder()
        manifest = Manifest(folder)
        found = [entry for entry in manifest.of_key(key) if _is_done(folder, entry)]
        return _receipt(manifest, found[-1]) if found else None

    def _settle(self, folder: Path, manifest: Manifest, message: Message) -> Receipt:
        """The receipt of a message that is there already, or of one that is put there now."""
        there = manifest.of_key(message.key)
        same = next((entry for entry in there if entry.revision == message.revision), None)
        done = same is not None and _is_done(folder, same)
        if same is not None and done:
            if same.digest != digest(dict(message.content)):
                return _refused(_ANOTHER)
            if same.state != DONE:
                manifest.add(replace(same, state=DONE))
            return _receipt(manifest, same)
        if any(entry.revision > message.revision for entry in there):
            return _refused(_OLDER)
        earlier = tuple(entry.file for entry in there if entry.file and _is_done(folder, entry))
        return self._put(folder, manifest, message, earlier)

    def _put(self, folder: Path, manifest: Manifest, message: Message, earlier: tuple[str, ...]) -> Receipt:
        entry = _entry(message, earlier)
        if message.action is Action.WITHDRAW:
            manifest.add(entry)
            return _receipt(manifest, entry)
        try:
            data = written(message.content, supplier=self.settings["supplier_id"], at=entry.moment)
            place = places(message.content["school"]["laestab"])
        except UnfitContent as unfit:
            return _refused(*unfit.reasons)
        while True:
            name = free_name(folder, *place, manifest.names())
            begun = replace(entry, state=BEGUN, file=name, sha256=hashlib.sha256(data).hexdigest())
            manifest.add(begun)
            try:
                write_whole(folder / name, data)
            except FileExistsError:  # the school's own program writes here too: the next number
                continue
            manifest.add(replace(begun, state=DONE))
            return _receipt(manifest, begun)

    def _folder(self) -> Path:
        folder = Path(self.settings["folder"])
        if not folder.is_dir():
            raise FixSettings(f"There is no folder {folder} for transfer files: make it, or correct `folder`.")
        return folder


def _entry(message: Message, earlier: tuple[str, ...]) -> Entry:
    content: dict[str, Any] = dict(message.content)
    said = {name: content[name] for name in _SAID if name in content}
    return Entry(
        key=str(message.key),
        revision=message.revision,
        action=message.action.value,
        state=DONE,
        digest=digest(content),
        at=datetime.now(UTC).isoformat(),
        replaces=earlier,
        said=said | {"urn": message.key.school},
    )


def _is_done(folder: Path, entry: Entry) -> bool:
    """Whether it was put there: of one that was only begun, whether its file is there."""
    return entry.state == DONE or holds(folder, entry.file, entry.sha256)


def _receipt(manifest: Manifest, entry: Entry) -> Receipt:
    """Of a message that stands in the folder. A person is told which files are overtaken, and which to upload."""
    return Receipt(
        Outcome.ACCEPTED,
        entry.file or f"{NAME}, withdrawn",
        entry.moment,
        tuple(_to_do(manifest, entry)),
        revision=entry.revision,
        digest=entry.digest,
    )


def _to_do(manifest: Manifest, entry: Entry) -> Iterator[str]:
    """What a person does now, with the file's name first: the host cuts what is very long."""
    for name in entry.replaces:
        what = f"replaced by {entry.file}" if entry.file else "withdrawn"
        yield f"{name} is {what}: do not upload it; if that was done, have it taken back in S2S"
    if entry.file and entry.file not in manifest.overtaken():
        yield f"Upload {entry.file} by hand to School to School (S2S): it is in {manifest.path.parent}"


def _refused(*why: str) -> Receipt:
    return Receipt(Outcome.REFUSED, "", datetime.now(UTC), why)


def _unwritable(folder: Path, error: OSError) -> FixSettings:
    return FixSettings(
        f"Transfer files could not be written to {folder}: {error.strerror}. Make room, or give Rollbook the right to "
        f"write there, and sync again.",
        detail=f"errno {error.errno}",
    )
