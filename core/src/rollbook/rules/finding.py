"""Findings: what a rule says of a pupil and a stretch of days, as a row that stands by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence

import polars as pl

from rollbook.rules.rule import Reading, Rule
from rollbook.tables import codes
from rollbook.tables.schemas import FINDINGS, conform

SESSION_NAMES = ("AM", "PM")


def findings_of(
    rule: Rule, reading: Reading, spans: pl.DataFrame, figures: pl.DataFrame, evidence: pl.DataFrame
) -> pl.DataFrame:
    """Rows of `FINDINGS`, sorted by school, pupil and first day.

    spans: run (its number), e, first, last, reached, ended. figures: a row for each span, in the same order. evidence:
    the sessions that count: run, session, code and the day (`c`, or `date` where it may be another school's), in order.
    """
    rows = reading.days.keyed(spans.select("e", "run", "first", "last", "reached", "ended"))
    if rows.is_empty():
        return conform(rows, FINDINGS)
    dated = evidence if "date" in evidence.columns else reading.days.dated(evidence)
    listed = dated.group_by("run", maintain_order=True).agg(evidence=_session_json().str.join(", "))
    rows = rows.with_columns(
        rule=pl.lit(rule.id),
        figures=figures.select(pl.struct(pl.all()).struct.json_encode()).to_series(),
        law=pl.lit(json.dumps(rule.law)),
    )
    rows = rows.join(listed, on="run", how="left", maintain_order="left")
    rows = rows.with_columns(evidence=pl.format("[{}]", pl.col("evidence").fill_null("")))
    cited = settings_json(reading, rows.get_column("school").unique().to_list(), rule.settings)
    rows = rows.join(cited, on="school", how="left", maintain_order="left")
    return conform(rows, FINDINGS).sort("school", "pupil", "first")


def settings_json(reading: Reading, schools: Sequence[int], names: Sequence[str]) -> pl.DataFrame:
    """For each school the values in force there, as JSON: school, settings."""
    texts = [json.dumps(reading.settings.cited(school, names)) for school in schools]
    return pl.DataFrame({"school": schools, "settings": texts}, schema={"school": pl.Int32, "settings": pl.String})


def _session_json() -> pl.Expr:
    """{date, session, code} of a row, as JSON text."""
    letters = pl.Series([json.dumps(_letter(code)) for code in range(256)])
    names = pl.Series([json.dumps(name) for name in SESSION_NAMES])
    return pl.concat_str(
        pl.lit('{"date": "'),
        pl.col("date").dt.to_string("%Y-%m-%d"),
        pl.lit('", "session": '),
        pl.lit(names).gather(pl.col("session")),
        pl.lit(', "code": '),
        pl.lit(letters).gather(pl.col("code")),
        pl.lit("}"),
    )


def _letter(code: int) -> str:
    known = code in codes.by_id() or code in (codes.NOT_RECORDED, codes.INVALID, codes.LOSSY)
    return codes.letter(code) if known else ""
