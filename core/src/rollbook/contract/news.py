"""News: what an authority tells a school. The host asks for it, from the number after the last that it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollbook.contract.destination import Action


@dataclass(frozen=True)
class News:
    """One piece of news. `number` counts a school's news from 1; `id` names the thing for ever, and its highest
    `revision` counts. `kind`: as the open feed has it; one that Rollbook does not know is kept, and named. `at` has a
    time zone. `content` is JSON in the open feed's field names; that of a `withdraw` is its reason alone.
    """

    number: int
    kind: str
    school: int
    id: str
    revision: int
    action: Action
    at: datetime
    content: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class NewsPage:
    """The news after a number, by number, and the number to ask after the next time, which is none before the last.

    Of a page without items `next` is not looked at: the host goes on asking after the number that it has.
    """

    items: Sequence[News]
    next: int
