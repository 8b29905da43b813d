"""From the arguments of a command to its two columns, or its several."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from divcli.cli.values import Values, side_input
from divcli.errors import CommandLineError, DataError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from divcli.sources.columns import Column, InputOptions
    from divcli.sources.table import Table


def expect(values: Values) -> None:
    """Let the database begin, if a source needs it, while modules are loaded and options read."""
    from divcli.sources.opening import is_for_database

    options = side_input(values, "p_")
    every = bool(values.get("all_columns"))
    if any(is_for_database(text, options, every=every) for text in values["sources"]):
        from divcli.sources.database import database

        database(options.resources).begin()


def two_columns(values: Values) -> tuple[Column, Column]:
    """P and Q: two sources, or one that holds both."""
    from divcli.sources.opening import STDIN
    from divcli.sources.resolve import column_of, open_source

    sources = sources_or_stdin(values)
    if len(sources) > 2:
        raise click.UsageError(f"compares two sources, found {len(sources)}: {sources[2]!r} is one "
                               "too many")  # fmt: skip
    p_options, q_options = side_input(values, "p_"), side_input(values, "q_")
    if values.get("by") is None and (values.get("p_group"), values.get("q_group")) != (None, None):
        raise CommandLineError(
            "--p-group and --q-group name values of a column: --by COL says which"
        )
    if len(sources) == 1:
        return _both_sides(sources[0], p_options, q_options, values)
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


def column_pairs(values: Values) -> tuple[list[tuple[Column, Column]], list[str]]:
    """The columns of the same name in two tables, and notes on those that only one has."""
    from divcli.sources.resolve import columns_of, open_source

    sources = sources_or_stdin(values)
    if len(sources) != 2:
        raise click.UsageError("--all takes two sources")
    options = side_input(values, "p_"), side_input(values, "q_")
    if any(one.column or one.columns or one.weights for one in options):
        raise CommandLineError("--all takes every column: -c and -w pick some")
    p, q = (
        {column.label: column for column in columns_of(open_source(text, one), one)}
        for text, one in zip(sources, options, strict=True)
    )
    notes = [
        f"column {label!r} is in {here} only"
        for one, other, here in ((p, q, sources[0]), (q, p, sources[1]))
        for label in one
        if label not in other
    ]
    pairs = [(column, q[label]) for label, column in p.items() if label in q]
    if not pairs:
        raise DataError(
            f"{sources[0]} and {sources[1]} share no column",
            hint=f"columns of {sources[0]}: {', '.join(map(str, list(p)[:20]))}",
        )
    return pairs, notes


def two_point_sets(values: Values) -> tuple[list[Column], list[Column]]:
    """The columns of two sources that are taken together, rows as points."""
    from divcli.sources.resolve import open_source, point_columns

    sources = sources_or_stdin(values)
    if len(sources) != 2:
        raise click.UsageError("several columns take two sources")
    p, q = side_input(values, "p_"), side_input(values, "q_")
    return (
        point_columns(open_source(sources[0], p), p),
        point_columns(open_source(sources[1], q), q),
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
    text: str, p_options: InputOptions, q_options: InputOptions, values: Values
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
            return _two_groups(p, p_options, values)
        if p_options == q_options:
            raise CommandLineError(
                f"one table for both sides: which columns of {p.name}?",
                hint="--p-column A --q-column B; -c SYMBOLS --p-weights A --q-weights B; or --by "
                f"COL. Columns: {', '.join(p.header[:20])}",
            )
    return column_of(p, p_options), column_of(q, q_options)


def _two_groups(table: Table, options: InputOptions, values: Values) -> tuple[Column, Column]:
    """Two groups of rows: those named, or in the order of their values where there are two."""
    from divcli.sources.resolve import group_columns
    from divcli.sources.table import group_text

    groups = group_columns(table, options)
    named = [_group(values.get(f"{side}_group"), groups, options) for side in "pq"]
    rest = sorted((group for group in groups if [group] not in named), key=group_text)
    open_sides = named.count([])
    if open_sides and len(rest) != open_sides:
        listed = ", ".join(map(group_text, list(groups)[:20]))
        raise CommandLineError(
            f"--by {options.by}: {len(groups)} groups, compare takes two",
            hint=f"--p-group and --q-group pick two of: {listed}",
        )
    p, q = (one[0] if one else rest.pop(0) for one in named)
    return groups[p], groups[q]


def _group(
    name: str | None, groups: Mapping[str | None, Column], options: InputOptions
) -> list[str | None]:
    """The group of this name, as a list of one; none where no name is given."""
    from divcli.sources.table import group_text

    if name is None or name in groups:
        return [] if name is None else [name]
    if None in groups and name == group_text(None):
        return [None]
    known = [group_text(group) for group in groups]
    raise CommandLineError(f"--by {options.by}: no group {name!r}", hint=did_you_mean(name, known))
