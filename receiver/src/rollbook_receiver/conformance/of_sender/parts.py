"""What has to be seen of a sender for each clause that binds it, and what its maker does so that it can be seen.

A clause is met when each of its parts was seen to be kept, and broken as soon as one was seen not to be.
"""

from __future__ import annotations

from dataclasses import dataclass

AGAIN = "send what was not taken again, under the same key"
LEFT_OUT = ("attendance_followup", "worker_notice_deletion")  # kinds that whoami does not list here


@dataclass(frozen=True)
class Part:
    """first: what brings it about; right: what a sender then does. Both are sentences without their end."""

    first: str
    right: str

    def __str__(self) -> str:
        return f"{self.first}, and {self.right}"


def messages(count: str, right: str) -> Part:
    """What a number of new messages brings about."""
    return Part(f"send {count} new messages or more that are taken (of what was refused F-9 and F-10 say why)", right)


@dataclass(frozen=True)
class Looked:
    """asked: what the mode does; parts: what has to be seen; beyond: what it cannot see."""

    asked: str
    parts: dict[str, Part]
    beyond: str = ""


_SEND = "send a message"
_WAIT = f"wait as long as Retry-After says, then {AGAIN}"
LOOKED: dict[str, Looked] = {
    "F-2": Looked(
        "a redirection in place of the answer to a message",
        {
            "redirected": messages(
                "seven", f"take a redirection for no answer: {AGAIN}, to the same address; name nobody in an address"
            )
        },
        "that it checks the certificate and its name: let it speak to a receiver with another's",
    ),
    "F-7": Looked(
        "a token that ends in mid-run; later a token that is refused, and the next one too",
        {
            "token ended": messages("six", f"when a token is refused with 401 fetch one more, then {AGAIN}"),
            "token refused": messages("eight", "stop when the second token is refused too, until the next run"),
        },
        "that it uses a token until it ends",
    ),
    "F-9": Looked(
        "every message by its JSON Schema and the rules beside it",
        {"in form": Part(_SEND, "keep to the form of its kind in messages.md, which schemas/ has for programs")},
    ),
    "F-10": Looked(
        "what is required, of every message",
        {"required": Part(_SEND, "leave out nothing that messages.md requires: hold a message until it is known")},
        "what is conditional: compare it with the school's register",
    ),
    "F-13": Looked(
        "the key, revision and body of what comes again after a fault",
        {"same again": messages("three", f"{AGAIN}, with the same body, and use a key for nothing else")},
    ),
    "F-19": Looked(
        "a message that is kept and one that is not, both without a reply: the connection is closed",
        {
            "lost, kept": messages("two", f"count nothing as delivered without a reply: look it up, or {AGAIN}"),
            "lost, not kept": messages("four", f"count nothing as delivered without a reply: {AGAIN}"),
        },
        "that it compares the digest of what it looked up",
    ),
    "F-20": Looked(
        "amendments and withdrawals that come",
        {
            "amended": Part(
                "correct a mark that a message rests on", "say by amend what is different, with the reason"
            ),
            "withdrawn": Part(
                "correct the marks that a message rests on", "withdraw it, with a reason that names nobody"
            ),
        },
        "that each correction of the register is followed",
    ),
    "F-24": Looked(
        "a refusal with a reason of what was answered 202",
        {
            "asked": Part(
                "send a missing_pupil_report, support_referral or penalty_notice_request",
                "ask for its status until it is known, five minutes apart or more",
            )
        },
        "that the reason is shown to the person whose case it is",
    ),
    "F-26": Looked(
        "429, and later 503, with Retry-After",
        {"429": messages("three", _WAIT), "503": messages("five", _WAIT)},
        "that it goes on with other authorities meanwhile",
    ),
    "F-28": Looked(
        "whoami asks for day and week, and not for sessions",
        {
            "day": Part("have a school day", "PUT its report, and nothing that whoami does not name under regular"),
            "week": Part("have a week of school days", "PUT its summary"),
        },
        "how often they are sent",
    ),
    "F-29": Looked(
        "every week by the rules of small numbers",
        {
            "suppressed": Part(
                "have a year group or cohort of fewer than five pupils",
                "suppress its row in the week, and those from which it could be reckoned (messages.md, week)",
            )
        },
    ),
    "F-32": Looked(
        "as_of and last_sync_ok of every body",
        {
            "fresh": Part(
                "have a school day", "PUT its report with last_sync_ok and as_of: moments of the register, not to come"
            )
        },
        "that last_sync_ok does not move when a register could not be read, and that no mark is no absence",
    ),
    "F-34": Looked(
        "news of the school, one piece at a time, the first answer of which is lost",
        {
            "lost news": Part(
                "ask for the news of the school", "when no answer comes, ask after the same number again"
            ),
            "all news": Part("ask for the news of the school", "go on to ask after each next until no more comes"),
        },
        "that what came is safe before next is kept, and that it asks on each school day",
    ),
    "F-35": Looked(
        "fields that the feed has not",
        {"listed fields": Part(_SEND, "keep to the fields that messages.md lists")},
        "free text: the person who says yes to a message reads it",
    ),
    "F-36": Looked(
        "pupils of the messages, and tokens, in the addresses that are asked for",
        {"addresses": Part("look a message up", "have in the address the sender's own number of the pupil alone")},
        "its logs and errors: look there for the made-up pupils",
    ),
    "F-38": Looked(
        "the authority of each message's school, and where the pupil lives",
        {
            "our own": Part(
                "start the mode with --authority, the number of this receiver's authority",
                "send it what concerns its own schools, and missing pupils who live in its area",
            )
        },
        "which authority looks after a child where the message does not say so; what other authorities got",
    ),
    "F-39": Looked(
        f"whoami without {' and '.join(LEFT_OUT)}, with kinds and versions to come, and answers with a field more",
        {"whoami": Part("ask /v1/whoami", "send only the version and kinds that it lists, passing over the others")},
        f"a case of {LEFT_OUT[0]} has to be there to see that none is sent",
    ),
}
