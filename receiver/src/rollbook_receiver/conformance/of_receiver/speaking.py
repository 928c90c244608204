"""F-4 to F-8: who speaks."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

from rollbook_feed import FEED_VERSION
from rollbook_feed.answers import Token
from rollbook_receiver.conformance.of_receiver.check import Broken, NotSeen, check
from rollbook_receiver.conformance.of_receiver.stage import Stage, address, expect, in_form

LISTS = ("feed_versions", "kinds", "news", "regular")


@check(
    "F-4",
    "a token by HTTP Basic and one by form; with a wrong secret, and with a client id that there is not",
    beyond="that a secret is shown once, and kept as a hash alone",
)
def tokens(stage: Stage) -> str:
    """OAuth 2.0 client credentials, both ways."""
    wire = stage.wire
    secret = wire.client_secret
    for how, client, given, wanted in (
        ("by form", wire.client_id, secret, 200),
        ("by HTTP Basic", wire.client_id, secret, 200),
        ("by form, with a wrong secret", wire.client_id, secret + "x", 401),
        ("by HTTP Basic, with a wrong secret", wire.client_id, secret + "x", 401),
        ("by form, of an unknown client", wire.client_id + "x", secret, 401),
    ):
        form = {"grant_type": "client_credentials"}
        headers = {}
        if "Basic" in how:
            pair = f"{quote_plus(client)}:{quote_plus(given)}"  # RFC 6749, section 2.3.1
            headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        else:
            form |= {"client_id": client, "client_secret": given}
        answer = wire.plain("POST", "/oauth/token", data=form, headers=headers)
        if answer.status == 429:
            raise NotSeen("it takes no more guesses from here for a while (429): run the check again later")
        if answer.status != wanted:
            raise Broken(f"a token asked for {how} was answered {answer.status} instead of {wanted}")
        if wanted == 200:
            in_form(answer, Token, f"the token given {how}")
        elif answer.said.get("error") != "invalid_client":
            raise Broken(f"a token asked for {how} was answered 401 without invalid_client")
    return "two tokens were given; each wrong one was answered 401 invalid_client"


@check("F-5", "a message, a look-up and whoami without a token, and with an invented one")
def no_token(stage: Stage) -> str:
    """401, and nothing kept."""
    message = stage.message()
    for headers in ({}, {"Authorization": "Bearer invented-by-a-check"}):
        with_it = "with an invented token" if headers else "without a token"
        sent = headers | {"Idempotency-Key": stage.name()}
        answer = stage.wire.plain("POST", "/v1/messages", json=message, headers=sent)
        expect(answer, 401, "unauthorised", f"a message {with_it}")
        for path in ("/v1/whoami", f"/v1/messages/{address(message)}"):
            expect(stage.wire.plain("GET", path, headers=headers), 401, "unauthorised", f"a question {with_it}")
    expect(stage.look_up(message), 404, "nothing-held", "the look-up of what was sent without a token")
    return "each was answered 401 unauthorised, and nothing is held of them"


@check(
    "F-6",
    "a message, a look-up and a request for news of another's school, and a reference that is not its own",
    beyond="the reference of another school's message: one that nobody has was asked for",
)
def own_schools(stage: Stage) -> str:
    """403 for another's school."""
    mine = stage.whoami.get("schools")
    if mine is None:
        raise NotSeen("the client speaks for every school: run the check with a client of one school")
    other = stage.other_school or next(urn for urn in range(999_999, 0, -1) if urn not in mine)
    if other in mine:
        raise NotSeen("--other-school is one that the client speaks for: name another")
    message = stage.message()
    message["key"]["school"] = message["content"]["school"]["urn"] = other
    expect(stage.post(message), 403, "not-your-school", "a message of another's school")
    expect(stage.look_up(message), 403, "not-your-school", "a look-up of another's school")
    news = stage.wire.get(f"/v1/schools/{other}/news?after=0")
    expect(news, 403, "not-your-school", "a request for another's news")
    expect(stage.wire.get("/v1/status/2222-3333-4444"), 404, "nothing-held", "a reference that nobody was given")
    return "each was answered 403 not-your-school, the reference 404 nothing-held"


@check("F-8", "GET /v1/whoami", beyond="that nothing is kept of the question")
def whoami(stage: Stage) -> str:
    """Who, which schools, and what is taken and given."""
    said = stage.whoami
    for name in ("client", "name"):
        if not isinstance(said.get(name), str) or not said[name]:
            raise Broken(f"whoami has no {name}")
    for name in LISTS:
        if not isinstance(said.get(name), list) or not all(isinstance(word, str) for word in said[name]):
            raise Broken(f"whoami has no list of {name}")
    schools = said.get("schools", [])
    if schools is not None and not (isinstance(schools, list) and all(isinstance(urn, int) for urn in schools)):
        raise Broken("whoami has no list of schools as whole numbers, nor null for every school")
    if schools is not None and stage.school not in schools:
        raise Broken(f"whoami does not list school {stage.school}, for which this client was said to speak")
    if "sessions" in said["regular"] and not isinstance(said.get("sessions"), list):
        raise Broken("whoami asks for sessions, and does not list of which schools")
    if "least" in said and not (isinstance(said["least"], int) and 5 <= said["least"] <= 100):
        raise Broken("whoami has a least that is no whole number from 5 to 100")
    if FEED_VERSION not in said["feed_versions"]:
        raise Broken(f"whoami does not list version {FEED_VERSION}, which this check is of")
    return f"it takes {len(stage.kinds)} kinds, gives {len(said['news'])}, asks for {len(said['regular'])} regularly"
