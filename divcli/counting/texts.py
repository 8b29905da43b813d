"""Texts that stay in the database: counted and put together there, fetched at the end if at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

import numpy as np

from divcli.counting.judged import mere_sql, perhaps_sql, text_sql
from divcli.model.distribution import Symbol
from divcli.sources.database import Kept
from divcli.sources.sql import quoted
from divcli.sources.stored import StoredColumn, StoredTable

if TYPE_CHECKING:
    from divcli.model.arrays import IndexArray, WeightArray

_FEW = 10_000  # texts that are fetched with their counts
_PICKED = 1000  # texts that are looked for one by one; of more, all are fetched


class Left(NamedTuple):
    """Mere texts that stay in the database: how many, on how many rows, and the first of them.

    relation: these. everything: they and what may be more than a text. kept: the table that both
    are in. alone: whether all others are texts, or missing. once: whether no text is in two rows.
    """

    relation: str
    everything: str
    kept: Kept
    distinct: int
    rows: int
    least: str | None
    alone: bool = True
    once: bool = False


def staying(stored: StoredColumn, na: Sequence[str], kept: Kept, bare: str) -> tuple[Left, str]:
    """The mere texts among groups without a key, and a query's end for the others, if any.

    bare: the end of a query for the groups in the kept table, raw and n.
    """
    form = stored.form
    more = perhaps_sql("raw", form, na)
    mere = f"(SELECT {mere_sql('raw', form)} AS raw, n {bare} AND NOT {more})"
    [(distinct, rows, least, others)] = stored.table.ask(
        f"SELECT count(*) FILTER (mere), coalesce(sum(n) FILTER (mere), 0)::BIGINT, "
        f"min({mere_sql('raw', form)}) FILTER (mere), count(*) FILTER (NOT mere) "
        f"FROM (SELECT raw, n, NOT {more} AS mere {bare})"
    )
    everything = f"(SELECT {text_sql('raw', form)} AS raw, n {bare})"
    left = Left(mere, everything, kept, distinct, rows, least, once=form == "string")
    return left, f"{bare} AND {more}" if others else ""


def texts_left(table: StoredTable, left: Left) -> dict[Symbol, float]:
    """The mere texts of a column with their rows."""
    found = table.database.arrays(left.relation, table.name)
    return dict(zip(found["raw"].tolist(), found["n"].tolist(), strict=True))


class KeptTexts(Sequence[Symbol]):
    """The texts of a kept table in its order, fetched when they are looked at.

    after: symbols that follow them.
    """

    def __init__(
        self, table: StoredTable, kept: Kept, number: int, after: tuple[Symbol, ...] = ()
    ) -> None:
        self._table, self._kept, self._number, self._after = table, kept, number, after

    def __add__(self, after: tuple[Symbol, ...]) -> KeptTexts:
        return KeptTexts(self._table, self._kept, self._number, self._after + after)

    @property
    def kept(self) -> Kept:
        """The table: raw is the text whose place is the row's."""
        return self._kept

    def __len__(self) -> int:
        return self._number + len(self._after)

    @overload
    def __getitem__(self, place: int) -> Symbol: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Symbol, ...]: ...

    def __getitem__(self, place: int | slice) -> Symbol | tuple[Symbol, ...]:
        places = np.arange(len(self))[place]
        if isinstance(place, slice):
            return tuple(self.picked(places))
        return self.picked(np.array([places]))[0]

    def __iter__(self) -> Iterator[Symbol]:
        query = f"SELECT raw FROM {self._kept}"
        found = self._table.database.arrays(query, self._table.name)
        yield from found["raw"].tolist()
        yield from self._after

    def __reduce__(self) -> tuple[type, tuple[tuple[Symbol, ...]]]:
        return tuple, (tuple(self),)  # a copy elsewhere has no database

    def picked(self, places: IndexArray) -> list[Symbol]:
        """The symbols at these places."""
        if len(places) > _PICKED:
            everything = tuple(self)
            return [everything[i] for i in places.tolist()]
        rows = ", ".join(map(str, places.tolist())) or "NULL"
        found = self._table.ask(f"SELECT rowid, raw FROM {self._kept} WHERE rowid IN ({rows})")
        texts = dict(found) | dict(enumerate(self._after, start=self._number))
        return [texts[i] for i in places.tolist()]


def shared_texts(
    table: StoredTable,
    left: Sequence[Left],
    gaps: Sequence[str],
    totals: Sequence[int],
    limit: int | None,
) -> tuple[tuple[str, ...] | KeptTexts, list[WeightArray], int]:
    """The texts of all columns in alphabetical order, their rows by column, and how many there are.

    gaps: texts that are missing values. limit: of the texts, those with the greatest sums of
    shares of these totals; in alphabetical order where they are equal.
    """
    named = " WHERE raw IS NOT NULL"
    if gaps:
        named += f" AND raw NOT IN ({', '.join(map(quoted, gaps))})"
    sides = [f"SELECT raw, n FROM {one.everything}{named}" for one in left]
    is_pair = len(left) == 2 and all(one.once for one in left)
    grouped = _joined(*sides) if is_pair else _summed(sides)
    few = sum(one.distinct for one in left) <= _FEW
    if limit is None:
        texts, counts = _in_order(table, grouped, len(left), few=few)
        return texts, counts, len(texts)
    kept = table.keep(grouped)
    [(distinct,)] = table.ask(f"SELECT count(*) FROM {kept}")
    shares = " + ".join(f"n{i}::DOUBLE / {total}" for i, total in enumerate(totals))
    chosen = f"SELECT * FROM {kept} ORDER BY {shares} DESC, raw LIMIT {limit}"
    texts, counts = _in_order(table, f"SELECT * FROM ({chosen})", len(left), few=few)
    return texts, counts, distinct


def _joined(p: str, q: str) -> str:
    """The texts of two queries in which each is in one row at most, which is faster than a sum."""
    return (
        "SELECT coalesce(p.raw, q.raw) AS raw, coalesce(p.n, 0) AS n0, coalesce(q.n, 0) AS n1 "
        f"FROM ({p}) p FULL JOIN ({q}) q ON p.raw = q.raw"
    )


def _summed(sides: Sequence[str]) -> str:
    """The texts of queries with the rows of each: a column a side is faster than a filter."""
    rows = " UNION ALL ".join(
        f"SELECT raw, {_beside(side, len(sides))} FROM ({query})"
        for side, query in enumerate(sides)
    )
    listed = ", ".join(f"sum(n{i})::BIGINT AS n{i}" for i in range(len(sides)))
    return f"SELECT raw, {listed} FROM ({rows}) GROUP BY raw"


def _beside(side: int, sides: int) -> str:
    """A row's count in the column of its side, with nothing in those of the others."""
    return ", ".join(f"{'n' if i == side else '0::BIGINT'} AS n{i}" for i in range(sides))


def _in_order(
    table: StoredTable, grouped: str, sides: int, *, few: bool
) -> tuple[tuple[str, ...] | KeptTexts, list[WeightArray]]:
    """The texts of a query by the alphabet, which stay where they are many, and their counts."""
    query = f"{grouped} ORDER BY raw"
    kept = None if few else table.keep(query, ordered=True)
    listed = ", ".join(f"n{i}" for i in range(sides))
    found = table.database.arrays(query if few else f"SELECT {listed} FROM {kept}", table.name)
    counts: list[WeightArray] = [np.asarray(found[f"n{i}"], dtype=np.int64) for i in range(sides)]
    if kept is None:
        return tuple(found["raw"].tolist()), counts
    return KeptTexts(table, kept, len(counts[0])), counts
