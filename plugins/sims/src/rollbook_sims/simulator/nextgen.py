"""A stand-in for SIMS Next Gen on this machine, with a made-up school: its sign-in and its OData interface, V3.

    POST connect/token                              client_credentials, and acr_values=orgselected:ORGANISATION
    GET ssli01/Learner/V3/LearnerIdentifiers?$top=1
    GET ssli01/Attendance/V3/AttendanceRecords?$filter=AttendableEventStart ge ... and AttendableEventStart lt ...

It takes no query option of which the vendor's pages do not speak, refuses days without a time and more than 90 of them,
and its links to a next page name the server behind the gateway, as the vendor's samples do.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import polars as pl

from rollbook.tables.schemas import Table
from rollbook.testing.schools import MadeSchool
from rollbook.testing.web import Answer, Incoming, Server, as_json
from rollbook_sims.simulator.nextgen_records import Organisation, Records

ORGANISATION, CLIENT = "4f6c3d5e-7a01-4c58-9a57-1b0f6f0e2d11", "rollbook-test"
BEHIND = "https://service-behind.invalid/ThirdParty/"
RECORDS, SESSIONS = "Attendance/V3/AttendanceRecords", "Attendance/V3/StatutoryAttendanceSessions"
MOST, MOST_DAYS = 1000, 90
_CLAUSE = re.compile(r"AttendableEventStart (ge|lt) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")


class Refused(Exception):
    """What was asked is not understood; the text says why."""


class NextGenSimulator:
    """Runs from when it is made until `close`. `settings` are those of a connection to it.

    counts: whether it tells totals. filters_sessions: whether sessions take a filter. named: whether sessions say which
    half of the day they are. The vendor's pages speak of none of these, so it does none of them.
    """

    counts = filters_sessions = named = False

    def __init__(self, folder: Path, school: MadeSchool) -> None:
        self._organisation = Organisation(school, self.named)
        self._secret, self._key = secrets.token_hex(16), secrets.token_hex(16)
        self._tokens: set[str] = set()
        self.signed_in = 0
        self._sign_in, self._server = Server(self._token), Server(self._answer)
        self.settings: dict[str, Any] = {
            "kind": "nextgen",
            "urn": str(school.urn),
            "organisation": ORGANISATION,
            "client_id": CLIENT,
            "client_secret": {"file": str(_kept(folder / "client_secret", self._secret))},
            "subscription_key": {"file": str(_kept(folder / "subscription_key", self._key))},
            "url": f"{self._server.url}ssli01/",
            "sign_in": f"{self._sign_in.url}connect/token",
            "properties": {"learners": {"key": "AdmissionNumber"}},
        }

    def publish(self, evening: date) -> None:
        """From now on hold what the school's system would hold at the end of that day."""
        self._organisation.publish(evening)

    def readable(self) -> dict[Table, pl.DataFrame]:
        """What of the school Next Gen gives."""
        return self._organisation.readable()

    def expire(self) -> None:
        """No token that was given is any good from now on."""
        self._tokens.clear()

    def close(self) -> None:
        """End both servers. Twice does no harm."""
        self._sign_in.close()
        self._server.close()

    def _token(self, asked: Incoming) -> Answer:
        form = dict(parse_qsl(asked.body.decode()))
        wanted = {
            "grant_type": "client_credentials",
            "client_id": CLIENT,
            "client_secret": self._secret,
            "scope": "simsserverapplication partner",
            "acr_values": f"orgselected:{ORGANISATION}",
        }
        if (asked.method, asked.target) != ("POST", "/connect/token"):
            return as_json({"error": "not found"}, 404)
        if form != wanted:
            return as_json({"error": "invalid_client"}, 400)
        token = secrets.token_urlsafe(40)
        self._tokens.add(token)
        self.signed_in += 1
        return as_json({"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def _answer(self, asked: Incoming) -> Answer:
        if asked.headers.get("ocp-apim-subscription-key") != self._key:
            return as_json({"statusCode": 401, "message": "Access denied due to invalid subscription key."}, 401)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return as_json({"message": "Authorization has been denied for this request."}, 401)
        parts = urlsplit(asked.target)
        path = parts.path.removeprefix("/ssli01/")
        said = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        try:
            records = self._records(path, said)
            if records is None:
                return as_json({"error": {"code": "", "message": "Resource not found."}}, 404)
            return self._page(path, said, records, asked.headers.get("prefer", ""))
        except Refused as why:
            return as_json({"error": {"code": "", "message": str(why)}}, 400)

    def _records(self, path: str, said: dict[str, str]) -> Records | None:
        known = {"$top", "$skip", "$skiptoken", *(["$count"] if self.counts else [])}
        filtered = path == RECORDS or (path == SESSIONS and self.filters_sessions)
        strange = sorted(set(said) - known - ({"$filter"} if filtered else set()))
        if strange:
            raise Refused(f"The query option {strange[0]} is not allowed.")
        if path not in (RECORDS, SESSIONS):
            return self._organisation.entity(path)
        if path == SESSIONS and "$filter" not in said:
            return self._organisation.sessions(None, None)
        first, before = _moments(said.get("$filter", ""))
        return (self._organisation.records if path == RECORDS else self._organisation.sessions)(first, before)

    def _page(self, path: str, said: dict[str, str], records: Records, prefer: str) -> Answer:
        """A page, and where the next one is."""
        wished = re.search(r"odata\.maxpagesize=(\d+)", prefer)
        start = _place(said["$skiptoken"]) if "$skiptoken" in said else int(said.get("$skip", "0"))
        top = int(said["$top"]) if "$top" in said else records.total
        stop = min(start + min(MOST, int(wished[1]) if wished else MOST), top, records.total)
        service, _, entity = path.rpartition("/")
        answer: dict[str, Any] = {"@odata.context": f"{BEHIND}{service}/$metadata#{entity}"}
        if said.get("$count") == "true":
            answer["@odata.count"] = records.total
        answer["value"] = records[start:stop] if stop > start else []
        if stop < min(top, records.total):
            query = urlencode({**said, "$skiptoken": _token_of(stop)}, quote_via=quote)
            answer["@odata.nextLink"] = f"{BEHIND}{path}?{query}"
        return as_json(answer)


def _moments(said: str) -> tuple[datetime, datetime]:
    """The two ends of a filter. A day without a time is refused, and so are more days than may be asked for."""
    found = {} if not said else dict(_clause(one) for one in said.split(" and "))
    if set(found) != {"ge", "lt"}:
        raise Refused("AttendableEventStart must be limited at both ends.")
    first, before = found["ge"], found["lt"]
    if before - first > timedelta(days=MOST_DAYS):
        raise Refused(f"A maximum time span of {MOST_DAYS} days is allowed.")
    return first, before


def _clause(said: str) -> tuple[str, datetime]:
    found = _CLAUSE.fullmatch(said)
    if found is None:
        raise Refused("The filter is not understood: a date time is expected, as 2014-02-13T13:00:00Z.")
    return found[1], datetime.fromisoformat(found[2])


def _token_of(start: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"after": start}).encode()).decode()


def _place(said: str) -> int:
    return int(json.loads(base64.urlsafe_b64decode(said))["after"])


def _kept(path: Path, secret: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(secret, encoding="utf-8")
    return path
