"""From what the user named to columns: which reader, which columns, samples or weights."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from divcli.catalog import READERS, Reader, resolve
from divcli.errors import CommandLineError, DataError, did_you_mean
from divcli.sources.columns import Column, InputOptions, TwoSided, Value
from divcli.sources.inline import is_inline, positional_column, read_inline
from divcli.sources.stream import Stream, exists, open_file, open_stdin
from divcli.sources.table import Table, iterate, require_column
from divcli.sources.weights import parse_weights, weighted_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source

STDIN = "-"
WEIGHT_NAMES = ("p", "prob", "probability", "weight", "count", "n", "freq", "frequency")
_NA = ("",)


def open_source(text: str, options: InputOptions) -> Source:
    """The source that an argument names: standard input, a file, or inline weights."""
    if text == STDIN:
        stream = open_stdin()
        return _read(stream, _sniff_reader(stream.data, options), options)
    if exists(text):
        stream = open_file(text)
        return _read(stream, _reader_of_file(stream, options), options)
    if is_inline(text):
        return read_inline(text, options)
    raise DataError(
        "no such file, nor inline weights such as 0.5,0.4,0.1 or A=0.5,B=0.5", where=repr(text)
    )


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
        symbols, weights = source.header[0], ready
        note = f"{source.name}: column {weights!r} taken as the weights of {symbols!r}"
        return _weighted_from(source, symbols, weights, options).noting(note)
    if len(source.header) == 1:
        return _samples(source, source.header[0], options)
    raise CommandLineError(
        f"{source.name} has {len(source.header)} columns",
        hint=f"pick one with -c: {_listed(source.header)}",
    )


def group_columns(table: Table, options: InputOptions) -> dict[str, Column]:
    """The column split by the values of another, groups in order of appearance."""
    assert options.by is not None
    by = require_column(table, options.by)
    rest = [label for label in table.header if label != by]
    label = options.column if options.column is not None else rest[0] if len(rest) == 1 else None
    if label is None:
        raise CommandLineError(
            f"{table.name} has {len(rest)} columns beside {by!r}",
            hint=f"pick one with -c: {_listed(rest)}",
        )
    require_column(table, label)
    groups: dict[str, list[Value]] = {}
    for group, value in iterate(table, [by, label]):
        groups.setdefault("" if group is None else str(group), []).append(value)
    whole = _samples(table, label, options)
    return {
        group: Column(f"{table.name} [{by}={group}]", label, values, whole.typed, na=whole.na,
                      notes=whole.notes)
        for group, values in groups.items()
    }  # fmt: skip


def _read(stream: Stream, reader: Reader, options: InputOptions) -> Source:
    source: Source = resolve(reader.target)(stream, options)
    return source


def _reader_of_file(stream: Stream, options: InputOptions) -> Reader:
    ending = os.path.splitext(stream.name)[1].lower()
    named = (reader for reader in READERS if ending in reader.endings)
    if options.input_format is None and (reader := next(named, None)) is not None:
        return reader
    return _sniff_reader(stream.data, options)


def _reader_named(name: str) -> Reader:
    for reader in READERS:
        if reader.name == name:
            return reader
    known = [reader.name for reader in READERS]
    raise CommandLineError(f"no input format {name!r}", hint=did_you_mean(name, known))


def _sniff_reader(data: bytes, options: InputOptions) -> Reader:
    """The reader of text whose name says nothing: JSON by its first character, else CSV."""
    if options.input_format is not None:
        return _reader_named(options.input_format)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return _reader_named("json" if start in (b"{", b"[") else "csv")


def _na(table: Table, options: InputOptions) -> tuple[str, ...]:
    if options.na is not None:
        return options.na
    return () if table.typed else _NA


def _samples(table: Table, label: str, options: InputOptions) -> Column:
    if options.given not in (None, "samples"):
        return _unnamed_weights(table, label, options)
    return Column(
        table.name,
        label,
        table.values(label),
        table.typed,
        na=_na(table, options),
        notes=table.notes,
        locate=table.locate,
    )


def _unnamed_weights(table: Table, label: str, options: InputOptions) -> Column:
    """A column of nothing but weights, declared so by --as."""
    weights = parse_weights(table.values(label), label, table.locate)
    return positional_column(table.name, weights, options).noting(*table.notes)


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


def _weighted_from(table: Table, symbols: str, weights: str, options: InputOptions) -> Column:
    return weighted_column(
        table.name,
        weights,
        table.values(symbols),
        parse_weights(table.values(weights), weights, table.locate),
        options.given,
        typed=table.typed,
        na=_na(table, options),
        notes=table.notes,
    )


def _listed(header: Iterable[str]) -> str:
    labels: Sequence[str] = list(header)
    shown = ", ".join(labels[:20])
    return f"{shown}, … ({len(labels)} in all)" if len(labels) > 20 else shown
