"""`rollbook news`: what authorities tell their schools. What it says of a person is shown on a terminal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from rollbook.cli import show
from rollbook.cli.nouns import Noun
from rollbook.cli.options import by_option, dry_run_option, format_option, load_config, school_option, to_a_person_only

if TYPE_CHECKING:
    from rollbook.host.report_news import NewsRow

COLUMNS = ["news", "what", "urn", "school", "from", "thing", "revision", "said", "looked at by"]
KINDS = {
    "notice_outcome": "outcome of a notice",
    "pupil_flags": "flag of a pupil",
    "named_contacts": "contacts at the authority",
}


@click.group("news", cls=Noun)
def command() -> None:
    """What authorities tell their schools: outcomes of notices, flags of pupils, contacts.

    \b
    Example:
      rollbook news --school 100001
      rollbook news show 3
      rollbook news seen 3 --by "A. Registrar"
    """


@command.command("list")
@school_option
@click.option("--all", "all_of_them", is_flag=True, help="What was looked at or overtaken too.")
@format_option
@click.pass_context
def list_news(ctx: click.Context, school: int | None, all_of_them: bool, form: str) -> None:
    """News that nobody looked at yet, without what it says.

    \b
    Example:
      rollbook news list --all --format json
    """
    config = load_config(ctx)
    from rollbook.host import report_news

    rows = report_news.listed(config, school=school, waiting=not all_of_them)
    if form == "json":
        show.as_json(rows)
        return
    otherwise = "There is no news." if all_of_them else "All news was looked at; `--all` lists it."
    show.table(COLUMNS, map(_line, rows), otherwise=otherwise)


@command.command("show")
@click.argument("news_id", metavar="ID", type=int)
@click.pass_context
def show_news(ctx: click.Context, news_id: int) -> None:
    """One piece of news, and what to do with it; on a terminal alone, for it names persons.

    \b
    Example:
      rollbook news show 3
    """
    to_a_person_only("What an authority says of a person")
    config = load_config(ctx)
    from rollbook.host import report_news

    detail = report_news.one(config, news_id)
    row = detail.row
    thing = f"thing {show.cell(row.name)}, revision {row.revision}"
    said_by = f"{show.cell(row.destination)} to {show.cell(row.school_name)} ({row.school})"
    show.wrapped(f"News {row.news}: {_what(row)}, {said_by}, {thing}, said on {show.cell(row.at)}.")
    show.say()
    for line in detail.text:
        show.wrapped(show.cell(line))
    if detail.case is not None:
        show.wrapped(f"It answers the request of case {detail.case}: `rollbook cases show {detail.case}`.")
    if row.wrong:
        show.wrapped(f"Not all of it is of the feed's form ({show.cell(row.wrong)}): tell the authority.")
    seen = (
        f"Looked at by {show.cell(row.seen_by)} on {show.cell(row.seen)}." if row.seen else "Nobody looked at it yet."
    )
    show.say()
    show.wrapped(seen)


@command.command("seen")
@click.argument("news_ids", metavar="ID...", type=int, nargs=-1, required=True)
@by_option
@dry_run_option
@click.pass_context
def seen(ctx: click.Context, news_ids: tuple[int, ...], by: str, dry_run: bool) -> None:
    """Say that somebody looked at news and saw to it. It leaves the list.

    \b
    Example:
      rollbook news seen 3 4 --by "A. Registrar"
    """
    config = load_config(ctx)
    from rollbook.host import decide_news, report_news

    for number in news_ids:
        if dry_run:
            row = report_news.one(config, number).row
            show.say(f"Would be noted as looked at by {by}: news {row.news}, {_what(row)}.")
            continue
        row = decide_news.see(config, number, by=by)
        show.say(f"News {row.news}, {_what(row)}: looked at by {show.cell(row.seen_by)} on {show.cell(row.seen)}.")


def _line(row: NewsRow) -> list[object]:
    looked = row.seen_by if row.holds else "overtaken"
    found: list[object] = [row.news, _what(row), row.school, row.school_name, row.destination, row.name]
    return [*found, row.revision, row.at, looked]


def _what(row: NewsRow) -> str:
    known = KINDS.get(row.kind, f"{row.kind} (not known)")
    return f"{show.cell(known)}, taken back" if row.action == "withdraw" else show.cell(known)
