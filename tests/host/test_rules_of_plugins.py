"""Rules that a third party's plugin adds to the catalogue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host import rule_plugins
from rollbook.host.config import Config, Installation
from rollbook.host.judge_folder import judge_folder
from rollbook.host.plugins import load
from rollbook.rules import catalogue
from rollbook.rules.evaluate import Evaluation, evaluate
from rollbook.rules.problems import NoSuchRule, NotInForce
from support.plugins import Install, installer
from support.register_folder import write_register
from support.rules_cases import small

FRIDAY = date(2026, 9, 18)
RULES = """
from datetime import date
import polars as pl
from rollbook.contract import Field, Judged, Rule, hookimpl
from rollbook.tables.schemas import Table

def judge(reading):
    runs = reading.runs("I").filter(pl.col("days") >= 3)
    now = reading.spread(runs.filter("unbroken").select("e", "days"))
    days = pl.col("days").fill_null(0).cast(pl.UInt32)
    answer = now.select(due=pl.col("days").is_not_null(), days=days)
    ill = reading.sessions("I")
    percent = pl.lit(reading.value(100000, "persistent_percent"))
    found = runs.with_columns(reached="last", ended=~pl.col("unbroken"), most=percent).drop("unbroken")
    marks = found.select("run", "e", "first", "last").join(ill, on="e")
    marks = marks.filter(pl.col("date").is_between("first", "last"))
    return Judged(answer, ill, found, marks.select("run", "date", "session", "code"))

ILL = Rule(
    id="acme_ill",
    title="Three days ill",
    says="Three school days of I in a row.",
    law=("Acme Trust, attendance policy, 4.2",),
    first_day=date(2025, 9, 1),
    settings=("persistent_percent",),
    answer=(Field("due", pl.Boolean, "whether it stands"), Field("days", pl.UInt32, "days of it")),
    due="due",
    judge=judge,
)

@hookimpl
def rollbook_rules():
    return [ILL]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    return installer(tmp_path, monkeypatch)


def config(tmp_path: Path, *rules: str) -> Config:
    return Config(
        tmp_path / "rollbook.toml", tmp_path, Installation("Trust", tmp_path), {}, (), {}, {}, {}, rules=rules
    )


def judged(tmp_path: Path, as_at: date = FRIDAY, rules: list[str] | None = None) -> Evaluation:
    register = small(as_at, marks={"2026-09-14..2026-09-18": "I I"})
    return evaluate(register, as_at, rules=rules, known=rule_plugins.known(config(tmp_path, "acme")))


def test_it_is_in_the_catalogue_beside_ours_where_the_configuration_names_its_plugin(
    install: Install, tmp_path: Path
) -> None:
    install("acme", RULES)
    assert list(rule_plugins.known(config(tmp_path, "acme"))) == [*catalogue.RULES, "acme_ill"]
    assert rule_plugins.known(config(tmp_path)) is catalogue.RULES
    assert rule_plugins.known(None) is catalogue.RULES


def test_its_record_says_what_it_gives(install: Install) -> None:
    install("acme", RULES)
    record = load("acme")
    assert (record.status, record.rules) == ("ok", ("acme_ill",))
    with pytest.raises(FixSettings, match=r"gives no source of that name\. It gives: rule acme_ill"):
        record.source()


def test_it_answers_beside_ours(install: Install, tmp_path: Path) -> None:
    install("acme", RULES)
    said = judged(tmp_path)
    assert said.answers["acme_ill"].row(0, named=True) == {"school": 100000, "pupil": 1, "due": True, "days": 5}
    assert "attendance_return" in said.answers
    assert len(said.evidence["acme_ill"]) == 10


def test_its_findings_have_its_law_its_settings_and_its_figures(install: Install, tmp_path: Path) -> None:
    install("acme", RULES)
    [one] = [row for row in judged(tmp_path).findings.to_dicts() if row["rule"] == "acme_ill"]
    assert (one["first"], one["last"], one["reached"], one["ended"]) == (date(2026, 9, 14), FRIDAY, FRIDAY, False)
    assert json.loads(one["law"]) == ["Acme Trust, attendance policy, 4.2"]
    assert json.loads(one["settings"]) == [{"name": "persistent_percent", "value": 10, "set_by": "law"}]
    assert json.loads(one["figures"]) == {"days": 5, "most": 10}
    assert len(json.loads(one["evidence"])) == 10


def test_it_is_not_asked_about_a_day_before_its_first(install: Install, tmp_path: Path) -> None:
    install("acme", RULES)
    with pytest.raises(NotInForce, match="acme_ill"):
        judged(tmp_path, date(2025, 8, 29), ["acme_ill"])


def test_without_its_plugin_it_is_no_rule(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRule, match="acme_ill"):
        evaluate(small(FRIDAY), FRIDAY, rules=["acme_ill"])


def test_a_folder_is_judged_by_it_too(install: Install, tmp_path: Path) -> None:
    install("acme", RULES)
    folder = write_register(tmp_path / "register")
    rows = list(judge_folder(folder, date(2026, 9, 25), ["acme_ill"], config(tmp_path, "acme")))
    assert [(row["rule"], row["pupil"], row["due"]) for row in rows] == [
        ("acme_ill", "p1", False),
        ("acme_ill", "p2", False),
    ]


FAILS = "raise ValueError('Quillfeather')"


@pytest.mark.parametrize(
    ("instead", "said"),
    [
        (FAILS, "ValueError at plugin_acme"),
        ("raise SystemExit(3)", "SystemExit at"),
        ("return None", "it gave a NoneType, not a rollbook.contract.Judged"),
        ("return Judged(reading.pupils)", "not a row for each pupil, with the fields that it names"),
        ("return reading.table(Table.MARKS)", "ValueError at"),
    ],
)
def test_one_that_fails_is_not_judged_and_harms_no_other(
    install: Install, tmp_path: Path, instead: str, said: str
) -> None:
    install("acme", RULES.replace('    runs = reading.runs("I")', f"    {instead}\n    runs = reading.runs('I')"))
    evaluation = judged(tmp_path)
    assert "acme_ill" not in evaluation.answers
    assert "attendance_return" in evaluation.answers
    why = evaluation.failed["acme_ill"]
    assert "the rule acme_ill of the plugin acme 1.2 failed, and is not judged" in why
    assert said in why
    assert "Quillfeather" not in why


def test_a_folder_is_refused_by_name_where_a_rule_failed(install: Install, tmp_path: Path) -> None:
    install("acme", RULES.replace('    runs = reading.runs("I")', f"    {FAILS}\n    runs = reading.runs('I')"))
    folder = write_register(tmp_path / "register")
    with pytest.raises(FixSettings, match="acme_ill of the plugin acme"):
        judge_folder(folder, date(2026, 9, 25), None, config(tmp_path, "acme"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (RULES.replace('"acme_ill"', '"absence"'), "there is a rule absence already"),
        (RULES.replace('"persistent_percent",),', '"moon",),'), "goes by moon, which is no value of law or policy"),
        (RULES.replace("return [ILL]", "return ILL"), "rollbook_rules gave a Rule, not a list of rules"),
        (RULES.replace("return [ILL]", "return [1]"), "which is no rollbook.contract.Rule"),
        (RULES.replace("return [ILL]", "return [ILL, ILL]"), "two rules of one id"),
        (RULES.replace("return [ILL]", "return []"), "It registers nothing"),
        (RULES.replace('id="acme_ill"', 'id="Acme ill"'), "its id is not of small letters"),
        (RULES.replace('law=("Acme Trust, attendance policy, 4.2",)', "law=()"), "law is empty"),
        (RULES.replace('due="due"', 'due="late"'), "due is 'late', which is no field of its answer"),
    ],
)
def test_a_plugin_whose_rules_cannot_stand_is_refused_with_the_reason(
    install: Install, tmp_path: Path, code: str, said: str
) -> None:
    install("acme", code)
    with pytest.raises(FixSettings) as refused:
        rule_plugins.known(config(tmp_path, "acme"))
    assert said in refused.value.sentence


def test_a_plugin_that_gives_no_rule_is_not_one_of_rules(install: Install, tmp_path: Path) -> None:
    install("acme", RULES)
    record = replace(load("acme"), rule_entries=(), rules=())
    with pytest.raises(FixSettings, match="gives no rule"):
        record.rule_list()
    with pytest.raises(FixSettings, match="It is not installed here"):
        rule_plugins.known(config(tmp_path, "acne"))


def test_the_example_of_the_contract_runs(install: Install, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "contract.md").read_text(encoding="utf-8")
    install("acme", page.split("### `Rule`\n")[1].split("```python\n")[1].split("```")[0])
    register = small(FRIDAY, marks={"2026-09-07..2026-09-18": "L /"})
    said = evaluate(register, FRIDAY, rules=["acme_late"], known=rule_plugins.known(config(tmp_path, "acme")))
    assert said.answers["acme_late"].row(0, named=True) == {"school": 100000, "pupil": 1, "sessions": 10, "due": True}
