"""Forms and CSV files in a drop folder or on an SFTP server, for an authority that has no interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Final

from rollbook.contract import (
    Action,
    DeliveryUnknown,
    Destination,
    FixSettings,
    Key,
    Kind,
    Message,
    Outcome,
    Problem,
    Receipt,
    Remark,
    Settings,
)
from rollbook_feed import digest
from rollbook_la_portal.feed_kinds import FEED_KINDS, REQUIRED
from rollbook_la_portal.files import pdf
from rollbook_la_portal.files.places import Folder, Place
from rollbook_la_portal.files.settings import FilesSettings
from rollbook_la_portal.files.template import Template, loaded
from rollbook_la_portal.files.writing import Written, written
from rollbook_la_portal.transfer.manifest import BEGUN, DONE, Entry, Manifest

NAME: Final = "forms.jsonl"
_ANOTHER = "another content was put there under this key and revision"
_OLDER = "a later revision was put there already"
_TOLD = 5  # names in one sentence


class LaFiles(Destination):
    """A place where forms are put (docs/la-files.md), and a manifest of our own of what was put there."""

    name: ClassVar[str] = "la_files"
    Settings: ClassVar[type[Settings]] = FilesSettings
    kinds: ClassVar[frozenset[Kind]] = FEED_KINDS
    repeat_is_safe: ClassVar[bool] = True
    simulator: ClassVar[str | None] = "rollbook_la_portal.files.simulator:FolderOfForms"
    required: ClassVar[Mapping[Kind, frozenset[str]]] = REQUIRED

    def check(self) -> Iterator[Remark]:
        """Can forms be written there; what a person adds to each; and what became of those that were put there."""
        template = loaded(self.settings["template"])
        manifest = self._manifest()
        if self.settings["format"] == "pdf":
            pdf.check()
        with self._place() as place:
            place.check()
            yield Remark(True, f"Forms can be put into {place.told}.")
            yield from _of_template(template, self.kinds)
            yield from _of_files(manifest, place)

    def deliver(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """The files of each message. One that was put there before is not put there again."""
        template, manifest = loaded(self.settings["template"]), self._manifest()
        with self._place() as place:
            for message in messages:
                yield self._settle(place, manifest, template, message)

    def lookup(self, key: Key) -> Receipt | None:
        """The newest revision that was put there, by the manifest. Of one that has gone or was changed it is said."""
        there = self._manifest().of_key(key)
        if not there:
            return None
        with self._place() as place:
            found = [entry for entry in there if _is_done(place, entry)]
            return _receipt(found[-1], place, _state(found[-1], place)) if found else None

    def _settle(self, place: Place, manifest: Manifest, template: Template, message: Message) -> Receipt:
        """The receipt of a message that was put there already, or of one that is put there now."""
        there = manifest.of_key(message.key)
        same = next((entry for entry in there if entry.revision == message.revision), None)
        if same is not None and _is_done(place, same):
            if same.digest != digest(dict(message.content)):
                return _refused(_ANOTHER)
            if same.state != DONE:
                self._note(manifest, replace(same, state=DONE))
            return _receipt(same, place)
        if any(entry.revision > message.revision for entry in there):
            return _refused(_OLDER)
        earlier = [entry.file for entry in there if entry is not same and _is_done(place, entry)]
        return self._put(place, manifest, template, message, earlier, same)

    def _put(
        self,
        place: Place,
        manifest: Manifest,
        template: Template,
        message: Message,
        earlier: Sequence[str],
        same: Entry | None,
    ) -> Receipt:
        """Put the files there; again under the names that they had, where an earlier try came to nothing."""
        at = datetime.now(UTC)
        number = _number(same.file) if same else _next_number(manifest)
        asked = _asked(manifest.of_key(message.key))
        while True:
            made = self._written(message, template, number, at, earlier, asked)
            entry = _entry(message, made, at, earlier)
            if all(place.sha256(name) in (None, digest_) for name, digest_ in made.digests().items()):
                self._note(manifest, entry)
                try:
                    _put_all(place, made)
                except FileExistsError:  # somebody else's, this very moment
                    pass
                else:
                    self._note(manifest, replace(entry, state=DONE), sent=True)
                    return _receipt(entry, place)
            number = max(_next_number(manifest), number + 1)

    def _written(
        self,
        message: Message,
        template: Template,
        number: int,
        at: datetime,
        earlier: Sequence[str],
        asked: Mapping[str, Any],
    ) -> Written:
        form_as, mark = self.settings["format"], self.settings["byte_order_mark"]
        return written(
            message, template, number=number, form_as=form_as, mark=mark, at=at, earlier=earlier, asked=asked
        )

    def _manifest(self) -> Manifest:
        folder = Path(self.settings["records"])
        if not folder.is_dir():
            raise FixSettings(f"There is no folder {folder} to keep what was sent: make it, or correct `records`.")
        return Manifest(folder, name=NAME, of="forms")

    def _note(self, manifest: Manifest, entry: Entry, *, sent: bool = False) -> None:
        try:
            manifest.add(entry)
        except OSError as error:
            told = f"What was sent could not be written down in {manifest.path}: {error.strerror}. Make room there."
            raise (DeliveryUnknown(told) if sent else FixSettings(told)) from None

    @contextmanager
    def _place(self) -> Iterator[Place]:
        if "sftp" not in self.settings:
            yield Folder(Path(self.settings["folder"]))
            return
        from rollbook_la_portal.files.sftp import connected  # an extra, and slow to load

        with connected(self.settings["sftp"]) as place:
            yield place


def _put_all(place: Place, made: Written) -> None:
    """The files that are not there yet, the form last."""
    for name, data in made.files.items():
        if place.sha256(name) is None:
            place.put(name, data)


def _entry(message: Message, made: Written, at: datetime, earlier: Sequence[str]) -> Entry:
    digests = made.digests()
    return Entry(
        key=str(message.key),
        revision=message.revision,
        action=message.action.value,
        state=BEGUN,
        digest=digest(dict(message.content)),
        at=at.isoformat(),
        file=made.form,
        sha256=digests.pop(made.form),
        replaces=tuple(earlier),
        said={"beside": digests, "by_hand": list(made.gaps)} | _whom_to_ask(message.content),
    )


def _whom_to_ask(content: Mapping[str, Any]) -> dict[str, Any]:
    """The school and its contact, as a content has them: its withdrawal has neither, and is to name both."""
    return {name: content[name] for name in ("school", "contact") if content.get(name)}


def _asked(there: Sequence[Entry]) -> dict[str, Any]:
    """Whom the newest of a key's forms that names somebody asked to be asked."""
    return next((found for entry in reversed(there) if (found := _whom_to_ask(entry.said))), {})


def _is_done(place: Place, entry: Entry) -> bool:
    """Whether it was put there: of one that was only begun, whether its form is there."""
    return entry.state == DONE or place.sha256(entry.file) == entry.sha256


def _next_number(manifest: Manifest) -> int:
    return 1 + max((_number(name) for name in manifest.names()), default=0)


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _receipt(entry: Entry, place: Place, state: Sequence[str] = ()) -> Receipt:
    by_hand = entry.said.get("by_hand") or []
    told = [f"Fill in by hand in {entry.file}: {'; '.join(by_hand)}"] if by_hand else []
    verb = "withdraws" if entry.action == Action.WITHDRAW.value else "replaces"
    told += [f"{entry.file} in {place.told} {verb} {name}" for name in entry.replaces]
    return Receipt(
        Outcome.ACCEPTED, entry.file, entry.moment, (*state, *told), revision=entry.revision, digest=entry.digest
    )


def _state(entry: Entry, place: Place) -> list[str]:
    """What became of the form since: gone, or changed."""
    try:
        now = place.sha256(entry.file)
    except Problem:  # that it was put there is known all the same
        return []
    if now is None:
        return [f"{entry.file} is no longer in {place.told}: the authority took it, or it was removed"]
    return [] if now == entry.sha256 else [f"{entry.file} in {place.told} was changed after it was put there"]


def _refused(*why: str) -> Receipt:
    return Receipt(Outcome.REFUSED, "", datetime.now(UTC), why)


def _of_template(template: Template, kinds: frozenset[Kind]) -> Iterator[Remark]:
    caution = template.caution()
    if caution:
        yield Remark(True, f"Template {template.title}: {caution} {template.confidence}".strip(), note=True)
    for form in template.forms:
        by_hand = form.by_hand()
        if by_hand and {kind.value for kind in kinds} & set(form.kinds):
            yield Remark(
                True, f"{form.title} asks for what a person fills in or adds: {', '.join(by_hand)}.", note=True
            )
    without = sorted(kind.value for kind in kinds if template.forms and kind.value not in template.kinds())
    if without:
        yield Remark(
            True, f"{template.title} has no form for {', '.join(without)}: all of it is set out plainly.", note=True
        )


def _of_files(manifest: Manifest, place: Place) -> Iterator[Remark]:
    done = {entry.file: entry for entry in manifest.entries if entry.state == DONE}
    if not done:
        return
    names = place.names()
    there = [name for name in done if name in names]
    gone = len(done) - len(there)
    yield Remark(True, f"{len(done)} forms were put there; {gone} were since taken away or removed.")
    changed = [name for name in there if place.sha256(name) != done[name].sha256]
    if changed:
        yield Remark(False, f"Changed after they were put there: {_some(changed)}. Ask who did, and send them by hand.")
    overtaken = sorted(manifest.overtaken() & set(there))
    if overtaken:
        yield Remark(True, f"Withdrawn or replaced, and still there: {_some(overtaken)}.", note=True)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _TOLD
    return ", ".join(names[:_TOLD]) + (f" and {more} more" if more > 0 else "")
