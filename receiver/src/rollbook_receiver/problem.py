"""What is answered when something is not taken: problem details (RFC 9457), without any value that was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.responses import JSONResponse, Response

PREFIX = "urn:rollbook:feed:"


class Refused(Exception):
    """A request that is not taken. `kind` is the last part of the problem's type."""

    def __init__(
        self,
        status: int,
        kind: str,
        title: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status, self.kind, self.title = status, kind, title
        self.errors, self.headers = errors, dict(headers or {})

    def response(self) -> Response:
        """The answer, as `application/problem+json`."""
        body: dict[str, object] = {"type": PREFIX + self.kind, "title": self.title, "status": self.status}
        if self.errors:
            body["errors"] = list(self.errors)
        return JSONResponse(body, self.status, self.headers, media_type="application/problem+json")


def unauthorised(title: str) -> Refused:
    """No token, or none that holds."""
    return Refused(401, "unauthorised", title, headers={"WWW-Authenticate": 'Bearer realm="rollbook feed"'})
