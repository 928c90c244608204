from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rollbook.contract.errors import FixSettings
from rollbook.host.config import Contact, find_config, load
from rollbook.host.starting_config import starting_config

RIGHT = """
[installation]
name = "Example Trust"
state = "kept"
contact = {name = "A Person", telephone = "01632 960001"}

[connections.oakfield]
plugin = "csv"
folder = "drop/oakfield"
since = 2026-09-01
limits = {seconds = 60}

[[schools]]
urn = 100001
name = "Oakfield Primary"
la = 801
laestab = "801/2000"
type = "maintained"
lowest_year = 0
highest_year = 6
connection = "oakfield"
terms = ["2026-09-03..2026-12-18"]
closed = ["2026-10-26..2026-10-30", "2026-11-02"]
codes = {"7" = "I"}
judge_from = 2026-09-01
[schools.returns]
attendance_return = "automatic"

[destinations.council]
plugin = "la_portal"
authorities = ["801"]
url = "https://council.example"
client_secret = {env = "COUNCIL_SECRET"}

[authorities."801"]
irregular_sessions = 20
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "rollbook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(FixSettings) as caught:
        load(written(folder, text))
    return caught.value.sentence


def test_a_right_configuration_is_read_whole(tmp_path: Path) -> None:
    config = load(written(tmp_path, RIGHT))
    school = config.school(100001)
    assert config.installation.state == tmp_path / "kept"
    assert (school.name, school.la, school.codes) == ("Oakfield Primary", "801", {"7": "I"})
    assert school.terms == ((date(2026, 9, 3), date(2026, 12, 18)),)
    assert school.closed == ((date(2026, 10, 26), date(2026, 10, 30)), (date(2026, 11, 2), date(2026, 11, 2)))
    assert school.judge_from == date(2026, 9, 1)
    assert config.warnings == ()


def test_a_connection_keeps_its_plugins_own_settings_as_they_were_given(tmp_path: Path) -> None:
    connection = load(written(tmp_path, RIGHT)).connections["oakfield"]
    assert connection.settings == {"folder": "drop/oakfield", "since": date(2026, 9, 1)}
    assert (connection.plugin, connection.seconds, connection.memory_mb) == ("csv", 60.0, 1024)
    assert connection.place == "connections.oakfield"


def test_a_connection_whose_limits_say_nothing_of_seconds_leaves_them_to_its_plugin(tmp_path: Path) -> None:
    connection = load(written(tmp_path, RIGHT.replace("seconds = 60", "memory_mb = 2048"))).connections["oakfield"]
    assert (connection.seconds, connection.memory_mb) == (None, 2048)


def test_a_school_without_a_contact_has_that_of_the_installation(tmp_path: Path) -> None:
    config = load(written(tmp_path, RIGHT))
    assert config.schools[0].contact == Contact("A Person", telephone="01632 960001")


def test_a_destination_is_found_by_the_authority_it_serves(tmp_path: Path) -> None:
    config = load(written(tmp_path, RIGHT))
    there = config.destination_of("801")
    assert there is not None
    assert (there.name, there.role, there.place) == ("council", "destination", "destinations.council")
    assert config.destination_of("802") is None


def test_a_return_is_held_unless_the_school_or_the_configuration_says_otherwise(tmp_path: Path) -> None:
    config = load(written(tmp_path, RIGHT))
    assert config.release(config.schools[0], "attendance_return") == "automatic"
    without = load(written(tmp_path, RIGHT.replace('[schools.returns]\nattendance_return = "automatic"', "")))
    assert without.release(without.schools[0], "attendance_return") == "held"


def test_a_trust_and_a_school_set_what_the_law_leaves_to_them(tmp_path: Path) -> None:
    trust = '[policy]\ncohort_groups = ["breakfast club"]\n[installation]'
    own = "[schools.policy]\nu_never_used_school_days = 40\n[schools.returns]"
    config = load(written(tmp_path, RIGHT.replace("[installation]", trust).replace("[schools.returns]", own)))
    assert config.policy == {"cohort_groups": ["breakfast club"]}
    assert config.schools[0].policy == {"u_never_used_school_days": 40}


def test_settings_are_not_in_the_printed_form_of_a_connection(tmp_path: Path) -> None:
    assert "COUNCIL_SECRET" not in repr(load(written(tmp_path, RIGHT)))


PERSONS_FIRST = {  # each of these a person judges
    "irregular_attendance_return": "the law names no number",
    "sickness_return": "whether a pupil will miss fifteen days",
    "missing_pupil_report": "whether a child is missing",
    "support_referral": "whether and which support",
    "penalty_notice_request": "whether a penalty notice is right",
    "worker_notice": "it says that a child has a worker",
    "worker_notice_deletion": "it says that a child has a worker",
}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("urn = 100001\n", "", "schools[1] (Oakfield Primary).urn: is missing: the school's six-digit URN"),
        ("urn = 100001", "urn = 1", "schools[1] (Oakfield Primary).urn: a URN has 6 digits"),
        ('type = "maintained"', 'type = "church"', 'schools[1] (Oakfield Primary).type: must be one of "maintained"'),
        ("la = 801", 'la = "Kent"', "schools[1] (Oakfield Primary).la: a local authority's number has 3 digits"),
        ("lowest_year = 0", "lowest_year = 9", "lowest_year: 9 is above highest_year, 6"),
        ("lowest_year = 0", 'lowest_year = "0"', "lowest_year: must be a whole number from -2 to 14, without quotes"),
        ('connection = "oakfield"', 'connection = "oakfeild"', 'did you mean "oakfield"?'),
        ("terms =", "term =", 'term: is not a setting that is known here: did you mean "terms"?'),
        ("2026-12-18", "2026-02-31", "terms: 2026-09-03..2026-02-31 has a day that does not exist"),
        ("2026-12-18", "2026-09-02", "terms: 2026-09-03..2026-09-02 ends before it begins"),
        ('..2026-12-18"]', '..2026-12-18", "2026-12-18..2027-01-01"]', "terms: 2026-12-18 is in two terms"),
        ("judge_from", 'half_days = ["2026-12-19 PM"]\njudge_from', "half_days: 2026-12-19 is not a weekday of any"),
        ("judge_from", 'half_days = ["2026-12-18"]\njudge_from', "half_days: must be a list of days with the session"),
        ('"7" = "I"', '"7" = "ZZ"', 'codes."7": "ZZ" is not a national attendance code'),
        ("judge_from = 2026-09-01", 'judge_from = "soon"', "judge_from: must be a day, as 2026-09-01"),
        ('"automatic"', '"auto"', 'returns.attendance_return: must be one of "held", "automatic"'),
        (
            'attendance_return = "automatic"',
            'transfer_file = "automatic"',
            'returns.transfer_file: must be "held": it shows a child to every school in the Lost Pupil area',
        ),
        ("attendance_return", "attendence_return", 'did you mean "attendance_return"?'),
        *(
            ("attendance_return = ", f"{kind} = ", f'returns.{kind}: must be "held": {why}')
            for kind, why in PERSONS_FIRST.items()
        ),
        ('plugin = "csv"', "", "connections.oakfield.plugin: is missing"),
        ("seconds = 60", "seconds = 0", "connections.oakfield.limits.seconds: must be a whole number"),
        ('authorities = ["801"]', 'authorities = ["8"]', "destinations.council.authorities[1]: a local authority"),
        ("destinations.council", "destinations.oakfield", "destinations.oakfield: a connection has this name too"),
        ('state = "kept"', 'database = "postgresql://u:hunter2@db/x"', "installation.database: holds a password"),
        (
            "irregular_sessions = 20",
            "irregular_sessions = 0",
            'authorities."801": irregular_sessions must be from 1 to',
        ),
        (
            "irregular_sessions",
            "penalty_sessions",
            "penalty_sessions is set by law (SI 2007/1867, as amended by SI 2024/210",
        ),
        ("irregular_sessions", "irregular_session", "no rule has a setting 'irregular_session'"),
        (
            "[installation]",
            "[policy]\nirregular_sessions = 5\n[installation]",
            "set by the authority, not by the trust",
        ),
        (
            "[schools.returns]",
            "[schools.policy]\nattendance_return_school_days = 5\n[schools.returns]",
            "schools[1] (Oakfield Primary).policy: attendance_return_school_days is set by law (SI 2024/208, reg 13",
        ),
        ("[installation]", "[instalation]", 'did you mean "installation"?'),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_was_expected(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    text = refusal(tmp_path, RIGHT.replace(right, wrong))
    assert said in text
    assert str(tmp_path / "rollbook.toml") in text
    assert "hunter2" not in text


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    wrong = RIGHT.replace("urn = 100001", "urn = 1").replace('plugin = "csv"', "").replace("[authorities", "[authority")
    text = refusal(tmp_path, wrong)
    assert "has 3 mistakes" in text
    assert all(place in text for place in ("schools[1]", "connections.oakfield.plugin", "authority:"))


def test_a_school_is_there_once(tmp_path: Path) -> None:
    school = RIGHT[RIGHT.index("[[schools]]") : RIGHT.index("[destinations")]
    assert "2 schools have the URN 100001" in refusal(tmp_path, RIGHT + school)


def test_an_authority_is_served_by_one_destination(tmp_path: Path) -> None:
    again = '[destinations.other]\nplugin = "la_portal"\nauthorities = ["801"]\n'
    assert 'the authority "801" is named by 2 of them' in refusal(tmp_path, RIGHT + again)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[installation]\nname = "Example', "is not valid TOML: "),
        (b'folder = "C:\\Users"', "Write a Windows path in single quotation marks"),
        ('name = "Écoles"'.encode("latin-1"), "is not UTF-8 at byte 9. Save it again as UTF-8."),
    ],
)
def test_a_file_that_is_no_toml_says_where(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "rollbook.toml"
    path.write_bytes(content)
    with pytest.raises(FixSettings) as caught:
        load(path)
    assert said in caught.value.sentence


def test_a_file_saved_by_notepad_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rollbook.toml"
    path.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert load(path).installation.name == "Example Trust"


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(FixSettings, match="cannot be read"):
        load(tmp_path / "none.toml")


def test_the_named_file_comes_before_the_environment_and_that_before_the_usual_places(tmp_path: Path) -> None:
    here, named, other = (tmp_path / name for name in ("rollbook.toml", "named.toml", "other.toml"))
    for path in (here, named, other):
        path.write_text("")
    environ = {"ROLLBOOK_CONFIG": str(other)}
    assert find_config(named, environ, tmp_path) == named
    assert find_config(None, environ, tmp_path) == other
    assert find_config(None, {}, tmp_path) == here


def test_every_place_looked_at_is_told(tmp_path: Path) -> None:
    with pytest.raises(FixSettings) as caught:
        find_config(None, {}, tmp_path)
    assert str(tmp_path / "rollbook.toml") in caught.value.sentence
    assert caught.value.sentence.count("rollbook.toml\n") == 2
    assert "ROLLBOOK_CONFIG" in caught.value.sentence


def test_a_named_file_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / "rollbook.toml").write_text("")
    with pytest.raises(FixSettings, match="ROLLBOOK_CONFIG names"):
        find_config(None, {"ROLLBOOK_CONFIG": str(tmp_path / "gone.toml")}, tmp_path)


def test_the_starting_configuration_names_its_blanks_and_nothing_else(tmp_path: Path) -> None:
    text = refusal(tmp_path, starting_config())
    blanks = ("installation.name", "schools[1] ().la", "schools[1] ().name", "schools[1] ().type", "schools[1] ().urn")
    assert "has 5 mistakes" in text
    assert all(f"{blank}: " in text for blank in blanks)


def test_the_starting_configuration_is_right_once_filled(tmp_path: Path) -> None:
    filled = {"name": "Oakfield", "urn": "100001", "la": "801", "type": "academy"}
    text = starting_config()
    for key, value in filled.items():
        text = text.replace(f'\n{key} = ""', f'\n{key} = "{value}"')
    # The examples in its comments hold too.
    commented = text.replace("# [", "[").replace("# plugin =", "plugin =").replace("# authorities =", "authorities =")
    commented = commented.replace("# codes", "codes").replace("# contact", "contact").replace("# judge", "judge")
    commented = commented.replace("# u_never", "u_never").replace("# cohort", "cohort")
    for version in (text, commented.replace("# irregular", "irregular").replace("# overlap", "overlap")):
        assert load(written(tmp_path, version)).school(100001).la == "801"
