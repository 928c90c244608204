"""Settings of a connection: a marshmallow schema, and secrets that are only ever references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

_FOLDER: ContextVar[Path | None] = ContextVar("folder", default=None)
told_what_is_revealed: list[Callable[[str], object]] = []  # by which recordings of HTTP keep no secret
SECRET_KINDS = ("env", "file", "keyring")


class Secret:
    """A secret's value. Printing, formatting or comparing it never shows it; `reveal()` does, where it is used."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself. Do not log it, put it in a URL, or keep it."""
        for told in told_what_is_revealed:
            told(self._value)
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied to another process or to disk")


class SecretReference:
    """Where a secret is kept: `{env = "NAME"}`, `{file = "path"}` or `{keyring = "service/name"}`."""

    def __init__(self, kind: str, place: str) -> None:
        self.kind = kind
        self.place = place

    def __repr__(self) -> str:
        return f"SecretReference({self.kind}: {self.place})"


class SecretField(fields.Field[SecretReference]):
    """A setting that is a secret. A value written in the configuration itself is refused, and not repeated."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> SecretReference:
        if isinstance(value, Mapping) and len(value) == 1:
            kind, place = next(iter(value.items()))
            if kind in SECRET_KINDS and isinstance(place, str) and place:
                return SecretReference(kind, place)
        raise ValidationError(
            'a secret is never written here: use {env = "NAME"}, {file = "path"} or {keyring = "service/name"}'
        )


class FolderField(fields.Field[Path]):
    """A path. A relative one starts from the folder of the configuration file."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Path:
        if not isinstance(value, str) or not value:
            raise ValidationError("a path, as text")
        root = _FOLDER.get()
        return root / value if root else Path(value)


class Settings(Schema):
    """Base of every plugin's settings: an unknown key is a mistake, and all mistakes are reported at once.

    The host loads it in the worker process, resolves each `SecretField` to a `Secret`, and hands the plugin the
    resulting mapping. A `ValidationError` becomes `FixSettings`, each line naming the connection, the key and the file
    it was looked for in; the values are not repeated.
    """

    config_folder: Path | None = None

    class Meta:
        unknown = RAISE

    def load(self, data: Any, **kwargs: Any) -> Any:
        """As marshmallow's, with paths in it and in what is nested in it beginning at `config_folder`."""
        token = _FOLDER.set(self.config_folder or _FOLDER.get())
        try:
            return super().load(data, **kwargs)
        finally:
            _FOLDER.reset(token)
