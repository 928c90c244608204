"""What may be wrong between the parts of a configuration, each of which is right by itself."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from rollbook.host.config import Config, SchoolConfig

_SATURDAY = 5


def judge(config: Config) -> tuple[list[str], list[str]]:
    """Mistakes, for which the configuration is refused, and warnings."""
    mistakes = [*_between_schools(config), *_between_connections(config), *_local_settings(config)]
    for number, school in enumerate(config.schools, start=1):
        place = f"schools[{number}] ({school.name})"
        mistakes += [f"{place}.{line}" for line in _of_school(config, school)]
    return mistakes, list(_warnings(config))


def _between_schools(config: Config) -> Iterator[str]:
    for urn, times in Counter(school.urn for school in config.schools).items():
        if times > 1:
            yield f"schools: {times} schools have the URN {urn}; each school is there once"
    keys = Counter((school.connection, school.key) for school in config.schools if school.key)
    for (connection, key), times in keys.items():
        if times > 1:
            yield f'schools: {times} schools have key = "{key}" at connections.{connection}; each has its own'


def _between_connections(config: Config) -> Iterator[str]:
    for name in sorted(set(config.connections) & set(config.destinations)):
        yield f"destinations.{name}: a connection has this name too; give it another, so that messages are clear"
    serving = Counter(
        (la, kind)
        for there in config.destinations.values()
        for la in set(there.authorities)
        for kind in set(there.kinds) or {""}
    )
    for (la, kind), times in serving.items():
        if times > 1:
            which = f"for kind {kind}" if kind else "without `kinds`"
            yield f'destinations: the authority "{la}" is named by {times} of them {which}; name it in one'


def _of_school(config: Config, school: SchoolConfig) -> Iterator[str]:
    if school.connection not in config.connections:
        near = difflib.get_close_matches(school.connection, config.connections, n=1)
        meant = f'did you mean "{near[0]}"?' if near else f"add a table [connections.{school.connection}]"
        yield f'connection: there is no connection "{school.connection}": {meant}'
    for earlier, later in pairwise(sorted(school.terms)):
        if later[0] <= earlier[1]:
            yield f"terms: {later[0]} is in two terms; correct their first and last days"
    for day, _ in school.half_days:
        if day.weekday() >= _SATURDAY or not any(first <= day <= last for first, last in school.terms):
            yield f"half_days: {day} is not a weekday of any of the terms"
    low, high = school.lowest_year, school.highest_year
    if low is not None and high is not None and low > high:
        yield f"lowest_year: {low} is above highest_year, {high}"
    yield from _codes(school)


def _codes(school: SchoolConfig) -> Iterator[str]:
    if not school.codes:
        return
    from rollbook.tables.codes import all_codes

    letters = {code.code for code in all_codes()}
    for mark, code in school.codes.items():
        if code not in letters:
            yield f'codes."{mark}": "{code}" is not a national attendance code; `rollbook codes` lists them'


def _local_settings(config: Config) -> Iterator[str]:
    """What was set for the rules and may not be: with the reference, where the law forbids it."""
    given = [(f'authorities."{la}"', "authority", values) for la, values in config.authorities.items()]
    given.append(("policy", "trust", config.policy))
    given += [(f"schools[{n}] ({one.name}).policy", "school", one.policy) for n, one in enumerate(config.schools, 1)]
    if not any(values for _, _, values in given):
        return
    from rollbook.rules.problems import SettingRefused
    from rollbook.rules.thresholds import check_setting

    for place, who, values in given:
        for name, value in values.items():
            try:
                check_setting(name, value, who)
            except SettingRefused as refused:
                yield f"{place}: {refused.sentence}"


def _warnings(config: Config) -> Iterator[str]:
    ours = {school.la for school in config.schools}
    for la in sorted(set(config.authorities) - ours):
        yield f'[authorities."{la}"] is for an authority that has no school here.'
    for name in sorted(set(config.connections) - {school.connection for school in config.schools}):
        yield f"connections.{name} serves no school."
    for school in config.schools:
        if school.laestab and not school.laestab.startswith(school.la):
            yield f"{school.name}: laestab {school.laestab} is of another authority than la {school.la}."
