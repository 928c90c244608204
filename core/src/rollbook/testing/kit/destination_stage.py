"""The stage of a destination: messages about nobody, and the other end that takes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rollbook.testing.kit.stage import Stage


class DestinationStage(Stage):
    """A destination's class and its simulator."""

    role = "destination"

    def __init__(self, cls: Any, simulator: Any, folder: Path, *, settings: Mapping[str, Any] | None = None) -> None:
        super().__init__(cls, simulator, folder, settings or {})
