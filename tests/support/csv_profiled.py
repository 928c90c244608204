"""Typing `rollbook csv profile` on a file, and what it proposes. Whatever it says is looked through for names."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from support.csv_files import marks_file
from support.typed import Typed, type_command

HEADINGS = "Adno,UPN,Legal Surname,Legal Forename,Reg,Year,Mark,Date,AM/PM,Meaning"
SIMS = marks_file(
    '001234,B801200005001,Fennimore,Zoë,6A,"Year  6",/,02/11/2026,AM,Present',
    '001234,B801200005001,Fennimore,Zoë,6A,"Year  6",N,02/11/2026,PM,No reason',
    '001235,,O’Neill,Ada,6A,"Year  6",-,03/11/2026,AM,No mark',
    headings=HEADINGS,
)
ISO = marks_file("001234,2026-11-02,AM,/", "001234,2026-11-02,PM,N")
NO_DATES = "Adno,UPN,DOB\n001234,B801200005001,\n001,,\n007,,\n1,,\n"  # in any form
PERSONAL = ("Fennimore", "Zoë", "O’Neill", "B801200005001", "001234", "001235", "Pat", "Example,")


def given(folder: Path, contents: str | bytes, name: str = "marks.csv", pupils: str | None = NO_DATES) -> Path:
    """A file to profile, and pupils.csv beside it."""
    if pupils is not None:
        (folder / "pupils.csv").write_text(pupils, encoding="utf-8")
    path = folder / name
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    return path


def profiled(path: Path, *words: str | Path, answers: str | None = None) -> Typed:
    """The command on that file. Nothing it says names anybody, and it is no fault."""
    typed = type_command("csv", "profile", path, *words, answers=answers)
    assert typed.status in (0, 1, 2), typed.err
    assert not [word for word in PERSONAL if word in typed.out + typed.err]
    return typed


def proposed(path: Path, *words: str | Path) -> dict[str, Any]:
    """The profile that is proposed."""
    data: dict[str, Any] = profiled(path, *words, "--format", "json").json()
    assert tomllib.loads(data["toml"]) == data["profile"]
    return data


def doubts(path: Path, *words: str) -> dict[str, str]:
    return {doubt["about"]: f"{doubt['what']}: {doubt['do']}" for doubt in proposed(path, *words)["not_sure"]}
