"""What has to be seen of a sender for each clause that binds it, and what its maker does so that it can be seen.

A clause is met when each of its parts was seen to be kept, and broken as soon as one was seen not to be.
"""

from __future__ import annotations

from dataclasses import dataclass

AGAIN = "send what was not taken again, under the same key"
LEFT_OUT = ("attendance_followup", "worker_notice_deletion")  # kinds that whoami does not list here


@dataclass(frozen=True)
class Looked:
    """asked: what the mode does; parts: what has to be seen -> what to do so that it is; beyond: what it cannot see."""

    asked: str
    parts: dict[str, str]
    beyond: str = ""


LOOKED: dict[str, Looked] = {
    "F-2": Looked(
        "a redirection in place of the answer to a message",
        {"redirected": f"send seven new messages or more; {AGAIN}, to the address that it was sent to"},
        "that it checks the certificate and its name: let it speak to a receiver with another's",
    ),
    "F-7": Looked(
        "a token that ends in mid-run; later a token that is refused, and the next one too",
        {
            "token ended": "send six new messages or more; when a token is refused fetch one, and send again",
            "token refused": "send eight new messages or more; stop when the second token is refused too",
        },
        "that it uses a token until it ends",
    ),
    "F-9": Looked("every message by its JSON Schema and the rules beside it", {"in form": "send a message"}),
    "F-10": Looked(
        "what is required, of every message",
        {"required": "send a message"},
        "what is conditional: compare it with the school's register",
    ),
    "F-13": Looked(
        "the key, revision and body of what comes again after a fault",
        {"same again": f"send three new messages or more; {AGAIN}"},
    ),
    "F-19": Looked(
        "a message that is kept and one that is not, both without a reply: the connection is closed",
        {
            "lost, kept": "send two new messages or more; look up what had no reply, or send it again",
            "lost, not kept": "send four new messages or more; look up what had no reply, and send it again",
        },
        "that it compares the digest",
    ),
    "F-20": Looked(
        "amendments and withdrawals that come",
        {
            "amended": "correct a mark that a message rests on, so that it is amended, with the reason",
            "withdrawn": "correct the marks that a message rests on, so that it is withdrawn",
        },
        "that each correction of the register is followed",
    ),
    "F-24": Looked(
        "a refusal with a reason of what was answered 202",
        {"asked": "send a missing_pupil_report, support_referral or penalty_notice_request, and ask for its status"},
        "that the reason is shown to the person whose case it is",
    ),
    "F-26": Looked(
        "429, and later 503, with Retry-After",
        {
            "429": f"send three new messages or more; wait as long as Retry-After says, and {AGAIN}",
            "503": f"send five new messages or more; wait as long as Retry-After says, and {AGAIN}",
        },
        "that it goes on with other authorities meanwhile",
    ),
    "F-28": Looked(
        "whoami asks for day and week, and not for sessions",
        {
            "day": "PUT the report of a day",
            "week": "PUT the summary of a week",
        },
        "how often they are sent",
    ),
    "F-29": Looked(
        "every week by the rules of small numbers",
        {"suppressed": "PUT the week of a school that has a year group or cohort of fewer than five pupils"},
    ),
    "F-32": Looked(
        "as_of and last_sync_ok of every body",
        {"fresh": "PUT the report of a day, with last_sync_ok"},
        "that last_sync_ok does not move when a register could not be read, and that no mark is no absence",
    ),
    "F-34": Looked(
        "news of the school, one piece at a time, the first answer of which is lost",
        {
            "lost news": "ask for the news of the school, and when no answer comes ask after the same number again",
            "all news": "ask after each next until no more news comes",
        },
        "that what came is safe before next is kept, and that it asks on each school day",
    ),
    "F-35": Looked(
        "fields that the feed has not",
        {"listed fields": "send a message"},
        "free text: the person who says yes to a message reads it",
    ),
    "F-36": Looked(
        "pupils of the messages, and tokens, in the addresses that are asked for",
        {"addresses": "send a message, and look one up"},
        "its logs and errors: look there for the made-up pupils",
    ),
    "F-38": Looked(
        "the authority of each message's school, and where the pupil lives",
        {"our own": "start the mode with --authority, the number of this receiver's authority; send a message"},
        "which authority looks after a child; what other authorities got",
    ),
    "F-39": Looked(
        f"whoami without {' and '.join(LEFT_OUT)}, with kinds and versions to come, and answers with a field more",
        {"whoami": "ask /v1/whoami, and then send what it lists"},
        f"a case of {LEFT_OUT[0]} has to be there to see that none is sent",
    ),
}
