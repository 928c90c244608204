"""Workbooks as spreadsheet programs save them, small and written by hand: `.xlsx` and `.ods`, cell by cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OF_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1">'
    '<border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="3">'
    '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)
_OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True)
class Formula:
    """A formula and the value that the program worked out when it saved."""

    text: str
    value: Cell


@dataclass(frozen=True)
class Fault:
    """What a formula that fails shows, such as `#N/A`."""

    text: str


Cell = str | int | float | bool | date | Formula | Fault | None
Rows = Sequence[Sequence[Cell]]


def workbook(kind: str, sheets: Mapping[str, Rows] | Rows, *, hidden: Sequence[str] = (), epoch: int = 1900) -> bytes:
    """A file of that kind, `xlsx` or `ods`. `epoch`: from which year on an xlsx counts its days, 1900 or 1904."""
    named = sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}
    return _zipped(_xlsx(named, hidden, epoch) if kind == "xlsx" else _ods(named, hidden))


def _zipped(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return out.getvalue()


def _xlsx(sheets: Mapping[str, Rows], hidden: Sequence[str], epoch: int) -> dict[str, str]:
    listed, related, parts = "", "", {}
    for number, (name, rows) in enumerate(sheets.items(), 1):
        state = ' state="hidden"' if name in hidden else ""
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"{state}/>'
        related += (
            f'<Relationship Id="rId{number}" Type="{_OF_DOCUMENT}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        )
        parts[f"xl/worksheets/sheet{number}.xml"] = _worksheet(rows, epoch)
    types_of = "http://schemas.openxmlformats.org/package/2006/content-types"
    return {
        "[Content_Types].xml": f'<Types xmlns="{types_of}"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_OF_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_OF_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OF_DOCUMENT}">'
        f'<workbookPr date1904="{int(epoch == 1904)}"/><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OF_PACKAGE}">{related}<Relationship Id="rId0" '
        f'Type="{_OF_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
        **parts,
    }


def _worksheet(rows: Rows, epoch: int) -> str:
    lines = ""
    for at, row in enumerate(rows, 1):
        cells = (_xlsx_cell(f"{_letter(place)}{at}", one, epoch) for place, one in enumerate(row))
        lines += f'<row r="{at}">{"".join(cells)}</row>'
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def _letter(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def _xlsx_cell(at: str, cell: Cell, epoch: int) -> str:
    formula = ""
    if isinstance(cell, Formula):
        formula, cell = f"<f>{escape(cell.text)}</f>", cell.value
    if cell is None:
        return ""
    if isinstance(cell, Fault):
        return f'<c r="{at}" t="e">{formula}<v>{cell.text}</v></c>'
    if isinstance(cell, bool):
        return f'<c r="{at}" t="b">{formula}<v>{int(cell)}</v></c>'
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        days = (moment - (datetime(1904, 1, 1) if epoch == 1904 else datetime(1899, 12, 30))).total_seconds() / 86_400
        style = 2 if isinstance(cell, datetime) else 1
        return f'<c r="{at}" s="{style}">{formula}<v>{days:.15g}</v></c>'
    if isinstance(cell, str) and formula:
        return f'<c r="{at}" t="str">{formula}<v>{escape(cell)}</v></c>'
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    return f'<c r="{at}">{formula}<v>{cell}</v></c>'


def _ods(sheets: Mapping[str, Rows], hidden: Sequence[str]) -> dict[str, str]:
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    assert not hidden, "not written here"
    return {
        "mimetype": _ODS,
        "META-INF/manifest.xml": f'<manifest:manifest {_OFFICE}><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{_ODS}"/></manifest:manifest>',
        "content.xml": f"<office:document-content {_OFFICE}><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>",
    }


def _ods_cell(cell: Cell) -> str:
    formula = ""
    if isinstance(cell, Formula):
        formula, cell = f" table:formula={quoteattr('of:' + cell.text)}", cell.value
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        kind, shown = f'"boolean" office:boolean-value="{str(cell).lower()}"', str(cell).upper()
    elif isinstance(cell, date):
        kind, shown = f'"date" office:date-value="{cell.isoformat()}"', cell.strftime("%d/%m/%Y")
    elif isinstance(cell, Fault):  # LibreOffice writes an error so: the text alone says it
        kind, shown = '"string" office:string-value=""', cell.text
    elif isinstance(cell, str):
        kind, shown = '"string"', cell
    else:
        kind, shown = f'"float" office:value="{cell}"', str(cell)
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in shown.split("\n"))
    return f"<table:table-cell{formula} office:value-type={kind}>{lines}</table:table-cell>"
