"""Forms in a drop folder: once each, never half, never over another's, and what became of them is said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from rollbook.contract import FixSettings, Outcome
from rollbook.testing.kit.messages import amended, message, with_day, withdrawn
from rollbook_la_portal.files import places
from rollbook_la_portal.files.settings import FilesSettings
from support.la_files import at, files, of_kind, put

FORM = "00001-attendance-return-900001.csv"
BESIDE, WITH_BESIDE = "00001-attendance-return-900001-register.csv", "00001-attendance-return-900001.html"
STOCKPORT: dict[str, Any] = {"template": Path("stockport"), "format": "html"}


class Killed(KeyboardInterrupt):
    """As `kill -9`: nothing of ours may catch it."""


def test_two_pupils_are_two_files_and_neither_is_named(tmp_path: Path) -> None:
    receipts = put(tmp_path, message(0), message(1))
    assert [one.reference for one in receipts] == files(tmp_path) == [FORM, FORM.replace("1-", "2-", 1)]


def test_the_same_again_puts_nothing(tmp_path: Path) -> None:
    first, again = put(tmp_path, message(0))[0], put(tmp_path, message(0))[0]
    assert (first.reference, first.at, first.digest) == (again.reference, again.at, again.digest)
    assert files(tmp_path) == [FORM]


def test_again_after_the_authority_took_it_puts_nothing(tmp_path: Path) -> None:
    put(tmp_path, message(0))
    (tmp_path / "drop" / FORM).unlink()
    assert put(tmp_path, message(0))[0].reference == FORM
    assert files(tmp_path) == []


def test_another_content_under_the_same_revision_is_refused(tmp_path: Path) -> None:
    put(tmp_path, message(0))
    [receipt] = put(tmp_path, with_day(message(0), "2026-12-18"))
    assert (receipt.outcome, files(tmp_path)) == (Outcome.REFUSED, [FORM])


def test_an_amendment_and_a_withdrawal_are_files_that_say_what_they_replace(tmp_path: Path) -> None:
    second = amended(message(0))
    receipts = put(tmp_path, message(0), second, withdrawn(second), **STOCKPORT)
    pages = [(tmp_path / "drop" / one.reference).read_text(encoding="utf-8") for one in receipts]
    assert [one.reference.rpartition("900001")[2] for one in receipts] == [".html", "-amended.html", "-withdrawn.html"]
    assert f"{receipts[0].reference} is replaced by this." in pages[1]
    assert all(f"{one.reference} is withdrawn by this" in pages[2] for one in receipts[:2])
    assert f"replaces {receipts[0].reference}" in " ".join(receipts[1].reasons)


def test_an_older_revision_that_comes_late_is_refused(tmp_path: Path) -> None:
    put(tmp_path, amended(message(0)))
    assert put(tmp_path, message(0))[0].outcome is Outcome.REFUSED


def test_a_receipt_says_what_a_person_fills_in(tmp_path: Path) -> None:
    [receipt] = put(tmp_path, message(0), **STOCKPORT)
    assert receipt.reasons[0].startswith(f"Fill in by hand in {WITH_BESIDE}: The absence (Cause, where it is known); ")


def test_another_senders_file_is_not_written_over(tmp_path: Path) -> None:
    at(tmp_path)
    (tmp_path / "drop" / FORM).write_text("theirs", encoding="utf-8")
    [receipt] = put(tmp_path, message(0))
    assert receipt.reference == FORM.replace("1-", "2-", 1)
    assert (tmp_path / "drop" / FORM).read_text(encoding="utf-8") == "theirs"


def test_a_file_that_appears_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = places.write_whole

    def late(path: Path, data: bytes, *, mode: int) -> None:
        if path.name == FORM:
            path.write_text("theirs", encoding="utf-8")
        real(path, data, mode=mode)

    monkeypatch.setattr(places, "write_whole", late)
    [receipt] = put(tmp_path, message(0))
    assert receipt.reference == FORM.replace("1-", "2-", 1)
    assert at(tmp_path).lookup(message(0).key).reference == receipt.reference  # type: ignore[union-attr]


@pytest.mark.parametrize("step", range(16))
def test_a_killed_write_leaves_no_half_form_and_the_next_makes_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    passed: list[int] = []

    def around(real: Any) -> Any:
        def reached(*args: Any, **kwargs: Any) -> Any:
            for do in (lambda: None, lambda: real(*args, **kwargs)):
                do()
                passed.append(1)
                if len(passed) - 1 == step:
                    raise Killed

        return reached

    at(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", around(os.fsync))
        patch.setattr(os, "link", around(os.link))
        with pytest.raises(Killed):
            put(tmp_path, message(0), **STOCKPORT)
    there = at(tmp_path, **STOCKPORT).lookup(message(0).key)
    assert (there is not None) is (WITH_BESIDE in files(tmp_path))
    put(tmp_path, message(0), **STOCKPORT)
    assert files(tmp_path) == [BESIDE, WITH_BESIDE]


# What became of it


@pytest.mark.parametrize(
    ("happened", "told"), [("removed", "is no longer in"), ("changed", "was changed after it was put there"), ("", "")]
)
def test_a_look_up_says_what_became_of_the_form(tmp_path: Path, happened: str, told: str) -> None:
    put(tmp_path, message(0))
    form = tmp_path / "drop" / FORM
    if happened == "removed":
        form.unlink()
    elif happened == "changed":
        form.write_bytes(form.read_bytes() + b" ")
    found = at(tmp_path).lookup(message(0).key)
    assert found is not None
    assert (found.outcome, found.reference, found.revision) == (Outcome.ACCEPTED, FORM, 1)
    assert told in " ".join(found.reasons)
    assert bool(found.reasons) is bool(told)


def test_check_counts_what_went_and_names_what_was_changed(tmp_path: Path) -> None:
    names = [one.reference for one in put(tmp_path, message(0), message(1), message(2))]
    (tmp_path / "drop" / names[0]).unlink()
    (tmp_path / "drop" / names[1]).write_text("other", encoding="utf-8")
    remarks = list(at(tmp_path).check())
    assert "3 forms were put there; 1 were since taken away or removed." in [one.text for one in remarks]
    [bad] = [one.text for one in remarks if not one.ok]
    assert bad.startswith(f"Changed after they were put there: {names[1]}.")


def test_check_notes_a_withdrawn_form_for_as_long_as_it_is_there(tmp_path: Path) -> None:
    put(tmp_path, message(0), withdrawn(message(0)))
    assert [one.text for one in at(tmp_path).check() if one.note] == [
        f"Withdrawn or replaced, and still there: {FORM}."
    ]
    (tmp_path / "drop" / FORM).unlink()
    assert not [one for one in at(tmp_path).check() if one.note]


def test_nobody_is_in_the_manifest(tmp_path: Path) -> None:
    put(tmp_path, message(0), amended(message(0)), **STOCKPORT)
    kept = (tmp_path / "kept" / "forms.jsonl").read_text(encoding="utf-8")
    pupil = message(0).content["pupil"]
    assert not [value for value in pupil.values() if len(str(value)) > 1 and str(value) in kept]


# Settings


@pytest.mark.parametrize("lacking", ["drop", "kept"])
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, lacking: str) -> None:
    destination = at(tmp_path)
    (tmp_path / lacking).rmdir()
    with pytest.raises(FixSettings, match="There is no folder"):
        list(destination.deliver([message(0)]))


def test_a_damaged_line_of_the_manifest_stops_all_and_is_told(tmp_path: Path) -> None:
    put(tmp_path, message(0))
    with (tmp_path / "kept" / "forms.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(FixSettings, match=r"Line 3 of .* is damaged, .* which forms were made"):
        put(tmp_path, message(1))


GIVEN = {"records": "kept", "folder": "drop"}
SFTP = {"host": "sftp.council.example", "user": "school", "password": {"env": "P"}, "host_key": "SHA256:" + "a" * 43}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        (GIVEN, set()),
        ({"records": "kept", "sftp": SFTP}, set()),
        ({"records": "kept"}, {"folder"}),
        ({**GIVEN, "sftp": SFTP}, {"folder"}),
        ({"folder": "drop"}, {"records"}),
        ({**GIVEN, "template": "../x"}, {"template"}),
        ({**GIVEN, "format": "docx"}, {"format"}),
        ({"records": "kept", "sftp": {**SFTP, "password": "written here"}}, {"sftp.password"}),
        ({"records": "kept", "sftp": {**SFTP, "key": {"file": "k"}}}, {"sftp.password"}),
        ({"records": "kept", "sftp": {**SFTP, "host_key": "any"}}, {"sftp.host_key"}),
        ({"records": "kept", "sftp": {**SFTP, "known_hosts": "k"}}, {"sftp.host_key"}),
        ({"records": "kept", "sftp": {k: v for k, v in SFTP.items() if k != "host_key"}}, {"sftp.host_key"}),
    ],
)
def test_settings_that_cannot_be_right_are_told_by_name(given: dict[str, Any], wrong: set[str]) -> None:
    errors: Any = FilesSettings().validate(given)
    found = {f"sftp.{name}" for name in errors.get("sftp", {})} | (set(errors) - {"sftp"})
    assert found == wrong


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
@pytest.mark.parametrize(("folder", "file"), [(0o700, 0o600), (0o750, 0o640), (0o777, 0o640)])
def test_a_form_is_read_by_its_owner_and_at_most_its_group(tmp_path: Path, folder: int, file: int) -> None:
    at(tmp_path)
    (tmp_path / "drop").chmod(folder)
    before = os.umask(0)
    try:
        put(tmp_path, message(0))
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (tmp_path / "drop").iterdir()] == [file]


def test_the_withdrawal_of_a_form_names_the_school_and_whom_to_ask(tmp_path: Path) -> None:
    sent = of_kind("attendance_return")
    put(tmp_path, sent, format="html")
    put(tmp_path, withdrawn(sent), format="html")
    page = next((tmp_path / "drop").glob("*-withdrawn.html")).read_text("utf-8")
    assert "Northwick Primary School" in page
    assert "A. Officer" in page
