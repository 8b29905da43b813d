"""Columns crossed where they are stored: one reading tells which cells stand in the same row.

Only combinations of cells come to Python. A double is located between the starts of the cells by
bisection; what else there is finds its cell in a table that the rows are joined to: the symbols, or
the values that the typing policy is asked for, each once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.counted import Counted
from divcli.counting.duck import DuckEngine
from divcli.counting.fetched import Raws
from divcli.counting.judged import number_guard, text_sql
from divcli.counting.placing import LEFT_OUT, Combinations, Placed
from divcli.counting.plans import Plan, Way
from divcli.counting.texts import KeptTexts
from divcli.model.distribution import Kind, Special
from divcli.sources.database import Kept
from divcli.sources.sql import quoted

if TYPE_CHECKING:
    from divcli.sources.stored import StoredTable

_MOST_GROUPS = 50  # in one query: each has a table of combinations in memory
_WAYS: dict[Kind, Way] = {"categorical": "symbols", "numeric": "numbers", "datetime": "times"}


class _Other(NamedTuple):
    """SQL for the cell of a row without a double, and the table that the row is joined to, if any.

    held: that table, for as long as it is wanted.
    """

    cell: str
    join: str = ""
    held: Kept | None = None


class _Cuts(NamedTuple):
    """Where the cells of a line begin but for the first: how many, and the table they are in."""

    number: int
    held: Kept | None


class _Code(NamedTuple):
    """How SQL tells the cell of a row: by its double between cuts, where it has one, or else."""

    plan: Plan
    cuts: _Cuts | None
    other: _Other


def combinations_stored(
    groups: Sequence[Sequence[Placed]], engine: DuckEngine
) -> Iterator[Combinations]:
    """For each group of columns of one table, the cells that stand together; of many in batches."""
    for start in range(0, len(groups), _MOST_GROUPS):
        yield from _crossed(groups[start : start + _MOST_GROUPS], engine)


def _crossed(groups: Sequence[Sequence[Placed]], engine: DuckEngine) -> Iterator[Combinations]:
    columns = {id(one): one for group in groups for one in group}
    names = {key: f"c{i}" for i, key in enumerate(columns)}
    codes = [_code(i, one, engine) for i, one in enumerate(columns.values())]
    sets = [[names[id(one)] for one in group] for group in groups]
    table = codes[0].plan.stored.table
    # Sets of groups take each row as it comes; queries that share a table of rows would hold them.
    together = ", ".join(f"({', '.join(one)})" for one in sets)
    cells = f"SELECT {', '.join(names.values())}, count(*) AS n FROM ({_coded(table, codes)})"
    with table.database.joining_as_written():
        kept = table.keep(f"{cells} GROUP BY GROUPING SETS ({together})")
    for one in sets:
        # A cell is a number, and NULL in the sets that its column is not in.
        own = " AND ".join(f"({name} IS NULL) = {name not in one}" for name in names.values())
        query = f"SELECT {', '.join(one)}, n FROM {kept} WHERE {own}"
        found = table.database.arrays(query, table.name)
        yield Combinations(
            [np.asarray(found[name], dtype=np.intp) for name in one],
            np.asarray(found["n"], dtype=np.int64),
        )


def _code(i: int, one: Placed, engine: DuckEngine) -> _Code:
    """The column as r{i}."""
    counted = engine.counted(one.column, _WAYS[one.margin.kind])
    if one.starts is None:
        return _Code(counted.plan, None, _of_symbol(i, one, counted))
    ends = one.starts[1:]
    base = counted.plan.stored.table.database
    cuts = _Cuts(len(ends), base.register({"cut": ends}) if len(ends) else None)
    return _Code(counted.plan, cuts, _of_no_double(i, one, counted))


def _of_symbol(i: int, one: Placed, counted: Counted) -> _Other:
    """The cell of a symbol."""
    symbols = one.margin.symbols
    if not isinstance(symbols, KeptTexts):
        assert counted.raws is not None
        return _of_raw(i, one, counted.plan, counted.raws)
    text = text_sql(f"r{i}", counted.plan.stored.form)
    gone = str(one.apart.get(Special.MISSING, LEFT_OUT))
    if Special.REST in one.apart:
        gaps = "".join(f" OR {text} = {quoted(gap)}" for gap in counted.missing())
        rest = one.apart[Special.REST]
        gone = f"CASE WHEN {text} IS NULL{gaps} THEN {gone} ELSE {rest} END"
    join = f"LEFT JOIN {symbols.kept} AS k{i} ON {text} = k{i}.raw"
    return _Other(f"coalesce(k{i}.rowid, {gone})", join, symbols.kept)


def _of_no_double(i: int, one: Placed, counted: Counted) -> _Other:
    """The cell of what has no double by SQL, on a line."""
    cells = set(one.cells_of(counted.others))
    if len(cells) < 2:  # missing values, as a rule
        return _Other(str(cells.pop() if cells else LEFT_OUT))
    plan, raws = counted.plan, counted.raws
    if plan.is_declared:
        rows = _with_double(plan.stored.table.rows([plan.stored.expression]), {0: plan})
        own = f"SELECT DISTINCT 0 AS part, NULL AS key, r0 AS raw FROM ({rows}) WHERE v0 IS NULL"
        raws = Raws(plan.stored.table.keep(own), 0)
    assert raws is not None
    return _of_raw(i, one, plan, raws)


def _of_raw(i: int, one: Placed, plan: Plan, raws: Raws) -> _Other:
    """The cell of a raw value, as the policy has it."""
    table = plan.stored.table
    rows = table.ask(raws.query("rowid, raw"))
    cells = one.cells_of(plan.stored.decoded([raw for _, raw in rows]))
    places = np.array([place for place, _ in rows], dtype=np.int64)
    listed = table.database.register({"place": places, "cell": np.array(cells, dtype=np.int64)})
    beside = f"JOIN {listed} USING (place)"
    kept = table.keep(f"SELECT raw, cell FROM ({raws.query('rowid AS place, raw')}) {beside}")
    join = f"LEFT JOIN {kept} AS k{i} ON r{i} IS NOT DISTINCT FROM k{i}.raw"
    return _Other(f"k{i}.cell", join, kept)


def _coded(table: StoredTable, codes: Sequence[_Code]) -> str:
    """A query for the cell of each row in every column, as c0, c1, …"""
    query = table.rows([code.plan.stored.expression for code in codes])
    cuts = {i: code.cuts for i, code in enumerate(codes) if code.cuts is not None}
    query = _with_double(query, {i: codes[i].plan for i in cuts})
    query = _located(query, cuts)
    cells = [
        f"CASE WHEN v{i} IS NULL THEN {code.other.cell} ELSE p{i} END" if i in cuts
        else code.other.cell
        for i, code in enumerate(codes)
    ]  # fmt: skip
    listed = ", ".join(f"({cell})::INTEGER AS c{i}" for i, cell in enumerate(cells))
    return f"SELECT {listed} FROM ({query}) {' '.join(code.other.join for code in codes)}"


def _with_double(query: str, plans: dict[int, Plan]) -> str:
    """The rows with the double v of these columns, NULL where SQL is not sure of it."""
    query = _with(query, {f"w{i}": plan.cast(f"r{i}") for i, plan in plans.items()})
    return _with(query, {f"v{i}": _sure(plan, f"w{i}", f"r{i}") for i, plan in plans.items()})


def _sure(plan: Plan, cast: str, raw: str) -> str:
    if plan.way == "times":
        return plan.guard(cast, raw)
    if plan.stored.form == "number":
        return f"CASE WHEN isfinite({cast}) THEN {cast} END"
    return number_guard(cast, raw, plan.stored.form, plain=plan.plain)


def _located(query: str, cuts: dict[int, _Cuts]) -> str:
    """The rows with p, how many of the ascending cuts are no greater than v: by bisection."""
    lists = {
        f"e{i}": f"(SELECT list(cut ORDER BY cut) FROM {one.held})"
        for i, one in cuts.items()
        if one.held is not None
    }
    query = _with(query, lists | {f"p{i}": "0" for i in cuts})
    step = 1 << max((one.number for one in cuts.values()), default=0).bit_length()
    while step := step // 2:
        # Beyond the end of a list there is NULL, which nothing reaches.
        further = ", ".join(
            f"p{i} + CASE WHEN v{i} >= e{i}[p{i} + {step}] THEN {step} ELSE 0 END AS p{i}"
            for i, one in cuts.items()
            if one.number >= step
        )
        query = f"SELECT * REPLACE ({further}) FROM ({query})"
    return query


def _with(query: str, made: dict[str, str]) -> str:
    """The query with further columns."""
    named = "".join(f", {sql} AS {name}" for name, sql in made.items())
    return f"SELECT *{named} FROM ({query})" if made else query
