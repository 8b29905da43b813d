"""The queries that count: one reading of a table for all its columns, one row a group.

Measured on a table of eight columns of text: several readers of one materialised table, which
DuckDB streams to all of them, take less time than grouping sets, temporary tables, a query for each
column, or unpivoting; and their memory does not grow with the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.counting import weighing
from divcli.counting.judged import cell_sql, cells_sql
from divcli.counting.plans import Plan
from divcli.sources.sql import quoted
from divcli.sources.stored import StoredTable

if TYPE_CHECKING:
    from divcli.sources.stored_parts import Split


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


def query_of(readers: Sequence[Reader]) -> str:
    """Rows by key, and those without one by what they are, for each of the plans in turn."""
    table, split = readers[0].table, readers[0].split
    if len(readers) == 1 or table.columnar:  # there is nothing to share
        return " UNION ALL ".join(
            _counts(0, first, reader, f"({keyed(table, [reader.plan], split)})")
            for first, reader in enumerate(readers)
        )
    rows = keyed(table, [reader.plan for reader in readers], split)
    counts, first = [], 0
    for i, reader in enumerate(readers):
        counts.append(_counts(i, first, reader, "s"))
        first += len(reader.plans)
    return f"WITH s AS MATERIALIZED ({rows}) {' UNION ALL '.join(counts)}"


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


def keyed(table: StoredTable, plans: Sequence[Plan], split: Split | None = None) -> str:
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
