"""From what the user named to columns: which reader, which columns, samples or weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.inline import positional_column
from divcli.sources.opening import opener
from divcli.sources.parts import parts_of, read_again
from divcli.sources.table import (
    Table,
    group_of,
    group_order,
    require_column,
)
from divcli.sources.weights import parse_weights, row_weights, weighted_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source

WEIGHT_NAMES = ("p", "prob", "probability", "weight", "count", "n", "freq", "frequency")


def open_source(text: str, options: InputOptions) -> Source:
    """The source that an argument names: standard input, a file, or inline weights."""
    return open_both(text, options, options)[0]


def open_both(text: str, p: InputOptions, q: InputOptions) -> tuple[Source, Source]:
    """The source that an argument names, as each side reads it; one object where they agree."""
    alike = p._replace(column=None, weights=None) == q._replace(column=None, weights=None)
    opened = opener(text)
    sides: tuple[Source, ...] = (opened(p),) if alike else (opened(p), opened(q))
    weighed = p.sample_weight is not None or q.sample_weight is not None
    if weighed:  # the weights are read beside each column
        sides = tuple(map(read_again, sides))
    return sides[0], sides[-1]


def point_columns(source: Source, options: InputOptions) -> list[Column]:
    """The columns named together, whose rows are points."""
    if isinstance(source, (Column, TwoSided)):
        raise CommandLineError(
            f"{source.name} has no columns to take together", hint="name a single column"
        )
    return [_samples(source, require_column(source, one), options) for one in options.columns]


def columns_of(source: Source, options: InputOptions) -> list[Column]:
    """Every column of a source, each as samples; ready distributions are one column."""
    if isinstance(source, TwoSided):
        return [*columns_of(source.p, options), *columns_of(source.q, options)]
    if isinstance(source, Column):
        return [source]
    return [_samples(source, label, options) for label in source.header]


def column_of(source: Source, options: InputOptions) -> Column:
    """The one column, or the symbols with weights, that the options pick from a source."""
    if isinstance(source, TwoSided):
        raise DataError(
            "a document with both p and q, given as one side",
            where=source.name,
            hint="give it alone, or reach one side with --path p",
        )
    if isinstance(source, Column):
        return source
    if options.weights is not None:
        return _weighted(source, options)
    if options.column is not None:
        return _samples(source, require_column(source, options.column), options)
    ready = _ready_weights(source, options)
    if ready is not None:
        symbols = source.header[0]
        note = f"{source.name}: column {ready!r} taken as the weights of {symbols!r}"
        return _weighted_from(source, symbols, ready, options, note)
    rest = [label for label in source.header if label != options.sample_weight]
    if len(rest) == 1:
        return _samples(source, rest[0], options)
    raise CommandLineError(
        f"{source.name} has {len(source.header)} columns",
        hint=f"pick one with -c: {_listed(source.header)}",
    )


def group_columns(table: Table, options: InputOptions) -> dict[str | None, Column]:
    """The column of each group of rows, by the value of --by (None where it is missing)."""
    assert options.by is not None
    by = require_column(table, options.by)
    na = _na(table, options)
    wanted = {by, options.column, options.weights, options.sample_weight}
    named = [label for label in table.header if options.column is None or label in wanted]
    parts = parts_of(table, by, partial(group_of, na=na), by, named)
    columns = {
        group: column_of(parts[group].table, options) for group in sorted(parts, key=group_order)
    }
    return {group: replace(column, whole=parts) for group, column in columns.items()}


def _na(table: Table, options: InputOptions) -> tuple[str, ...]:
    return table.na if options.na is None else options.na


def _samples(table: Table, label: str, options: InputOptions) -> Column:
    if options.given not in (None, "samples"):
        return _unnamed_weights(table, label, options)
    weights = None
    if options.sample_weight is not None:
        weighing = require_column(table, options.sample_weight)
        weights = row_weights(table.values(weighing), weighing, table.locate)
    return Column(
        table.name,
        label,
        table.values(label),
        table.typed,
        weights,
        na=_na(table, options),
        notes=table.notes,
        locate=table.locate,
    )


def _unnamed_weights(table: Table, label: str, options: InputOptions) -> Column:
    """A column of nothing but weights, declared so by --as."""
    weights = parse_weights(table.values(label), label, table.locate)
    note = f"{table.name}: column {label!r} is weights without symbols: every row is one"
    return positional_column(table.name, label, weights, options).noting(*table.notes, note)


def _ready_weights(table: Table, options: InputOptions) -> str | None:
    """The second column of a two-column table, where its name says that it holds weights."""
    if len(table.header) != 2 or options.given == "samples":
        return None
    label = table.header[1]
    declared = options.given is not None
    return label if declared or label.strip().lower() in WEIGHT_NAMES else None


def _weighted(table: Table, options: InputOptions) -> Column:
    assert options.weights is not None
    weights = require_column(table, options.weights)
    rest = [label for label in table.header if label != weights]
    if options.column is None and len(rest) != 1:
        raise CommandLineError(
            f"{table.name}: which column holds the symbols?",
            hint=f"pick one with -c: {_listed(rest)}",
        )
    symbols = require_column(table, options.column or rest[0])
    return _weighted_from(table, symbols, weights, options)


def _weighted_from(
    table: Table, symbols: str, weights: str, options: InputOptions, *notes: str
) -> Column:
    table = read_again(table)
    return weighted_column(
        table.name,
        weights,
        table.values(symbols),
        parse_weights(table.values(weights), weights, table.locate),
        options.given,
        typed=table.typed,
        na=_na(table, options),
        notes=(*table.notes, *notes),
    )


def _listed(header: Iterable[str]) -> str:
    labels: Sequence[str] = list(header)
    shown = ", ".join(labels[:20])
    return f"{shown}, … ({len(labels)} in all)" if len(labels) > 20 else shown
