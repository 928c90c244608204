"""Every kind of content is one that the open feed takes, whole, bare and filled; and says no more than it is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rollbook.contract import Kind
from rollbook.outbox.drafts import Action, Draft, Earlier
from rollbook.outbox.kinds import OF_CASES
from rollbook.outbox.state import State
from rollbook_feed.message import CONTENTS, required_fields
from support.outbox import UPN, change, composed, only, wrong
from support.outbox_kinds import FIGURES, NOTICES, about, case_of

TO_AN_AUTHORITY = sorted(set(FIGURES) - {"transfer_file"})
DECLARED = {"declaration.name": "A. Head", "declaration.role": "head", "declaration.date": "2026-09-28"}


def draft(kind: str, of: Any = None, **more: Any) -> Draft:
    needed = required_fields(OF_CASES[kind].kind) if kind in TO_AN_AUTHORITY else ()
    given = {"about": about(), "required": needed, "fills": DECLARED if kind == "penalty_notice" else {}} | more
    return only(composed(change(of or case_of(kind)), **given))


def test_the_kinds_are_those_of_the_contract_and_of_the_feed() -> None:
    assert {one.kind for one in OF_CASES.values()} == {kind.value for kind in Kind}
    assert set(CONTENTS) == {kind.value for kind in Kind} - {"transfer_file"}
    assert set(FIGURES) == set(OF_CASES)


@pytest.mark.parametrize("kind", TO_AN_AUTHORITY)
def test_it_is_what_the_open_feed_takes(kind: str) -> None:
    made = draft(kind)
    assert (wrong(made), made.lacks, made.kind) == ([], (), OF_CASES[kind].kind)


@pytest.mark.parametrize("kind", TO_AN_AUTHORITY)
def test_so_it_is_of_a_rule_without_settings(kind: str) -> None:
    made = draft(kind, replace(case_of(kind), settings=()))
    assert (wrong(made), made.content["settings"]) == ([], [])


@pytest.mark.parametrize("kind", TO_AN_AUTHORITY)
def test_so_is_an_amendment_of_it(kind: str) -> None:
    later = replace(case_of(kind), first=date(2026, 9, 13), reached=date(2026, 9, 27))
    there = Earlier(1, Action.SEND, State.DELIVERED, draft(kind, later, about=about(spell=None)).content)
    made = [*composed(change(case_of(kind)), [there], about(), required=(), fills=DECLARED_OF.get(kind, {})).drafts]
    if kind in ("worker_notice_deletion", "attendance_followup"):  # what they rest on is another day
        return
    assert [(one.action, wrong(one)) for one in made] == [(Action.AMEND, [])]


DECLARED_OF = {"penalty_notice": DECLARED}


@pytest.mark.parametrize("kind", sorted(FIGURES))
def test_of_a_child_of_whom_nothing_is_known_it_lacks_what_the_feed_requires_and_no_more(kind: str) -> None:
    bare = about(pupil={}, contacts=[], spell=None, flags=(), contact_log=(), notices=(), last_attended=None)
    made = draft(kind, about=bare, fills={})
    people = {"surname", "forename", "dob", "address"}
    assert {path.split(".")[-1] for path in made.lacks if path.startswith("pupil.")} <= people
    missing = {row["pointer"] for row in wrong(made)} if kind in TO_AN_AUTHORITY else set()
    assert all(any(pointer.startswith(f"/content/{path.split('.')[0]}") for path in made.lacks) for pointer in missing)


@pytest.mark.parametrize(
    ("kind", "path", "says"),
    [
        ("attendance_followup", "absence.school_days", 10),
        ("irregular", "absence.unauthorised", 20),
        ("sickness_return", "sickness", {"first_day": "2026-09-14", "school_days": 10.0, "reached_on": "2026-09-25"}),
        ("new_pupil_return", "entry", {"entered_on": "2026-09-25", "boarder": False}),
        ("deletion_return", "deletion.ground", "a"),
        ("deletion_return", "deletion.goes_to", {"place": "school", "school": {"urn": 100002}}),
        ("missing", "missing.type", "missing_registered_pupil"),
        ("missing", "missing.enquiries.outstanding", ["home_visit"]),
        ("missing", "flags", ["looked_after"]),
        ("missing", "pupil.home_la", "802"),
        ("support_referral", "referral", {"type": "persistent", "reached_on": "2026-09-25"}),
        ("penalty_notice", "notices", [{"parent": "Ngozi Okoro", "issued": "2025-03-03", "outcome": "paid"}]),
        ("penalty_notice", "improve.ends", "2026-09-30"),
        ("worker_notice", "notice.workers", ["social_worker", "virtual_school_head"]),
        ("worker_notice", "notice.looked_after_by", "802"),
        ("worker_notice_deletion", "notice.last_day", "2026-09-25"),
    ],
)
def test_it_says_what_the_rule_found(kind: str, path: str, says: Any) -> None:
    value: Any = draft(kind).content
    for part in path.split("."):
        value = value[part]
    if kind == "sickness_return":
        value = {name: value[name] for name in says}
    assert value == says


def test_the_log_of_a_search_begins_with_it() -> None:
    log = draft("missing").content["missing"]["enquiries"]["log"]
    assert [(row["date"], row["type"]) for row in log] == [("2026-09-14", "call"), ("2026-09-18", "other")]


@pytest.mark.parametrize("kind", ["worker_notice", "worker_notice_deletion", "transfer_file"])
def test_who_knows_the_child_is_told_no_address_and_no_parent(kind: str) -> None:
    said = draft(kind).content
    assert "parents" not in said
    assert {"address", "postcode"} & set(said["pupil"]) == set()
    assert said["pupil"]["upn"] == UPN


@pytest.mark.parametrize("kind", sorted(FIGURES))
def test_no_kind_says_what_it_is_not_for(kind: str) -> None:
    whole = {**about().pupil, "ethnicity": "not asked", "religion": "not asked"}
    rows = [{**row, "note": "not asked"} for row in NOTICES]
    assert "not asked" not in str(draft(kind, about=about(pupil=whole, notices=rows)).content)


@pytest.mark.parametrize(
    ("authority", "says"),
    [
        ("801", {"workers": ["social_worker"]}),
        ("802", {"workers": ["virtual_school_head"], "looked_after_by": "802"}),
    ],
)
def test_an_authority_is_told_of_its_own_workers_alone(authority: str, says: dict[str, Any]) -> None:
    case = case_of("worker_notice", authorities=[None, "802"])
    notice = draft("worker_notice", case, about=about(authority=authority)).content["notice"]
    assert {name: notice[name] for name in ("workers", "looked_after_by") if name in notice} == says


def test_a_sickness_return_gives_no_session_and_no_cause() -> None:
    assert "code" not in str(draft("sickness_return").content["sickness"])


def test_a_child_who_lives_at_the_schools_authority_has_no_other_home_authority() -> None:
    at_home = {**about().pupil, "home_la": "801"}
    assert "home_la" not in draft("missing", about=about(pupil=at_home)).content["pupil"]


def test_a_request_for_a_penalty_notice_waits_until_every_n_is_settled() -> None:
    whole = case_of("penalty_notice")
    marks = [{**whole.evidence[0], "code": "N"}, *whole.evidence[1:]]
    made = draft("penalty_notice", replace(whole, evidence=marks))
    assert (made.state, made.lacks) == (State.HELD, ("absence.sessions.reason",))


def test_a_deletion_return_waits_for_the_ground_which_a_person_states() -> None:
    silent = about(spell=None)
    assert draft("deletion_return", about=silent).lacks == ("deletion.ground",)
    filled = draft("deletion_return", about=silent, fills={"deletion.ground": "g"})
    assert (filled.lacks, wrong(filled)) == ((), [])


@pytest.mark.parametrize(
    ("fills", "goes_to", "lacks"),
    [
        ({"deletion.goes_to.place": "abroad"}, {"place": "abroad"}, ()),
        ({"deletion.goes_to.school.name": "Elms"}, {"place": "school", "school": {"name": "Elms"}}, ()),
        ({"deletion.goes_to.place": "school"}, {"place": "school"}, ("deletion.goes_to.school.name",)),
        ({"deletion.goes_to.starts_on": "2026-10-01"}, {"starts_on": "2026-10-01"}, ("deletion.goes_to.place",)),
        ({"deletion.goes_to.school.name": "Elms", "deletion.goes_to.place": "home"}, {"place": "home"}, ()),
        ({"deletion.new_address.parent": "Ngozi Okoro"}, None, ("deletion.new_address.address",)),
    ],
)
def test_where_a_leaver_goes_is_said_whole_or_waits(
    fills: dict[str, str], goes_to: dict[str, Any] | None, lacks: tuple[str, ...]
) -> None:
    made = draft("deletion_return", about=about(spell={"ground": "g"}), fills=fills)
    assert (made.content["deletion"].get("goes_to"), made.lacks) == (goes_to, lacks)
    assert (wrong(made) == []) is (lacks == ())


@pytest.mark.parametrize("kind", sorted(FIGURES))
def test_every_field_that_a_person_may_supply_is_one_that_the_feed_takes(kind: str) -> None:
    fields = OF_CASES[kind].fields
    values = {path: value_for(path, form) for path, form in fields.items()}
    fills = {path.replace(".N.", ".0."): value for path, value in values.items()}
    bare = about(pupil={}, contacts=[], spell=None, last_attended=None)
    made = draft(kind, about=bare, fills=fills)
    assert kind == "transfer_file" or wrong(made) == []


@pytest.mark.parametrize("kind", TO_AN_AUTHORITY)
def test_a_text_of_a_person_may_be_as_long_as_the_feed_takes_it_and_no_longer(kind: str) -> None:
    bare = about(pupil={}, contacts=[], spell=None, last_attended=None)
    texts = {path: form for path, form in OF_CASES[kind].fields.items() if form.says.startswith("a text")}
    fills = {path.replace(".N.", ".0."): "x" * form.longest for path, form in texts.items()}
    made = draft(kind, about=bare, fills=fills)
    assert [one for one in wrong(made) if "longer" in one["problem"]] == []
    for path, form in texts.items():
        with pytest.raises(ValueError, match=f"a text of at most {form.longest} characters"):
            form.read(path, "x" * (form.longest + 1))


@pytest.mark.parametrize("value", ["Ada\x1b[2J", "Ada\x00", "Ada\ud800"])
def test_a_control_character_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="none of them a control character: nothing was filled"):
        OF_CASES["attendance_return"].fields["contact.name"].read("contact.name", value)


def value_for(path: str, form: Any) -> str:
    if form.choices:
        return "school" if "school" in form.choices else next(iter(form.choices))
    last = path.split(".")[-1]
    upn = {"upn": UPN, "former_upn": UPN, "home_la": "802", "laestab": "802/2000", "postcode": "N1 1AA"}
    if last in upn:
        return upn[last]
    return str(form.least) if form.least is not None else "2026-09-11" if form.day else "text"


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        ("pupil.upn", "A1", "pupil.upn is a UPN, as A801200000001"),
        ("pupil.dob", "10/03/2014", "pupil.dob is a day, as 2026-09-01"),
        ("pupil.home_la", "Kent", "pupil.home_la is an authority's number of 3 digits"),
        ("deletion.ground", "z", "deletion.ground is a or b or"),
        ("sickness.expected_days", "14", "sickness.expected_days is a whole number from 15 to 200"),
        ("deletion.goes_to.place", "moon", "deletion.goes_to.place is school or home or"),
    ],
)
def test_a_value_in_another_form_is_refused_and_not_repeated(path: str, value: str, why: str) -> None:
    kind = {"sickness": "sickness_return"}.get(path.split(".")[0], "deletion_return")
    with pytest.raises(ValueError, match=why) as raised:
        OF_CASES[kind].fields[path].read(path, value)
    assert value not in str(raised.value).split("is ")[0]


def test_a_field_of_another_kind_is_no_field_of_this_one() -> None:
    with pytest.raises(ValueError, match=r"there is no field 'deletion\.ground' to fill"):
        draft("attendance_return", fills={"deletion.ground": "a"})
