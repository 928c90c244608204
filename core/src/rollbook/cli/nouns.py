"""A noun of the command line: bare for a list, then a verb."""

from __future__ import annotations

import click

LIST = "list"


class Noun(click.Group):
    """`rollbook cases` is `rollbook cases list`; options without a verb belong to the list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click's, with `list` put in where no verb was typed."""
        helping = bool(args) and args[0] in ctx.help_option_names
        if not helping and (not args or args[0].startswith("-")):
            args = [LIST, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with a word on what may follow where the verb is none of this noun's."""
        if args[0] not in self.commands:
            verbs = ", ".join(self.commands)
            example = f" To look at one: `{ctx.command_path} show {args[0]}`." if "show" in self.commands else ""
            ctx.fail(f"{args[0]!r} is not something to do with {ctx.info_name}; there is {verbs}.{example}")
        return super().resolve_command(ctx, args)
