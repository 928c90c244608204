"""Clause 9: a large school takes hardly more memory, and few requests."""

from __future__ import annotations

from datetime import timedelta

from rollbook.contract import Window
from rollbook.host.pull import pieces
from rollbook.tables.schemas import Table
from rollbook.testing.kit.check import DoesNotApply, must, required
from rollbook.testing.kit.measure import measured
from rollbook.testing.kit.source_stage import EVENING, FIRST, WINDOW, SourceStage, school_of

LARGE, MIDDLING = (
    12,
    2,
)  # times as many pupils as the school of the other checks: 384 and 64, where nothing else is said
MEGABYTE = 1024 * 1024
MOST_GROWTH = 16 * MEGABYTE
_FEW = Window(EVENING - timedelta(days=13), EVENING)  # ten school days
_MANY = Window(FIRST, EVENING)
ALWAYS, ROWS_A_REQUEST = 10, 200
SEVERAL = 3  # requests


@required("S48", "9.1", slow=True)
def memory_is_flat(stage: SourceStage) -> None:
    """A pull of a term takes hardly more memory than one of ten days: pages are handed on, not gathered."""
    with _times(stage, LARGE) as large:
        few, many = measured(large, _FEW), measured(large, _MANY)
    must(many.rows > 2 * few.rows, f"{few.rows} marks came of ten days, and {many.rows} of a term")
    grown = (many.peak - few.peak) / MEGABYTE
    must(
        many.peak - few.peak <= MOST_GROWTH,
        f"{few.rows} marks took {few.peak / MEGABYTE:.0f} MB, and {many.rows} took {grown:.0f} MB more: at most "
        f"{MOST_GROWTH // MEGABYTE} MB are allowed. Yield each page as it comes",
    )


@required("S56", "9.1")
def pages_are_handed_on(stage: SourceStage) -> None:
    """The first page of marks is given before the last is asked for."""
    source = stage.made(**stage.small_pages)
    stage.ref(source)
    window = pieces(WINDOW, stage.cls.window_days)[0]
    stage.http.forget()
    asked = [len(stage.http.requests) for _ in stage.items(Table.MARKS, window, source=source)]
    if asked[-1] < SEVERAL:
        raise DoesNotApply("pull of marks in several requests: say `small_pages`")
    must(asked[0] < asked[-1], f"all {asked[0]} requests are made before the first page comes. Yield each as it comes")


@required("S49", "9.2")
def asks_by_the_page(stage: SourceStage) -> None:
    """It asks for marks by the page, and never for each row: ten requests, and one for every 200 rows, at most."""
    with _times(stage, MIDDLING) as middling:
        line = middling.http
        source = middling.made()
        middling.ref(source)
        line.forget()
        rows = middling.pull(Table.MARKS, WINDOW, source=source).rows.height
        asked, most = len(line.requests), ALWAYS + rows // ROWS_A_REQUEST
        must(asked <= most, f"{rows} marks took {asked} requests, of which {most} are allowed: ask for larger pages")


def _times(stage: SourceStage, number: int) -> SourceStage:
    pupils = stage.school.history[Table.PUPILS]["pupil"].n_unique()
    return stage.another(f"times-{number}", school_of(number * pupils))
