"""Returns that the roll alone calls for: of pupils who join and of those who leave."""

from __future__ import annotations

from collections.abc import Sequence

from rollbook.rules.explain import words
from rollbook.rules.explain.explanation import Change
from rollbook.rules.explain.lens import Lens
from rollbook.rules.explain.subject import Marks
from rollbook.rules.explain.view import Span, View


class ReturnLens(Lens):
    """A return that the roll alone calls for: of a joiner or a leaver."""

    def __init__(self, spell: str, mended: str) -> None:
        self.spell, self.mended = spell, mended

    def window(self, view: View) -> Span | None:
        """No session is read."""
        return None

    def verdict(self, view: View) -> str:
        """Once its last day has passed, no register shows whether the authority was told."""
        by = view.row["due_by"]
        if by is None or by >= view.as_at:
            return super().verdict(view)
        passed = "its last day has passed, and no register shows whether the authority was told."
        return f"It is due: {passed}" if view.due else passed.capitalize()

    def summary(self, view: View, counted: Marks) -> Sequence[str]:
        """By when; or why not."""
        by = view.row["due_by"]
        if by is None:
            return [f"None is due: {self.spell}."]
        verb = "is" if by >= view.known.as_at else "was"
        return [f"It {verb} due by the end of {words.day(by)}."]

    def changes(self, view: View, counted: Marks) -> Sequence[Change]:
        """Only the roll."""
        by = view.row["due_by"]
        if by is None:
            return [Change("note", f"Only the roll would: {self.mended}.")]
        passed = "has passed" if by < view.as_at else "is still to come"
        told = [Change("deadline", f"The last day for it, {words.day(by)}, {passed}.", by=by)]
        return [*told, Change("note", f"No mark changes it. Only the roll would: {self.mended}.")]
