"""The parameter file: what a report says that it asks for, with the two dates filled in."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from rollbook.contract import FixSettings, Window
from rollbook_sims.ways.parameters import answered, definition
from support.sims_run import PROMPTS, WEEK


def parameters(text: str) -> etree._Element:
    found = definition(text.encode())
    assert found is not None
    return found


def values(written: bytes) -> dict[str, list[str | None]]:
    return {
        parameter.findtext("Name") or "": [value.text for value in parameter.findall("Values/*")]
        for parameter in etree.fromstring(written).iter("Parameter")
    }


def one(name: str, kind: str = "Date", inside: str = "<Values />") -> str:
    return f'<Parameter id="P"><Name>{name}</Name><Type>{kind}</Type>{inside}</Parameter>'


def asking(*each: str) -> etree._Element:
    return parameters(f"<ReportParameters>{''.join(each)}</ReportParameters>")


@pytest.mark.parametrize(
    "said",
    [
        PROMPTS.encode(),
        b'<?xml version="1.0" encoding="utf-8"?>\r\n' + PROMPTS.encode(),
        b"\xef\xbb\xbf" + PROMPTS.encode(),
        b"SIMS .net Command Reporter\r\n" + PROMPTS.encode() + b"\r\nFinished.\r\n",
        PROMPTS.encode("utf-16"),
        PROMPTS.replace("First day", "Première").encode("cp1252"),
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + PROMPTS.encode(),
    ],
    ids=["bare", "declared", "with its mark", "among words", "UTF-16", "cp1252", "with a document type"],
)
def test_the_parameters_are_found_in_what_was_printed(said: bytes) -> None:
    found = definition(said)
    assert found is not None
    assert [one.findtext("Name") for one in found] == ["EffectiveDate", "Start", "End"]


def test_a_report_that_asks_for_nothing_has_no_parameters() -> None:
    assert len(parameters("<ReportParameters />")) == 0


@pytest.mark.parametrize(
    "said", [b"", b"Finished.", PROMPTS.encode()[:200], b"<ReportParameters><a></ReportParameters>"]
)
def test_what_is_no_list_of_parameters_is_none(said: bytes) -> None:
    assert definition(said) is None


def test_a_day_more_is_asked_for_at_each_end() -> None:
    assert values(answered(parameters(PROMPTS), ["Start", "End"], WEEK, "R")) == {
        "EffectiveDate": ["02/11/2026 00:00:00"],
        "Start": ["08/11/2026 00:00:00"],
        "End": ["14/11/2026 00:00:00"],
    }


def test_a_day_more_may_lie_in_another_year() -> None:
    new_year = Window(date(2027, 1, 1), date(2027, 12, 31))
    written = values(answered(parameters(PROMPTS), ["Start", "End"], new_year, "R"))
    assert (written["Start"], written["End"]) == (["31/12/2026 00:00:00"], ["01/01/2028 00:00:00"])


def test_the_two_dates_are_not_passed_by_and_the_others_stay_as_they_are() -> None:
    written = etree.fromstring(answered(parameters(PROMPTS), ["Start", "End"], WEEK, "R"))
    assert [one.get("bypass") for one in written] == ["TRUE", None, "FALSE"]


@pytest.mark.parametrize("prompts", [["start", "END"], ["First day", "last day"], ["p1", "P2"], [" Start ", "End"]])
def test_a_prompt_is_known_by_its_name_its_text_or_its_id(prompts: list[str]) -> None:
    assert values(answered(parameters(PROMPTS), prompts, WEEK, "R"))["Start"] == ["08/11/2026 00:00:00"]


def test_asking_again_for_other_days_begins_with_what_the_report_said() -> None:
    asked = parameters(PROMPTS)
    first = answered(asked, ["Start", "End"], WEEK, "R")
    answered(asked, ["Start", "End"], Window(date(2026, 1, 5), date(2026, 1, 6)), "R")
    assert answered(asked, ["Start", "End"], WEEK, "R") == first


@pytest.mark.parametrize("inside", ["", "<Values />", "<Values><Date>a</Date><Date>b</Date></Values>"])
def test_a_prompt_has_one_answer_whatever_it_had(inside: str) -> None:
    written = answered(asking(one("Start", inside=inside), one("End")), ["Start", "End"], WEEK, "R")
    assert values(written)["Start"] == ["08/11/2026 00:00:00"]


def test_a_prompt_that_a_subreport_repeats_is_answered_there_too() -> None:
    written = answered(asking(one("Start"), one("End"), one("Start", "DateTime")), ["Start", "End"], WEEK, "R")
    dates = [value.text for value in etree.fromstring(written).iter("Date")]
    assert dates == ["08/11/2026 00:00:00", "14/11/2026 00:00:00", "08/11/2026 00:00:00"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((one("From"), one("To")), '"From" (Date), "To" (Date)'),
        ((one("Start"),), '"Start" (Date)'),
        ((one("Start", "String"), one("End")), '"Start" (String), "End" (Date)'),
        ((), "it asks for nothing"),
    ],
    ids=["of other names", "one of them", "one that is no date", "none"],
)
def test_a_report_without_the_two_prompts_is_told_with_those_that_it_has(asked: tuple[str, ...], told: str) -> None:
    with pytest.raises(FixSettings) as raised:
        answered(asking(*asked), ["Start", "End"], WEEK, "Rollbook marks")
    assert told in raised.value.sentence
    assert "`date_prompts`" in raised.value.sentence


def test_one_prompt_cannot_be_both_ends() -> None:
    with pytest.raises(FixSettings):
        answered(asking(one("Start")), ["Start", "start"], WEEK, "R")
