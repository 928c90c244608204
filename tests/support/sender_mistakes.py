"""Senders that are each broken in one way, with the provocation that shows it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import httpx

from rollbook_receiver.conformance.of_sender.provoke import (
    BUSY,
    DOWN,
    ENDED,
    LOST_KEPT,
    LOST_NOT_KEPT,
    REDIRECTED,
    REFUSED,
)
from support.feed_sender import DAY, SCHOOL, Message, Sender, amended, withdrawn

COUNT = itertools.count(1)


class FollowsRedirections(Sender):
    def once(self, method: str, path: str, kwargs: dict[str, Any]) -> httpx.Response:
        return super().once(method, path, kwargs | {"follow_redirects": True})


class AsksForTwoTokens(Sender):
    def signed(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        answer = self.once(method, path, kwargs)
        if answer.status_code == 401:
            for _ in range(2):
                self.token = ""
                answer = self.once("GET", "v1/whoami", {})
            answer = self.once(method, path, kwargs)
        return answer


class NeverStops(Sender):
    def signed(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        for _ in range(4):
            answer = self.once(method, path, kwargs)
            if answer.status_code != 401:
                break
            self.token = ""
        return answer


class NamesEachTryAnew(Sender):
    def post(self, name: str, message: Message) -> httpx.Response:
        return super().post(f"{name}-{next(COUNT)}", message)


class SendsWithoutAKey(Sender):
    def post(self, name: str, message: Message) -> httpx.Response:
        return self.signed("POST", "v1/messages", json=message)


class SendsAnewWhatHadNoReply(NamesEachTryAnew):
    def look_up(self, message: Message) -> httpx.Response:
        return httpx.Response(404)


class CountsALostReplyAsDelivered(Sender):
    def settled(self, name: str, message: Message) -> bool:
        try:
            return self.post(name, message).is_success
        except httpx.TransportError:
            return True


class DropsWhatWasNotLetIn(Sender):
    def settled(self, name: str, message: Message) -> bool:
        try:
            return super().settled(name, message)
        except PermissionError:
            self.outbox.remove((name, message))
            raise


class DropsWhatFoundItBusy(Sender):
    def settled(self, name: str, message: Message) -> bool:
        return self.post(name, message).status_code in (201, 202, 429, 503)


class DoesNotWait(Sender):
    def wait(self, answer: httpx.Response) -> None:
        self.sleep(1.0)


class SendsWhatIsNotListed(Sender):
    def listed(self, message: Message) -> bool:
        return True


class NamesThePupilInAnAddress(Sender):
    def look_up(self, message: Message) -> httpx.Response:
        return self.signed("GET", f"v1/messages?upn={message['content']['pupil']['upn']}")


class SendsMarksUnasked(Sender):
    def regular(self) -> None:
        self.signed("PUT", f"v1/schools/{SCHOOL}/sessions/{DAY}", json=self.body("sessions") | {"date": DAY})


class ShowsFourPupils(Sender):
    def body(self, kind: str) -> Message:
        made = super().body(kind)
        if kind == "week":
            made["rows"][-1] |= {"suppressed": False, "pupils": 4, "possible": 4, "attended": 4}
            made["rows"][-1] |= {"authorised": 0, "unauthorised": 0}
        return made


class IsOfTheFuture(Sender):
    def body(self, kind: str) -> Message:
        return super().body(kind) | {"as_of": "2030-01-01T00:00:00Z"}


class GoesOnAfterLostNews(Sender):
    def news(self) -> None:
        for _ in range(5):
            try:
                self.signed("GET", f"v1/schools/{SCHOOL}/news?after={self.after}")
            except httpx.TransportError:
                self.after += 1


class SkipsNews(Sender):
    def news(self) -> None:
        for after in (0, 2):
            self.signed("GET", f"v1/schools/{SCHOOL}/news?after={after}")


class AsksEveryMinute(Sender):
    def run(self) -> None:
        super().run()
        self.sleep(60)


@dataclass(frozen=True)
class Mistake:
    """clause: at which it is caught; made: the sender; provoked: how; kind: of its messages; said: changes of them."""

    clause: str
    made: type[Sender] = Sender
    provoked: frozenset[str] = frozenset()
    kind: str = "attendance_return"
    said: dict[str, Any] = field(default_factory=dict)
    later: Any = None
    runs: int = 2


def _pupil(**fields: Any) -> dict[str, Any]:
    return {"pupil": fields}


def _send_later(first: Message) -> Message:
    made = amended(first) | {"action": "send"}
    made["content"].pop("reason")
    return made


def _amends_nothing(first: Message) -> Message:
    made = amended(first)
    made["content"] = first["content"] | {"reason": "nothing"}
    return made


def _names_the_pupil(first: Message) -> Message:
    made = withdrawn(first)
    return made | {"content": {"reason": f"{first['content']['pupil']['surname']} was ill"}}


MISTAKES = {
    "follows a redirection with its token": Mistake("F-2", FollowsRedirections, frozenset({REDIRECTED})),
    "asks for two tokens": Mistake("F-7", AsksForTwoTokens, frozenset({ENDED})),
    "does not stop when the second token is refused": Mistake("F-7", NeverStops, frozenset({REFUSED})),
    "drops what came when its token was refused": Mistake("F-7", DropsWhatWasNotLetIn, frozenset({REFUSED}), runs=4),
    "writes days in another form": Mistake("F-9", said=_pupil(dob="9/3/2017")),
    "sends null": Mistake("F-9", said=_pupil(sex=None)),
    "leaves out what is required": Mistake("F-10", said=_pupil(surname=...)),
    "sends under another key after 429": Mistake("F-13", NamesEachTryAnew, frozenset({BUSY})),
    "sends without a key": Mistake("F-13", SendsWithoutAKey),
    "sends anew what was kept and had no reply": Mistake("F-19", SendsAnewWhatHadNoReply, frozenset({LOST_KEPT})),
    "sends anew what was lost": Mistake("F-19", SendsAnewWhatHadNoReply, frozenset({LOST_NOT_KEPT})),
    "sends a later revision as send": Mistake("F-20", later=_send_later),
    "amends nothing": Mistake("F-20", later=_amends_nothing),
    "names the pupil in a withdrawal": Mistake("F-20", later=_names_the_pupil),
    "asks for the outcome every minute": Mistake("F-24", AsksEveryMinute, kind="support_referral"),
    "counts a lost reply as delivered": Mistake("F-19", CountsALostReplyAsDelivered, frozenset({LOST_KEPT}), runs=4),
    "counts as delivered what was lost": Mistake(
        "F-19", CountsALostReplyAsDelivered, frozenset({LOST_NOT_KEPT}), runs=4
    ),
    "drops what was answered 429": Mistake("F-26", DropsWhatFoundItBusy, frozenset({BUSY}), runs=4),
    "drops what was answered 503": Mistake("F-26", DropsWhatFoundItBusy, frozenset({DOWN}), runs=4),
    "does not wait": Mistake("F-26", DoesNotWait, frozenset({BUSY})),
    "sends marks unasked": Mistake("F-28", SendsMarksUnasked),
    "shows four pupils": Mistake("F-29", ShowsFourPupils),
    "is of the future": Mistake("F-32", IsOfTheFuture),
    "goes on after lost news": Mistake("F-34", GoesOnAfterLostNews, frozenset({"lost news"})),
    "skips news": Mistake("F-34", SkipsNews),
    "sends a field that is not listed": Mistake("F-35", said=_pupil(ethnicity="any")),
    "names the pupil in an address": Mistake("F-36", NamesThePupilInAnAddress, frozenset({LOST_KEPT})),
    "sends to another authority": Mistake("F-38", said={"school": {"la": "802"}}),
    "tells another authority's virtual school head": Mistake(
        "F-38", kind="worker_notice", said={"notice": {"looked_after_by": "803"}}
    ),
    "sends a kind that is not listed": Mistake("F-39", SendsWhatIsNotListed, kind="attendance_followup"),
}
