"""Where forms are put: what every such place does, and a folder of this machine or of a network drive."""

from __future__ import annotations

import hashlib
import stat
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rollbook.contract import FixSettings, write_whole

PART: Final = ".part"
LARGEST: Final = 64 * 1024 * 1024  # bytes of a file that is read back: none of ours is near it


class Place(ABC):
    """A folder somewhere. A file is there whole or not at all, and none is ever written over.

    What it raises of the contract says what became of a file: FixSettings and RetryLater, that it is not there;
    DeliveryUnknown, that this is not known.
    """

    told: str
    """Where it is, in a sentence."""

    @abstractmethod
    def put(self, name: str, data: bytes) -> None:
        """Put a file there. Raises FileExistsError where another has the name."""

    @abstractmethod
    def sha256(self, name: str) -> str | None:
        """The digest of what is there under the name; None where nothing is."""

    @abstractmethod
    def names(self) -> set[str]:
        """What is there."""

    @abstractmethod
    def check(self) -> None:
        """Raises FixSettings where nothing can be put there. It leaves nothing behind."""


class Folder(Place):
    """A drop folder. Its files are its owner's alone, or the group's to read where the group may read the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.told = folder, str(folder)
        if not folder.is_dir():
            raise FixSettings(f"There is no folder {folder} for forms: make it, or correct `folder`.")

    def put(self, name: str, data: bytes) -> None:
        with self._writing():
            group = stat.S_IMODE(self._folder.stat().st_mode) & stat.S_IRGRP
            write_whole(self._folder / name, data, mode=0o600 | group)

    def sha256(self, name: str) -> str | None:
        try:
            with (self._folder / name).open("rb") as file:
                return digest_of(file.read(LARGEST))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FixSettings(f"{self._folder / name} cannot be read: {error.strerror}.") from None

    def names(self) -> set[str]:
        with self._writing():
            return {path.name for path in self._folder.iterdir()}

    def check(self) -> None:
        with self._writing(), tempfile.TemporaryFile(dir=self._folder):
            pass

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except FileExistsError:
            raise
        except OSError as error:
            raise FixSettings(
                f"Forms could not be written to {self._folder}: {error.strerror}. Make room, or give Rollbook the "
                "right to write there, and sync again.",
                detail=f"errno {error.errno}",
            ) from None


def digest_of(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
