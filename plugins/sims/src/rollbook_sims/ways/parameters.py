"""The dates that a report asks for: the parameter file, made of what the report itself says that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from lxml import etree

from rollbook.contract import FixSettings, Window

_ONE_DAY = timedelta(days=1)
_BEGIN, _END = b"<ReportParameters", b"</ReportParameters>"


def definition(said: bytes) -> etree._Element | None:
    """The parameters in what the reporter said when asked for them (/PARAMDEF); None where there are none in it.

    Whatever stands before and behind them is passed over, a document type among it.
    """
    text = said.replace(b"\0", b"")  # UTF-16, as some consoles write
    begin, end = text.find(_BEGIN), text.rfind(_END)
    if begin < 0:
        return None
    if end < 0:
        end = text.find(b">", begin)
        return etree.Element("ReportParameters") if text[end - 1 : end] == b"/" else None
    return _parsed(text[begin : end + len(_END)])


def answered(definition: etree._Element, prompts: Sequence[str], window: Window, report: str) -> bytes:
    """The parameter file that asks for `window`: a day more at each end, as SIMS leaves out the two days it is given.

    `definition` is filled in for that. `prompts`: the names of the first and of the last day's prompts, as the settings
    say them. The other parameters stay as the report has them. Raises FixSettings where there are no such prompts for
    dates.
    """
    asked = list(definition.iter("Parameter"))
    first, last = ([one for one in asked if name.strip().casefold() in _names(one)] for name in prompts)
    if not first or not last or set(first) & set(last):
        raise _no_prompts(asked, prompts, report)
    for parameters, day in ((first, window.first - _ONE_DAY), (last, window.last + _ONE_DAY)):
        for one in parameters:
            _answer(one, day)
    return etree.tostring(definition, encoding="utf-8", xml_declaration=True)


def _parsed(text: bytes) -> etree._Element | None:
    """The element; as cp1252 where it is not UTF-8. None where it is not well formed."""
    try:
        written = text.decode()
    except UnicodeDecodeError:
        written = text.decode("cp1252", errors="replace")
    try:
        return etree.fromstring(written, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None


def _names(parameter: etree._Element) -> Iterator[str]:
    """What people may call a date's parameter, in small letters; nothing for one that is no date."""
    if _text(parameter, "Type").casefold() in ("date", "datetime"):
        names = (_text(parameter, "Name"), _text(parameter, "PromptText"), str(parameter.get("id") or ""))
        yield from (name.strip().casefold() for name in names)


def _text(parameter: etree._Element, name: str) -> str:
    return (parameter.findtext(name) or "").strip()


def _answer(parameter: etree._Element, day: date) -> None:
    """Give it that day alone, and let it be asked: a parameter that is bypassed selects nothing."""
    if parameter.get("bypass") is not None:
        parameter.set("bypass", "FALSE")
    values = parameter.find("Values")
    if values is None:
        values = etree.SubElement(parameter, "Values")
    del values[:]
    etree.SubElement(values, "Date").text = f"{day:%d/%m}/{day.year:04} 00:00:00"


def _no_prompts(asked: Sequence[etree._Element], prompts: Sequence[str], report: str) -> FixSettings:
    has = [f'"{_text(one, "Name")}" ({_text(one, "Type")})' for one in asked]
    return FixSettings(
        f'The report "{report}" asks for no dates "{prompts[0]}" and "{prompts[1]}": it asks for '
        f"{', '.join(has) or 'nothing'}. Give it a prompt for the first and one for the last day, or name those that "
        f"it has in `date_prompts`."
    )
