from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rollbook.contract import hookspecs
from rollbook.contract.errors import FixSettings
from rollbook.contract.going import GOING, GoesAway
from rollbook.host.plugins import PluginRecord, installed, load
from support.plugins import Install, installer

SOURCE = """
from rollbook.contract import Settings, Source, hookimpl
from rollbook.tables.schemas import Table

class Acme(Source):
    name = "{name}"
    Settings = Settings
    tables = frozenset({{Table.PUPILS, Table.ROLL, Table.MARKS}})
    def check(self): yield
    def schools(self): return []
    def pull(self, table, school, window, checkpoint): yield

@hookimpl
def rollbook_sources():
    return {gives}
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    return installer(tmp_path, monkeypatch)


def source(name: str = "acme", gives: str = "[Acme]") -> str:
    return SOURCE.format(name=name, gives=gives)


def found(name: str) -> list[PluginRecord]:
    return [record for record in installed() if record.name == name]


def test_a_plugin_is_loaded_with_its_record(install: Install) -> None:
    install("acme", source(), version="2.1")
    record = load("acme")
    assert (record.status, record.reason) == ("ok", "")
    assert (record.distribution, record.version, record.contract_version) == ("rollbook-acme", "2.1", "1.0")
    assert (record.sources, record.destinations) == (("acme",), ())
    assert record.source().__name__ == "Acme"


def test_what_is_installed_is_listed_and_none_of_it_imported(install: Install) -> None:
    install("acme", "raise SystemExit", module="acme_not_to_be_imported")
    (record,) = found("acme")
    assert (record.status, record.distribution) == ("installed", "rollbook-acme")
    assert "acme_not_to_be_imported" not in sys.modules


def test_loading_one_plugin_leaves_a_broken_neighbour_alone(install: Install) -> None:
    install("acme", source())
    install("broken", "raise RuntimeError", module="broken_neighbour")
    assert load("acme").status == "ok"
    assert "broken_neighbour" not in sys.modules


def test_a_plugin_that_is_missing_says_which_there_are(install: Install) -> None:
    install("acme", source())
    record = load("acne")
    assert record.status == "missing"
    assert record.reason.startswith('It is not installed here. Did you mean "acme"? Installed are: acme')


def test_two_distributions_of_one_name_are_refused_with_both_names(install: Install) -> None:
    install("acme", source(), module="acme_one")
    install("acme", module="acme_one", distribution="acme-of-others", version="9")
    record = load("acme")
    assert record.status == "ambiguous"
    assert "acme-of-others 9, rollbook-acme 1.2. Uninstall all but one." in record.reason
    assert [one.status for one in found("acme")] == ["ambiguous", "ambiguous"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import no_such_module_here", "ModuleNotFoundError: there is no module no_such_module_here"),
        ("x = (", "It could not be imported: SyntaxError at line 1"),
        ("raise ValueError('Quillfeather')", "It could not be imported: ValueError at"),
        ("raise SystemExit(3)", "It could not be imported: SystemExit at"),
        ("x = 1", "It registers nothing"),
        (source(gives="[]"), "It registers nothing"),
        (source(gives="Acme"), "rollbook_sources gave the class Acme, not a list of classes."),
        (source(gives="[1]"), "rollbook_sources gave a int, which is not a complete subclass of Source."),
        (source(gives="[dict]"), "rollbook_sources gave the class dict, which is not"),
        (source(gives="[Source]"), "rollbook_sources gave the class Source, which is not a complete subclass"),
        (source(gives="[Acme, Acme]"), "rollbook_sources gave two classes of one name."),
        (source(gives="1 / 0"), "It could not be imported: ZeroDivisionError at"),
        (
            source().replace("rollbook_sources", "rollbook_source"),
            "not those of the contract: unknown hook",
        ),
        (source().replace("def check(self): yield", ""), "BadDefinition: Acme: check() is not defined"),
        (source() + 'CONTRACT_VERSION = "2.0"', "built for contract 2.0; this Rollbook speaks 1.0. Upgrade Rollbook."),
        (source() + 'CONTRACT_VERSION = "1.9"', "built for contract 1.9; this Rollbook speaks 1.0. Upgrade Rollbook."),
        (source() + "CONTRACT_VERSION = 'one'", 'Its CONTRACT_VERSION is not of the form "1.0".'),
        (source() + "CONTRACT_VERSION = 1.10", 'Its CONTRACT_VERSION is not of the form "1.0".'),
        (source() + "CONTRACT_VERSION = '1.0.2'", 'Its CONTRACT_VERSION is not of the form "1.0".'),
    ],
)
def test_a_plugin_that_does_not_keep_the_contract_fails_with_the_reason(install: Install, code: str, said: str) -> None:
    install("acme", code)
    record = load("acme")
    assert record.status == "failed"
    assert said in record.reason
    assert "Quillfeather" not in record.reason
    assert record.distribution == "rollbook-acme"


@pytest.mark.parametrize(
    ("built_for", "ours", "said"),
    [
        ("1.0", "1.0", ""),
        ("1.0", "1.1", ""),
        ("1.3", "1.12", ""),
        (None, "1.0", ""),
        (None, "1.1", ""),
        ("1.1", "1.0", "It was built for contract 1.1; this Rollbook speaks 1.0. Upgrade Rollbook."),
        ("2.0", "1.4", "It was built for contract 2.0; this Rollbook speaks 1.4. Upgrade Rollbook."),
        (
            "1.4",
            "2.0",
            "this Rollbook speaks 2.0. Upgrade the plugin, or go back to a Rollbook that speaks its contract.",
        ),
        (None, "2.0", "It was built for contract 1.0, for it does not say for which; this Rollbook speaks 2.0."),
        ("0.9", "1.0", "Upgrade the plugin"),
    ],
)
def test_a_plugin_of_an_earlier_minor_version_works_and_any_other_is_refused_with_the_reason(
    install: Install, monkeypatch: pytest.MonkeyPatch, built_for: str | None, ours: str, said: str
) -> None:
    monkeypatch.setattr("rollbook.host.plugin_hooks.CONTRACT_VERSION", ours)
    install("acme", source() + (f'CONTRACT_VERSION = "{built_for}"' if built_for else ""))
    record = load("acme")
    assert (record.status == "ok") is (said == "")
    assert said in record.reason
    assert record.contract_version == ("" if said else built_for or "1.0")


@pytest.mark.parametrize(
    ("going", "remark"),
    [
        ("Settings", "Settings goes away in the next major version of the contract: use Wishes."),
        ("Source.check", "Source.check (Acme) goes away in the next major version of the contract: use Wishes."),
    ],
)
def test_a_plugin_that_uses_what_goes_away_works_and_its_record_says_it_once(
    install: Install, monkeypatch: pytest.MonkeyPatch, going: str, remark: str
) -> None:
    monkeypatch.setitem(GOING, going, "use Wishes.")
    install("acme", source())
    record = load("acme")
    assert (record.status, record.remarks) == ("ok", (remark,))


def test_a_hook_that_goes_away_is_said_too(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = vars(hookspecs.rollbook_sources)["rollbook_spec"]
    monkeypatch.setitem(spec, "warn_on_impl", GoesAway("rollbook_sources goes away: use wishes."))
    install("acme", source())
    assert load("acme").remarks == ("rollbook_sources goes away: use wishes.",)


def test_a_plugin_that_leaves_alone_what_goes_away_has_no_remark(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(GOING, "Destination", "use Wishes.")
    monkeypatch.setitem(GOING, "Source.window_days", "use Wishes.")
    install("acme", source())
    assert load("acme").remarks == ()


def test_other_warnings_of_a_plugin_go_where_they_would_have_gone(install: Install) -> None:
    install("acme", source() + "import warnings; warnings.warn('of its own', FutureWarning)")
    with pytest.warns(FutureWarning, match="of its own"):
        assert load("acme").remarks == ()


def test_a_plugin_that_failed_cannot_be_used_and_says_why(install: Install) -> None:
    install("acme", "x = 1")
    with pytest.raises(FixSettings, match=r"The plugin acme cannot be used\. It registers nothing"):
        load("acme").source()


def test_a_plugin_without_what_was_asked_says_what_it_gives(install: Install) -> None:
    install("acme", source("other"))
    with pytest.raises(FixSettings, match=r"gives no source of that name\. It gives: source other"):
        load("acme").source()
    with pytest.raises(FixSettings, match="gives no destination of that name"):
        load("acme").destination()
