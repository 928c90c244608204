"""Commands of the matching queue. Heavy parts are imported inside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rollbook_receiver.officer import by, deciding, form, maybe_database
from rollbook_receiver.options import Unable, database, named
from rollbook_receiver.options import opened as _opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rollbook_receiver.matching import Registration
    from rollbook_receiver.store import Store

school = click.option("--school", required=True, type=click.IntRange(100_000, 999_999), help="The school's URN.")
pupil = click.option("--pupil", required=True, type=click.IntRange(0, 2**63 - 1), help="The school's number of them.")


@contextmanager
def opened(place: Path | str) -> Iterator[Store]:
    """The database, after whatever came was looked at."""
    from rollbook_receiver import matching, moments

    with _opened(place) as store:
        looked = 1
        while looked:  # a transaction for each few hundred: messages come meanwhile
            with store.writing() as connection:
                looked = matching.catch_up(connection, moments.now())
        yield store


def _find_anew(store: Store, *, queue_alone: bool) -> int:
    """How many states changed. A transaction for each round: messages come meanwhile. It may be broken off and done
    again."""
    from rollbook_receiver import matching, moments

    different, after = 0, None
    while True:
        with store.writing() as connection:
            done = matching.again(connection, moments.now(), after, queue_alone=queue_alone)
        different, after = different + done.different, done.last
        if after is None:
            return different


@click.group()
def pupils() -> None:
    """The people of the authority."""


@pupils.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@database
def import_(file: Path, database: Path | str) -> None:
    """Bring the authority's own list in: all of it, or nothing. Known references are brought up to date.

    Columns: reference, surname, forename, dob; and where they are known upn, former_upn, preferred_surname,
    preferred_forename, home_la. CSV in UTF-8. What a column of the file has is taken, an empty cell too; what is in no
    column of it stays as it was.

    \b
    Example:
      rollbook-receiver pupils import pupils.csv --database received.db
    """
    from rollbook_receiver import audit, bringing, moments

    try:
        rows = bringing.read(file)
    except bringing.CannotBring as error:
        raise Unable(str(error)) from None
    with opened(database) as store:
        with store.writing() as connection:
            done = bringing.bring(connection, rows, moments.now())
            counts = f"{done.new} new, {done.known} known"
            audit.record(connection, audit.account(), "brought people in", moments.now(), detail=counts)
        click.echo(f"{done.new} new and {done.known} known people.")
        click.echo(f"{_find_anew(store, queue_alone=False)} of the schools' pupils found anew.")
    if done.weak_upns:
        click.echo(f"{done.weak_upns} UPNs have a wrong check letter: they are kept, and nobody is matched by them.")


@click.group(invoke_without_command=True)
@maybe_database
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, 1000), help="How many at most.")
@form
@click.pass_context
def matches(context: click.Context, database: Path | str | None, most: int, form: str) -> None:
    """Schools' pupils who wait for an officer, the longest first: unmatched, proposed, conflicting.

    \b
    Example:
      rollbook-receiver matches --database received.db
    """
    if context.invoked_subcommand:
        return
    database = named(database)
    from rollbook_receiver import matching

    with opened(database) as store, store.reading() as connection:
        found, waiting = matching.queue(connection, most=most), matching.waiting(connection)
    if form == "json":
        click.echo(json.dumps({"waiting": waiting, "first": [vars(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        click.echo(_line(one))
    total = sum(waiting.values())
    click.echo(", ".join(f"{count} {state}" for state, count in sorted(waiting.items())) if total else "Nobody waits.")


@matches.command()
@school
@pupil
@database
def show(school: int, pupil: int, database: Path | str) -> None:
    """Who a school's pupil may be, with the numbers of the likely people, and each state there was. It names nobody:
    the page /matches does.

    \b
    Example:
      rollbook-receiver matches show --school 100001 --pupil 17 --database received.db
    """
    from rollbook_receiver import matching

    with opened(database) as store, store.reading() as connection:
        found = matching.of_pupil(connection, school, pupil)
        if found is None:
            raise Unable(f"School {school} has told nothing of a pupil {pupil}.")
        try:
            near = matching.likely_for(connection, found)
        except matching.CannotSettle as error:
            raise Unable(str(error)) from None
        past = matching.history(connection, school, pupil)
    click.echo(_line(found))
    for one in near:
        click.echo(f"  person {one.id}{f', reference {one.reference}' if one.reference else ''}")
    for step in past:
        click.echo(f"  {step.at}  {step.state}  {step.words}  by {step.who}")


@matches.command()
@school
@pupil
@click.option("--person", type=click.IntRange(1), help="The person that the pupil is, by number.")
@click.option("--reference", help="The person, by the authority's own reference.")
@click.option("--new", is_flag=True, help="Somebody whom the authority did not know.")
@by
@click.option("--reason", default="", help="How you know: no pupil's name.")
@click.option("--yes", is_flag=True, help="It is this person, though a name or the date of birth differs.")
@database
def resolve(
    school: int,
    pupil: int,
    person: int | None,
    reference: str | None,
    new: bool,
    who: str,
    reason: str,
    yes: bool,
    database: Path | str,
) -> None:
    """Say who a school's pupil is. It can be undone. `pupils find` finds the person by name.

    \b
    Example:
      rollbook-receiver matches resolve --school 100001 --pupil 17 --person 4 --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, matching, moments

    if [person is not None, reference is not None, new].count(True) != 1:
        raise click.UsageError("Say --person NUMBER, or --reference REFERENCE, or --new.")
    if len(reason) > 400 or not (reason.isprintable() or not reason):
        raise click.UsageError("A reason has up to 400 printable characters.")
    with opened(database) as store:
        with store.writing() as connection:
            deciding(connection, who)
            number = None if new else _whom(connection, school, pupil, person or reference or "", yes=yes)
            try:
                done = matching.settle(connection, school, pupil, number, who, reason, moments.now())
            except matching.CannotSettle as error:
                raise Unable(str(error)) from None
            about = f"pupil {pupil} is person {done.person}"
            audit.record(connection, who, "said who a pupil is", moments.now(), school=school, detail=about)
        _find_anew(store, queue_alone=True)  # another school's pupil may be the same person
    click.echo(_line(done))


@matches.command()
@school
@pupil
@by
@database
def undo(school: int, pupil: int, who: str, database: Path | str) -> None:
    """Take an officer's word back: the receiver finds anew who the pupil is.

    \b
    Example:
      rollbook-receiver matches undo --school 100001 --pupil 17 --by "R. Officer" --database received.db
    """
    from rollbook_receiver import audit, matching, moments

    with opened(database) as store, store.writing() as connection:
        deciding(connection, who)
        try:
            done = matching.undo(connection, school, pupil, who, moments.now())
            audit.record(
                connection, who, "took back who a pupil is", moments.now(), school=school, detail=f"pupil {pupil}"
            )
        except matching.CannotSettle as error:
            raise Unable(str(error)) from None
    click.echo(_line(done))


def _whom(connection: Connection, school: int, pupil: int, told: int | str, *, yes: bool) -> int:
    """The number of the person who is meant, by number or by reference; says whom, without a name. Raises Unable."""
    from rollbook_receiver import known_people, likeness, matching

    if isinstance(told, int):
        meant, asked = known_people.person(connection, told), f"person {told}"
    else:
        meant, asked = known_people.of_reference(connection, told), "person with this reference"
    if meant is None:
        raise Unable(f"There is no {asked}: `matches show` lists the likely ones, `pupils find` asks for a name.")
    said = f"person {meant.id}{f', reference {meant.reference}' if meant.reference else ''}"
    if unlike := matching.unlike(connection, school, pupil, meant):
        words = f"Of {said} the authority has another {likeness.listed(unlike)} than the school"
        if not yes:
            raise Unable(f"{words}. Nothing changed. It is this person: say it again with --yes.")
        click.echo(f"{words}.")
    else:
        click.echo(f"It is {said}: name and date of birth are the same.")
    return meant.id


def _line(found: Registration) -> str:
    who = f" (person {found.person})" if found.person is not None else ""
    settled = f", by {found.settled_by}" if found.settled_by else ""
    return f"school {found.school}  pupil {found.pupil}  {found.state}{who}: {found.words}{settled}"
