"""Texts that stay in the database: counted and put together there, fetched at the end if at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.judged import mere_sql, perhaps_sql, text_sql
from divcli.model.distribution import Symbol
from divcli.sources.sql import quoted
from divcli.sources.stored import StoredColumn, StoredTable

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray


class Left(NamedTuple):
    """Mere texts that stay in the database: how many, on how many rows, and the first of them.

    relation: these. everything: they and what may be more than a text. alone: whether all others
    are texts, or missing.
    """

    relation: str
    everything: str
    distinct: int
    rows: int
    least: str | None
    alone: bool = True


def staying(stored: StoredColumn, na: Sequence[str], bare: str) -> tuple[Left, str]:
    """The mere texts among groups without a key, and a query's end for the other values.

    bare: the end of a query for the groups, raw and n.
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
    return Left(mere, everything, distinct, rows, least), f"{bare} AND {more if others else False}"


def texts_left(table: StoredTable, left: Left) -> dict[Symbol, float]:
    """The mere texts of a column with their rows."""
    found = table.database.arrays(left.relation, table.name)
    return dict(zip(found["raw"].tolist(), found["n"].tolist(), strict=True))


def shared_texts(
    table: StoredTable,
    left: Sequence[Left],
    gaps: Sequence[str],
    totals: Sequence[int],
    limit: int | None,
) -> tuple[list[str], list[WeightArray], int]:
    """The texts of all columns in alphabetical order, their rows by column, and how many there are.

    gaps: texts that are missing values. limit: of the texts, those with the greatest sums of
    shares of these totals; in alphabetical order where they are equal.
    """
    named = " WHERE raw IS NOT NULL"
    if gaps:
        named += f" AND raw NOT IN ({', '.join(map(quoted, gaps))})"
    sides = " UNION ALL ".join(
        f"SELECT {i} AS side, raw, n FROM {one.everything}{named}" for i, one in enumerate(left)
    )
    listed = ", ".join(
        f"coalesce(sum(n) FILTER (side = {i}), 0)::BIGINT AS n{i}" for i in range(len(left))
    )
    grouped = f"SELECT raw, {listed} FROM ({sides}) GROUP BY raw"
    if limit is None:
        found = table.database.arrays(f"{grouped} ORDER BY raw", table.name)
        distinct = len(found["raw"])
    else:
        kept = table.keep(grouped)
        [(distinct,)] = table.ask(f"SELECT count(*) FROM {kept}")
        shares = " + ".join(f"n{i}::DOUBLE / {total}" for i, total in enumerate(totals))
        chosen = f"SELECT * FROM {kept} ORDER BY {shares} DESC, raw LIMIT {limit}"
        found = table.database.arrays(f"SELECT * FROM ({chosen}) ORDER BY raw", table.name)
        table.database.drop(kept)
    counts: list[WeightArray] = [
        np.asarray(found[f"n{i}"], dtype=np.int64) for i in range(len(left))
    ]
    return found["raw"].tolist(), counts, distinct
