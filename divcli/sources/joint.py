"""Columns of one table whose rows belong together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from divcli.errors import CommandLineError, DataError
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.parts import read_again
from divcli.sources.resolve import point_columns
from divcli.sources.table import require_column
from divcli.sources.weights import parse_weights, weighted_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source


def joint_columns(source: Source, options: InputOptions) -> tuple[list[Column], Column | None]:
    """The columns named together, as plain samples, and the column of the rows' weights, if any.

    A table of counts or probabilities has its weights in -w, raw samples theirs in
    --sample-weight.
    """
    if len(set(options.columns)) < len(options.columns):
        raise CommandLineError("a column is named twice", hint="name different columns with -c")
    label = options.weights or options.sample_weight
    plain = options._replace(weights=None, sample_weight=None, given=None)
    if not isinstance(source, (Column, TwoSided)):
        named = dict.fromkeys([*options.columns, *filter(None, [label])])
        source = read_again(source, [require_column(source, one) for one in named])
    columns = point_columns(source, plain)
    # Rows that are stored all have every column, and are not fetched to be counted.
    if len({len(one.values) for one in columns if not hasattr(one.values, "table")}) > 1:
        raise DataError("columns of different lengths", where=source.name)
    if label is None or isinstance(source, (Column, TwoSided)):
        return columns, None
    weights = parse_weights(source.values(require_column(source, label)), label, source.locate)
    places = list(map(str, range(len(weights))))
    if options.weights is None:
        return columns, replace(columns[0], label=label, values=places, weights=weights)
    ready = weighted_column(source.name, label, places, weights, options.given)
    columns[0] = columns[0].noting(*ready.notes)
    return columns, ready


def target_columns(
    source: Source, target: str, options: InputOptions
) -> tuple[Column, list[Column], Column | None]:
    """The target, the columns named or all others, and the column of the rows' weights, if any."""
    if isinstance(source, (Column, TwoSided)):
        raise CommandLineError(
            f"{source.name} is no table: nothing stands beside the target", hint="name a table"
        )
    aside = {target, options.weights, options.sample_weight}
    labels = options.columns or tuple(one for one in source.header if one not in aside)
    if not labels:
        raise CommandLineError(f"{source.name} has no column beside {target!r}")
    columns, weights = joint_columns(source, options._replace(columns=(target, *labels)))
    return columns[0], columns[1:], weights
