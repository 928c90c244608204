"""Transfer files in a folder: one pupil a file, each number once, and no second file for a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollbook.contract import FixSettings, Outcome, write_whole
from rollbook.testing.kit.messages import amended, withdrawn
from rollbook_la_portal.transfer import destination, manifest
from support.transfer_files import at, elements, files, lines, made, put

FIRST, SECOND = "8012000_CTF_XXXXXXX_001.xml", "8012000_CTF_XXXXXXX_002.xml"


# One pupil a file, each number once


def test_two_leavers_are_two_files(tmp_path: Path) -> None:
    receipts = put(tmp_path, made(0), made(1))
    assert [one.reference for one in receipts] == files(tmp_path) == [FIRST, SECOND]
    upns = [elements(tmp_path, name)["CTFpupilData/Pupil/UPN"] for name in files(tmp_path)]
    assert upns == [made(number).content["pupil"]["upn"] for number in (0, 1)]


def test_a_number_of_the_schools_own_program_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "8012000_CTF_XXXXXXX_007.xml").write_text("theirs", encoding="utf-8")
    [receipt] = put(tmp_path, made())
    assert receipt.reference == "8012000_CTF_XXXXXXX_008.xml"
    assert (tmp_path / "8012000_CTF_XXXXXXX_007.xml").read_text(encoding="utf-8") == "theirs"


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(path: Path, data: bytes) -> None:
        if path.name == FIRST:
            path.write_text("theirs", encoding="utf-8")
        write_whole(path, data)

    monkeypatch.setattr(destination, "write_whole", taken)
    [receipt] = put(tmp_path, made())
    assert receipt.reference == SECOND
    assert (tmp_path / FIRST).read_text(encoding="utf-8") == "theirs"


def test_a_number_is_not_given_twice_though_the_file_was_moved_away(tmp_path: Path) -> None:
    put(tmp_path, made(0))
    (tmp_path / FIRST).unlink()
    [receipt] = put(tmp_path, made(1))
    assert receipt.reference == SECOND


def test_after_the_last_number_a_person_is_asked_for_another_folder(tmp_path: Path) -> None:
    (tmp_path / "8012000_CTF_XXXXXXX_999.xml").touch()
    with pytest.raises(FixSettings, match="All 999 numbers of transfer files of 801/2000 are used"):
        put(tmp_path, made())


# Again


def test_the_same_message_again_makes_no_second_file(tmp_path: Path) -> None:
    first, again = put(tmp_path, made())[0], put(tmp_path, made())[0]
    assert (again.reference, again.at, again.digest) == (first.reference, first.at, first.digest)
    assert files(tmp_path) == [FIRST]


def test_again_after_the_file_was_uploaded_and_moved_away_it_is_still_known(tmp_path: Path) -> None:
    put(tmp_path, made())
    (tmp_path / FIRST).unlink()
    assert put(tmp_path, made())[0].reference == FIRST
    assert files(tmp_path) == []
    found = at(tmp_path).lookup(made().key)
    assert found is not None
    assert (found.reference, found.revision) == (FIRST, 1)


def test_nothing_is_found_of_who_was_never_sent(tmp_path: Path) -> None:
    assert at(tmp_path).lookup(made().key) is None


def test_an_amendment_is_a_new_file_and_the_old_one_is_told(tmp_path: Path) -> None:
    first = made()
    _, second = put(tmp_path, first, amended(first))
    assert files(tmp_path) == [FIRST, SECOND]
    assert second.reasons[0].startswith(f"{FIRST} is replaced by {SECOND}: do not upload it")


def test_a_withdrawal_deletes_no_file_and_tells_a_person(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first)
    [receipt] = put(tmp_path, withdrawn(first))
    assert receipt.outcome is Outcome.ACCEPTED
    assert receipt.reasons[0].startswith(f"{FIRST} is withdrawn: do not upload it")
    assert files(tmp_path) == [FIRST]
    assert (lines(tmp_path)[-1]["action"], lines(tmp_path)[-1]["replaces"]) == ("withdraw", [FIRST])


def test_check_tells_of_a_withdrawn_file_until_it_is_gone(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first, withdrawn(first))
    assert [remark.ok for remark in at(tmp_path).check()] == [True, False]
    (tmp_path / FIRST).unlink()
    assert [remark.ok for remark in at(tmp_path).check()] == [True]


def test_an_earlier_revision_again_does_not_say_to_upload_what_was_withdrawn(tmp_path: Path) -> None:
    first = made()
    assert any(text.startswith(f"Upload {FIRST} ") for text in put(tmp_path, first)[0].reasons)
    put(tmp_path, withdrawn(first))
    assert put(tmp_path, first)[0].reasons == ()


def test_an_older_revision_that_comes_late_is_refused(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, amended(first))
    [receipt] = put(tmp_path, first)
    assert (receipt.outcome, files(tmp_path)) == (Outcome.REFUSED, [FIRST])


def test_no_pupil_is_in_the_manifest_nor_in_a_files_name(tmp_path: Path) -> None:
    first = made()
    put(tmp_path, first, amended(first))
    said = (tmp_path / manifest.NAME).read_text(encoding="utf-8") + " ".join(files(tmp_path))
    assert not [value for value in first.content["pupil"].values() if len(value) > 1 and value in said]
