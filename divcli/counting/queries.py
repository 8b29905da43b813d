"""The queries that count: one reading of a table for all its columns, one row a group.

Measured on a table of eight columns of text: several readers of one materialised table, which
DuckDB streams to all of them, take less time than grouping sets, temporary tables, a query for each
column, or unpivoting; and their memory does not grow with the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from divcli.counting.judged import (
    cells_sql,
    declared_guard,
    number_cast,
    number_guard,
    time_cast,
)
from divcli.counting.ruler import LONGEST, Ruler, distance_sql, key_sql, positions_of
from divcli.counting.texts import Left, staying
from divcli.errors import DataError
from divcli.sources.columns import Column, Value
from divcli.sources.database import Kept
from divcli.sources.stored import NUMBERS, StoredColumn, StoredTable, beside

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray

Way = Literal["symbols", "numbers", "times"]


class Groups(NamedTuple):
    """The groups of a column: those with a key, those with a value, and those that stay."""

    keys: FloatArray
    masses: WeightArray
    others: Sequence[Value]
    counts: Sequence[int]
    ruler: Ruler
    left: Left | None = None


_MOST_COLUMNS = 50  # in one query: each has a table of groups in memory


def stored_of(column: Column) -> StoredColumn:
    """Where the values of a stored column are."""
    assert isinstance(column.values, StoredColumn)
    return column.values


class Plan(NamedTuple):
    """How a column is to be counted: the way, and on a line its ruler or its edges.

    plain: whether its first values pass the cheapest test of what they are. stays: whether its mere
    texts stay in the database, however many.
    """

    column: Column
    way: Way
    ruler: Ruler
    edges: FloatArray | None
    plain: bool = False
    stays: bool = False

    @property
    def stored(self) -> StoredColumn:
        """Where its values are."""
        return stored_of(self.column)

    @property
    def is_declared(self) -> bool:
        """Whether all but a few values have a key; the key of those few is NaN."""
        return self.stored.form in NUMBERS and self.way == "numbers" and self.edges is None

    def cast(self, raw: str) -> str:
        """What a raw value may be on the line, as SQL."""
        cast = time_cast if self.way == "times" else number_cast
        return cast(raw, self.stored.form, self.column.na, plain=self.plain)

    def guard(self, cast: str, raw: str) -> str:
        """The same as a double, NULL where the policy has to look."""
        if self.way == "times":
            # Microseconds that a double cannot hold are left to the policy.
            return f"CASE WHEN abs({cast}) < 9007199254740992 THEN {cast}::DOUBLE / 1000000 END"
        if self.is_declared:
            sure = self.stored.form == "number" and not self.ruler.exact
            return cast if sure else declared_guard(cast)  # what is not finite has no bits to cut
        return number_guard(cast, raw, self.stored.form, plain=self.plain)

    def distance(self, value: str) -> str:
        """How far a double is from the ruler's centre; itself where there are edges."""
        return distance_sql(value, self.ruler) if self.edges is None else value

    def key(self, distance: str) -> str:
        """What a double at this distance is counted under; itself where there are edges."""
        return key_sql(distance, self.ruler) if self.edges is None else distance

    def positions(self, keys: FloatArray) -> FloatArray:
        """Where the rows with these keys stand."""
        if self.edges is None:
            return positions_of(keys, self.ruler)
        if not len(self.edges):
            return np.zeros(len(keys))
        with np.errstate(over="ignore"):
            below = np.nextafter(self.edges[:1], -np.inf)
        return np.concatenate([below, self.edges])[keys.astype(np.intp)]


def count(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Groups]]:
    """The columns with their groups, each counted as planned; one reading for those of a table."""
    batches = _batches(plans)
    columns = Counter(id(plan.stored.table) for plan in plans)
    for batch in batches:
        batch[0].stored.table.database.make_room(max(columns.values()))
    serial = [batch for batch in batches if batch[0].stored.table.serial]
    if len(serial) > 1 and len({id(batch[0].stored.table) for batch in serial}) == len(serial):
        yield from _at_once(serial)
        batches = [batch for batch in batches if not batch[0].stored.table.serial]
    for batch in batches:
        yield from _one_by_one(batch)


def _batches(plans: Sequence[Plan]) -> list[list[Plan]]:
    """Columns of one table that are counted in the same query."""
    tables: dict[int, list[Plan]] = {}
    for plan in plans:
        tables.setdefault(id(plan.stored.table), []).append(plan)
    batches = []
    for of_table in tables.values():
        table = of_table[0].stored.table
        size = 1 if table.columnar else _MOST_COLUMNS
        if table.pump is not None:
            size = len(of_table)
        batches += [of_table[start : start + size] for start in range(0, len(of_table), size)]
    return batches


def _one_by_one(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Groups]]:
    table = plans[0].stored.table
    # One column has groups alone, which keep no order, and is spared the question.
    yield from _found(plans, table.keep(_query(table, plans), ordered=table.columnar))


def _at_once(batches: Sequence[Sequence[Plan]]) -> Iterator[tuple[Plan, Groups]]:
    """Tables of which each keeps one thread busy, read beside each other."""
    tables = [batch[0].stored.table for batch in batches]
    queries, first = [], 0
    for table, batch in zip(tables, batches, strict=True):
        own = _query(table, batch)
        queries.append(f"SELECT part + {first} AS part, raw, key, n FROM ({own})")
        first += len(batch)
    try:
        kept = beside(tables).keep(" UNION ALL ".join(queries))
    except DataError:
        # Which of them is at fault is told by reading each alone.
        for batch in batches:
            yield from _one_by_one(batch)
    else:
        yield from _found([plan for batch in batches for plan in batch], kept)


def _found(plans: Sequence[Plan], kept: Kept) -> Iterator[tuple[Plan, Groups]]:
    """The groups of each plan, of which the kept table has one part each."""
    for part, plan in enumerate(plans):
        yield plan, _groups(plan.stored.table, plan, kept, part)


def _query(table: StoredTable, plans: Sequence[Plan]) -> str:
    """Rows by key, and those without one by what they are, for each of the plans in turn."""
    keyed = _keyed(table, plans)
    if len(plans) == 1:
        return _part(0, plans[0], f"({keyed})")  # with one reader there is nothing to share
    counts = " UNION ALL ".join(_part(i, plan, "s") for i, plan in enumerate(plans))
    return f"WITH s AS MATERIALIZED ({keyed}) {counts}"


def _part(i: int, plan: Plan, rows: str) -> str:
    """The groups of the plan in place i: part, raw, key, n."""
    if plan.way == "symbols":
        return (
            f"SELECT {i} AS part, r{i} AS raw, NULL::DOUBLE AS key, count(*) AS n "
            f"FROM {rows} GROUP BY r{i}"
        )
    if plan.is_declared:
        return (
            f"SELECT {i} AS part, NULL::BIGINT AS raw, k{i} AS key, count(*) AS n "
            f"FROM {rows} GROUP BY key"
        )
    if plan.edges is None:
        # The key goes first: almost always it alone tells two rows apart.
        return (
            f"SELECT {i} AS part, CASE WHEN k{i} IS NULL THEN r{i} END AS raw, k{i} AS key, "
            f"count(*) AS n FROM {rows} GROUP BY key, raw"
        )
    return f"SELECT {i} AS part, raw, cell AS key, n FROM ({cells_sql(i, plan.edges, rows)})"


def _keyed(table: StoredTable, plans: Sequence[Plan]) -> str:
    """The rows with the raw value of each column, and its key where it has one."""
    on_line = {i: plan for i, plan in enumerate(plans) if plan.way != "symbols"}
    raws = ", ".join(f"r{i}" for i in range(len(plans)))

    def layer(inner: str, name: str, made: dict[int, str]) -> str:
        own = "".join(f", {sql} AS {name}{i}" for i, sql in made.items())
        return f"SELECT {raws}{own} FROM ({inner})"

    query = table.rows([plan.stored.expression for plan in plans])
    if not on_line:
        return query
    query = layer(query, "w", {i: plan.cast(f"r{i}") for i, plan in on_line.items()})
    query = layer(query, "v", {i: plan.guard(f"w{i}", f"r{i}") for i, plan in on_line.items()})
    query = layer(query, "x", {i: plan.distance(f"v{i}") for i, plan in on_line.items()})
    return layer(query, "k", {i: plan.key(f"x{i}") for i, plan in on_line.items()})


def _groups(table: StoredTable, plan: Plan, kept: Kept, part: int) -> Groups:
    keys, masses, ruler = _on_line(table, plan, kept, part)
    bare = f"FROM {kept} WHERE part = {part} AND key IS NULL"
    left = None
    if plan.stays:
        left, bare = staying(plan.stored, plan.column.na, kept, bare)
    raw, counts = _without_key(table, plan.stored, bare)
    if np.isnan(keys).any():
        for value, n in _apart(table, plan):
            raw.append(value)
            counts.append(n)
    if left is not None and plan.stored.form == "json":
        left = left._replace(alone=all(one is None or one[0] in 'n"' for one in raw))
    placed = ~np.isnan(keys)
    return Groups(keys[placed], masses[placed], plan.stored.decoded(raw), counts, ruler, left)


def _without_key(table: StoredTable, stored: StoredColumn, end: str) -> tuple[list[Any], list[int]]:
    """Raw values with their rows, of groups that a query with this end tells; none without one."""
    if not end:
        return [], []
    query = f"SELECT raw, n {end} ORDER BY raw"
    if stored.form in ("text", "json", "string"):
        found = table.database.arrays(query, table.name)
        return found["raw"].tolist(), found["n"].tolist()
    rows = table.database.rows(query, table.name)
    return [value for value, _ in rows], [n for _, n in rows]


def _on_line(
    table: StoredTable, plan: Plan, kept: Kept, part: int
) -> tuple[FloatArray, WeightArray, Ruler]:
    """The keys of a column with the rows of each, and the ruler that they are of."""
    keys = f"FROM {kept} WHERE part = {part} AND key IS NOT NULL"
    ruler = plan.ruler
    if plan.way == "symbols":
        return np.zeros(0), np.zeros(0, dtype=np.int64), ruler
    if ruler.exact and plan.edges is None and _number(table, f"SELECT count(*) {keys}") > LONGEST:
        # More values than a lattice was thought to have: put together before they are fetched.
        ruler = Ruler(ruler.centre)
        distances = f"(SELECT {distance_sql('key', ruler)} AS x, n {keys})"
        keyed_anew = f"SELECT {key_sql('x', ruler)} AS key, sum(n)::BIGINT AS n FROM {distances}"
        keys = f"FROM ({keyed_anew} GROUP BY 1)"
    keyed = table.database.arrays(f"SELECT key, n {keys}", table.name)
    found = np.asarray(keyed["key"], dtype=np.float64)
    return found, np.asarray(keyed["n"], dtype=np.int64), ruler


def _apart(table: StoredTable, plan: Plan) -> list[tuple[Value, int]]:
    """The declared numbers that the policy has to look at, by a reading of their own."""
    keyed = _keyed(table, [plan])
    query = f"SELECT r0, count(*) AS n FROM ({keyed}) WHERE isnan(k0) GROUP BY r0 ORDER BY r0"
    return table.ask(query)


def _number(table: StoredTable, query: str) -> int:
    [(number,)] = table.ask(query)
    return int(number)
