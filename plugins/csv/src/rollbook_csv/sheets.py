"""A sheet of a workbook as the text of a CSV file: each row a line of the same number, each cell what a person sees.

Values are read and no formula is worked out: of a formula, the value with which the workbook was saved. What follows is
then the same for workbooks and for text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from rollbook.contract import FixSettings
from rollbook_csv import extents, misread
from rollbook_csv.files import Taken
from rollbook_csv.packed import open_packed
from rollbook_csv.values import DATE_FORMS

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

ENDINGS = (".xlsx", ".xlsm", ".ods")
OLD_ENDINGS = (".xls", ".xlsb", ".xlt")
ERROR = "#N/A"
ERRORS = r"^(?:#N/A|#[A-Z0-9/]{2,12}[!?]|#GETTING_DATA|Err:[0-9]{3})$"
"""What a formula that fails shows: no value, and no mark."""
HAS_ERROR = "the cell has the error of a formula (such as #N/A) and no value: correct it in the workbook"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HALF_A_SECOND = timedelta(milliseconds=500)


def is_workbook(name: str) -> bool:
    """Whether a file of that name is a workbook, which is read here, or an old one, which is refused here."""
    return name.lower().endswith(ENDINGS + OLD_ENDINGS)


def text_of(taken: Taken, table: str, settings: Mapping[str, Any]) -> str:
    """The sheet that the settings name, else the first that is shown, as CSV with the delimiter of the settings.

    Cells that hold a day are written in `date_form`; line breaks inside a cell become spaces.
    Raises FixSettings: an old, encrypted, damaged or too large workbook, no such sheet, or days that a program misread.
    """
    if taken.name.lower().endswith(OLD_ENDINGS):
        raise FixSettings(f"{taken.name} is a workbook of a form that is not read: save it as .xlsx, .ods or CSV.")
    import python_calamine

    parts = open_packed(taken)
    every = extents.of_ods(parts) if taken.name.lower().endswith(".ods") else []
    _refuse_far_cells(taken, every)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(taken.data)) as workbook:
            number = _number(taken, workbook, _asked(table, settings))
            extent = every[number] if every else extents.of_xlsx(parts, number)
            if extent is None:
                raise FixSettings(_damaged(taken))
            _refuse_far_cells(taken, [extent])
            sheet = workbook.get_sheet_by_index(number)
            aside: frozenset[int] = frozenset()
            if misread.may_be(settings["date_form"]):
                aside = misread.texts_aside(taken.name, _rows(sheet), table, settings)
            if table == "marks" and settings.get("shape") == "grid":
                misread.refuse_headings(taken.name, _rows(sheet), settings)
            return _written(_without(_rows(sheet), aside), extent.errors, settings)
    except python_calamine.CalamineError:
        raise FixSettings(_damaged(taken)) from None


def _asked(table: str, settings: Mapping[str, Any]) -> str | None:
    given = settings["sheet"]
    return given.get(table) if isinstance(given, Mapping) else given


def _number(taken: Taken, workbook: CalamineWorkbook, asked: str | None) -> int:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = workbook.sheets_metadata
    for number, sheet in enumerate(sheets):
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.name == asked or (asked is None and sheet.visible == SheetVisibleEnum.Visible):
            return number
    if asked is None:
        raise FixSettings(f"{taken.name} has no sheet that is shown.")
    raise FixSettings(
        f'{taken.name} has no sheet named "{asked}" among its {len(sheets)}: correct `sheet` in the settings (the '
        f"names are on the tabs below the sheet; capital letters and spaces count)."
    )


def _refuse_far_cells(taken: Taken, sheets: Sequence[extents.Extent]) -> None:
    """Before the library opens an .ods, which reads every sheet of it, and before it reads one of an .xlsx."""
    if sum(sheet.cells for sheet in sheets) <= extents.MOST_CELLS:
        return
    large = max(sheets, key=lambda sheet: sheet.cells)
    raise FixSettings(
        f"{taken.name} has a cell far outside its table: it would have to be read as {large.rows:,} rows of "
        f"{large.columns:,} columns. Delete the rows below the table and the columns to its right, and save it."
    )


def _damaged(taken: Taken) -> str:
    return f"{taken.name} cannot be read as a workbook, and nothing of it was used. Save it again, as .xlsx or .ods."


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """Each row with its number from 0, its cells from column A on. The library gives the blank rows above the first
    cell, and not the blank columns at its left.
    """
    left = [""] * (sheet.start or (0, 0))[1]
    for number, cells in enumerate(sheet.iter_rows()):
        yield number, left + cells


def _without(rows: misread.Rows, aside: frozenset[int]) -> misread.Rows:
    """The rows, the texts of days in those columns made into what is read as none."""
    if not aside:
        return rows
    return (
        (number, [_marked(cell) if place in aside else cell for place, cell in enumerate(cells)])
        for number, cells in rows
    )


def _marked(cell: Any) -> Any:
    return f"{misread.ONLY_TEXT}{cell}" if type(cell) is str and misread.is_text_of_day(cell) else cell


def _written(rows: misread.Rows, errors: Collection[tuple[int, int]], settings: Mapping[str, Any]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=settings["delimiter"], lineterminator="\n")
    form, faulty = settings["date_form"], {row for row, _ in errors}
    written = 0
    for number, cells in rows:
        out.write("\n" * (number - written))
        if number in faulty:
            cells = [ERROR if (number, place) in errors else cell for place, cell in enumerate(cells)]
        writer.writerow([cell if type(cell) is str and cell.isprintable() else shown(cell, form) for cell in cells])
        written = number + 1
    return out.getvalue()


def shown(cell: Any, form: str) -> str:
    """A cell as a person sees it, a day in that form of `values.DATE_FORMS` whatever the cell's own format."""
    if isinstance(cell, str):
        return " ".join(cell.splitlines())
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        moment = (cell + _HALF_A_SECOND).replace(microsecond=0)
        return _day(moment, form) + (f" {moment:%H:%M:%S}" if moment.time() != time() else "")
    return _day(cell, form) if isinstance(cell, date) else str(cell)


def _day(day: date, form: str) -> str:
    return day.strftime(DATE_FORMS[form][1].replace("%b", _MONTHS[day.month - 1]))  # %b is in the machine's language
