"""A small sender of the open feed that keeps the clauses, written to be broken: each step is a method of its own."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import httpx

from rollbook_feed import digest, example

SCHOOL = 100001
DAY, WEEK = "2026-10-30", "2026-10-26"
Message = dict[str, Any]


class Sender:
    """Sends what is in `outbox`. A run ends where it has to stop; what is not settled waits for the next run."""

    def __init__(self, http: httpx.Client, client: tuple[str, str], sleep: Callable[[float], None]) -> None:
        self.http, self.client, self.sleep = http, client, sleep
        self.token = ""
        self.kinds: list[str] = []
        self.outbox: list[tuple[str, Message]] = []
        self.pending: list[str] = []
        self.after = 0

    def put(self, message: Message) -> None:
        """Have a message to send, under a key of its own."""
        key = message["key"]
        name = f"{key['kind']}-{key['pupil']}-{key['episode']}-{message['revision']}"
        self.outbox.append((name, message))

    def run(self) -> None:
        """Send all that can be sent."""
        try:
            self.kinds = self.signed("GET", "v1/whoami").json()["kinds"]
            for name, message in list(self.outbox):
                if self.listed(message) and self.settled(name, message):
                    self.outbox.remove((name, message))
            for reference in list(self.pending):
                if self.signed("GET", f"v1/status/{reference}").json()["outcome"] != "pending":
                    self.pending.remove(reference)
            self.regular()
            self.news()
        except PermissionError:
            return

    def listed(self, message: Message) -> bool:
        return message["key"]["kind"] in self.kinds

    def settled(self, name: str, message: Message) -> bool:
        """Whether it is known what became of a message."""
        for _ in range(4):
            try:
                answer = self.post(name, message)
            except httpx.TransportError:
                held = self.look_up(message)
                if held.status_code == 200 and held.json()["digest"] == digest(message["content"]):
                    return True
                continue
            if answer.status_code in (429, 503):
                self.wait(answer)
                continue
            if answer.status_code == 202:
                self.pending.append(answer.json()["reference"])
            return answer.status_code in (201, 202, 422)
        return False

    def post(self, name: str, message: Message) -> httpx.Response:
        return self.signed("POST", "v1/messages", json=message, headers={"Idempotency-Key": name})

    def look_up(self, message: Message) -> httpx.Response:
        key = message["key"]
        return self.signed("GET", f"v1/messages/{key['kind']}/{key['school']}/{key['pupil']}/{key['episode']}")

    def wait(self, answer: httpx.Response) -> None:
        self.sleep(float(answer.headers["Retry-After"]))

    def regular(self) -> None:
        for kind, path in (("day", f"days/{DAY}"), ("week", f"weeks/{WEEK}")):
            self.signed("PUT", f"v1/schools/{SCHOOL}/{path}", json=self.body(kind))

    def body(self, kind: str) -> Message:
        made = example(kind) | {"as_of": f"{DAY}T14:20:05Z"}
        own = {"day": {"date": DAY, "last_sync_ok": f"{DAY}T14:20:05Z"}, "week": {"week": WEEK}}
        return made | own.get(kind, {})

    def news(self) -> None:
        for _ in range(10):
            try:
                page = self.signed("GET", f"v1/schools/{SCHOOL}/news?after={self.after}").json()
            except httpx.TransportError:
                continue
            if not page["items"]:
                return
            self.after = page["next"]

    def signed(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A request with a token, of which one more is fetched. Raises PermissionError when that is refused too."""
        answer = self.once(method, path, kwargs)
        if answer.status_code == 401:
            self.token = ""
            answer = self.once(method, path, kwargs)
        if answer.status_code == 401:
            self.token = ""
            raise PermissionError
        return answer

    def once(self, method: str, path: str, kwargs: dict[str, Any]) -> httpx.Response:
        if not self.token:
            form = {"grant_type": "client_credentials"}
            self.token = self.http.post("oauth/token", data=form, auth=self.client).json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.get("headers", {})}
        return self.http.request(method, path, **(kwargs | {"headers": headers}))


def message(pupil: int, kind: str = "attendance_return") -> Message:
    """The first revision about a pupil whom nobody has."""
    made = example(kind)
    made["key"]["pupil"] = str(pupil)
    return made


def amended(first: Message) -> Message:
    """Its second revision."""
    made = copy.deepcopy(first) | {"revision": 2, "action": "amend"}
    made["content"] |= {"due_by": "2026-12-24", "reason": "the first day was corrected"}
    return made


def withdrawn(first: Message) -> Message:
    """Its third revision."""
    return first | {"revision": 3, "action": "withdraw", "content": {"reason": "the marks were corrected to I"}}
