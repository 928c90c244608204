"""A little sender of the open feed, version 1.0: what a school tells its authorities about attendance.

    python -m support.little_sender sync   (from tests/) say what changed in the school's records, ask what became of
                                           it, read the news; run it hourly
    python -m support.little_sender show   what was said, what is pending or refused and why, and the news (for a
                                           person: it has names)

Written from the feed's published pages alone: it needs httpx, and nothing of Rollbook's. Settings are in sender.json.
What happened is logged to stderr: kinds and the school's own pupil numbers, never a name.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from filelock import FileLock

from support.little_school import VERSION, Json, School

ASK_AGAIN = 300.0  # seconds between questions about one pending message (F-24)
PAUSE = 60.0  # seconds of rest after a refused token (F-7)
log = logging.getLogger("little_sender")


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


class State:
    """What this sender remembers, in one file that is replaced whole; one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path, self.lock = path, FileLock(path.with_suffix(".lock"))
        self.lock.acquire()
        self.data: dict[str, dict[str, Json]] = json.loads(path.read_text()) if path.exists() else {}

    def of(self, authority: str, part: str) -> Json:
        return self.data.setdefault(authority, {}).setdefault(part, {})

    def save(self) -> None:
        new = self.path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(self.data, file, indent=1, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)


class Stop(Exception):
    """Nothing more goes to this authority in this run."""


class Later(Exception):
    """Nothing goes to this authority for now: it is busy, or not to be reached."""


class Authority:
    """One authority's end of the feed, over HTTP."""

    def __init__(self, number: str, config: Json, state: State, school: School) -> None:
        self.number, self.state, self.school, self.base = number, state, school, config["url"].rstrip("/")
        if (url := httpx.URL(self.base)).scheme != "https" and url.host not in ("127.0.0.1", "::1", "localhost"):
            raise SystemExit(f"authority {number}: HTTPS only")
        self.credentials = (config["client_id"], os.environ[config["secret_env"]])
        self.http = httpx.Client(verify=config.get("ca_file", True), timeout=30, follow_redirects=False)
        self.token, self.who, self.memory = "", dict[str, Any](), state.of(number, "wire")

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> httpx.Response:
        """One answer. Fetches a token where there is none, and another, once, where it has ended (F-7)."""
        headers |= {"Content-Type": "application/json"} if body else {}
        fresh = False
        while not fresh:
            if fresh := not self.token:
                answer = self.exchange(
                    "POST", "/oauth/token", data={"grant_type": "client_credentials"}, auth=self.credentials
                )
                if answer.status_code in (400, 401):
                    raise Stop("the client's credentials are refused")
                self.token = answer.raise_for_status().json()["access_token"]
            answer = self.exchange(
                method, path, content=body, headers=headers | {"Authorization": f"Bearer {self.token}"}
            )
            if answer.status_code != 401:
                return answer
            self.token = ""
        self.memory["not_before"] = time.time() + PAUSE
        self.state.save()
        raise Stop("a new token is refused")

    def exchange(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Follows no redirection (F-2), and asks nothing before the time that the authority said (F-26)."""
        if time.time() < self.memory.get("not_before", 0):
            raise Later
        answer = self.http.request(method, self.base + path, **rest)
        if answer.is_redirect:
            raise httpx.RemoteProtocolError("a redirection")
        if answer.status_code in (408, 429, 503):
            said = answer.headers.get("Retry-After", "60")
            wait = int(said) if said.isdigit() else email.utils.parsedate_to_datetime(said).timestamp() - time.time()
            self.memory["not_before"] = time.time() + wait + 0.5
            self.state.save()
            log.info("authority %s: %d, nothing more for %.0f s", self.number, answer.status_code, wait)
            raise Later
        return answer

    def ask(self, path: str) -> Json:
        answer = self.request("GET", path)
        return {} if answer.status_code == 404 else answer.raise_for_status().json()

    def whoami(self) -> None:
        self.who = self.ask("/v1/whoami")
        if VERSION not in self.who["feed_versions"] or (
            self.who["schools"] is not None and self.school.urn not in self.who["schools"]
        ):
            raise Stop("it does not list this version, or this school")

    def news(self) -> None:
        """Keeps what came, and the number to ask after next, in one write (F-34); what is unknown as it is."""
        kept, page = self.state.of(self.number, "news"), Json(items=[{}])
        while page["items"]:
            page = self.ask(f"/v1/schools/{self.school.urn}/news?after={kept.get('next', 0)}")
            things = kept.setdefault("things", {})
            for item in page["items"]:
                if item["revision"] >= things.get(item["id"], item)["revision"]:
                    things[item["id"]] = item
            kept["next"] = page["next"]
            self.state.save()

    def messages(self) -> bool:
        """Says what changed, one revision of a case at a time; True when nothing is left to say."""
        cases, done = self.state.of(self.number, "cases"), True
        for key, content, why in self.school.cases():
            name = "/".join(map(str, key.values()))
            if name not in cases and not (content and self.number in self.school.recipients(key, content)):
                continue
            if key["kind"] not in self.who["kinds"]:
                log.info(
                    "authority %s does not take %s: tell it of pupil %s as it asks",
                    self.number,
                    key["kind"],
                    key["pupil"],
                )
                continue
            case: Json = cases.setdefault(name, {"revision": 0, "said": None, "holds": False})
            now = digest(content) if content else None
            if "out" not in case and case["said"] != now and (content or case["holds"]):
                action = "withdraw" if not content else "amend" if case["holds"] else "send"
                told = (content or {}) | ({} if action == "send" else {"reason": why})
                body = {
                    "feed_version": VERSION,
                    "key": key,
                    "revision": case["revision"] + 1,
                    "action": action,
                    "content": told,
                }
                case |= {"out": body, "revision": body["revision"], "said": now, "faults": -1}
                self.state.save()  # what is about to be sent is known, whatever happens next
            if "out" in case:
                done &= self.attempt(name, partial(self.deliver, name, case))
            elif case.get("outcome") == "pending" and time.time() - case.get("asked", 0) >= ASK_AGAIN:
                case["asked"] = time.time()
                self.attempt(name, partial(self.became, name, case))
        return done

    def deliver(self, name: str, case: Json) -> bool:
        """Sends a message; one whose reply was lost is looked up first, and goes again under the same key (F-19)."""
        body, mine = case["out"], digest(case["out"]["content"])
        if case["faults"] >= 0 and (there := self.ask(f"/v1/messages/{name}")):
            case["asked"] = time.time()
            if (there["revision"], there["digest"]) == (body["revision"], mine):
                return self.settle(name, case, there)
            if there["revision"] >= body["revision"]:
                case["revision"] = there["revision"]  # what is mended goes on after it
                return self.settle(name, case, {}, f"another report is held, as revision {there['revision']}")
        case["faults"] += 1
        self.state.save()
        answer = self.request("POST", "/v1/messages", canonical(body), **{"Idempotency-Key": digest(body)})
        said = answer.json()
        if answer.status_code in (201, 202):
            return self.settle(
                name, case, said, "" if said["digest"] == mine else "it did not come whole: its digest is another"
            )
        word = said["type"].rpartition(":")[2]
        if answer.status_code >= 500 or (word in ("in-flight", "revision-held") and case["faults"] < 3):
            return False  # looked up, and sent again, in the next round
        return self.settle(name, case, {"reasons": said.get("errors")}, f"{answer.status_code} {word}")

    def became(self, name: str, case: Json) -> bool:
        """Asks what became of a message that was pending."""
        return self.settle(name, case, self.ask(f"/v1/status/{case['reference']}"))

    def settle(self, name: str, case: Json, became: Json, wrong: str = "") -> bool:
        """Keeps what became of a message, and no longer its content; what is wrong is for a person."""
        out = case.pop("out", None)
        if out and not wrong:
            case["holds"] = out["action"] != "withdraw"
        case |= {
            "outcome": wrong or became["outcome"],
            "reasons": became.get("reasons"),
            "reference": became.get("reference"),
        }
        self.state.save()
        log.info("authority %s: %s revision %d: %s", self.number, name, case["revision"], case["outcome"])
        return True

    def regular(self) -> bool:
        """Days and weeks, for the school's own authority where it wants them: again when the figures are others."""
        school, sent, done = self.school, self.state.of(self.number, "regular"), True
        for path, body in school.regular(self.who["regular"] if self.number == school.la else []).items():
            entry: Json = sent.setdefault(path, {"revision": 0, "said": None})
            if "out" not in entry and entry["said"] != digest(body):
                entry |= {"said": digest(body), "revision": entry["revision"] + 1}
                entry["out"] = body | {"as_of": school.data["as_of"], "revision": entry["revision"]}
                self.state.save()
            if "out" in entry:
                done &= self.attempt(path, partial(self.put, f"/v1/schools/{school.urn}/{path}", entry))
        return done

    def put(self, address: str, entry: Json) -> bool:
        answer = self.request("PUT", address, canonical(entry["out"]))  # the same revision and body twice is one
        if answer.status_code == 409:  # another is held, as after a restored backup: go on after it
            entry |= {"revision": self.ask(address)["revision"], "said": None}
        if answer.status_code < 500:
            del entry["out"]
        self.state.save()
        log.info("authority %s: %s revision %d: %d", self.number, address, entry["revision"], answer.status_code)
        return answer.status_code < 500 and answer.status_code != 409

    def attempt(self, what: str, step: Callable[[], Any]) -> bool:
        """One step; False when no reply came, or none that can be used, and it is to be tried again."""
        try:
            return step() is not False
        except (httpx.ConnectError, httpx.ConnectTimeout):
            raise Later from None
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            log.info("authority %s: %s: no usable reply (%s)", self.number, what, type(error).__name__)
            return False

    def round(self) -> bool:
        known = bool(self.who) or self.attempt("whoami", self.whoami)
        return known and all([self.attempt("news", self.news), self.messages(), self.regular()])


def sync(authorities: list[Authority], patience: float) -> bool:
    """Rounds until all is said: each authority by itself, so that one that is busy keeps no other waiting."""
    until, pause, left, well = time.time() + patience, 1.0, list(authorities), True
    while left and time.time() < until:
        for authority in list(left):
            try:
                if authority.round():
                    left.remove(authority)
            except Later:
                pass
            except Stop as why:
                log.warning("authority %s: stopped: %s", authority.number, why)
                left.remove(authority)
                well = False
        pause = min(pause * 2, 60)
        time.sleep(max(pause, min(a.memory.get("not_before", 0) for a in left) - time.time()) if left else 0)
    return well and not left


def main() -> int:
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    config = json.loads(Path("sender.json").read_text())
    state = State(Path(config["state"]))
    if sys.argv[1:] == ["sync"]:
        authorities = [
            Authority(n, each, state, School(Path(config["school"]))) for n, each in config["authorities"].items()
        ]
        return 0 if sync(authorities, config.get("patience", 600)) else 1
    print(json.dumps(state.data, indent=1, ensure_ascii=False) if sys.argv[1:] == ["show"] else __doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main())
