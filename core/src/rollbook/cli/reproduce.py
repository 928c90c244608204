"""`rollbook reproduce`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.exits import Exit
from rollbook.cli.options import format_option

if TYPE_CHECKING:
    from rollbook.host.reproduce import Reproduction


@click.command("reproduce")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
def command(file: Path, form: str) -> int:
    """Recompute the totals of a table that DfE published.

    FILE is a CSV file of attendance by phase, as on DfE's dashboard: whole years, terms, weeks or days. Its totals are
    recomputed by both of DfE's methods: each phase weighted by its enrolments (until 2024/25), and all sessions pooled
    (since 2025/26). Ends with 0 when the nearer of them gives every figure, with 1 when one differs, and with 2 when
    the table is of no layout that is known.

    \b
    Example:
      rollbook reproduce EES_ytd_data.csv
    """
    from rollbook.host import reproduce

    found = reproduce.reproduce(file)
    if form == "json":
        show.as_json(found)
    else:
        _print(found)
    return Exit.WELL if found.largest == 0 else Exit.NO


def _print(found: Reproduction) -> None:
    from rollbook.host.reproduce import DIGITS, LAYOUTS, USED

    show.say(f"Period {found.period}; layout of {LAYOUTS[found.layout]} (column {found.layout})")
    columns = ["level", "figures", "places", "in each", "largest difference: weighted", "pooled"]
    lines = [
        (one.level, one.kind, one.places, one.figures, _size(one.weighted), _size(one.pooled)) for one in found.lines
    ]
    show.table(columns, lines, otherwise="")
    show.say(f"Method: {found.method}, which is DfE's {USED[found.method]}")
    if found.largest == 0:
        show.say(f"Largest difference: 0 (to {DIGITS} digits)")
    else:
        worst = found.worst
        show.say(
            f"Largest difference: {_size(found.largest)}, in {worst.measure} of {worst.place}: "
            f"published {worst.published}, recomputed {worst.recomputed}"
        )
    if found.suppressed:
        show.say(f"Left out: {found.suppressed} rows that DfE suppressed, or whose parts it did")
    for one in found.left_out:
        show.say(f"Not recomputed: {one}")


def _size(difference: float) -> str:
    return f"{difference:.2g}"
