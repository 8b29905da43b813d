"""Rows that Python reads and the database counts: they pass through a named pipe, and none is kept.

Each value is the text of a JSON value, so that its type goes with it.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from divcli.errors import DataError
from divcli.sources.columns import Value
from divcli.sources.database import Database
from divcli.sources.sql import READING, quoted
from divcli.sources.stored import StoredTable

Rows = Iterable[Sequence[tuple[Value, ...]]]
# JSON writes tabs and line ends within a text by their escapes.
_FORM = f"{READING}, header=false, delim='\t', quote='', escape=''"


def streamed(
    name: str,
    read: Callable[[Sequence[str]], Rows],
    beginning: Mapping[str, Sequence[Value]],
    base: Database,
) -> StoredTable:
    """A table whose rows are read anew, some at a time, for each reading of some columns.

    read: the rows of the columns of these labels: numbers, texts and None. beginning: the first
    values of each column.
    """
    columns = {f"c{i}": label for i, label in enumerate(beginning)}
    failures: list[DataError] = []

    def relation(expressions: Sequence[str]) -> str:
        chosen = list(dict.fromkeys(expressions)) or list(columns)
        path = base.pipe()
        rows = read([columns[one] for one in chosen])
        feed = threading.Thread(target=_feed, args=(path, rows, len(chosen), failures), daemon=True)
        feed.start()
        types = ", ".join(f"{one}: 'VARCHAR'" for one in chosen)
        return f"read_csv({quoted(path)}, {_FORM}, columns={{{types}}})"

    return StoredTable(
        name,
        list(beginning),
        (),
        base,
        relation,
        {label: (one, "json") for one, label in columns.items()},
        beginning=beginning,
        fault=lambda error: failures.pop() if failures else error,
    )


def _feed(path: str, rows: Rows, width: int, failures: list[DataError]) -> None:
    """Write rows into a pipe, until they or the reader have come to an end."""
    with contextlib.suppress(BrokenPipeError), open(path, "wb") as pipe:
        try:
            for lines in map(_lines, rows):
                pipe.write(lines)
        except BrokenPipeError:
            raise
        except Exception as error:  # whatever it is, the reader must not take this for the end
            told = DataError(f"{type(error).__name__}: {error}")
            failures.append(error if isinstance(error, DataError) else told)
            pipe.write(b"\t".join([b"null"] * (width + 1)) + b"\n")  # a field too many


def _lines(rows: Sequence[tuple[Value, ...]]) -> bytes:
    columns = (_texts(column) for column in zip(*rows, strict=True))
    lines = map("\t".join, zip(*columns, strict=True))
    return "".join(f"{line}\n" for line in lines).encode()


def _texts(values: Sequence[Value]) -> Iterator[str]:
    """The JSON of each value: in one call, several times as fast as in one for each."""
    listed = json.dumps(values, ensure_ascii=False, separators=("\n", ":"))
    return iter(listed[1:-1].split("\n"))
