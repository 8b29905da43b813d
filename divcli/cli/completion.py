"""What a shell offers: measures from the catalogue, columns from the files named so far."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from divcli.catalog import COMMANDS, MEASURES, QUANTITIES, READERS
from divcli.errors import DivcliError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# More than this of a file is not read while somebody waits for a word.
_START = 2**16
# Formats in which the first lines of a file are a file themselves.
_BY_LINES = ("csv", "tsv", "ndjson")


def measures(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of measures, or for `entropy` of quantities, with what they are called."""
    from click.shell_completion import CompletionItem

    rows = QUANTITIES if context.info_name == "entropy" else MEASURES
    return [
        CompletionItem(row.name, help=row.label) for row in rows if row.name.startswith(incomplete)
    ]


def commands(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Names of commands, with what they do."""
    from click.shell_completion import CompletionItem

    rows = (row for row in COMMANDS if row.name.startswith(incomplete))
    return [CompletionItem(row.name, help=row.summary) for row in rows]


def files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Files, as the shell completes them."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def columns(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Columns of the files that stand before, each once."""
    from click.shell_completion import CompletionItem

    labels = (label for path in _files_named(context) for label in _labels(path))
    found = dict.fromkeys(label for label in labels if label.startswith(incomplete))
    return [CompletionItem(label) for label in found]


def _files_named(context: click.Context) -> Iterator[str]:
    """The files among the arguments so far; click leaves those before an open option apart."""
    yield from filter(os.path.isfile, context.args)
    for argument in context.command.params:
        if isinstance(argument, click.Argument):
            value = context.params.get(argument.name or "") or ()
            yield from filter(os.path.isfile, [value] if isinstance(value, str) else value)


def _labels(path: str) -> list[str]:
    """The column names of a file that can be told at once; none of others."""
    from divcli.sources.columns import Column, InputOptions, TwoSided
    from divcli.sources.resolve import open_source

    start = _start_of(path)
    if start is None:
        return []
    try:
        source = open_source(start, InputOptions())
    except DivcliError:
        return []  # whoever runs the command is told what is wrong with the file
    finally:
        if start != path:
            os.unlink(start)
    return [] if isinstance(source, (Column, TwoSided)) else list(source.header)


def _start_of(path: str) -> str | None:
    """A file with the first lines of a long one; the file itself where it is short."""
    import tempfile

    if os.path.getsize(path) <= _START:
        return path
    ending = os.path.splitext(path)[1].lower()
    if not any(ending in row.endings for row in READERS if row.name in _BY_LINES):
        return None
    with open(path, "rb") as file:
        lines = file.read(_START).rpartition(b"\n")[0]
    handle, start = tempfile.mkstemp(suffix=ending)
    with open(handle, "wb") as copy:
        copy.write(lines)
    return start
