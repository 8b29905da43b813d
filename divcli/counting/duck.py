"""The engine of large tables: DuckDB counts, in bounded memory, and each source is read once.

The typing policy is applied to distinct values only. SQL tells the plain numbers (and times) from
all else by a rule that never says yes where the policy says no; what it leaves is grouped by its
text, and the policy judges each of those.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.ahead import Ahead
from divcli.counting.counted import Counted, put_together
from divcli.counting.engine import Asked, Points, Scan, Together
from divcli.counting.fetched import Groups
from divcli.counting.judged import is_date, is_plain
from divcli.counting.plans import Plan, Way, stored_of
from divcli.counting.python import (
    PythonEngine,
    odd_of,
    placed,
    points_rounded,
    rounded,
    settled,
    summed,
)
from divcli.counting.queries import count
from divcli.counting.ruler import EXACT_ROWS, HEAD, Ruler, Shared
from divcli.counting.texts import texts_left
from divcli.counting.typing_policy import kinds_of, symbol_of
from divcli.counting.weighing import weights_of
from divcli.model.distribution import Special, Symbol
from divcli.sources.columns import Column
from divcli.sources.stored import NUMBERS, StoredColumn, look

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray


_WAYS: tuple[Way, ...] = ("numbers", "times", "symbols")


class DuckEngine:
    """Counts columns of stored tables by SQL; hands all others, and small ones, to Python."""

    def __init__(self, *, crosses: bool = False) -> None:
        self._crosses = crosses  # whether raw values will be told from each other by SQL
        self._python = PythonEngine(self._rows)
        self._shared = Shared()
        self._counted: dict[tuple[int, Way], Counted] = {}
        self._coming: Iterator[tuple[Plan, Groups]] = iter(())  # what is being counted
        self._expected: set[int] = set()

    def prepare(self, asked: Sequence[Asked]) -> None:
        """Count all that is stored, one reading a table."""
        self._count(self._new(asked))

    @contextmanager
    def ahead(self, asked: Sequence[Asked]) -> Iterator[None]:
        """Count all that is stored while the first of it is looked at."""
        plans = self._new(asked)
        left = self._directly(plans)
        coming = self._coming = Ahead(count(left))
        self._expected = {id(plan.column) for plan in left}
        try:
            yield
            self._await(None)
        finally:
            self._coming, self._expected = iter(()), set()
            for database in {plan.stored.table.database for plan in left}:
                coming.stop(database.interrupt)

    def _await(self, column: Column | None) -> None:
        """Take what is being counted until this column is there, or until the end."""
        for plan, groups in self._coming:
            self._take(plan, groups)
            self._expected.discard(id(plan.column))
            if plan.column is column:
                break

    def _new(self, asked: Sequence[Asked]) -> list[Plan]:
        """How all that is stored and not yet counted will be."""
        self._shared.add(asked)
        self._python.prepare(asked)
        new = [(column, one) for one in asked for column in filter(self._is_new, one.columns)]
        look([stored_of(column) for column, one in new if self._is_looked_at(column, one)])
        return [self._plan(column, one) for column, one in new]

    def _is_new(self, column: Column) -> bool:
        if not is_stored(column) or id(column) in self._expected:
            return False
        return not any((id(column), way) in self._counted for way in _WAYS)

    def _is_looked_at(self, column: Column, asked: Asked) -> bool:
        """Whether its first values tell what it is, or give its group a ruler."""
        measures = asked.edges is None and self._shared.group(column)[0] is column
        stored = stored_of(column)
        return measures or (stored.form not in NUMBERS and stored.table.split is None)

    def scan(self, column: Column) -> Scan:
        """What the values of the column are."""
        if not is_stored(column):
            return self._python.scan(column)
        counted = self._first(column)
        kinds: dict[str, int] = {}
        masses: dict[str, float] = {}
        if len(counted.positions):
            kind = "time" if counted.plan.way == "times" else "number"
            kinds[kind], masses[kind] = len(counted.positions), int(counted.masses.sum())
        for kind in set(counted.kinds):
            these = list(compress(counted.counts, map(kind.__eq__, counted.kinds)))
            kinds[kind] = kinds.get(kind, 0) + len(these)
            masses[kind] = masses.get(kind, 0) + sum(these)
        kinds.pop("missing", None)
        odd = odd_of(counted.others, counted.kinds)
        if counted.left is not None and counted.left.distinct:
            kinds["text"] = kinds.get("text", 0) + counted.left.distinct
            masses["text"] = masses.get("text", 0) + counted.left.rows
            least = counted.left.least
            odd = odd_of([least, least if odd is None else odd], ["text", "text"])
        masses = rounded(masses, counted.weighed)
        return Scan(kinds, masses, masses.pop("missing", 0), odd, counted.weighed)

    def symbols(self, column: Column) -> Mapping[Symbol, float]:
        """Mass of each symbol, missing values under Special.MISSING, in any order."""
        if not is_stored(column):
            return self._python.symbols(column)
        counted = self._of(column, "symbols")
        counts: dict[Symbol, float] = {}
        if counted.left is not None:
            counts |= texts_left(counted.plan.stored.table, counted.left)
        for value, mass, kind in zip(counted.others, counted.counts, counted.kinds, strict=True):
            symbol: Symbol = Special.MISSING if kind == "missing" else symbol_of(value)
            counts[symbol] = counts.get(symbol, 0) + mass
        return rounded(counts, counted.weighed)

    def together(
        self, columns: Sequence[Column], limit: int | None, *, drops_missing: bool
    ) -> Together | None:
        """Columns on one alphabet, put together in the database."""
        if not all(map(is_stored, columns)):
            return None
        counted = [self._of(column, "symbols") for column in columns]
        databases = {id(one.plan.stored.table.database) for one in counted}
        if len(databases) > 1 or not all(one.left and one.left.alone for one in counted):
            return None
        return put_together(counted, limit, drops_missing=drops_missing)

    def points(self, column: Column, *, times: bool, edges: FloatArray | None = None) -> Points:
        """Mass of each number (or time) of the column, or of those between two edges as one."""
        if not is_stored(column):
            return self._python.points(column, times=times, edges=edges)
        counted = self._of(column, "times" if times else "numbers", edges)
        places: list[float] = []
        masses: list[float] = []
        others = zip(counted.others, counted.counts, counted.kinds, strict=True)
        apart = placed(others, times, places, masses)
        weighed = counted.weighed
        distinct, totals = summed(
            np.concatenate([counted.positions, places]),
            np.concatenate([counted.masses, np.array(masses, dtype=counted.masses.dtype)]),
        )
        if edges is not None:
            return points_rounded(Points(distinct, totals, apart), weighed, edges)
        once_only = counted.plan.stored.table.pump is not None
        ruler = counted.plan.ruler
        if once_only or self._shared.rows(column, self._rows) > EXACT_ROWS:
            if not places and not ruler.exact:
                # They stand where the ruler puts them.
                return points_rounded(Points(distinct, totals, apart, ruler.centre), weighed)
            return points_rounded(settled(distinct, totals, apart, ruler), weighed)
        if not ruler.exact:
            # Few rows, put together in a hurry: there are few enough to take them one by one.
            self._count_exactly(column, counted.plan.way)
            return self.points(column, times=times)
        return points_rounded(Points(distinct, totals, apart), weighed)

    def _count_exactly(self, column: Column, way: Way) -> None:
        """Count the columns on this one's line value by value, those that can be read again."""
        stored = filter(is_stored, self._shared.group(column))
        plans = [self._planned(one, way, None) for one in stored]
        again = (plan for plan in plans if plan.stored.table.pump is None)
        self._count([plan._replace(ruler=Ruler(0.0, exact=True)) for plan in again])

    def counted(self, column: Column, way: Way) -> Counted:
        """The column as it was counted this way."""
        return self._of(column, way)

    def _rows(self, column: Column) -> int:
        return self._first(column).rows if is_stored(column) else len(column.values)

    def _first(self, column: Column) -> Counted:
        """What the column was counted as at first."""
        for way in _WAYS:
            if (id(column), way) in self._counted:
                return self._counted[id(column), way]
        if id(column) in self._expected:
            self._await(column)
        else:
            self._count([self._plan(column, Asked([column]))])
        return self._first(column)

    def _of(self, column: Column, way: Way, edges: FloatArray | None = None) -> Counted:
        """The column counted this way, by a further reading where it was counted otherwise."""
        if id(column) in self._expected:
            self._await(column)
        found = self._counted.get((id(column), way))
        if found is None or found.plan.edges is not edges:
            self._count([self._planned(column, way, edges)])
        return self._counted[id(column), way]

    def _plan(self, column: Column, asked: Asked) -> Plan:
        ways: dict[str | None, Way] = {
            "categorical": "symbols", "numeric": "numbers", "datetime": "times",
        }  # fmt: skip
        return self._planned(column, ways.get(asked.kind) or _way(column), asked.edges)

    def _planned(self, column: Column, way: Way, edges: FloatArray | None) -> Plan:
        if way == "symbols":
            texts = stored_of(column).form in ("text", "json", "string")
            stays = texts and column.weights is None
            return Plan(column, way, Ruler(0.0), None, stays=stays)
        times = way == "times"
        ruler = Ruler(0.0) if edges is not None else self._shared.ruler(column, times=times)
        if way == "numbers" and stored_of(column).form in NUMBERS:
            return Plan(column, way, ruler, edges)
        known = [one for one in stored_of(column).telling(HEAD) if one not in (None, "")]
        plain = all(map(is_date if times else is_plain, known))
        return Plan(column, way, ruler, edges, plain and (bool(known) or not times))

    def _count(self, plans: Sequence[Plan]) -> None:
        for plan, groups in count(self._directly(plans)):
            self._take(plan, groups)

    def _take(self, plan: Plan, groups: Groups) -> None:
        kinds = kinds_of(groups.others, plan.column.na, typed=plan.column.typed)
        placed = plan._replace(ruler=groups.ruler)
        positions = placed.positions(groups.keys)
        self._counted[id(plan.column), plan.way] = Counted(
            placed, positions, groups.masses, groups.others, groups.counts, kinds, groups.left,
            groups.raws if self._crosses else None, groups.weighed,
        )  # fmt: skip

    def _directly(self, plans: Sequence[Plan]) -> Sequence[Plan]:
        """Count without the database what is plain text, and alone; the plans for all else."""
        if self._crosses:
            return plans
        columns = Counter(id(plan.stored.table) for plan in plans)
        counted: dict[int, Groups] = {}
        # Where some texts stay in the database, all are put together there.
        texts_stay = False
        for plan in sorted(plans, key=_is_piped):  # what is read but once, last
            groups, by_text = None, plan.way == "symbols"
            alone = columns[id(plan.stored.table)] == 1 and plan.weights is None
            if plan.stored.table.text is not None and alone and not (by_text and texts_stay):
                from divcli.counting.direct import counted_directly

                groups = counted_directly(plan)
            if groups is None:
                texts_stay |= by_text
            else:
                counted[id(plan)] = groups
        left = []
        for plan in plans:
            if id(plan) not in counted or (plan.way == "symbols" and texts_stay):
                left.append(plan)
            else:
                self._take(plan, counted[id(plan)])
        return left


def _is_piped(plan: Plan) -> bool:
    return plan.stored.table.pump is not None


def is_stored(column: Column) -> bool:
    """Whether the database counts a column: raw samples and their weights, if it can read them."""
    stored = isinstance(column.values, StoredColumn)
    return stored and (column.weights is None or weights_of(column) is not None)


def _way(column: Column) -> Way:
    """How a column is best counted at first, by its first values."""
    stored = stored_of(column)
    if stored.form in (*NUMBERS, "time"):
        return "times" if stored.form == "time" else "numbers"
    kinds = set(kinds_of(stored.telling(HEAD), column.na, typed=column.typed))
    if kinds & {"text", "identifier"} or {"number", "time"} <= kinds:
        return "symbols"
    return "times" if "time" in kinds else "numbers"
