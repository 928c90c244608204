"""Each check of clauses 3 to 6 fails for a source that breaks its clause, and says what was seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.testing.kit.outcome import State
from support import kit_broken_checking, kit_broken_pulls, kit_broken_rows
from support.kit_broken import Broken

ALSO = [*kit_broken_checking.ALSO, *kit_broken_rows.ALSO, *kit_broken_pulls.ALSO]
BROKEN = {**kit_broken_checking.BROKEN, **kit_broken_rows.BROKEN, **kit_broken_pulls.BROKEN}


@pytest.mark.parametrize(("id_", "broken"), [pytest.param(id_, broken, id=id_) for id_, broken in BROKEN.items()])
def test_it_fails_where_the_clause_is_broken(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert outcome.state is State.FAILED
    assert broken.says in outcome.why


@pytest.mark.parametrize(
    ("id_", "broken"), [pytest.param(id_, one, id=f"{id_}-{one.cls.__name__}") for id_, one in ALSO]
)
def test_it_fails_of_other_mistakes_too(id_: str, broken: Broken, tmp_path: Path) -> None:
    outcome = broken.outcome(id_, tmp_path)
    assert (outcome.state, broken.says in outcome.why) == (State.FAILED, True), outcome.why
