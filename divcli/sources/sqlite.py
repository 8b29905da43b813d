"""Tables of SQLite database files: small ones in memory, large ones row after row to the database.

Either way the standard library reads them, and values keep the types that SQLite stored them with.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from divcli.errors import DataError
from divcli.sources.columns import InputOptions, Value
from divcli.sources.places import Place, inner_table
from divcli.sources.sql import identifier, quoted

if TYPE_CHECKING:
    from divcli.sources.database import Database
    from divcli.sources.stored import StoredTable

Row = tuple[Value, ...]
_HEAD_ROWS = 1000
_ROWS_AT_ONCE = 5000


@dataclass(frozen=True, eq=False)
class SqliteTable:
    """A table whose values have the types that SQLite stored them with.

    rows: what stands after FROM. base: the database that counts it, None where its values are held
    in memory.
    """

    name: str
    path: str
    header: Sequence[str]
    rows: str
    base: Database | None = None
    notes: tuple[str, ...] = ()
    na: tuple[str, ...] = ()
    typed: bool = True

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, in order; blobs as hexadecimal text."""
        if self.stored is not None:
            return self.stored.values(label)
        return [value for rows in self._read([label]) for (value,) in rows]

    @cached_property
    def stored(self) -> StoredTable | None:
        """The table as the database counts it."""
        if self.base is None:
            return None
        from divcli.sources.streamed import streamed

        head = next(self._read(self.header, f"LIMIT {_HEAD_ROWS}"), [])
        beginning = {label: [row[i] for row in head] for i, label in enumerate(self.header)}
        return streamed(self.name, self._read, beginning, self.base)

    def _read(self, labels: Sequence[str], end: str = "") -> Iterator[Sequence[Row]]:
        """The rows of these columns, some at a time."""
        query = f"SELECT {', '.join(map(identifier, labels))} FROM {self.rows} {end}"
        for rows in asked(self.path, query, self.name):
            yield [tuple(map(_plain, row)) for row in rows]

    def locate(self, row: int) -> str:
        """The row, counted from 1."""
        return f"{self.name}: row {row + 1}"

    def where(self, condition: str) -> SqliteTable:
        """The rows for which an SQL expression over the columns holds."""
        note = f"{self.name}: the rows where {condition}"
        rows = f"(SELECT * FROM {self.rows} WHERE ({condition}))"
        return replace(self, rows=rows, notes=(*self.notes, note))

    def sampled(self, rows: int, seed: int) -> SqliteTable:
        """So many rows drawn without replacement, the same for the same seed."""
        import random

        [[(count,)]] = asked(self.path, f"SELECT count(*) FROM {self.rows}", self.name)
        assert isinstance(count, int)
        chance = random.Random(seed)  # noqa: S311  # a sample keeps no secret
        drawn = sorted(chance.sample(range(1, count + 1), min(rows, count)))
        places = ", ".join(map(str, drawn))
        numbered = f"(SELECT *, row_number() OVER () AS divcli_row FROM {self.rows})"
        note = f"{self.name}: a sample of {len(drawn):,} rows, seed {seed}"
        chosen = f"(SELECT * FROM {numbered} WHERE divcli_row IN ({places}))"
        return replace(self, rows=chosen, notes=(*self.notes, note))


def store_sqlite(place: Place, options: InputOptions) -> SqliteTable:
    """A table of a SQLite database file: file.sqlite#table."""
    path = place.paths[0]
    listed = asked(
        path,
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE "
        "'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        place.name,
    )
    table = inner_table(place, [str(name) for rows in listed for (name,) in rows])
    described = asked(path, f"SELECT name FROM pragma_table_info({quoted(table)})", place.name)
    header = [str(name) for rows in described for (name,) in rows]
    return SqliteTable(place.name, path, header, identifier(table), _counting(place, options))


def _counting(place: Place, options: InputOptions) -> Database | None:
    """The database that counts the table, None where its values fit into memory."""
    from divcli.sources.opening import IN_MEMORY

    large = options.engine == "duckdb" or place.size > IN_MEMORY
    if options.engine == "python" or not large or not hasattr(os, "mkfifo"):
        return None
    from divcli.sources.database import database

    return database(options.resources)


def asked(path: str, query: str, name: str) -> Iterator[list[Row]]:
    """The rows of a query, some at a time; DataError where the file or the query is wrong."""
    try:
        with closing(sqlite3.connect(f"file:{_uri(path)}?mode=ro", uri=True)) as connection:
            found = connection.execute(query)
            while rows := found.fetchmany(_ROWS_AT_ONCE):
                yield rows
    except sqlite3.Error as error:
        raise DataError(f"SQLite: {error}", where=name) from error


def _plain(value: Value) -> Value:
    return value.hex() if isinstance(value, bytes) else value


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
