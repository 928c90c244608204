"""A form as a page to print: no script, nothing fetched, and all that it was given is text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from rollbook_la_portal.files.filled import Block, Cell

BY_HAND: Final = "to be filled in by the school"
_SIGNED: Final = ("Name", "Position", "Date", "Signature")
_STYLE: Final = """
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.35 Arial, "Liberation Sans", "DejaVu Sans", sans-serif; color: #000; background: #fff;
  max-width: 48em; margin: 0 auto; padding: 1em; }
h1 { font-size: 17pt; margin: 0 0 .2em; }
h2 { font-size: 12.5pt; margin: 1.3em 0 .4em; break-after: avoid; }
p { margin: .3em 0; }
.caution, .replaces { border: 1.5pt solid #000; padding: .5em .7em; margin: .8em 0; }
table { border-collapse: collapse; width: 100%; }
th, td { border: .75pt solid #555; padding: .3em .5em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
th { background: #eee; font-weight: bold; overflow-wrap: normal; }
table.fields th { width: 34%; }
.hand { color: #444; font-style: italic; font-size: 9pt; height: 2.2em; }
.signed { break-inside: avoid; break-before: avoid; }
@media print { body { padding: 0; max-width: none; } }
"""


def written(
    title: str,
    blocks: Sequence[Block],
    *,
    recipient: str = "",
    footer: str = "",
    about: Sequence[tuple[str, str]] = (),
    cautions: Sequence[str] = (),
    replaces: Sequence[str] = (),
    attached: Sequence[str] = (),
    signed: bool = True,
) -> str:
    """The page. footer: stands on every printed page, beside its number. about: reference and the like.

    cautions, replaces: paragraphs in a frame. attached: goes with it.
    """
    parts = [f"<h1>{escape(title)}</h1>"]
    parts += [f"<p>To: {escape(recipient)}</p>"] if recipient else []
    parts += _framed("caution", cautions) + _framed("replaces", replaces)
    parts += [_fields([Cell(label, (words,)) for label, words in about])] if about else []
    for block in blocks:
        parts.append(f"<h2>{escape(block.title)}</h2>")
        parts.append(_table(block) if block.repeated else _fields(block.rows[0]))
    if attached:
        items = "".join(f"<li>{escape(one)}</li>" for one in attached)
        parts.append(f"<h2>With this form</h2><ul>{items}</ul>")
    if signed:
        table = _fields([Cell(label, (), True) for label in _SIGNED])
        parts.append(f'<section class="signed"><h2>For the school</h2>{table}</section>')
    return _document(title, "\n".join(parts), footer)


def _document(title: str, body: str, footer: str) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}{_footer(footer)}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _footer(words: str) -> str:
    """The foot of every printed page. What might end a text of CSS is left out."""
    safe = re.sub(r"[^\w ,./-]", "", words)
    small = "font: 8pt Arial, sans-serif;"
    return (
        f'@page {{ @bottom-left {{ {small} content: "{safe}"; }} '
        f'@bottom-right {{ {small} content: "page " counter(page) " of " counter(pages); }} }}\n'
    )


def _framed(name: str, paragraphs: Sequence[str]) -> list[str]:
    inner = "".join(f"<p>{escape(words)}</p>" for words in paragraphs)
    return [f'<div class="{name}">{inner}</div>'] if paragraphs else []


def _fields(cells: Sequence[Cell]) -> str:
    """A line for each, but for what this pupil does not have and nobody misses."""
    cells = [cell for cell in cells if cell.lines or cell.by_hand]
    rows = "".join(f'<tr><th scope="row">{escape(cell.label)}</th>{_value(cell)}</tr>' for cell in cells)
    return f'<table class="fields">{rows}</table>'


def _table(block: Block) -> str:
    heads = "".join(f'<th scope="col">{escape(cell.label)}</th>' for cell in block.rows[0])
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(_rows(block))}</tbody></table>"


def _rows(block: Block) -> Iterator[str]:
    for row in block.rows:
        yield f"<tr>{''.join(_value(cell) for cell in row)}</tr>"


def _value(cell: Cell) -> str:
    if cell.by_hand:
        return f'<td class="hand">{BY_HAND}</td>'
    return f"<td>{'<br>'.join(escape(line) for line in cell.lines)}</td>"
