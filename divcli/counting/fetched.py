"""The groups of a column, fetched from the table that a query that counts has left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli.counting import weighing
from divcli.counting.grouping import keyed
from divcli.counting.plans import Plan
from divcli.counting.ruler import LONGEST, Ruler, distance_sql, key_sql
from divcli.counting.texts import Left, staying
from divcli.sources.columns import Value
from divcli.sources.database import Kept
from divcli.sources.stored import StoredColumn, StoredTable

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray
    from divcli.model.sums import Weighed
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


def groups_of(plan: Plan, kept: Kept, part: int) -> Groups:
    """The groups of a column, of which the kept table has one part."""
    table = plan.stored.table
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
    own = f"SELECT key, {weighing.COLUMNS} {rows} AND key IS NOT NULL AND NOT isnan(key)"
    exact = ruler.exact and plan.edges is None
    if exact and _number(table, f"SELECT count(DISTINCT key) FROM ({own})") > LONGEST:
        ruler = Ruler(ruler.centre)
        distances = f"SELECT {distance_sql('key', ruler)} AS x, {weighing.COLUMNS} FROM ({own})"
        own = f"SELECT {key_sql('x', ruler)} AS key, {weighing.COLUMNS} FROM ({distances})"
    bare = f"SELECT raw, {weighing.COLUMNS} {rows} AND key IS NULL ORDER BY raw"
    places = _weights_by(table, own, scale)
    others = _weights_by(table, bare, scale)
    if plan.is_declared and _number(table, f"SELECT count(*) {rows} AND isnan(key)"):
        again = f"SELECT r0 AS raw, {weighing.SUMMED}, {weighing.GROUPED} "
        again += f"FROM ({keyed(table, [plan])}) WHERE isnan(k0) GROUP BY {weighing.GROUPED} r0"
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
    own = f"SELECT key, n FROM {kept} WHERE part = {part} AND key IS NOT NULL"
    if plan.is_declared:
        missing = "coalesce(key, 'inf'::DOUBLE)"
        own = f"SELECT {missing} AS key, n FROM {kept} WHERE part = {part}"
    exact = ruler.exact and plan.edges is None
    found = table.database.arrays(f"{own} LIMIT {LONGEST + 1}" if exact else own, table.name)
    if exact and len(found["n"]) > LONGEST:
        # More values than a lattice was thought to have: put together before they are fetched.
        ruler = Ruler(ruler.centre)
        distances = f"SELECT key AS given, {distance_sql('key', ruler)} AS x, n FROM ({own})"
        anew = f"CASE WHEN isinf(given) THEN given ELSE {key_sql('x', ruler)} END"
        own = f"SELECT {anew} AS key, sum(n)::BIGINT AS n FROM ({distances}) GROUP BY 1"
        found = table.database.arrays(own, table.name)
    keys = np.asarray(found["key"], dtype=np.float64)
    return keys, np.asarray(found["n"], dtype=np.int64), ruler


def _apart(table: StoredTable, plan: Plan) -> list[tuple[Value, int]]:
    """The declared numbers that the policy has to look at, by a reading of their own."""
    rows = keyed(table, [plan])
    query = f"SELECT r0, count(*) AS n FROM ({rows}) WHERE isnan(k0) GROUP BY r0 ORDER BY r0"
    return table.ask(query)
