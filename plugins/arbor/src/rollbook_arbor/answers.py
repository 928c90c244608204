"""Whether an answer is a success. Arbor's body overrides its HTTP status, in two forms; a GraphQL answer has a third.

Nothing of an answer's own words is shown: they may name a pupil. Properties that GraphQL refuses are names of
Arbor's model, and are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rollbook.contract import FixSettings, NeedsCredentials, Problem, RetryLater, VendorMustAct

_REFUSED = re.compile(r"You do not have access to `([A-Za-z_]{1,80}(?:\.[A-Za-z_]{1,80})?)`")
_NO_FIELD = re.compile(r'Cannot query field "([A-Za-z_]{1,80})" on type "([A-Za-z_]{1,80})"')


class NotThere(FixSettings):
    """What was asked for is not there (404): of one record, that it was deleted; of anything else, that the address is
    not that of an Arbor.
    """


class NotUnderstood(VendorMustAct):
    """The request was refused for its form (400, 422)."""


class Refused(Exception):
    """GraphQL does not give these properties to this user, or does not have them. `names`: `Entity.property`."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def code_of(http_status: int, body: Any) -> int:
    """The status that counts: the body's own where it has one, in `response` or in `status`, else that of HTTP."""
    if isinstance(body, Mapping):
        for form in ("response", "status"):
            said = body.get(form)
            if isinstance(said, Mapping) and ("success" in said or "code" in said):
                return _code(said, http_status)
    return http_status


def _code(said: Mapping[str, Any], http_status: int) -> int:
    code = said.get("code")
    if isinstance(code, int) and not isinstance(code, bool):
        failed = said.get("success") is False and code < 400
        return 500 if failed else code
    if said.get("success") is False:
        return http_status if http_status >= 400 else 500
    return http_status


def raise_for(code: int, host: str, label: str) -> None:
    """Raise what a status calls for; nothing for a success. `label`: what was asked, without what was in it."""
    if 200 <= code < 300:
        return
    detail = f"status {code} for {label}"
    if code == 404:
        raise NotThere(
            f"{host} has nothing where {label} should be (404): is `url` the address of the school's Arbor? If it is, "
            f"the vendor's shape changed: tell us.",
            detail=detail,
        )
    raise _problem(code, host, label, detail)


def _problem(code: int, host: str, label: str, detail: str) -> Problem:
    if code == 401:
        return NeedsCredentials(
            f"{host} does not take the user name and password: check `user` and `password`, or ask the developer "
            f"portal for new ones.",
            detail=detail,
        )
    if code == 403:
        return NeedsCredentials(
            f"{host} does not let this user read {label}: ask the school to approve the application (System > "
            f"Partner Apps).",
            detail=detail,
        )
    if code == 429:
        return RetryLater(f"{host} asks for fewer requests; the next sync tries again.", detail=detail)
    if code >= 500:
        return RetryLater(f"{host} has a fault of its own ({code} for {label}); try again later.", detail=detail)
    return NotUnderstood(
        f"The vendor's shape changed: {host} no longer understands a request for {label} ({code}). Tell us.",
        detail=detail,
    )


def raise_for_errors(errors: Any, host: str, label: str) -> None:
    """Raise when a GraphQL answer has `errors`: partial data is no success. Raises Refused where it names what it does
    not give, else VendorMustAct.
    """
    if not errors:
        return
    told = errors if isinstance(errors, list) else []
    texts = [str(one.get("message", "")) for one in told if isinstance(one, Mapping)]
    names = [name for text in texts for name in _REFUSED.findall(text)]
    names += [f"{entity}.{field}" for text in texts for field, entity in _NO_FIELD.findall(text)]
    if names:
        raise Refused(tuple(dict.fromkeys(names)))
    raise VendorMustAct(
        f"{host} answered a query for {label} with errors that name no property: nothing of it was used.",
        detail=f"{len(texts)} errors for {label}",
    )
