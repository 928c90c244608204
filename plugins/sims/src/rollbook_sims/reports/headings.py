"""Which captions a file has, and which field each of them holds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from rollbook.contract import FixSettings
from rollbook_sims.captions import NEEDED, WHO, Captions, plain, unescaped

MOST = 1000
"""A report has some tens of columns. A file that has more than this many is none."""
_SHOWN, _LISTED, _WORDS = 60, 12, 4


class Headings:
    """The captions of one file as they turn up."""

    def __init__(self, file: str, captions: Captions) -> None:
        self.file = file
        self.captions = captions
        self.of_field: dict[str, list[str]] = {}
        self.strange: list[str] = []

    def note(self, name: str) -> str | None:
        """The caption that a column's name stands for, if one of the fields is looked for under it.

        Raises FixSettings where another caption was found for the same field, or there are too many.
        """
        caption = unescaped(name)
        field = self.captions.field_of(caption)
        known = self.of_field.setdefault(field, []) if field else self.strange
        if caption in known:
            return caption if field else None
        known.append(caption)
        if len(self.strange) > MOST:
            raise FixSettings(f"{self.file} has more than {MOST:,} different columns: it is not such a report.")
        if field and field != "person" and len(known) > 1:
            raise FixSettings(self._two(field, known))
        return caption if field else None

    def found(self) -> dict[str, str]:
        """For each field that was found, its caption."""
        return {field: self.of(field)[0] for field in self.captions.by_field if field in self.of_field}

    def of(self, field: str) -> list[str]:
        """The captions found for a field: of the person several may be, the likeliest first."""
        order = [plain(caption) for caption in self.captions.by_field[field]]
        return sorted(self.of_field.get(field, ()), key=lambda caption: order.index(plain(caption)))

    def missed(self) -> list[str]:
        """The fields of which nothing was found."""
        return [field for field in self.captions.by_field if field not in self.of_field]

    def require(self) -> None:
        """Raises FixSettings where a field is missing without which the report says nothing."""
        report = self.captions.report
        for field in NEEDED[report]:
            if field not in self.of_field:
                raise FixSettings(self._lacks(f"{self._looked_for([field])} ({field})", field))
        if report != "codes" and not any(field in self.of_field for field in WHO):
            raise FixSettings(self._lacks(f"whose it is ({self._looked_for(WHO)})", WHO[0]))

    def unasked(self) -> str:
        """A sentence on the captions that nobody asked for, if there are any: they may be the author's own."""
        there = listed(self.strange)
        return f" Or these columns hold it: {there}; then say so in the setting `captions`." if there else ""

    def _looked_for(self, fields: Collection[str]) -> str:
        return " or ".join(name for field in fields for name in self.captions.by_field[field])

    def _two(self, field: str, known: Sequence[str]) -> str:
        first, second = (shown(caption) for caption in known)
        return (
            f"{self.file} has two columns that may hold {field}: {first} and {second}. Say which in the settings: "
            f'captions = {{{self.captions.report} = {{{field} = "{first}"}}}}.'
        )

    def _lacks(self, what: str, field: str) -> str:
        known = [shown(caption) for found in self.of_field.values() for caption in found]
        there = ", ".join([*known, *filter(None, [listed(self.strange)])]) or "none"
        return (
            f"{self.file} has no column for {what}. Its columns are: {there}. Add the column to the report, or say "
            f'under which caption it stands: captions = {{{self.captions.report} = {{{field} = "YOUR CAPTION"}}}}.'
        )


def listed(strange: Sequence[str]) -> str:
    """Captions that nobody asked for, for a message: only those that look like captions, for a damaged report may have
    a name, a UPN or a date in their place. They are a few words without a digit; twelve at most. The rest is counted.
    """
    likely = [shown(name) for name in strange if not any(map(str.isdigit, name)) and len(name.split()) <= _WORDS]
    hidden = len(strange) - len(likely[:_LISTED])
    return ", ".join([*likely[:_LISTED], *([f"{hidden} not shown here"] if hidden else [])])


def shown(caption: str) -> str:
    """A caption for a message: one line, not long, and nothing in it that cannot be printed."""
    tidy = "".join(letter if letter.isprintable() else " " for letter in caption)
    return " ".join(tidy.split())[:_SHOWN]
