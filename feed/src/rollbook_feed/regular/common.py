"""What every body of the regular feed says of itself."""

from __future__ import annotations

from rollbook_feed.fields import Choice, Moment, Part, Whole
from rollbook_feed.message import FEED_VERSION


class Regular(Part):
    """Base of the bodies."""

    feed_version = Choice("the feed's version", (FEED_VERSION,), required=True)
    school = Whole("the school's URN", 100_000, 999_999, required=True, ctf="URN")
    revision = Whole("1 and up, of this school and day or week; the highest counts", 1, 1_000_000, required=True)
    as_of = Moment("the moment of the register that it was reckoned from", required=True)
