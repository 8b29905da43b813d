"""From the arguments of a command to its two columns, or its several."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from divcli.cli.options import Values, side_input
from divcli.errors import CommandLineError

if TYPE_CHECKING:
    from divcli.sources.columns import Column, InputOptions
    from divcli.sources.table import Table


def two_columns(values: Values) -> tuple[Column, Column]:
    """P and Q: two sources, or one that holds both."""
    from divcli.sources.resolve import STDIN, column_of, open_source

    sources = sources_or_stdin(values)
    if len(sources) > 2:
        raise click.UsageError(f"compares two sources, found {len(sources)}: {sources[2]!r} is one "
                               "too many")  # fmt: skip
    p_options, q_options = side_input(values, "p_"), side_input(values, "q_")
    if len(sources) == 1:
        return _both_sides(sources[0], p_options, q_options)
    if values.get("by") is not None:
        raise CommandLineError("--by splits one table; two sources are given")
    if sources[0] == sources[1] == STDIN:
        raise CommandLineError(
            "standard input can be read for one side only",
            hint="a table or document with both sides is given once",
        )
    return (
        column_of(open_source(sources[0], p_options), p_options),
        column_of(open_source(sources[1], q_options), q_options),
    )


def sources_or_stdin(values: Values) -> tuple[str, ...]:
    """The sources named, or standard input where something is piped; else the help, not a wait."""
    sources: tuple[str, ...] = values["sources"]
    if sources:
        return sources
    if sys.stdin is None or sys.stdin.isatty():
        context = click.get_current_context()
        click.echo(context.get_help(), err=True)
        context.exit(2)
    return ("-",)


def _both_sides(
    text: str, p_options: InputOptions, q_options: InputOptions
) -> tuple[Column, Column]:
    """Both sides of one source: a document, groups of a table, or two of its columns."""
    from divcli.sources.columns import Column, TwoSided
    from divcli.sources.resolve import column_of, open_both

    p, q = open_both(text, p_options, q_options)
    if isinstance(p, TwoSided) and isinstance(q, TwoSided):
        return column_of(p.p, p_options), column_of(q.q, q_options)
    if p is q and isinstance(p, Column):
        raise CommandLineError(
            f"{p.name} is one distribution; compare takes two",
            hint="name a second source, or give a table that holds both",
        )
    if not isinstance(p, (Column, TwoSided)):
        if p_options.by is not None:
            return _two_groups(p, p_options)
        if p_options == q_options:
            raise CommandLineError(
                f"one table for both sides: which columns of {p.name}?",
                hint="--p-column A --q-column B; -c SYMBOLS --p-weights A --q-weights B; or --by "
                f"COL. Columns: {', '.join(p.header[:20])}",
            )
    return column_of(p, p_options), column_of(q, q_options)


def _two_groups(table: Table, options: InputOptions) -> tuple[Column, Column]:
    from divcli.sources.resolve import group_columns, group_text

    groups = group_columns(table, options)
    if len(groups) != 2:
        raise CommandLineError(
            f"--by {options.by}: {len(groups)} groups, compare takes two",
            hint=f"groups: {', '.join(map(group_text, list(groups)[:20]))}",
        )
    p, q = groups.values()
    return p, q
