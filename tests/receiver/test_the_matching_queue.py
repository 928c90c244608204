"""The people of the authority, its schools' pupils, and the queue of those an officer is to tell apart."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection

from rollbook_receiver import audit, bringing, finding, known_people, matching
from rollbook_receiver.start import main
from support.receiver_app import Door, door
from support.receiver_messages import FORENAME, OTHER_SCHOOL, SCHOOL, SURNAME, UPN, content, envelope
from support.receiver_pages import read, readable_by_everybody

HEAD = "reference,upn,surname,forename,dob"
ZEB = f"A-1,{UPN},{SURNAME},{FORENAME},2017-03-09"
OTHER_UPN = "Q801200005002"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Door]:
    with door(tmp_path) as made:
        yield made


def run(opened: Door, *words: Any) -> Result:
    return CliRunner().invoke(
        main, [*(str(word) for word in words), "--database", str(opened.store.engine.url.database)]
    )


def bring(opened: Door, tmp_path: Path, *lines: str, head: str = HEAD) -> Result:
    (tmp_path / "pupils.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return run(opened, "pupils", "import", tmp_path / "pupils.csv")


def tell(opened: Door, school: int = SCHOOL, number: int = 1, revision: int = 1, **changes: Any) -> str:
    """A school tells of a pupil; `changes` are of what it says of them, None leaves a field out."""
    said = content()
    said["school"]["urn"] = school
    said["pupil"] |= changes
    said["pupil"] = {name: value for name, value in said["pupil"].items() if value is not None}
    action = "send" if revision == 1 else "amend"
    if revision > 1:
        said["reason"] = "the name was corrected"
    made = opened.send(
        envelope(action, revision, school=school, pupil=number, said=said), key=f"{school}{number}{revision}"
    )
    assert made.status_code == 201
    return str(made.json()["reference"])


def found(opened: Door, school: int = SCHOOL, number: int = 1) -> matching.Registration:
    with opened.store.writing() as connection:
        matching.catch_up(connection, opened.clock())
        held = matching.of_pupil(connection, school, number)
    assert held is not None
    return held


def resolve(opened: Door, *words: Any, school: int = SCHOOL, number: int = 1) -> Result:
    return run(opened, "matches", "resolve", "--school", school, "--pupil", number, "--by", "R. Officer", *words)


def undo(opened: Door, number: int = 1) -> Result:
    return run(opened, "matches", "undo", "--school", SCHOOL, "--pupil", number, "--by", "R. Officer")


def test_a_pupil_of_the_authoritys_list_is_known(opened: Door, tmp_path: Path) -> None:
    assert "1 new and 0 known people" in bring(opened, tmp_path, ZEB).output
    tell(opened)
    assert (found(opened).state, found(opened).words) == ("matched", "same UPN, name and date of birth")
    assert run(opened, "matches").output == "Nobody waits.\n"


def test_without_a_list_people_are_made_from_messages_whose_upn_stands(opened: Door) -> None:
    tell(opened)
    tell(opened, number=2, upn=None, forename="Ann")
    assert (found(opened).state, found(opened, number=2).state) == ("matched", "unmatched")


def test_two_schools_pupil_is_one_person_and_each_page_says_so(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    made = tell(opened)
    tell(opened, OTHER_SCHOOL, 9)
    assert found(opened).person == found(opened, OTHER_SCHOOL, 9).person
    assert f"Also registered at school {OTHER_SCHOOL}" in read(opened, f"/messages/{made}").text


def test_a_pupil_from_over_the_border_is_kept_shown_and_waits(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "A-2,,Marrow,Ann,2016-01-02")
    made = tell(opened, home_la="802")
    assert "lives in the area of authority 802" in run(opened, "matches").output
    assert "lives in the area of authority 802" in read(opened, f"/messages/{made}").text


def test_the_queue_names_no_pupil_on_the_command_line_and_names_them_on_its_page(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB.replace(FORENAME, "Zachary"))
    tell(opened)
    listed = run(opened, "matches").output
    assert "same UPN; forename differs" in listed
    assert "1 conflict" in listed
    assert SURNAME not in listed
    page = read(opened, "/matches")
    readable_by_everybody(page)
    for said in (f"{SURNAME} , {FORENAME}", "same UPN; forename differs", f"{SURNAME} , Zachary , born 9 March 2017"):
        assert said in page.text


def test_an_officer_says_who_it_is_and_can_take_it_back(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn=None)
    assert found(opened).state == "proposed"
    number = found(opened).person
    assert "by R. Officer" in resolve(opened, "--person", number, "--reason", "rang the school").output
    assert (found(opened).state, found(opened).person) == ("matched", number)
    assert "proposed" in undo(opened).output
    with opened.store.reading() as connection:
        past = [(row.state, row.who) for row in matching.history(connection, SCHOOL, 1)]
    assert past == [
        ("proposed", "the receiver"),
        ("matched", "R. Officer"),
        ("unmatched", "R. Officer"),
        ("proposed", "the receiver"),
    ]
    assert undo(opened).exit_code == 4


def test_somebody_new_is_found_at_the_next_school_too_and_undone_is_unknown_again(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "A-2,,Marrow,Ann,2016-01-02")
    tell(opened)
    tell(opened, OTHER_SCHOOL, 9)
    assert resolve(opened, "--new").exit_code == 0
    assert found(opened, OTHER_SCHOOL, 9).state == "matched"
    assert "matched" in undo(opened).output  # the other school's pupil still is that person


def test_somebody_new_who_was_undone_is_unknown_again(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "A-2,,Marrow,Ann,2016-01-02")
    tell(opened)
    resolve(opened, "--new")
    assert "unmatched" in undo(opened).output


def test_what_is_told_anew_is_looked_at_anew(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened)
    assert found(opened).state == "matched"
    tell(opened, revision=2, dob="2017-03-10")
    assert (found(opened).state, found(opened).words) == ("conflict", "told anew: same UPN; date of birth differs")


def test_an_officers_word_stays_when_what_is_told_anew_bears_it_out(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn=None)
    resolve(opened, "--person", found(opened).person)
    tell(opened, revision=2)
    assert found(opened).settled_by == "R. Officer"


def test_a_later_list_finds_who_waited_and_takes_over_whom_messages_made(opened: Door, tmp_path: Path) -> None:
    tell(opened)
    tell(opened, number=2, upn=OTHER_UPN, forename="Ann", dob="2016-01-02")
    done = bring(opened, tmp_path, ZEB)
    assert "2 of the schools' pupils found anew" in done.output
    assert (found(opened).state, found(opened, number=2).state) == ("matched", "unmatched")
    with opened.store.reading() as connection:
        person = known_people.person(connection, found(opened).person)
    assert person is not None
    assert person.reference == "A-1"


def test_whom_an_officer_made_is_nobody_else_though_the_list_goes_by_upns(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "A-2,,Marrow,Ann,2016-01-02")
    tell(opened)
    resolve(opened, "--new")
    bring(opened, tmp_path, f"{UPN},{UPN},Marrow,Ben,2016-01-01")
    with opened.store.reading() as connection:
        person = known_people.person(connection, found(opened).person)
    assert person is not None
    assert (person.told.forename, person.reference) == (FORENAME, None)


def test_a_list_that_changed_makes_a_match_doubtful(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened)
    assert "0 new and 1 known" in bring(opened, tmp_path, ZEB.replace("03-09", "03-10")).output
    assert found(opened).words == "same UPN; date of birth differs"
    bring(opened, tmp_path, ZEB, ZEB.replace("A-1", "A-9"))
    assert found(opened).words == "2 people have this UPN"


def test_days_are_read_as_england_writes_them(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB.replace("2017-03-09", "09/03/2017"))
    tell(opened)
    assert found(opened).state == "matched"


BAD = [
    ("no column", "reference,surname", ("A-1,X",), "no column forename, dob"),
    ("no day", HEAD, ("A-1,,Marrow,Ann,31/02/2016",), "line 2: dob is not a day"),
    ("no name", HEAD, ("A-1,,,Ann,2016-01-02",), "line 2 has no surname"),
    ("twice", HEAD, (ZEB, ZEB), "lines 2 and 3 have the same reference"),
    ("a cell too many", HEAD, (f"{ZEB},Marrow",), "Line 2 has more cells than there are columns"),
    ("no text", HEAD, (f"{ZEB}\0",), "Line 2 has the character NUL"),
    ("a column twice", f"{HEAD},UPN", (f"{ZEB},",), "more than one column upn"),
    ("a cell without a column", f"{HEAD},", (f"{ZEB},Marrow",), "Line 2 has more cells than there are columns"),
    ("too long", HEAD, (f"A-1,,{'M' * 201},Ann,2016-01-02",), "line 2: too long: surname"),
]


def test_a_list_says_nothing_of_what_it_has_no_column_for(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, f"{ZEB},802", head=f"{HEAD},home_la")
    tell(opened)
    assert found(opened).state == "matched"
    assert bring(opened, tmp_path, f"A-1,{SURNAME},{FORENAME},2017-03-09", head=HEAD.replace("upn,", "")).exit_code == 0
    assert found(opened).state == "matched"
    with opened.store.reading() as connection:
        kept = known_people.person(connection, 1)
    assert kept is not None
    assert (kept.told.upn, kept.told.home_la) == (UPN, "802")


def test_an_empty_cell_of_a_list_empties_what_was_known(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    bring(opened, tmp_path, ZEB.replace(UPN, ""))
    with opened.store.reading() as connection:
        kept = known_people.person(connection, 1)
    assert kept is not None
    assert kept.told.upn is None


@pytest.mark.parametrize(("why", "head", "lines", "words"), BAD, ids=[row[0] for row in BAD])
def test_a_list_with_a_mistake_is_not_taken_and_the_line_is_told(
    opened: Door, tmp_path: Path, why: str, head: str, lines: tuple[str, ...], words: str
) -> None:
    ended = bring(opened, tmp_path, *lines, head=head)
    assert (ended.exit_code, words in ended.output) == (4, True)
    assert "Marrow" not in ended.output
    with opened.store.reading() as connection:
        assert known_people.person(connection, 1) is None


def test_a_list_in_another_encoding_says_how_to_save_it(opened: Door, tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_bytes(f"{HEAD}\nA-1,,M\xfcller,Ann,2016-01-02\n".encode("cp1252"))
    assert "save it as CSV UTF-8" in run(opened, "pupils", "import", tmp_path / "old.csv").output


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--new", "--person", "1"), 2), ((), 2), (("--person", "99"), 4), (("--new",), 0)],
)
def test_what_cannot_be_settled_says_so(opened: Door, words: tuple[str, ...], code: int) -> None:
    tell(opened, upn=None)
    assert resolve(opened, *words).exit_code == code
    assert resolve(opened, "--new", number=77).exit_code == 4


def test_show_gives_the_numbers_of_the_likely_people_and_each_state(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn=None)
    shown = run(opened, "matches", "show", "--school", SCHOOL, "--pupil", 1).output
    assert f"person {found(opened).person}, reference A-1" in shown
    assert "proposed  same name and date of birth" in shown
    assert SURNAME not in shown


def test_a_program_reads_the_queue(opened: Door) -> None:
    tell(opened, upn=None)
    read_back = json.loads(run(opened, "matches", "--format", "json").output)
    assert read_back["waiting"] == {"unmatched": 1}
    assert [(one["school"], one["pupil"]) for one in read_back["first"]] == [(SCHOOL, 1)]


def test_the_queue_goes_on_page_by_page(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook_receiver.pages.A_PAGE", 2)
    for number in (1, 2, 3):
        tell(opened, number=number, upn=None)
    first = read(opened, "/matches")
    [more] = [str(attrs["href"]) for tag, attrs in first.tags if tag == "a" and "after" in str(attrs.get("href"))]
    second = read(opened, more)
    assert [first.text.count(f"number {n}") + second.text.count(f"number {n}") for n in (1, 2, 3)] == [1, 1, 1]
    for nonsense in ("x", "a b c", "2026 100001 " + "9" * 30):
        assert opened.http.get("/matches", params={"after": nonsense}).status_code == 200


def test_what_came_in_a_burst_is_looked_at_bit_by_bit(opened: Door) -> None:
    for number in range(1, 6):
        tell(opened, number=number, upn=None)
    with opened.store.writing() as connection:
        looked = [matching.catch_up(connection, opened.clock(), most=2) for _ in range(4)]
        assert (looked, matching.behind(connection)) == ([2, 2, 1, 0], 0)
        assert matching.waiting(connection) == {"unmatched": 5}


def test_a_revision_that_was_overtaken_and_a_withdrawal_say_nothing_of_the_pupil(opened: Door) -> None:
    opened.send(envelope("withdraw", 3, pupil=1), key="w")
    tell(opened, upn=None)
    with opened.store.writing() as connection:
        matching.catch_up(connection, opened.clock())
        assert matching.of_pupil(connection, SCHOOL, 1) is None


def test_what_officers_do_and_look_at_is_in_the_audit_log_without_a_name(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn=None)
    resolve(opened, "--person", found(opened).person)
    undo(opened)
    opened.http.get("/matches")
    with opened.store.reading() as connection:
        entries = audit.entries(connection)
    log = " ".join(str(tuple(entry)) for entry in entries)
    for said in (
        "brought people in",
        "said who a pupil is",
        "took back who a pupil is",
        "looked at the queue of pupils",
    ):
        assert said in log
    assert SURNAME not in log


def test_an_officers_word_stays_when_another_message_leaves_out_where_the_pupil_lives(
    opened: Door, tmp_path: Path
) -> None:
    bring(opened, tmp_path, ZEB.replace(FORENAME, "Zachary"))
    tell(opened, home_la="802")
    resolve(opened, "--new")
    tell(opened, revision=2)
    assert (found(opened).state, found(opened).settled_by) == ("matched", "R. Officer")


def test_what_came_is_looked_at_when_nobody_writes(opened: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollbook_receiver.writer.REST", 0)
    for number in range(1, 4):
        tell(opened, number=number, upn=None)
    done = threading.Event()

    def look(connection: Connection) -> bool:
        if matching.catch_up(connection, opened.clock(), most=2):
            return True
        done.set()
        return False

    opened.store.when_idle(look)
    assert done.wait(20)
    with opened.store.reading() as connection:
        assert (matching.behind(connection), matching.waiting(connection)) == (0, {"unmatched": 3})


def test_what_fails_at_leisure_stops_nobody_from_writing(
    opened: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("rollbook_receiver.writer.REST", 0)
    tried = threading.Semaphore(0)

    def fail(connection: Connection) -> bool:
        tried.release()
        raise ValueError(SURNAME)

    opened.store.when_idle(fail)
    assert tried.acquire(timeout=20)
    tell(opened)
    assert tried.acquire(timeout=20)  # tried again after the next batch
    opened.store.close()
    assert "ValueError" in caplog.text
    assert SURNAME not in caplog.text


def test_who_pupils_are_is_found_anew_in_short_rounds(opened: Door) -> None:
    for number in (1, 2, 3):
        tell(opened, number=number, upn=None)
        found(opened, number=number)
    listed = dict.fromkeys(bringing.COLUMNS, "") | {"reference": "A-1", "surname": SURNAME, "forename": FORENAME}
    with opened.store.writing() as connection:
        bringing.bring(connection, [listed | {"dob": "2017-03-09"}], opened.clock())
        rounds = [matching.again(connection, opened.clock(), None, queue_alone=True, most=2)]
        for _ in range(2):
            rounds.append(matching.again(connection, opened.clock(), rounds[-1].last, queue_alone=True, most=2))
        assert matching.waiting(connection) == {"proposed": 3}
    assert [(one.different, one.last) for one in rounds] == [(2, (SCHOOL, 2)), (1, (SCHOOL, 3)), (0, None)]


def test_a_number_that_was_another_upns_before_waits_for_an_officer(opened: Door, tmp_path: Path) -> None:
    ann = f"A-2,{OTHER_UPN},Marrow,Ann,2016-01-02"
    bring(opened, tmp_path, ZEB, ann)
    tell(opened)
    assert found(opened).state == "matched"
    tell(opened, revision=2, upn=OTHER_UPN, surname="Marrow", forename="Ann", dob="2016-01-02")
    assert found(opened).state == "conflict"
    assert found(opened).words.startswith("this number was another UPN's before; same UPN, name and date of birth")
    bring(opened, tmp_path, ZEB, ann)
    assert found(opened).state == "conflict"
    resolve(opened, "--person", found(opened).person)
    assert found(opened).state == "matched"
    assert "conflict" in undo(opened).output


def test_a_upn_that_took_anothers_place_is_the_same_child(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened)
    tell(opened, revision=2, upn=OTHER_UPN, former_upn=UPN)
    assert found(opened).state == "matched"


def test_a_wrong_upn_that_was_corrected_is_no_other_child(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn="C801200005001")
    assert found(opened).state == "proposed"
    tell(opened, revision=2)
    assert found(opened).state == "matched"


@pytest.mark.parametrize("settled", [False, True])
def test_who_moves_out_of_the_area_is_marked_and_who_comes_back_is_not(
    opened: Door, tmp_path: Path, settled: bool
) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened)
    assert found(opened).state == "matched"
    if settled:
        resolve(opened, "--person", found(opened).person)
    before = found(opened)
    tell(opened, revision=2, home_la="802")
    assert found(opened).words == f"{before.words}; lives in the area of authority 802"
    tell(opened, revision=3)
    assert found(opened) == before


def test_whom_an_officer_settles_stays_marked_as_living_elsewhere(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    tell(opened, upn=None)
    assert found(opened).state == "proposed"
    tell(opened, revision=2, upn=None, home_la="802")
    resolve(opened, "--person", found(opened).person)
    assert found(opened).words == "settled by an officer; lives in the area of authority 802"


def test_somebody_new_is_made_once(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "A-2,,Marrow,Ann,2016-01-02")
    tell(opened)
    assert resolve(opened, "--new").exit_code == 0
    again = resolve(opened, "--new")
    assert (again.exit_code, "It is said already that this is person 2" in again.output) == (4, True)


def test_somebody_new_who_was_known_after_all_is_nobody_any_more(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB.replace(FORENAME, "Zachary"))
    tell(opened)
    resolve(opened, "--new")
    resolve(opened, "--person", 1, "--yes")
    with opened.store.reading() as connection:
        assert known_people.person(connection, 2) is None


def test_a_person_is_said_by_the_authoritys_own_reference_and_echoed(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, f"P-2,,{SURNAME},{FORENAME},2017-03-09")
    tell(opened)
    said = resolve(opened, "--reference", "P-2")
    assert "It is person 1, reference P-2: name and date of birth are the same." in said.output
    assert (found(opened).state, found(opened).person) == ("matched", 1)


def test_somebody_with_another_name_and_birth_is_meant_only_when_it_is_said_twice(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, "P-2,,Marrow,Ann,2016-01-02")
    tell(opened)
    refused = resolve(opened, "--reference", "P-2")
    assert (refused.exit_code, found(opened).state) == (4, "unmatched")
    assert "another forename, surname and date of birth than the school" in refused.output
    assert resolve(opened, "--reference", "P-2", "--yes").exit_code == 0


def test_whoever_differs_in_one_thing_alone_is_shown_as_likely(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, f"P-2,,{SURNAME},Zeb,2017-03-09")
    tell(opened)
    assert found(opened).state == "unmatched"
    shown = run(opened, "matches", "show", "--school", SCHOOL, "--pupil", 1).output
    assert "person 1, reference P-2" in shown


@pytest.mark.parametrize("text", ["quillf", f"{FORENAME} {SURNAME}", UPN.lower(), "A-1"])
def test_a_person_is_found_by_name_upn_or_reference(
    text: str, opened: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(opened, tmp_path, ZEB, "A-2,,Marrow,Ann,2016-01-02")
    monkeypatch.setattr(finding, "at_a_terminal", lambda: True)
    asked = find(opened, text)
    assert f"person 1: {SURNAME}, {FORENAME}, born 2017-03-09, UPN {UPN}, reference A-1" in asked.output
    assert "Marrow" not in asked.output


def test_people_are_named_to_a_terminal_alone(opened: Door, tmp_path: Path) -> None:
    bring(opened, tmp_path, ZEB)
    asked = find(opened, "quillf")
    assert (asked.exit_code, SURNAME in asked.output) == (4, False)


def find(opened: Door, text: str) -> Result:
    words = ["pupils", "find", "--by", "R. Officer", "--database", str(opened.store.engine.url.database)]
    return CliRunner().invoke(main, words, input=f"{text}\n")


def test_a_list_with_semicolons_is_refused_with_what_separates_columns(opened: Door, tmp_path: Path) -> None:
    refused = bring(opened, tmp_path, ZEB.replace(",", ";"), head=HEAD.replace(",", ";"))
    assert "separated by commas" in refused.output
