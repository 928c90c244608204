"""DfE's published totals, recomputed by both of the methods it has used.

A total is of the phases primary, secondary and special, of England, a region or an authority. Until 2024/25 its rates
were the mean of the phases' rates, each weighted by its enrolments; since 2025/26 they are those of all sessions
pooled. A phase's own rates, and every count, are the same by both. (DfE, pupil attendance in schools.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from rollbook.rules.published import COUNTS, ENROLMENTS, POSSIBLE, RATES, Published

WEIGHTED, POOLED = "enrolment-weighted", "pooled"
METHODS = (WEIGHTED, POOLED)
USED = {WEIGHTED: "until 2024/25", POOLED: "since 2025/26"}
DIGITS = 12
"""DfE publishes doubles, written to 15 digits, so that sums and quotients of them are sure to some 14. Figures that are
the same to this many digits are the same.
"""

_PERSISTENT = "pa_perc"
_NO_COUNT = f"{_PERSISTENT} of totals by pooling: how many enrolments were persistently absent is not published"


@dataclass(frozen=True)
class Line:
    """What was recomputed at one geographic level. kind: `counts of totals`, `rates of phases`, `rates of totals`.

    places: how many totals (or phases). figures: how many numbers in each. weighted, pooled: the largest difference
    from what was published, in sessions or in percentage points, by each method.
    """

    level: str
    kind: str
    places: int
    figures: int
    weighted: float
    pooled: float


@dataclass(frozen=True)
class Worst:
    """The figure that differs most by the method used."""

    place: str
    measure: str
    published: float
    recomputed: float


@dataclass(frozen=True)
class Reproduction:
    """method: that which comes nearest, for all rates of totals. largest: its largest difference over all figures; 0.0
    says that everything was reproduced, to `DIGITS` digits. worst: where that is. suppressed: rows left out, for DfE
    suppressed them or a part of them. left_out: figures that cannot be recomputed from the table, and why.
    """

    period: str
    layout: str
    method: str
    largest: float
    lines: tuple[Line, ...]
    worst: Worst
    suppressed: int
    left_out: tuple[str, ...]


def reproduce(table: Published) -> Reproduction:
    """The totals of a table and the rates of its phases, recomputed."""
    figures = pl.concat([_of_totals(table), _of_phases(table)])
    rates = figures.filter(pl.col("kind") == "rates of totals")
    apart = {method: _largest(rates, method) for method in METHODS}
    method = min(METHODS, key=lambda one: apart[one])
    worst = figures.sort(_apart(method), descending=True, nulls_last=True).row(0, named=True)
    return Reproduction(
        period=table.period,
        layout=table.layout,
        method=method,
        largest=_largest(figures, method),
        lines=tuple(_lines(figures)),
        worst=Worst(worst["place"], worst["measure"], worst["published"], worst[method]),
        suppressed=table.suppressed,
        left_out=(_NO_COUNT,) if method == POOLED and _PERSISTENT in table.rows.columns else (),
    )


def _apart(method: str) -> pl.Expr:
    """How far a figure is from what was published: 0 where that is no more than how it is written."""
    apart = (pl.col(method) - pl.col("published")).abs()
    return pl.when(apart <= pl.col("published").abs() * 10.0**-DIGITS).then(0.0).otherwise(apart)


def _largest(figures: pl.DataFrame, method: str) -> float:
    found = figures.select(_apart(method).max()).item()
    return float(found or 0.0)


def _lines(figures: pl.DataFrame) -> Iterator[Line]:
    for (level, kind), rows in figures.group_by("level", "kind", maintain_order=True):
        places = rows.get_column("place").n_unique()
        apart = [_largest(rows, method) for method in METHODS]
        yield Line(str(level), str(kind), places, rows.get_column("measure").n_unique(), *apart)


def _of_totals(table: Published) -> pl.DataFrame:
    """level, kind, place, measure, published, and what each method makes of it: null where it cannot."""
    totals, phases = table.totals(), table.phases()
    counts = [name for name in COUNTS if name in table.rows.columns]
    rates = [name for name in (*RATES, _PERSISTENT) if name in table.rows.columns]
    weight = pl.col(ENROLMENTS)
    parts = phases.group_by("place").agg(
        *(pl.col(name).sum().alias(f"sum {name}") for name in counts),
        *(((pl.col(name) * weight).sum() / weight.sum()).alias(f"mean {name}") for name in rates),
    )
    both = totals.join(parts, on="place", how="inner", maintain_order="left")
    found = [_figure(both, "counts of totals", name, pl.col(f"sum {name}"), pl.col(f"sum {name}")) for name in counts]
    for name in rates:
        pooled = 100 * pl.col(f"sum {RATES[name]}") / pl.col(f"sum {POSSIBLE}") if name in RATES else pl.lit(None)
        found.append(_figure(both, "rates of totals", name, pl.col(f"mean {name}"), pooled))
    return pl.concat(found)


def _of_phases(table: Published) -> pl.DataFrame:
    phases = table.phases().with_columns(place=pl.col("place") + ", " + pl.col("phase"))
    rates = [name for name in RATES if name in table.rows.columns]
    own = {name: 100 * pl.col(RATES[name]) / pl.col(POSSIBLE) for name in rates}
    return pl.concat([_figure(phases, "rates of phases", name, own[name], own[name]) for name in rates])


def _figure(rows: pl.DataFrame, kind: str, name: str, weighted: pl.Expr, pooled: pl.Expr) -> pl.DataFrame:
    return rows.select(
        "level",
        "place",
        kind=pl.lit(kind),
        measure=pl.lit(name),
        published=pl.col(name),
        **{WEIGHTED: weighted.cast(pl.Float64), POOLED: pooled.cast(pl.Float64)},
    )
