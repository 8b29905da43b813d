"""Tables of SQLite database files, a column at a time, by the standard library."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from divcli.errors import DataError
from divcli.sources.columns import InputOptions, Value
from divcli.sources.places import Place, inner_table
from divcli.sources.sql import identifier, quoted


@dataclass(frozen=True, slots=True, eq=False)
class SqliteTable:
    """A table whose values have the types that SQLite stored them with.

    rows: what stands after FROM.
    """

    name: str
    path: str
    header: Sequence[str]
    rows: str
    notes: tuple[str, ...] = ()
    na: tuple[str, ...] = ()
    typed: bool = True

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, in order; blobs as hexadecimal text."""
        query = f"SELECT {identifier(label)} FROM {self.rows}"
        found = (value for (value,) in asked(self.path, query, self.name))
        return [value.hex() if isinstance(value, bytes) else value for value in found]

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

        count = len(asked(self.path, f"SELECT 1 FROM {self.rows}", self.name))
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
    listed = asked(path, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                   "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", place.name)  # fmt: skip
    table = inner_table(place, [str(name) for (name,) in listed])
    described = asked(path, f"SELECT name FROM pragma_table_info({quoted(table)})", place.name)
    header = [str(name) for (name,) in described]
    return SqliteTable(place.name, path, header, identifier(table))


def asked(path: str, query: str, name: str) -> list[tuple[Value, ...]]:
    """All rows of a query; DataError where the file is no database or the query is wrong."""
    try:
        with closing(sqlite3.connect(f"file:{_uri(path)}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()
    except sqlite3.Error as error:
        raise DataError(f"SQLite: {error}", where=name) from error


def _uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)
