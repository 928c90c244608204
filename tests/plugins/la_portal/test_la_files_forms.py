"""Templates are data: what each asks for is a field of the feed or is left to the school, and no form says more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from marshmallow import fields as kinds_of_field

from rollbook.contract import FixSettings, Message
from rollbook.testing.kit.messages import amended, message, withdrawn
from rollbook_feed.from_school import CONTENTS
from rollbook_la_portal.files import pdf, sheet
from rollbook_la_portal.files.template import Form, Template, loaded, names
from rollbook_la_portal.files.writing import Written, sessions_of, written
from support.la_files import at, every_kind, of_kind

AUTHORITIES = [name for name in names() if name != "generic"]
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


def made(sent: Message, template: str = "generic", form_as: str = "html", **changes: Any) -> Written:
    given: dict[str, Any] = {"number": 7, "mark": False, "at": AT, "earlier": (), **changes}
    return written(sent, loaded(Path(template)), form_as=form_as, **given)


def text(of: Written) -> str:
    return of.files[of.form].decode("utf-8")


def forms() -> Iterator[tuple[str, str, Form]]:
    for name in AUTHORITIES:
        for form in loaded(Path(name)).forms:
            yield from ((name, kind, form) for kind in form.kinds)


def places(form: Form) -> Iterator[str]:
    for section in form.sections:
        if section.each:
            yield section.each
        before = f"{section.each}." if section.each else ""
        yield from (before + place for field in section.fields for place in field.places)


def is_in_feed(schema: Any, place: str) -> bool:
    field: Any = kinds_of_field.Nested(schema)
    for name in place.split("."):
        while isinstance(field, kinds_of_field.List):
            field = field.inner
        if not isinstance(field, kinds_of_field.Nested) or name not in field.schema.fields:
            return False
        field = field.schema.fields[name]
    return True


# What a template asks for


@pytest.mark.parametrize(
    ("name", "kind", "form"), list(forms()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_place_of_a_form_is_a_field_of_one_of_its_kinds(name: str, kind: str, form: Form) -> None:
    assert kind in CONTENTS
    strays = [place for place in places(form) if not any(is_in_feed(CONTENTS[one], place) for one in form.kinds)]
    assert not strays


@pytest.mark.parametrize("name", AUTHORITIES)
def test_a_form_of_an_authority_says_that_it_is_not_the_authoritys_own(name: str) -> None:
    template = loaded(Path(name))
    assert template.source
    assert template.confidence
    for kind in sorted(template.kinds()):
        caution = "Fields as known on 21 November 2026; not the authority&#x27;s own form."
        assert caution in text(made(of_kind(kind), name))


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("stockport", ["Names, dates of birth, schools, and whether they attend", "What a visitor should know"]),
        ("hertfordshire", ["What the school has done"]),
    ],
)
def test_what_is_not_known_is_left_to_the_school_and_said(tmp_path: Path, name: str, labels: list[str]) -> None:
    form = made(message(0), name)
    assert all(label in " ".join(form.gaps) for label in labels)
    page = text(form)
    for label in labels:
        assert f'{label}</th><td class="hand">to be filled in by the school</td>' in page
    said = " ".join(remark.text for remark in at(tmp_path, template=Path(name)).check())
    assert all(label in said for label in labels)


def test_a_field_that_this_pupil_has_nothing_for_is_left_to_the_school() -> None:
    sent = message(0)
    lacking, given = (made(one, "stockport").gaps for one in (_without(sent, "cause"), _with(sent, "cause", "a flood")))
    assert "The absence (Cause, where it is known)" in lacking
    assert not any(told.startswith("The absence") for told in given)


def test_a_kind_without_a_form_is_set_out_plainly_and_check_says_so(tmp_path: Path) -> None:
    page = text(made(message(0), "milton_keynes"))
    assert "14 Marrowbone Crescent" in page
    assert "Fields as known on" not in page
    said = [remark for remark in at(tmp_path, template=Path("milton_keynes")).check() if remark.note]
    assert any(re.search("has no form for .*attendance_return", remark.text) for remark in said)


@pytest.mark.parametrize("kind", every_kind())
@pytest.mark.parametrize("form_as", ["html", "csv"])
@pytest.mark.parametrize("name", names())
def test_every_kind_makes_a_form_with_the_pupils_name(name: str, form_as: str, kind: str) -> None:
    assert "Quillfeather" in text(made(of_kind(kind), name, form_as))


# The page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("deletion_return", ["a: registered at another school (regulation 9(1))"]),
        ("missing_pupil_report", ["registered pupil, and it is not known where", "Enquiries: not tried yet"]),
        ("support_referral", ["severe: absent for 50% of possible sessions or more", "Sessions of authorised absence"]),
        ("worker_notice", ["Notice to workers: unexplained absence", "virtual school head"]),
    ],
)
def test_what_the_feed_names_is_said_in_an_officers_words(kind: str, words: list[str]) -> None:
    page = text(made(of_kind(kind), "generic", "html"))
    assert [word for word in words if word not in page] == []


def test_what_a_school_typed_is_text_on_the_page_and_no_markup() -> None:
    page = text(made(_with(message(0), "cause", "<script>alert(1)</script><img src=x onerror=y> & 'so'")))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_page_fetches_nothing_and_names_nobody_in_its_title() -> None:
    page = text(made(message(0), "stockport"))
    assert re.search(r"<title>Attendance return</title>", page)
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_an_amendment_says_what_it_replaces_and_why() -> None:
    page = text(made(amended(message(0)), "stockport", earlier=["00001-attendance-return-900001.html"]))
    assert "00001-attendance-return-900001.html is replaced by this." in page
    assert "Reason: the last day was corrected" in page
    assert "<h1>Amended: Attendance return</h1>" in page


def test_a_withdrawal_says_at_its_head_why_and_names_the_school_and_whom_to_ask() -> None:
    sent = of_kind("attendance_return")
    asked = {name: sent.content[name] for name in ("school", "contact")}
    page = text(made(withdrawn(sent), asked=asked))
    assert page.index("Reason: the marks were corrected") < page.index("Our reference")
    assert page.count("the marks were corrected") == 1
    assert [word for word in ("Northwick Primary School", "A. Officer", "01632 960001") if word not in page] == []


@pytest.mark.parametrize(
    ("kind", "part", "more", "words"),
    [
        ("attendance_return", "pupil", {}, "To: Local authority 801 (the school&#x27;s own)<"),
        (
            "missing_pupil_report",
            "pupil",
            {"home_la": "802"},
            "801 (the school&#x27;s own) or 802 (where the child lives)",
        ),
        ("worker_notice", "notice", {}, "To: Local authority 802, which looks after the child<"),
        ("worker_notice_deletion", "notice", {}, "To: The workers&#x27; local authority<"),
    ],
)
def test_a_form_of_nobodys_own_says_which_authority_gets_it(
    kind: str, part: str, more: dict[str, str], words: str
) -> None:
    sent = of_kind(kind)
    assert words in text(made(_with(sent, part, {**sent.content[part], **more})))


def test_fields_stand_in_the_order_of_the_feed_with_the_law_and_the_rule_last() -> None:
    def by_alphabet(value: Any) -> Any:  # as a store may give them back
        return {name: by_alphabet(value[name]) for name in sorted(value)} if isinstance(value, dict) else value

    sent = of_kind("attendance_return")
    page = text(made(replace(sent, content=by_alphabet(dict(sent.content)))))
    words = ["<h2>School", "Whom to ask", "<h2>Pupil", "Surname", "Forename", "<h2>Absence", ">Law<", ">Found by<"]
    assert sorted(words, key=page.index) == words
    assert ">Id<" not in page


def test_earlier_penalty_notices_that_are_not_known_are_the_schools_to_say() -> None:
    sent = of_kind("penalty_notice_request")
    told = [made(_without(sent, "notices"), name).gaps for name in ("generic", "stockport")]
    assert all("Earlier penalty notices (Parent, Issued" in " ".join(gaps) for gaps in told)
    assert made(sent).gaps == ()


def test_a_notice_tells_how_many_sessions_there_are_from_the_first_of_them() -> None:
    page = text(made(of_kind("worker_notice")))
    assert "How many sessions without a known reason" in page
    assert "The first of these sessions, with their codes" in page


def test_every_printed_page_has_its_reference_and_number_and_the_signature_stays_whole() -> None:
    sent = message(0)
    page = text(made(sent))
    assert f'content: "{sent.key}, revision 1"; }} @bottom-right' in page
    assert ".signed { break-inside: avoid" in page
    assert '<section class="signed"><h2>For the school</h2>' in page


def test_a_withdrawal_says_what_is_withdrawn_and_names_nobody() -> None:
    page = text(made(withdrawn(message(0)), "stockport", earlier=["00001-attendance-return-900001.html"]))
    assert "00001-attendance-return-900001.html is withdrawn by this, and no longer holds." in page
    assert "the marks were corrected to I" in page
    assert "Signature" not in page


def test_a_page_becomes_a_pdf_of_its_own() -> None:
    try:
        pdf.check()
    except FixSettings as without:
        pytest.skip(without.sentence)  # Pango is no Python package: a machine may not have it
    form = made(message(0), "stockport", "pdf")
    assert form.files[form.form].startswith(b"%PDF-")


@pytest.mark.parametrize(("missing", "told"), [(ImportError, r"rollbook-la-portal\[pdf\]"), (OSError, "Pango")])
def test_without_what_makes_a_pdf_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: type[Exception], told: str
) -> None:
    class Missing:
        def find_spec(self, name: str, *rest: Any) -> None:
            if name == "weasyprint":
                raise missing

    monkeypatch.delitem(__import__("sys").modules, "weasyprint", raising=False)
    monkeypatch.setattr("sys.meta_path", [Missing(), *__import__("sys").meta_path])
    with pytest.raises(FixSettings, match=told):
        pdf.written("<p>")
    with pytest.raises(FixSettings, match=told):
        list(at(tmp_path, format="pdf").check())


# The register's extract


def test_the_sessions_go_with_a_form_that_asks_for_them_and_their_digest_stands_in_it() -> None:
    sent = message(0)
    form = made(sent, "stockport")
    name = "00007-attendance-return-900001-register.csv"
    rows = sheet.read(form.files[name])
    assert rows[0] == ["date", "session", "code"]
    assert [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] == sessions_of(sent.content)
    assert form.digests()[name] in text(form)
    assert "20 sessions of the register" in text(form)
    assert form.form == "00007-attendance-return-900001.html"


def test_no_sessions_go_with_a_form_that_does_not_ask(tmp_path: Path) -> None:
    assert list(made(message(0)).files) == ["00007-attendance-return-900001.html"]


# A template of one's own


OWN = """
title = "Ours"
[[forms]]
kinds = ["attendance_return"]
title = "Form 12"
[[forms.sections]]
title = "Child"
fields = [["Who", "pupil.forename", "pupil.surname"], ["Tutor"]]
"""


def _own(tmp_path: Path, text: str) -> Template:
    path = tmp_path / "ours.toml"
    path.write_text(text, encoding="utf-8")
    return loaded(path)


def test_a_template_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    _own(tmp_path, OWN)
    rows = sheet.read(made(message(1), str(tmp_path / "ours.toml"), "csv").files["00007-attendance-return-900001.csv"])
    assert dict(zip(*rows, strict=True)) == {
        "reference": str(message(1).key),
        "revision": "1",
        "action": "send",
        "replaces": "",
        "Who": "Zebulon; Quillfeather",
        "Tutor": "",
    }


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("title = ", "titel = "), "titel: Unknown field"),
        (('"pupil.surname"', '"pupil surname"'), r"fields\.0.*not a place"),
        (('["attendance_return"]', "[]"), r"forms\.0\.kinds"),
        (('"Ours"', '"Ours'), "not TOML"),
        (('title = "Ours"', 'title = "Ours"\nas_known_on = "today"'), "not a day"),
    ],
)
def test_a_mistake_in_a_template_is_told_by_its_place(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    with pytest.raises(FixSettings, match=told):
        _own(tmp_path, OWN.replace(*change, 1))


def test_a_template_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(FixSettings, match="generic, hertfordshire, milton_keynes, stockport, west_northamptonshire"):
        loaded(Path("atlantis"))


def _with(sent: Message, name: str, value: Any) -> Message:
    return replace(sent, content={**sent.content, name: value})


def _without(sent: Message, name: str) -> Message:
    content: Mapping[str, Any] = {key: value for key, value in sent.content.items() if key != name}
    return replace(sent, content=content)
