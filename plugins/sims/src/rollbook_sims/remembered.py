"""What a checkpoint remembers: which files of marks were read, and how, since another reading finds other things; and
which reports there were that a school may be without.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from rollbook.contract import Checkpoint
from rollbook_sims.codes_table import CodeTable

TAKEN = 700
"""So many digests of files that were read are kept in a checkpoint, the newest first: 14 of its 16 KiB."""
_DIGEST = 16
_GOVERN = ("am", "pm", "date_form", "encoding")


def state_of_reading(settings: Mapping[str, Any], codes: CodeTable) -> str:
    """16 hexadecimal digits of all that says how a file of marks is understood, and what of it is set aside."""
    said = [settings["captions"].get("marks"), [settings[name] for name in _GOVERN], codes.statutory, codes.several]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:_DIGEST]


def remembered(digests: Sequence[str], reading: str, beside: Collection[str]) -> Checkpoint:
    """The checkpoint that says that those files, the newest first, were read in that way, with those other reports."""
    return {"taken": list(dict.fromkeys(digests))[:TAKEN], "reading": reading, "beside": list(beside)}


def was_there(report: str, checkpoint: Checkpoint | None) -> bool:
    """Whether the pull that left this checkpoint read that report, without which a pull can do."""
    beside = (checkpoint or {}).get("beside")
    return isinstance(beside, list) and report in beside


def taken(checkpoint: Checkpoint | None, reading: str) -> list[str]:
    """The digests that an earlier pull left, the newest first; none of a checkpoint of another form, nor of files that
    were read otherwise: what was set aside of them may be understood now.
    """
    known = checkpoint or {}
    digests = known.get("taken") if known.get("reading") == reading else None
    return [one for one in digests if isinstance(one, str) and len(one) == _DIGEST] if isinstance(digests, list) else []
