"""Secrets, fetched from where a reference says they are kept, at the moment and in the process that needs them."""

from __future__ import annotations

import importlib
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollbook.contract.errors import NeedsCredentials
from rollbook.contract.settings import Secret, SecretReference

# Nobody but the owner and the service's group may read the file, and nobody but the owner may write it.
TOO_OPEN = stat.S_IRWXO | stat.S_IWGRP | stat.S_IXGRP


def resolve(reference: SecretReference, *, folder: Path | None, environ: Mapping[str, str] | None = None) -> Secret:
    """The secret that `reference` names; a file's path begins at `folder`, that of the configuration.

    Raises NeedsCredentials, saying where it was looked for and what to do.
    """
    if reference.kind == "env":
        value = _from_environment(reference.place, os.environ if environ is None else environ)
    elif reference.kind == "file":
        value = _from_file((folder or Path()) / reference.place)
    else:
        value = _from_keyring(reference.place)
    if not value:
        raise NeedsCredentials(f"The secret was looked for in {_told(reference)}, which is empty.")
    return Secret(value)


def resolve_all(settings: Mapping[str, Any], *, folder: Path | None) -> dict[str, Any]:
    """`settings` with each reference in it replaced by its secret; the given mapping stays as it was.

    Raises one NeedsCredentials for all that are missing.
    """
    missing: list[str] = []
    resolved = {key: _resolved(value, folder, missing) for key, value in settings.items()}
    if missing:
        raise NeedsCredentials(" ".join(missing))
    return resolved


def _resolved(value: Any, folder: Path | None, missing: list[str]) -> Any:
    if isinstance(value, SecretReference):
        try:
            return resolve(value, folder=folder)
        except NeedsCredentials as problem:
            missing.append(problem.sentence)
            return None
    if isinstance(value, Mapping):
        return {key: _resolved(inner, folder, missing) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(inner, folder, missing) for inner in value]
    return value


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    try:
        return environ[name]
    except KeyError:
        raise NeedsCredentials(
            f"The secret was looked for in the environment variable {name}, which is not set. "
            "Set it for the account that runs Rollbook."
        ) from None


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if sys.platform != "win32" and mode & TOO_OPEN:
            raise NeedsCredentials(
                f"The secret's file {path} may be read or changed by others (mode {stat.S_IMODE(mode):04o}), "
                f"and was not used. Close it: chmod 600 {path}"
            )
        return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
    except OSError as error:
        raise NeedsCredentials(
            f"The secret was looked for in the file {path}: {error.strerror}. "
            "Make it, readable by the account that runs Rollbook alone."
        ) from None
    except UnicodeDecodeError:
        raise NeedsCredentials(f"The secret's file {path} is not text in UTF-8.") from None


def _from_keyring(place: str) -> str:
    service, _, name = place.rpartition("/")
    if not service:
        raise NeedsCredentials(f'The secret is named {place!r} in the keyring: write it as "service/name".')
    try:
        keyring = importlib.import_module("keyring")  # an optional extra
    except ImportError:
        raise NeedsCredentials(
            "The secret is said to be in the system's keyring, which needs the package `rollbook[keyring]`. "
            "Install it, or use {file = ...}."
        ) from None
    try:
        value = keyring.get_password(service, name)
    except Exception as error:  # noqa: BLE001 - each system's keyring has errors of its own
        raise NeedsCredentials(
            "This machine's keyring could not be read. Where there is none, use {file = ...}.",
            detail=type(error).__name__,
        ) from None
    if value is None:
        raise NeedsCredentials(
            f"The secret was looked for in the keyring, under {service} / {name}, and is not there. "
            f"Put it there: keyring set {service} {name}"
        )
    return str(value)


def _told(reference: SecretReference) -> str:
    places = {"env": "the environment variable", "file": "the file", "keyring": "the keyring, under"}
    return f"{places[reference.kind]} {reference.place}"
