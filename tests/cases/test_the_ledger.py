"""The ledger of a school: whoever alters an event, or leaves one out, is found out; a lawful purge is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollbook.cases.history import Broken, Link, event, link, verify
from support.cases import finding, matched
from support.registers import SCHOOL, day, night

CONTENTS: dict[int, dict[str, Any]] = {n: {"what": "opened", "episode": n} for n in (1, 2, 3)}


def chain() -> list[Link]:
    links: list[Link] = []
    for content in CONTENTS.values():
        links.append(link(links[-1] if links else None, content, school=SCHOOL))
    return links


def number(broken: Broken | None) -> int | None:
    return broken.number if broken else None


def test_a_chain_holds() -> None:
    assert verify(chain(), CONTENTS) is None
    assert verify([]) is None


def test_an_altered_content_is_named() -> None:
    broken = verify(chain(), CONTENTS | {2: {"what": "closed", "episode": 2}})
    assert broken == Broken(
        2, f"The ledger of school {SCHOOL} is broken at event 2: what is kept of this event is not what was written."
    )


def test_an_altered_digest_is_named() -> None:
    links = chain()
    links[1] = replace(links[1], content="0" * 64)
    assert number(verify(links)) == 2


def test_an_event_sealed_anew_breaks_the_next() -> None:
    links = chain()
    links[1] = link(links[0], {"what": "closed"}, school=SCHOOL)
    assert number(verify(links)) == 3


def test_an_event_left_out_is_named() -> None:
    links = chain()
    broken = verify([links[0], links[2]])
    assert broken is not None
    assert "event 2 is missing" in broken.reason


def test_the_first_event_left_out_is_named() -> None:
    assert number(verify(chain()[1:])) == 2


def test_an_event_of_another_school_is_named() -> None:
    links = chain()
    links[2] = replace(links[2], school=100_002)
    assert number(verify(links)) == 3


def test_a_purged_content_breaks_no_link() -> None:
    assert verify(chain(), {1: CONTENTS[1], 3: CONTENTS[3]}) is None


def test_a_ledger_is_not_continued_with_another_schools() -> None:
    with pytest.raises(ValueError, match="100002 cannot continue the ledger of school 100001"):
        link(chain()[-1], {}, school=100_002)


def test_an_event_says_what_happened_and_on_what_it_rests() -> None:
    [change] = matched([], finding("2026-09-14", "2026-09-25"))
    told = event(change, as_at=day("2026-09-25"), at=night("2026-09-26"), run=7)
    assert told["what"] == "opened"
    assert told["rests_on"] == change.case.digest
    assert (told["first"], told["as_at"], told["run"]) == ("2026-09-14", "2026-09-25", 7)
    assert link(None, told, school=SCHOOL) == link(None, dict(reversed(told.items())), school=SCHOOL)
