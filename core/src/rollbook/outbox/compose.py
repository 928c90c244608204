"""Which messages a case needs beside those already there, so that in the end the destination knows what we know.

What is wanted is worked out from the case as it stands and from what is, or may be, at the destination: not from the
step by which the case came there. So the same change composed twice makes nothing new, and after a refusal or a lookup
the case is simply composed again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rollbook.outbox.drafts import (
    CLOSED,
    WITHDRAWN,
    Action,
    CaseLike,
    ChangeLike,
    Draft,
    Earlier,
    Subject,
    canonical,
    idempotency_key,
)
from rollbook.outbox.filling import fill, found_at, lacking
from rollbook.outbox.kinds import OF_CASES, MessageKind
from rollbook.outbox.routing import BACK
from rollbook.outbox.state import POSSIBLY_THERE, UNSENT, State

LONGEST_REASON: Final = 1000  # characters: what the open feed takes
NO_REASON: Final = "The register was corrected."  # the feed wants one, even of a case composed again without a change
RELEASES: Final = ("held", "automatic")


@dataclass(frozen=True)
class Composed:
    """drafts: the new messages, one at most. void: revisions already there, held or waiting, that are overtaken."""

    drafts: tuple[Draft, ...] = ()
    void: tuple[int, ...] = ()


def compose(
    change: ChangeLike,
    subject: Subject,
    earlier: Sequence[Earlier],
    *,
    destination: str,
    release: str,
    required: Collection[str] = (),
    fills: Mapping[str, str] | None = None,
    again: bool = False,
    gone: str | None = None,
) -> Composed:
    """What must be said at `destination` of the case of `change`, given the messages of its key that are there.

    earlier: every message of this key and destination. release: `held` or `automatic`: whether a complete message
    waits for a person's yes. required: the dotted paths without which a content is refused. fills: what a person
    supplied, by path. again: a person asks for what was refused or given up to be sent once more. gone: why this
    destination tells the case no longer.

    - Nothing is there: `send`; revisions not yet sent become void. A withdrawn case then says nothing at all.
    - Something is there, or may be (`delivered`, `sending`, `unknown`): `amend`, with the reason, when what was found
      is different, or it was withdrawn; `withdraw`, with the reason, when the case is.
    - What was refused is sent as a new revision once its content is another; what a person gave up, once what was
      found is another; and either when `again` says so.
    - Where it has gone elsewhere: `withdraw`, once, with that reason, and nothing after it; where it comes back:
      `amend`, and that is why.
    - Of a kind that is told only while it is open, a case that is over says nothing more, and what was not sent becomes
      void.
    - Contacts and addresses that change are put into a message not yet sent; they amend nothing that was.

    Raises ValueError for another `release`, and for a path in `fills` that is no field.
    """
    if release not in RELEASES:
        raise ValueError(f"a kind of message is {' or '.join(RELEASES)}, not {release!r}")
    case = change.case
    if case.kind not in OF_CASES:
        return Composed()
    of = OF_CASES[case.kind]
    unsent = sorted(m.revision for m in earlier if m.state in UNSENT)
    wanted = _wanted(change, subject, earlier, fills or {}, gone)
    if wanted is None:
        return Composed(void=tuple(unsent))
    action, content = wanted
    said = _said(of, action, content, earlier, again)
    if said is not None:
        return Composed(void=tuple(revision for revision in unsent if revision != said.revision))
    revision = 1 + max((m.revision for m in earlier), default=0)
    lacks = () if action is Action.WITHDRAW else tuple(sorted({*lacking(content, required), *of.lacks(content)}))
    state = State.HELD if lacks or release == "held" else State.WAITING
    return Composed((_draft(case, action, content, revision, state, lacks, destination),), tuple(unsent))


def _draft(
    case: CaseLike,
    action: Action,
    content: dict[str, Any],
    revision: int,
    state: State,
    lacks: tuple[str, ...],
    destination: str,
) -> Draft:
    """The message of a case, named by its kind in the feed."""
    kind = OF_CASES[case.kind].kind
    key = (kind, case.school, case.pupil, case.episode)
    return Draft(
        kind=kind,
        school=case.school,
        pupil=case.pupil,
        episode=case.episode,
        revision=revision,
        action=action,
        content=content,
        state=state,
        lacks=lacks,
        idempotency_key=idempotency_key(destination, key, revision),
    )


def _wanted(
    change: ChangeLike,
    subject: Subject,
    earlier: Sequence[Earlier],
    fills: Mapping[str, str],
    gone: str | None,
) -> tuple[Action, dict[str, Any]] | None:
    """What the next message would do and say; None when what is there is right as it is."""
    there = max((m for m in earlier if m.state in POSSIBLY_THERE), key=lambda m: m.revision, default=None)
    stands = there is not None and there.action != Action.WITHDRAW
    if change.case.state == WITHDRAWN:
        return (Action.WITHDRAW, {"reason": change.reason or NO_REASON}) if stands else None
    of = OF_CASES[change.case.kind]
    if of.only_while_open and change.case.state == CLOSED:
        return None
    if gone:
        return (Action.WITHDRAW, {"reason": gone}) if stands else None
    content = of.tidy(fill(of.content(change.case, subject), fills, of.fields))
    if there is None:
        return Action.SEND, content
    if stands and rests_on(of, there.content) == rests_on(of, content):
        return None
    again = None if stands else BACK.get(str(there.content.get("reason")))
    return Action.AMEND, content | {"reason": again or _reason(change, earlier)}


def _reason(change: ChangeLike, earlier: Sequence[Earlier]) -> str:
    """Why it is amended: what an amendment not yet sent would have said, which nobody has read, and then the change."""
    unread = [m for m in earlier if m.state in UNSENT and m.action == Action.AMEND]
    before = str(max(unread, key=lambda m: m.revision).content.get("reason", "")) if unread else ""
    if before and change.reason in before:
        return before
    whole = f"{before} {change.reason}".strip()
    return (whole if len(whole) <= LONGEST_REASON else change.reason) or NO_REASON


def rests_on(of: MessageKind, content: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a content that says what was found: when it differs, what was sent must be amended."""
    return found_at(content, of.found)


def _said(
    of: MessageKind, action: Action, content: Mapping[str, Any], earlier: Sequence[Earlier], again: bool
) -> Earlier | None:
    """The newest message, if it says what is wanted and waits to be sent, or was refused or given up for saying it."""
    counted = [m for m in earlier if m.state is not State.VOID or m.given_up]
    newest = max(counted, key=lambda m: m.revision, default=None)
    if newest is None or newest.action != action:
        return None
    if newest.state is State.VOID:
        return newest if not again and rests_on(of, newest.content) == rests_on(of, content) else None
    same = _plain(newest.content) == _plain(content)
    return newest if same and (newest.state in UNSENT or not again) else None


def _plain(content: Mapping[str, Any]) -> str:
    """A content to compare: without its reason, which is worded anew at each composing."""
    return canonical({name: value for name, value in content.items() if name != "reason"})
