"""Rules that a plugin adds: listed, shown, and judged, where the configuration names the plugin."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from support.plugins import Install, installer
from support.register_folder import write_register
from support.typed import type_command

CODE = """
import polars as pl
from rollbook.contract import Field, Judged, Rule, hookimpl

def judge(reading):
    absent = reading.sessions("O")
    each = absent.group_by("e").agg(sessions=pl.len().cast(pl.UInt32))
    answer = reading.spread(each).with_columns(pl.col("sessions").fill_null(0))
    return Judged(answer.select("sessions"), evidence=absent)

@hookimpl
def rollbook_rules():
    field = Field("sessions", pl.UInt32, "sessions of O")
    return [Rule(id="acme_count", title="How often O", says="It counts O.", law=("Acme policy, 1",), answer=(field,),
                 judge=judge, due="sessions")]
"""
CONFIG = 'rules = ["acme"]\n[installation]\nname = "Trust"\n'


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    install: Install = installer(tmp_path, monkeypatch)
    install("acme", CODE)
    (tmp_path / "rollbook.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path / "rollbook.toml"


def test_it_is_listed_after_ours(named: Path) -> None:
    typed = type_command("--config", named, "rules")
    assert typed.status == 0
    assert typed.out.splitlines()[-1].split("  ")[0] == "acme_count"


def test_it_is_shown_with_its_law(named: Path) -> None:
    typed = type_command("--config", named, "rules", "show", "acme_count")
    assert (typed.status, "Acme policy, 1" in typed.out) == (0, True)


def test_a_folder_is_judged_by_it_with_evidence_and_law(named: Path, tmp_path: Path) -> None:
    folder = write_register(tmp_path / "register")
    words = ("evaluate", folder, "--as-at", date(2026, 9, 25).isoformat(), "--rule", "acme_count", "--format", "jsonl")
    typed = type_command("--config", named, *words)
    first, second = typed.out.splitlines()
    assert '"sessions": 20' in first
    assert '"law": ["Acme policy, 1"]' in first
    assert '"sessions": 0' in second


def test_the_list_of_plugins_names_it(named: Path) -> None:
    assert "rule acme_count" in type_command("--config", named, "plugins").out


def test_without_the_configuration_there_are_only_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "acme_count" not in type_command("rules").out
