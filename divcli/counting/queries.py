"""The queries that count: one reading of a table for all its columns, one row a group.

Measured on a table of eight columns of text: several readers of one materialised table, which
DuckDB streams to all of them, take less time than grouping sets, temporary tables, a query for each
column, or unpivoting; and their memory does not grow with the rows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli.counting import weighing
from divcli.counting.judged import cell_sql, cells_sql
from divcli.counting.plans import Plan
from divcli.counting.ruler import LONGEST, Ruler, distance_sql, key_sql
from divcli.counting.texts import Left, staying
from divcli.errors import DataError
from divcli.sources.columns import Value
from divcli.sources.database import Kept
from divcli.sources.sql import quoted
from divcli.sources.stored import StoredColumn, StoredTable

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.model.sums import Weighed
    from divcli.sources.stored_parts import Split
    from divcli.sources.weights import RowWeights


class Raws(NamedTuple):
    """The raw values of a column without a key, each once: one part of the groups in a table."""

    kept: Kept
    part: int

    def query(self, listed: str) -> str:
        """A query for these of the table's columns: raw, n, rowid."""
        return f"SELECT {listed} FROM {self.kept} WHERE part = {self.part} AND key IS NULL"


class Groups(NamedTuple):
    """The groups of a column: those with a key, those with a value, and those that stay.

    weighed: of weighted rows, what their weights are; masses and counts are in units then.
    """

    keys: FloatArray
    masses: WeightArray
    others: Sequence[Value]
    counts: Sequence[int]
    ruler: Ruler
    left: Left | None = None
    raws: Raws | None = None
    weighed: Weighed | None = None


_MOST_COLUMNS = 50  # in one query: each has a table of groups in memory


class Reader(NamedTuple):
    """What counts a column: for one plan, or at once for all parts that its rows are split into."""

    plans: tuple[Plan, ...]

    @property
    def plan(self) -> Plan:
        """How the column is counted, the same for all parts."""
        return self.plans[0]

    @property
    def split(self) -> Split | None:
        """What its first part is a part of."""
        return self.plan.stored.table.split

    @property
    def table(self) -> StoredTable:
        """The table that is read."""
        return self.plan.stored.table if self.split is None else self.split.whole


def count(plans: Sequence[Plan]) -> Iterator[tuple[Plan, Groups]]:
    """The columns with their groups, each counted as planned; one reading for those of a table."""
    batches = _batches(_readers(plans))
    columns = Counter(id(reader.table) for batch in batches for reader in batch)
    for batch in batches:
        batch[0].table.database.make_room(max(columns.values()))
    serial = [batch for batch in batches if batch[0].table.serial]
    plain = all(batch[0].plan.weighing is None for batch in serial)
    if plain and len(serial) > 1 and len({id(batch[0].table) for batch in serial}) == len(serial):
        yield from _at_once(serial)
        batches = [one for one in batches if not one[0].table.serial]
    for batch in batches:
        yield from _one_by_one(batch)


def _readers(plans: Sequence[Plan]) -> list[Reader]:
    """One for each plan, or for the plans of parts of a column that differ in nothing else."""
    alike: dict[object, list[Plan]] = {}
    for place, plan in enumerate(plans):
        split = plan.stored.table.split
        same = place if split is None else (id(split.whole), split.text, *plan.how)
        alike.setdefault(same, []).append(plan)
    return [Reader(tuple(own)) for own in alike.values()]


def _batches(readers: Sequence[Reader]) -> list[list[Reader]]:
    """Columns of one table that are counted in the same query."""
    places = {id(reader): place for place, reader in enumerate(readers)}
    tables: dict[object, list[Reader]] = {}
    for reader in readers:
        by = None if reader.split is None else reader.split.text
        # Alone a column is there sooner; numbers, of which none takes long, save time together.
        alone = reader.table.columnar and (reader.split is not None or not reader.plan.is_declared)
        own = id(reader) if alone else None
        tables.setdefault((id(reader.table), by, reader.plan.weighing, own), []).append(reader)
    batches = []
    for of_table in tables.values():
        table = of_table[0].table
        size = len(of_table) if table.pump is not None else _MOST_COLUMNS
        batches += [of_table[start : start + size] for start in range(0, len(of_table), size)]
    # What is asked for first comes first, as it may be used while the next is read.
    return sorted(batches, key=lambda batch: places[id(batch[0])])


def _one_by_one(readers: Sequence[Reader]) -> Iterator[tuple[Plan, Groups]]:
    table = readers[0].table
    # Groups have no order; where they are few, to say so takes longer than to keep one.
    few = table.columnar and len(readers) == 1 and not readers[0].plan.stays
    yield from _found(readers, table.keep(_query(readers), ordered=few))


def _at_once(batches: Sequence[Sequence[Reader]]) -> Iterator[tuple[Plan, Groups]]:
    """Tables of which each keeps one thread busy, read beside each other."""
    tables = [batch[0].table for batch in batches]
    queries, first = [], 0
    for batch in batches:
        queries.append(f"SELECT part + {first} AS part, raw, key, n FROM ({_query(batch)})")
        first += sum(len(reader.plans) for reader in batch)
    try:
        kept = _beside(tables).keep(" UNION ALL ".join(queries))
    except DataError:
        # Which of them is at fault is told by reading each alone.
        for batch in batches:
            yield from _one_by_one(batch)
    else:
        yield from _found([reader for batch in batches for reader in batch], kept)


def _beside(tables: Sequence[StoredTable]) -> StoredTable:
    """What keeps and watches a reading of several tables at the same time."""
    names = ", ".join(table.name for table in tables)
    return replace(tables[0], name=names, size=sum(table.size for table in tables), fault=None)


def _found(readers: Sequence[Reader], kept: Kept) -> Iterator[tuple[Plan, Groups]]:
    """The groups of each plan, of which the kept table has one part each."""
    plans = [plan for reader in readers for plan in reader.plans]
    for part, plan in enumerate(plans):
        yield plan, _groups(plan.stored.table, plan, kept, part)


def _query(readers: Sequence[Reader]) -> str:
    """Rows by key, and those without one by what they are, for each of the plans in turn."""
    table, split = readers[0].table, readers[0].split
    if len(readers) == 1 or table.columnar:  # there is nothing to share
        return " UNION ALL ".join(
            _counts(0, first, reader, f"({_keyed(table, [reader.plan], split)})")
            for first, reader in enumerate(readers)
        )
    keyed = _keyed(table, [reader.plan for reader in readers], split)
    counts, first = [], 0
    for i, reader in enumerate(readers):
        counts.append(_counts(i, first, reader, "s"))
        first += len(reader.plans)
    return f"WITH s AS MATERIALIZED ({keyed}) {' UNION ALL '.join(counts)}"


def _counts(i: int, first: int, reader: Reader, rows: str) -> str:
    """The groups of the reader in place i: part, raw, key, n; its parts are counted from first.

    Of weighted rows, what is to be known of their weights is in further columns.
    """
    of_group = "n" if reader.plan.weighing is None else weighing.COLUMNS
    if reader.split is None:
        grouped = _grouped(i, reader.plan, rows)
        return f"SELECT {first} AS part, raw, key, {of_group} FROM ({grouped})"
    splits = (plan.stored.table.split for plan in reader.plans)
    texts = [(text, part) for part, one in enumerate(splits, first) if one for text in one.texts]
    listed = ", ".join(f"({'NULL' if t is None else quoted(t)}, {part})" for t, part in texts)
    found = (
        f"SELECT part, raw, key, {of_group} FROM ({_grouped(i, reader.plan, rows, 'split_by, ')}) "
        f"JOIN (VALUES {listed}) parts(text, part) ON split_by IS NOT DISTINCT FROM text"
    )
    if len(texts) == len(reader.plans):
        return found
    if reader.plan.weighing is None:
        return f"SELECT part, raw, key, sum(n)::BIGINT AS n FROM ({found}) GROUP BY part, raw, key"
    together = f"{weighing.GROUPED} part, raw, key"
    return f"SELECT part, raw, key, {weighing.TOGETHER} FROM ({found}) GROUP BY {together}"


def _grouped(i: int, plan: Plan, rows: str, by: str = "") -> str:
    """The groups of the column in place i: raw, key, n; before them the columns listed in `by`."""
    own = "count(*) AS n"
    if plan.weighing is not None:
        own, by = weighing.SUMMED, by + weighing.GROUPED
    if plan.way == "symbols":
        return f"SELECT {by}r{i} AS raw, NULL::DOUBLE AS key, {own} FROM {rows} GROUP BY {by}r{i}"
    if plan.is_declared:
        return f"SELECT {by}NULL::BIGINT AS raw, k{i} AS key, {own} FROM {rows} GROUP BY {by}key"
    if plan.edges is None:
        # The key goes first: almost always it alone tells two rows apart.
        return (
            f"SELECT {by}CASE WHEN k{i} IS NULL THEN r{i} END AS raw, k{i} AS key, "
            f"{own} FROM {rows} GROUP BY {by}key, raw"
        )
    if plan.weighing is not None:
        cell = f"CASE WHEN k{i} IS NOT NULL THEN {cell_sql(f'k{i}', plan.edges)} END::DOUBLE"
        raw = f"CASE WHEN k{i} IS NULL THEN r{i} END AS raw"
        return f"SELECT {by}{raw}, {cell} AS key, {own} FROM {rows} GROUP BY {by}key, raw"
    return cells_sql(i, plan.edges, rows, by)


def _keyed(table: StoredTable, plans: Sequence[Plan], split: Split | None = None) -> str:
    """The rows with the raw value of each column, and its key where it has one.

    split: what the rows are parts of; they have the text that tells which, too.
    """
    on_line = {i: plan for i, plan in enumerate(plans) if plan.way != "symbols"}
    expressions = [plan.stored.expression for plan in plans]
    raws = ", ".join(f"r{i}" for i in range(len(plans)))
    weights = plans[0].weights
    if weights is not None:
        expressions.append(weighing.stored_weights(weights).expression)
    if split is None:
        query = table.rows(expressions)
    else:
        rows = table.rows([*expressions, split.by])
        wanted = ", ".join(f"r{i}" for i in range(len(expressions)))
        query = f"SELECT {wanted}, {split.text(f'r{len(expressions)}')} AS split_by FROM ({rows})"
        raws += ", split_by"
    if weights is not None:
        form = weighing.stored_weights(weights).form
        query = weighing.weighing_sql(query, raws, f"r{len(plans)}", form)
        raws += ", bucket, odd, mass, square, whole"

    def layer(inner: str, name: str, made: dict[int, str]) -> str:
        own = "".join(f", {sql} AS {name}{i}" for i, sql in made.items())
        return f"SELECT {raws}{own} FROM ({inner})"

    if not on_line:
        return query
    query = layer(query, "w", {i: plan.cast(f"r{i}") for i, plan in on_line.items()})
    query = layer(query, "v", {i: plan.guard(f"w{i}", f"r{i}") for i, plan in on_line.items()})
    query = layer(query, "x", {i: plan.distance(f"v{i}") for i, plan in on_line.items()})
    return layer(query, "k", {i: plan.key(f"x{i}") for i, plan in on_line.items()})


def _groups(table: StoredTable, plan: Plan, kept: Kept, part: int) -> Groups:
    if plan.weights is not None:
        return _weighed_groups(plan, plan.weights, kept, part)
    keys, masses, ruler = _on_line(table, plan, kept, part)
    bare = f"FROM {kept} WHERE part = {part} AND key IS NULL"
    left = None
    if plan.stays:
        left, bare = staying(plan.stored, plan.column.na, kept, bare)
    if plan.is_declared:
        raw, counts = _without_number(table, plan, keys, masses)
    else:
        raw, counts = _without_key(table, plan.stored, bare)
    if left is not None and plan.stored.form == "json":
        left = left._replace(alone=all(one is None or one[0] in 'n"' for one in raw))
    placed = np.isfinite(keys)
    others = plan.stored.decoded(raw)
    return Groups(keys[placed], masses[placed], others, counts, ruler, left, Raws(kept, part))


def _weighed_groups(plan: Plan, weights: RowWeights, kept: Kept, part: int) -> Groups:
    """The groups of a column with what their rows weigh."""
    table, ruler, scale = plan.stored.table, plan.ruler, weighing.Scale(weights)
    rows = f"FROM {kept} WHERE part = {part}"
    apart = table.ask(f"SELECT DISTINCT bucket, odd {rows}")
    scale.judge(
        [one for one, odd in apart if odd is None], [odd for _, odd in apart if odd is not None]
    )
    keyed = f"SELECT key, {weighing.COLUMNS} {rows} AND key IS NOT NULL AND NOT isnan(key)"
    exact = ruler.exact and plan.edges is None
    if exact and _number(table, f"SELECT count(DISTINCT key) FROM ({keyed})") > LONGEST:
        ruler = Ruler(ruler.centre)
        distances = f"SELECT {distance_sql('key', ruler)} AS x, {weighing.COLUMNS} FROM ({keyed})"
        keyed = f"SELECT {key_sql('x', ruler)} AS key, {weighing.COLUMNS} FROM ({distances})"
    bare = f"SELECT raw, {weighing.COLUMNS} {rows} AND key IS NULL ORDER BY raw"
    places = _weights_by(table, keyed, scale)
    others = _weights_by(table, bare, scale)
    if plan.is_declared and _number(table, f"SELECT count(*) {rows} AND isnan(key)"):
        again = f"SELECT r0 AS raw, {weighing.SUMMED}, {weighing.GROUPED} "
        again += f"FROM ({_keyed(table, [plan])}) WHERE isnan(k0) GROUP BY {weighing.GROUPED} r0"
        again = f"SELECT raw, {weighing.COLUMNS} FROM ({again}) ORDER BY raw"
        others |= _weights_by(table, again, scale)
    masses = np.fromiter(places.values(), dtype=object, count=len(places))
    keys = np.fromiter(places, dtype=np.float64, count=len(places))
    values = plan.stored.decoded(list(others))
    return Groups(keys, masses, values, list(others.values()), ruler, None, None, scale.weighed)


def _weights_by(table: StoredTable, query: str, scale: weighing.Scale) -> dict[Any, int]:
    """Of rows that begin with a key, followed by what a group weighs: the units of each key."""
    found: dict[Any, int] = {}

    def add(rows: Sequence[Any]) -> None:
        for each, *group in rows:
            key = each if each == each else math.nan  # not equal to itself
            found[key] = found.get(key, 0) + scale.mass(weighing.Heavy(*group))

    table.database.each(query, table.name, add)
    return found


def _number(table: StoredTable, query: str) -> int:
    [(number,)] = table.ask(query)
    return int(number)


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


def _without_number(
    table: StoredTable, plan: Plan, keys: FloatArray, masses: WeightArray
) -> tuple[list[Any], list[int]]:
    """Declared numbers that are missing, and those that the policy has to look at, with rows."""
    raw: list[Any] = [None] * int(np.isposinf(keys).any())
    counts = masses[np.isposinf(keys)].tolist()
    if np.isnan(keys).any():
        for value, n in _apart(table, plan):
            raw.append(value)
            counts.append(n)
    return raw, counts


def _on_line(
    table: StoredTable, plan: Plan, kept: Kept, part: int
) -> tuple[FloatArray, WeightArray, Ruler]:
    """The keys of a column with the rows of each, and the ruler that they are of.

    Of declared numbers, infinity is the key of missing ones.
    """
    ruler = plan.ruler
    if plan.way == "symbols":
        return np.zeros(0), np.zeros(0, dtype=np.int64), ruler
    keyed = f"SELECT key, n FROM {kept} WHERE part = {part} AND key IS NOT NULL"
    if plan.is_declared:
        missing = "coalesce(key, 'inf'::DOUBLE)"
        keyed = f"SELECT {missing} AS key, n FROM {kept} WHERE part = {part}"
    exact = ruler.exact and plan.edges is None
    found = table.database.arrays(f"{keyed} LIMIT {LONGEST + 1}" if exact else keyed, table.name)
    if exact and len(found["n"]) > LONGEST:
        # More values than a lattice was thought to have: put together before they are fetched.
        ruler = Ruler(ruler.centre)
        distances = f"SELECT key AS given, {distance_sql('key', ruler)} AS x, n FROM ({keyed})"
        anew = f"CASE WHEN isinf(given) THEN given ELSE {key_sql('x', ruler)} END"
        keyed = f"SELECT {anew} AS key, sum(n)::BIGINT AS n FROM ({distances}) GROUP BY 1"
        found = table.database.arrays(keyed, table.name)
    keys = np.asarray(found["key"], dtype=np.float64)
    return keys, np.asarray(found["n"], dtype=np.int64), ruler


def _apart(table: StoredTable, plan: Plan) -> list[tuple[Value, int]]:
    """The declared numbers that the policy has to look at, by a reading of their own."""
    keyed = _keyed(table, [plan])
    query = f"SELECT r0, count(*) AS n FROM ({keyed}) WHERE isnan(k0) GROUP BY r0 ORDER BY r0"
    return table.ask(query)
