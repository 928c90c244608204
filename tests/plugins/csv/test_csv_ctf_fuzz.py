"""Made-up transfer files are read back mark for mark; a damaged one gives fewer marks or none, never others."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from support.ctf_made import MadeFile, files, meant, read_back

EARLIER, LATER = date(2026, 11, 20), date(2026, 11, 27)
DAYS = st.booleans().map(lambda weekends: "all" if weekends else "weekdays")
ONE = DAYS.flatmap(lambda days: st.tuples(files(LATER, days == "all"), st.just(days)))
TWO = DAYS.flatmap(
    lambda days: st.tuples(files(EARLIER, days == "all"), files(LATER, days == "all"), st.just(days)),
)


@settings(max_examples=25, deadline=None)
@given(TWO)
def test_the_marks_written_are_the_marks_read(made: tuple[MadeFile, MadeFile, str]) -> None:
    *both, days = made
    found, rejects = read_back([one.xml.encode() for one in both], days)
    assert {one.kind for one in rejects} <= {"unknown_pupil"}
    assert found == meant(both)


@settings(max_examples=25, deadline=None)
@given(ONE)
def test_where_weekends_are_not_stated_marks_are_right_or_not_used(made: tuple[MadeFile, str]) -> None:
    file, _ = made
    found, rejects = read_back([file.xml.encode()], None)
    assert found <= meant([file])
    assert found == meant([file]) or {one.column for one in rejects} & {"YearData"}


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_a_file_cut_off_anywhere_gives_nothing(made: tuple[MadeFile, str], data: st.DataObject) -> None:
    whole = made[0].xml.encode()
    found, rejects = read_back([whole[: data.draw(st.integers(1, len(whole) - 1))]], made[1])
    assert found == set()
    assert [one.column for one in rejects] == ["file"]


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_bytes_changed_outside_the_values_give_no_other_mark(made: tuple[MadeFile, str], data: st.DataObject) -> None:
    whole = bytearray(made[0].xml.encode())
    tags, inside = [], False
    for at, byte in enumerate(whole):
        inside = inside or byte == ord("<")
        tags += [at] if inside else []
        inside = inside and byte != ord(">")
    for at in data.draw(st.lists(st.sampled_from(tags), min_size=1, max_size=3)):
        whole[at] = data.draw(st.integers(0, 255))
    assert read_back([bytes(whole)], made[1])[0] <= meant([made[0]])


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_bytes_changed_anywhere_end_in_marks_or_in_a_reason(made: tuple[MadeFile, str], data: st.DataObject) -> None:
    whole = made[0].xml.encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 20)))
    read_back(
        [whole[:start] + data.draw(st.binary(max_size=12)) + whole[end:]], data.draw(st.sampled_from([made[1], None]))
    )


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_elements_left_out_give_no_other_mark(made: tuple[MadeFile, str], data: st.DataObject) -> None:
    root = ET.fromstring(made[0].xml)
    for _ in range(data.draw(st.integers(1, 3))):
        parent, child = data.draw(st.sampled_from(pairs(root) or [(root, None)]))
        parent[:] = [one for one in parent if one is not child]
    assert read_back([ET.tostring(root)], made[1])[0] <= meant([made[0]])


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_the_order_of_elements_says_nothing(made: tuple[MadeFile, str], data: st.DataObject) -> None:
    root = ET.fromstring(made[0].xml)
    for parent in list(root.iter()):
        parent[:] = data.draw(st.permutations(list(parent)))
    assert read_back([ET.tostring(root)], made[1])[0] == meant([made[0]])


@settings(max_examples=25, deadline=None)
@given(ONE, st.data())
def test_a_value_that_stands_twice_or_in_another_place_gives_no_other_mark(
    made: tuple[MadeFile, str], data: st.DataObject
) -> None:
    root = ET.fromstring(made[0].xml)
    tag = data.draw(st.sampled_from(["UPN", "Estab", "AttendanceStartDate", "AttendanceMarks", "DateTime"]))
    was, moved = data.draw(st.sampled_from([(parent, child) for parent, child in pairs(root) if child.tag == tag]))
    others = [one for one in root.iter() if one is not moved]
    alike = [one for one in others if one is not was and one.find(tag) is not None]
    to = data.draw(st.sampled_from(alike or others))
    if data.draw(st.booleans()):
        was.remove(moved)
    to.insert(data.draw(st.sampled_from([0, len(to)])), moved)
    assert read_back([ET.tostring(root)], made[1])[0] <= meant([made[0]])


@settings(max_examples=25, deadline=None)
@given(ONE, st.data(), st.sampled_from(["&e;", "&#0;", "&#xD800;", "&", "<x>", "]]>", "<![CDATA[", "<!--"]))
def test_an_entity_or_a_stray_tag_gives_nothing(made: tuple[MadeFile, str], data: st.DataObject, stray: str) -> None:
    text = made[0].xml
    at = data.draw(st.sampled_from([n + 1 for n, character in enumerate(text[:-1]) if character == ">"][1:]))
    head = data.draw(st.sampled_from(["", '<!DOCTYPE CTfile [<!ENTITY e "/">]>', '<!DOCTYPE CTfile SYSTEM "e.dtd">']))
    damaged = text[:at] + stray + text[at:]
    found, _ = read_back([damaged.replace("<CTfile>", f"{head}<CTfile>", 1).encode()], made[1])
    assert found == set()


def pairs(root: ET.Element) -> list[tuple[ET.Element, ET.Element]]:
    """Every element with its parent."""
    return [(parent, child) for parent in root.iter() for child in parent]
