"""Clauses 1 and 2: how a plugin is found, and its settings. For sources and destinations alike."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import inspect
import re
from functools import partial
from types import ModuleType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from rollbook.contract import CONTRACT_VERSION, FixSettings, SecretField
from rollbook.host.plugins import GROUP
from rollbook.testing.kit.check import DoesNotApply, advised, must, required, some
from rollbook.testing.kit.stage import Stage

_SECRET_NAMES = re.compile(r"password|secret|token|api_?key|passphrase", re.IGNORECASE)
_WRITTEN_OUT = "a-value-that-is-no-reference"


@required("P01", "1.1")
def found_by_its_entry_point(stage: Stage) -> None:
    """The distribution names its module in the entry point group `rollbook`, under the name of the class."""
    names = {point.name for point in importlib.metadata.entry_points(group=GROUP)}
    must(
        stage.cls.name in names,
        f"no installed distribution has an entry point {stage.cls.name!r} in the group {GROUP!r}; there are: "
        f"{some(sorted(names))}. Is it installed (pip install -e .)?",
    )


@required("P02", "1.2")
def loads_in_a_process_of_its_own(stage: Stage) -> None:
    """It loads in a process of its own, and its hook gives this class."""
    from rollbook.host.worker import examine

    record = examine(stage.cls.name)
    must(record.status == "ok", f"it does not load: {record.reason}")
    given = record.sources if stage.role == "source" else record.destinations
    must(stage.cls.name in given, f"its hooks give {some(given) or 'nothing'}, and not {stage.cls.name}")


@advised("P03", "1.3")
def says_its_contract(stage: Stage) -> None:
    """Its module says for which contract it was built, so that a later Rollbook knows."""
    module = importlib.import_module(_entry_point(stage).module)
    wanted = f'CONTRACT_VERSION = "{CONTRACT_VERSION}"'
    must(hasattr(module, "CONTRACT_VERSION"), f"{module.__name__} does not say {wanted}")
    must(
        _written_out(module, "CONTRACT_VERSION"),
        f"{module.__name__} has its CONTRACT_VERSION from elsewhere, where it is always the newest: write {wanted}",
    )


@advised("P04", "1.4")
def depends_on_a_range(stage: Stage) -> None:
    """It needs a Rollbook of this major version, so that an upgrade never breaks a school's nights."""
    dist = _entry_point(stage).dist
    needs = [Requirement(text) for text in (dist.requires if dist else None) or []]
    needs = [need for need in needs if canonicalize_name(need.name) == "rollbook"]
    must(needs, "its pyproject.toml does not depend on rollbook")
    main = [need for need in needs if "extra ==" not in str(need.marker)] or needs
    major = int(CONTRACT_VERSION.partition(".")[0])
    for need in main:
        takes = partial(need.specifier.contains, prereleases=True)
        write = f"write rollbook>={major}.0,<{major + 1}"
        must(
            takes(importlib.metadata.version("rollbook")),
            f"it depends on '{need}', which this Rollbook is not: {write}",
        )
        others = [version for version in (f"{major - 1}.99", f"{major + 1}.0", "999.0") if takes(version)]
        must(not others, f"it depends on '{need}', which takes Rollbook {some(others)} too: {write}")


@required("P05", "1.5")
def has_a_simulator(stage: Stage) -> None:
    """It has a simulator that runs, gives settings, and can be closed twice."""
    simulator = stage.simulator
    must(isinstance(simulator.settings, dict), "simulator.settings is no dict of the connection's settings")
    simulator.close()
    simulator.close()


@required("P06", "2.1")
def takes_right_settings(stage: Stage) -> None:
    """The settings that its simulator gives are taken as they are."""
    problem = stage.problem_of(stage.made)
    must(problem is None, f"they are refused: {problem and problem.sentence}")


@required("P07", "2.2")
def refuses_unknown_settings(stage: Stage) -> None:
    """A setting that it does not know is refused and named: a slip of the pen is not passed over."""
    problem = stage.problem_of(lambda: stage.made(setting_of_nobody=1))
    must(isinstance(problem, FixSettings), "it takes setting_of_nobody: Settings must not set `unknown`")
    must(problem and "setting_of_nobody" in problem.sentence, f"the unknown setting is not named: {problem}")


@required("P08", "2.3")
def tells_every_missing_setting(stage: Stage) -> None:
    """Settings that are needed and missing are told all at once, each by its name."""
    needed = [name for name, field in stage.cls.Settings().fields.items() if field.required]
    bare = stage.with_settings_only({})
    problem = stage.problem_of(bare)
    if not needed and problem is None:
        raise DoesNotApply("setting that it needs")
    must(isinstance(problem, FixSettings), f"missing settings ({some(needed)}) are not told as FixSettings")
    missing = [name for name in needed if problem and name not in problem.sentence]
    must(not missing, f"{some(missing)} is missing too, and not named: {problem}")


@required("P09", "2.4")
def keeps_secrets_as_references(stage: Stage) -> None:
    """A secret is only ever a reference: written into the configuration it is refused, and not repeated."""
    fields = stage.cls.Settings().fields
    bare = [name for name, field in fields.items() if _SECRET_NAMES.search(name) and not isinstance(field, SecretField)]
    must(not bare, f"{some(bare)} looks like a secret and is no SecretField")
    for name in [name for name, field in fields.items() if isinstance(field, SecretField)]:
        problem = stage.problem_of(partial(stage.made, **{name: _WRITTEN_OUT}))
        must(isinstance(problem, FixSettings), f"{name} is taken when it is written out")
        must(problem and _WRITTEN_OUT not in f"{problem.sentence} {problem.detail}", f"the value of {name} is repeated")


def _written_out(module: ModuleType, name: str) -> bool:
    """Whether the module sets `name` to a text of its own; taken as said where its code cannot be read."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError, SyntaxError):
        return True
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            value = getattr(node, "value", None)
            return isinstance(value, ast.Constant) and isinstance(value.value, str)
    return False


def _entry_point(stage: Stage) -> importlib.metadata.EntryPoint:
    found = list(importlib.metadata.entry_points(group=GROUP, name=stage.cls.name))
    must(found, f"no installed distribution has an entry point {stage.cls.name!r}")
    return found[0]
