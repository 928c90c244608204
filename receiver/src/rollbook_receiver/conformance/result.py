"""The result of a check of conformance: its form, its digest, and how one that was kept is verified.

{"form": 1, "checked": "receiver" | "sender", "feed_version": "1.0", "feed": "sha256:...",
 "checker": "rollbook-receiver 1.0.0", "at": "2026-11-22T14:00:00Z", "other": {"name": ..., ...},
 "totals": {"met": 20, "broken": 0, "not answered": 0, "not seen": 0, "beyond": 3},
 "clauses": [{"clause": "F-1", "asked": ..., "came": ..., "verdict": "met", "beyond": ...}, ...],
 "digest": "sha256:..."}

`feed` names the edition of the feed. `digest` is the SHA-256 of all the rest in the feed's canonical JSON: a contract
that names it means this result and no other. No pupil is in a result.
"""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from rollbook_feed import FEED_VERSION, digest
from rollbook_feed.clauses import clauses
from rollbook_feed.edition import edition

FORM = 1
MET, BROKEN, NOT_SEEN = "met", "broken", "not seen"
NOT_ANSWERED = "not answered"  # of a sender: the occasion was given, and nothing came of it yet
BEYOND = "beyond"  # no program sees it from here, or could have in this run: it is answered in writing
VERDICTS = (MET, BROKEN, NOT_ANSWERED, NOT_SEEN, BEYOND)


@dataclass(frozen=True)
class Finding:
    """What was found of one clause. asked: what was done; came: what came of it, or what to do so that it can be seen;
    beyond: what of the clause no program sees from here.
    """

    clause: str
    asked: str
    came: str
    verdict: str
    beyond: str = ""


def made(checked: str, other: Mapping[str, Any], findings: Sequence[Finding], at: datetime) -> dict[str, Any]:
    """The whole result. checked: `receiver` or `sender`; other: who was checked, with its `name`."""
    totals = Counter(finding.verdict for finding in findings)
    result: dict[str, Any] = {
        "form": FORM,
        "checked": checked,
        "feed_version": FEED_VERSION,
        "feed": f"sha256:{edition()}",
        "checker": f"rollbook-receiver {importlib.metadata.version('rollbook-receiver')}",
        "at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "other": dict(other),
        "totals": {verdict: totals[verdict] for verdict in VERDICTS},
        "clauses": [asdict(finding) for finding in findings],
    }
    return result | {"digest": digest_of(result)}


def digest_of(result: Mapping[str, Any]) -> str:
    """`sha256:` and the digest of a result without its field `digest`. Raises as `rollbook_feed.digest`."""
    return "sha256:" + digest({name: value for name, value in result.items() if name != "digest"})


def is_good(result: Mapping[str, Any]) -> bool:
    """Whether each clause that the check can see is met."""
    return not any(result["totals"][verdict] for verdict in (BROKEN, NOT_ANSWERED, NOT_SEEN))


def wrong_with(result: Any) -> list[str]:
    """What keeps a result from being taken as it stands, in sentences; empty when it is sound.

    A sound result may yet have broken clauses: what it says is what was found.
    """
    if not _has_the_form(result):
        return ["It is not a result of a check of conformance in a form that this program knows."]
    found = []
    if digest_of(result) != result["digest"]:
        found.append("It was changed since it was made: its digest is another.")
    if result["feed"] != f"sha256:{edition()}":
        found.append(
            "It is of another edition of the feed than this program's: verify it with the program of its time."
        )
    bound = [clause.id for clause in clauses() if clause.binds == result["checked"]]
    told = [row["clause"] for row in result["clauses"]]
    if sorted(bound) != sorted(told):
        found.append(f"It does not tell of each clause that binds the {result['checked']} once.")
    totals = Counter(row["verdict"] for row in result["clauses"])
    if result["totals"] != {verdict: totals[verdict] for verdict in VERDICTS}:
        found.append("Its totals are not those of its clauses.")
    return found


def _has_the_form(result: Any) -> bool:
    try:
        return bool(
            result["form"] == FORM
            and result["checked"] in ("receiver", "sender")
            and all(isinstance(result[name], str) for name in ("feed_version", "feed", "checker", "at", "digest"))
            and isinstance(result["other"]["name"], str)
            and isinstance(result["totals"], dict)
            and digest_of(result)  # else it has what canonical JSON knows nothing of
            and all(row["verdict"] in VERDICTS and isinstance(row["clause"], str) for row in result["clauses"])
        )
    except (KeyError, TypeError, IndexError, ValueError, RecursionError):
        return False
