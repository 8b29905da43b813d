"""Many columns under the names they are known by: of files, of one table, or of its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from divcli.counting.groups import group_counts
from divcli.errors import CommandLineError, DataError, did_you_mean
from divcli.sources.columns import Column, InputOptions, TwoSided
from divcli.sources.resolve import column_of, columns_of, group_columns, point_columns
from divcli.sources.table import group_order, group_text, require_column

if TYPE_CHECKING:
    from divcli.model.distribution import Given
    from divcli.sources.columns import Source
    from divcli.sources.table import Table


class Labelled(NamedTuple):
    """A column, or why there is none, under the name it has among others."""

    label: str
    column: Column | None
    reason: str | None = None


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels with a number behind those that stand twice."""
    seen: dict[str, int] = {}
    distinct = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        distinct.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return distinct


def gathered(sources: Sequence[Source], options: InputOptions, every: bool) -> list[Labelled]:
    """The columns of the sources: named, grouped, all of a table, or one of each source.

    A source that lacks the column is listed with the reason, unless all do.
    """
    found: list[Labelled] = []
    errors: list[DataError] = []
    for source in sources:
        try:
            found += _of_one(source, options, every, alone=len(sources) == 1)
        except DataError as error:
            errors.append(error)
            found.append(Labelled(source.name, None, str(error)))
    if len(errors) == len(sources):
        raise errors[0]
    return found


def _of_one(source: Source, options: InputOptions, every: bool, *, alone: bool) -> list[Labelled]:
    if isinstance(source, TwoSided):
        names = (f"{source.name} p", f"{source.name} q")
        sides = (source.p, source.q)
        return [
            Labelled(name, column_of(side, options))
            for name, side in zip(names, sides, strict=True)
        ]
    if isinstance(source, Column):
        return [Labelled(source.name, source)]
    if options.by is not None:
        return grouped(source, options)
    if options.columns or every:
        columns = point_columns(source, options) if options.columns else columns_of(source, options)
        prefix = "" if alone else f"{source.name} "
        return [Labelled(f"{prefix}{one.label}", one) for one in columns]
    return [Labelled(source.name, column_of(source, options))]


def grouped(table: Table, options: InputOptions) -> list[Labelled]:
    """The groups of one column's rows by another's values, in the order of those."""
    assert options.by is not None
    by = require_column(table, options.by)
    rest = [label for label in table.header if label != by]
    label = options.column or (rest[0] if len(rest) == 1 else None)
    weighted = options.weights is not None or options.sample_weight is not None
    stored = getattr(table, "stored", None) is not None
    if stored or label is None or weighted or options.given not in (None, "samples"):
        groups = _ready_groups(table, options)
    else:
        columns = (column_of(table, options._replace(column=one, by=None)) for one in (by, label))
        groups = {
            group: replace(one, name=f"{table.name} [{by}={group_text(group)}]")
            for group, one in group_counts(*columns).items()
        }
    return [Labelled(group_text(group), groups[group]) for group in sorted(groups, key=group_order)]


def _ready_groups(table: Table, options: InputOptions) -> dict[str | None, Column]:
    """Groups of ready weights; whether those are counts is seen of the whole, not of each part."""
    if options.weights is None or options.given is not None:
        return group_columns(table, options)
    whole = column_of(table, options._replace(by=None))
    given: Given | None = "counts" if whole.given == "counts" else None
    groups = group_columns(table, options._replace(given=given))
    if given is None:
        return groups
    said = [note for note in whole.notes if "taken as counts" in note]
    return {group: one.noting(*said) for group, one in groups.items()}


def candidates(
    sources: Sequence[Source],
    p: InputOptions,
    q: InputOptions,
    weights: Sequence[str] = (),
    group: str | None = None,
) -> tuple[Column, list[Labelled]]:
    """P, and the candidates to be held against it: further sources, or parts of the only one.

    p, q: how either side is read. weights: columns of weights, one a candidate. group: of a table
    that is split, the group that is P.
    """
    if len(sources) > 1:
        return column_of(sources[0], p), _further(sources[1:], p, q, weights)
    only = sources[0]
    if isinstance(only, TwoSided):
        return column_of(only.p, p), [Labelled(f"{only.name} q", column_of(only.q, q))]
    if isinstance(only, Column):
        raise CommandLineError(f"{only.name} is one distribution", hint="name a candidate")
    if p.by is not None:
        return _group_and_others(only, p, group)
    readings = [q._replace(weights=one) for one in weights]
    readings = readings or [q._replace(column=one, columns=()) for one in q.columns or (q.column,)]
    if not weights and q == p:
        raise CommandLineError(
            f"one table for P and its candidates: which columns of {only.name}?",
            hint="-c SYMBOLS --p-weights P --q-weights Q1 --q-weights Q2, --p-column P --q-column "
            f"Q1 --q-column Q2, or --by COL. Columns: {', '.join(only.header[:20])}",
        )
    found = [column_of(only, reading) for reading in readings]
    return column_of(only, p), [Labelled(one.label or one.name, one) for one in found]


def _further(
    sources: Sequence[Source], p: InputOptions, q: InputOptions, weights: Sequence[str]
) -> list[Labelled]:
    """One candidate of each source, or of each column of weights of the only one."""
    if p.by is not None:
        raise CommandLineError("--by splits one table; several sources are given")
    if len(weights) <= 1:
        reading = q._replace(weights=weights[0]) if weights else q
        return gathered(sources, reading, every=False)
    if len(sources) > 1:
        raise CommandLineError("several --q-weights are of one table that holds all candidates")
    found = (column_of(sources[0], q._replace(weights=one)) for one in weights)
    return [Labelled(one.label or one.name, one) for one in found]


def _group_and_others(
    table: Table, options: InputOptions, group: str | None
) -> tuple[Column, list[Labelled]]:
    groups = grouped(table, options)
    labels = [one.label for one in groups]
    if group not in labels:
        hint = f"--p-group {labels[0]}" if group is None else did_you_mean(group, labels)
        raise CommandLineError(f"--by {options.by}: which group is P?", hint=hint)
    at = labels.index(group)
    p = groups.pop(at).column
    assert p is not None
    return p, groups
