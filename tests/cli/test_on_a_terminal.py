"""What a person at a terminal sees: nothing is cut, however narrow it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.cli import demo_story, show
from rollbook.cli.progress import _Shown

COLUMNS = ["urn", "school", "as of", "newest session", "pupils", "marks", "set aside", "open cases", "to deliver"]
ROW = [900001, "Larkspur Primary School", "2026-11-20 19:00", "2026-11-20", 416, 42897, 7, 3, "1 held, 2 waiting"]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_word_of_a_table_is_cut_and_no_line_is_too_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr(show, "on_terminal", lambda: True)
    show.table(COLUMNS, [ROW], otherwise="")
    printed = capsys.readouterr().out
    assert {word for value in ROW for word in str(value).split()} <= set(printed.replace(",", " ").split()) | {"held,"}
    assert max(len(line) for line in printed.splitlines()) <= width


def test_a_long_line_is_broken_between_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setattr(show, "on_terminal", lambda: True)
    show.wrapped("  absent with no other code")
    assert capsys.readouterr().out == "  absent with no\n    other code\n"


class Bars:
    """Stands where rich's bars are, and notes what was shown last."""

    words = ""

    def add_task(self, words: str, **_: object) -> int:
        return 0

    def update(self, _: int, *, description: str, **__: object) -> None:
        self.words = description


@pytest.mark.parametrize(
    ("stage", "done", "total", "words"),
    [
        ("waiting", 0, None, "waits"),
        ("marks", 2, 3, "reads marks (2 of 3)"),
        ("judge", 0, 1, "judges"),
        ("deliver", 9, 9, "delivers (9 of 9)"),
        ("done", 1, 1, "done"),
    ],
)
def test_a_bar_counts_only_what_can_be_counted(stage: str, done: int, total: int | None, words: str) -> None:
    bars = Bars()
    _Shown(bars)("Larkspur Primary", stage, done, total)  # type: ignore[arg-type]
    assert bars.words == words


@pytest.mark.parametrize(("on_path", "typed"), [(True, "rollbook"), (False, str(Path(".venv", "bin", "rollbook")))])
def test_what_the_demonstration_says_to_type_can_be_typed_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, on_path: bool, typed: str
) -> None:
    ran = tmp_path / ".venv" / "bin" / "rollbook"
    ran.parent.mkdir(parents=True)
    ran.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo_story.shutil, "which", lambda _: str(ran) if on_path else None)
    assert demo_story._program(Path(".venv", "bin", "rollbook")) == typed
