"""What a receiver answers. A later receiver may say more: what a sender does not know, it passes over."""

from __future__ import annotations

from marshmallow import EXCLUDE

from rollbook_feed.fields import Choice, Instant, Part, Pattern, Pointer, Text, Whole, many
from rollbook_feed.from_authority import NEWS_KINDS
from rollbook_feed.from_school import KINDS
from rollbook_feed.judging import ACTIONS
from rollbook_feed.message import FEED_VERSION
from rollbook_feed.news import News
from rollbook_feed.regular import REGULAR_KINDS

OUTCOMES = ("accepted", "pending", "refused")
DIGEST, DIGEST_WORDS = r"[0-9a-f]{64}", "a SHA-256 in 64 hexadecimal digits"


class Answer(Part):
    """Base of the answers."""

    class Meta:
        unknown = EXCLUDE


class Reason(Answer):
    """One thing that is wrong."""

    pointer = Pointer("a JSON pointer into the message; empty is all of it", longest=500, required=True)
    problem = Text("what is wrong, without the value", longest=500, required=True)


class Taken(Answer):
    """A message is on disk."""

    reference = Pattern(
        "the receiver's name of this revision, for people and for `status`; no pupil's name",
        r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
        "1 to 100 letters, digits, dots, dashes and underscores",
        required=True,
    )
    outcome = Choice("accepted, or pending while an officer has yet to judge it", OUTCOMES, required=True)
    received_at = Instant("when it was taken", required=True)
    revision = Whole("which revision", 1, 1_000_000, required=True)
    digest = Pattern("of the content, so that a sender sees that it came whole", DIGEST, DIGEST_WORDS, required=True)


class Status(Taken):
    """What became of a revision."""

    reasons = many(Reason, "why it was refused, or what else there is to say", most=200, required=True)


class State(Status):
    """The newest revision that is held under a key."""

    action = Choice("what it does", ACTIONS, required=True)


class WhoAmI(Answer):
    """Whom a token stands for, and what this receiver takes."""

    client = Text("the client's id", required=True)
    name = Text("the client's name", required=True)
    schools = many(
        Whole("a school's URN", 100_000, 999_999),
        "the schools that it speaks for; null is every school",
        most=100_000,
        required=True,
    )
    schools.allow_none = True
    feed_versions = many(Choice("a version", (FEED_VERSION,)), "versions taken", least=1, most=20, required=True)
    kinds = many(Choice("a kind", KINDS), "kinds of message taken", most=len(KINDS), required=True)
    news = many(Choice("a kind", NEWS_KINDS), "kinds of news given", most=len(NEWS_KINDS), required=True)
    regular = many(
        Choice("a kind", REGULAR_KINDS),
        "what of the regular feed is wanted of every school; `sessions` of the schools that it names alone",
        most=len(REGULAR_KINDS),
        required=True,
    )
    sessions = many(
        Whole("a school's URN", 100_000, 999_999),
        "those of the client's schools that agreed to send each pupil's sessions",
        most=100_000,
        when="where `regular` has `sessions`",
    )
    least = Whole("the fewest pupils of which a row of a week may show figures; 5 where it is not said", 5, 100)


class Kept(Answer):
    """The newest revision of a day, a week or a day's sessions that is held."""

    revision = Whole("which revision", 1, 1_000_000, required=True)
    digest = Pattern("of the body", DIGEST, DIGEST_WORDS, required=True)
    received_at = Instant("when it was taken", required=True)


class NewsPage(Answer):
    """News of a school, in the order of their numbers."""

    items = many(News, "news after the number that was asked for", most=1000, required=True)
    next = Whole("the number to ask after next", 0, 2**53 - 1, required=True)


class Token(Answer):
    """A token (RFC 6749, section 5.1)."""

    access_token = Text("goes in `Authorization: Bearer`", longest=4096, required=True)
    token_type = Choice("how it is used", ("Bearer",), required=True)
    expires_in = Whole("seconds for which it holds", 1, 2**31 - 1, required=True)


class Problem(Answer):
    """Problem details (RFC 9457)."""

    type = Text("`urn:rollbook:feed:` and a word of the table of problems", required=True)
    title = Text("what happened, in words", longest=500, required=True)
    status = Whole("the HTTP status", 400, 599, required=True)
    errors = many(Reason, "all that is wrong with what was sent", most=10_000)
