"""Requests to Next Gen: the records of an entity, a page at a time, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec

from rollbook.contract import (
    Client,
    Connection,
    FixSettings,
    NeedsCredentials,
    RetryLater,
    VendorMustAct,
)
from rollbook_sims.nextgen.names import ENTITIES
from rollbook_sims.nextgen.signing_in import Token

COUNT = {"$count": "true"}
Asked = Mapping[str, str]


class Listed(msgspec.Struct, rename={"next": "@odata.nextLink", "total": "@odata.count"}):
    """A page. `total`: how many records there are on all pages, where Next Gen says so."""

    value: list[msgspec.Raw]  # each is decoded by itself: one that is wrong does not spoil the others
    next: str | None = None
    total: int | None = None


class Api:
    """One organisation's Next Gen, as long as the connection is open. `host` names it in sentences.

    plain: the entities that were found to refuse what is not documented of them; kept from one use to the next.
    """

    def __init__(self, connection: Connection, settings: Mapping[str, Any], token: Token, plain: set[str]) -> None:
        self._connection, self.settings, self._token = connection, settings, token
        self.plain = plain
        self.host = urlsplit(settings["url"]).netloc

    def pages(self, entity: str, asked: Asked | None = None, hoped: Asked | None = None) -> Iterator[tuple[str, Any]]:
        """The records of an entity, undecoded, with the page that they are on, as messages name it.

        asked: query options that are documented; hoped: those that are not, left out where they are refused. So is the
        question for the total. Where no total is told, a page that may be short is asked for twice and the longer
        answer counts: what is missing from it would be taken for deleted.

        Raises RetryLater where the pages are not whole; VendorMustAct where they repeat; and whatever `get` raises.
        """
        options: Asked = dict(asked or {})
        listed, options = self._first(entity, options, hoped or {})
        been: set[str | bytes] = set()
        came, number = 0, 1
        while True:
            if listed.total is None and (not listed.next or len(listed.value) < self.settings["page_size"]):
                again = self._page(entity, options)
                listed = max(listed, again, key=lambda one: len(one.value))
            _never_twice(been, listed, entity)
            came += len(listed.value)
            yield f"{entity}, page {number}", listed.value
            if not listed.next:
                break
            options = _continued(listed.next, entity)
            number += 1
            listed = self._page(entity, options)
        if listed.total is not None and listed.total != came:
            raise RetryLater(
                f"{self.host} has {listed.total} {entity} and gave {came}: they changed while they were read, or a "
                f"page was left out. The next sync reads them again."
            )

    def some(self, entity: str, asked: Asked) -> list[msgspec.Raw]:
        """A record or a few, undecoded, for a narrow look. Raises as `get`."""
        return self._first(entity, {**asked, "$top": "1"}, {})[0].value

    def _first(self, entity: str, asked: Asked, hoped: Asked) -> tuple[Listed, Asked]:
        whole = {**asked, **hoped, **COUNT}
        if entity not in self.plain:
            answer = self.get(entity, whole)
            if answer.status_code != 400:
                return self._listed(answer, entity), whole
            self.plain.add(entity)
        return self._page(entity, asked), asked

    def _page(self, entity: str, asked: Asked) -> Listed:
        return self._listed(self.get(entity, asked), entity)

    def get(self, entity: str, asked: Asked) -> httpx.Response:
        """The answer for an entity, whose status is 200, or 400 where something in `asked` is refused.

        Raises NeedsCredentials, FixSettings, RetryLater, VendorMustAct.
        """
        answer = self._signed(entity, asked)
        if answer.status_code == 401 and self._token.ended():  # it ended in mid-pull
            answer = self._signed(entity, asked)
        if answer.status_code == 401:
            self._token.ended()
            raise NeedsCredentials(
                f"{self.host} takes neither the token nor the subscription_key for {entity}: check the key and the "
                f"organisation, or ask SIMS for new ones.",
                detail=f"HTTP 401 for {entity}",
            )
        self._raise_for(answer, entity)
        self._token.proved = True
        return answer

    def _signed(self, entity: str, asked: Asked) -> httpx.Response:
        path = self.settings["entities"].get(entity, ENTITIES[entity])
        headers = {"Authorization": self._token.header()}
        return self._connection.get(path, label=entity, params=dict(asked), headers=headers)

    def _raise_for(self, answer: httpx.Response, entity: str) -> None:
        status, detail = answer.status_code, f"HTTP {answer.status_code} for {entity}"
        if status in (200, 400):
            return
        if status == 403:
            raise NeedsCredentials(
                f"{self.host} does not let this application read {entity}: ask the school, or SIMS, to let it.",
                detail=detail,
            )
        if status == 404:
            raise FixSettings(
                f"{self.host} has no {entity} at that address: check url, and name the right path in `entities` "
                f"(docs/sims-nextgen.md says which paths are guesses).",
                detail=detail,
            )
        raise RetryLater(f"{self.host} has a fault of its own ({detail}); the next sync tries again.", detail=detail)

    def _listed(self, answer: httpx.Response, entity: str) -> Listed:
        if answer.status_code == 400:
            raise FixSettings(
                f"{self.host} does not understand what it is asked for {entity}: check `entities` and `properties`. If "
                f"they are right, the interface is another than in the vendor's pages: tell us.",
                detail=f"HTTP 400 for {entity}",
            )
        try:
            return msgspec.json.decode(answer.content, type=Listed)
        except msgspec.ValidationError:
            raise VendorMustAct(f"What {self.host} answers for {entity} is no list of records: tell SIMS.") from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise RetryLater(
                f"What answered for {entity} was not SIMS, or is cut off: is a proxy or a sign-in page between?"
            ) from None


@contextmanager
def opened(settings: Mapping[str, Any], client: Client, token: Token, plain: set[str]) -> Iterator[Api]:
    """The organisation's Next Gen. Raises FixSettings."""
    headers = {
        "Accept": "application/json",
        "Ocp-Apim-Subscription-Key": settings["subscription_key"].reveal(),
        "Prefer": f"odata.maxpagesize={settings['page_size']}",  # a server may take no notice, and says no error
    }
    with client.at(f"{settings['url'].rstrip('/')}/", headers=headers, ca_file=settings["ca_file"]) as connection:
        yield Api(connection, settings, token, plain)


def _never_twice(been: set[str | bytes], listed: Listed, entity: str) -> None:
    """Raises VendorMustAct for a page that was there before, or whose link leads back."""
    here = [mark for mark in (listed.next, *map(bytes, listed.value[:1])) if mark]
    if not been.isdisjoint(here):
        raise VendorMustAct(f"Next Gen gives a page of {entity} twice: tell SIMS. Nothing of it was kept.")
    been.update(here)


def _continued(link: str, entity: str) -> Asked:
    """What the link to the next page asks for. It is put to our own address: the vendor's samples name the server
    behind the gateway, and no link may lead our credentials elsewhere.
    """
    asked = dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    if not asked:
        raise VendorMustAct(f"Next Gen's link to the next page of {entity} leads nowhere: tell SIMS.")
    return asked
