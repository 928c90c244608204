"""Findings: what a rule says of a pupil and a stretch of days, as a row that stands by itself."""

from __future__ import annotations

import json
from functools import cache

import polars as pl

from rollbook.rules.pairs import SIZE
from rollbook.rules.rule import Reading, Rule
from rollbook.tables import codes
from rollbook.tables.schemas import FINDINGS, empty

SESSION_NAMES = ("AM", "PM")


def findings_of(
    rule: Rule, reading: Reading, spans: pl.DataFrame, figures: pl.DataFrame, evidence: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `FINDINGS`, sorted by school, pupil and first day.

    spans: run (its number), e, first, last, reached, ended. figures: a row for each span, in the same order; with its
    `case_type` where the rule has types. evidence: the sessions that count: run, session, code and the day (`c`, or
    `date` where it may be another school's), in order.
    """
    if spans.is_empty():
        return empty(FINDINGS)
    rows = reading.days.told(spans.select("e", "run", "first", "last", "reached", "ended"), "school", "pupil")
    rows = rows.hstack(
        [
            figures.select(figures=pl.struct(pl.all()).struct.json_encode()).to_series(),
            _settings_json(rule, reading, rows.get_column("school"), figures),
        ]
    )
    if len(evidence):
        rows = rows.join(_listed(reading, evidence), on="run", how="left", maintain_order="left")
    else:
        rows = rows.with_columns(evidence=pl.lit(None, pl.List(pl.String)))
    said = {
        "rule": pl.lit(rule.id),
        "law": pl.lit(json.dumps(rule.law)),
        "evidence": pl.format("[{}]", pl.col("evidence").list.join(", ").fill_null("")),
    }
    rows = rows.sort("school", "pupil", "first")
    return rows.select(said.get(name, pl.col(name)).cast(dtype).alias(name) for name, dtype in FINDINGS.items())


def _listed(reading: Reading, evidence: pl.DataFrame) -> pl.DataFrame:
    """run, evidence: the list of its sessions, each as JSON text."""
    dated = evidence if "date" in evidence.columns else reading.days.dated(evidence)
    listed = pl.DataFrame([dated.get_column("run"), _session_json(dated)])
    return listed.group_by("run").agg("evidence")


def _settings_json(rule: Rule, reading: Reading, schools: pl.Series, figures: pl.DataFrame) -> pl.Series:
    """For each row the values that it rests on as they are in force at its school, as JSON: settings."""
    types = figures.get_column("case_type").to_list() if rule.by_type else [None] * len(schools)
    rows = list(zip(schools.to_list(), types, strict=True))
    texts = {(school, of): json.dumps(reading.settings.cited(school, rule.rests_on(of))) for school, of in set(rows)}
    return pl.Series("settings", [texts[row] for row in rows], dtype=pl.String)


def _session_json(rows: pl.DataFrame) -> pl.Series:
    """{date, session, code} of each row, as JSON text: `evidence`. What each day and session says is written once."""
    every = pl.date_range(pl.col("date").min(), pl.col("date").max())
    days = rows.select(every.dt.to_string('{"date": "%Y-%m-%d')).to_series()
    said = pl.col("session").cast(pl.UInt16) * SIZE + pl.col("code")
    place = (pl.col("date") - pl.col("date").min()).dt.total_days()
    return rows.select(evidence=pl.lit(days).gather(place) + pl.lit(_saying()).gather(said)).to_series()


@cache
def _saying() -> pl.Series:
    """For each session * SIZE + code, the rest of its JSON text."""
    texts = [
        f'", "session": {json.dumps(name)}, "code": {json.dumps(_letter(code))}}}'
        for name in SESSION_NAMES
        for code in range(SIZE)
    ]
    return pl.Series(texts)


def _letter(code: int) -> str:
    known = code in codes.by_id() or code in (codes.NOT_RECORDED, codes.INVALID, codes.LOSSY)
    return codes.letter(code) if known else ""
