"""A withdrawal: what was said no longer holds. It names no pupil: the key says what it is about."""

from __future__ import annotations

from rollbook_feed.fields import Part, Text


class Withdrawal(Part):
    """The content of `withdraw`."""

    reason = Text("why it no longer holds; no pupil's name", longest=1000, required=True)
