"""Tables that stay where they are: the engine reads them as often as it is asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from divcli.errors import DataError
from divcli.sources.columns import Value
from divcli.sources.database import Database, Kept
from divcli.sources.pipe import Pump
from divcli.sources.progress import Reading, read_so_far
from divcli.sources.sql import identifier

if TYPE_CHECKING:
    from divcli.sources.plain_text import PlainText
    from divcli.sources.stored_parts import Split

T = TypeVar("T")
_LOOK = 1000  # values at the start of a column that are fetched and kept
Form = Literal["text", "json", "number", "whole", "time", "string", "typed"]
NUMBERS = ("number", "whole")


class StoredColumn(Sequence[Value]):
    """The values of one column, fetched when they are looked at one by one.

    expression: what SQL calls the raw value. form: what that is: bare text, the text of a JSON
    value; or a declared number, whole number, time, string, or value of another type.
    """

    def __init__(self, table: StoredTable, expression: str, form: Form) -> None:
        self.table, self.expression, self.form = table, expression, form
        self.beginning: Sequence[Value] | None = None  # once somebody looked

    def decoded(self, raw: Sequence[Any]) -> list[Value]:
        """Raw values as Python's: what divcli's typing policy judges."""
        if self.form == "text":
            return ["" if value is None else value for value in raw]
        if self.form == "json":
            # All in one call, which is several times as fast as one for each.
            listed = ",".join("null" if value is None else value for value in raw)
            return list(map(_flat, json.loads(f"[{listed}]")))
        return list(raw)

    def head(self, most: int) -> list[Value]:
        """The first values."""
        if most > _LOOK:
            return list(self.table.first([self], most)[0])
        look([self])
        assert self.beginning is not None
        return list(self.beginning[:most])

    def telling(self, most: int) -> list[Value]:
        """Values that tell what the column is: its first, or the first of all parts together."""
        split = self.table.split
        return self.head(most) if split is None else split.looks[self.expression].head(most)

    def given(self, most: int) -> list[Value]:
        """The first values that are not missing; of a pipe, those among its first values."""
        if self.table.pump is not None:
            return self.head(most)
        empty = """'""', 'null'""" if self.form == "json" else "''"
        some = f"WHERE {self.expression}::VARCHAR NOT IN ({empty})"
        rows = self.table.read(self.expression)
        query = f"SELECT {self.expression} FROM {rows} {some} LIMIT {most}"
        return self.decoded([raw for (raw,) in self.table.ask(query)])

    @cached_property
    def _all(self) -> list[Value]:
        query = f"SELECT {self.expression} FROM {self.table.read(self.expression)}"
        return self.decoded([raw for (raw,) in self.table.ask(query)])

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Value]:
        return iter(self._all)

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Value]: ...
    def __getitem__(self, index: int | slice) -> Value | Sequence[Value]:
        if isinstance(index, slice) and index.start is None and "_all" not in self.__dict__:
            return self.head(index.stop)
        return self._all[index]


@dataclass(frozen=True, slots=True, eq=False)
class StoredTable:
    """A table in files, a pipe or a database, with what SQL calls each of its columns.

    relation: what stands after FROM, made anew for each reading of these expressions. beginning:
    the first rows, by column, where they are known without asking; else they are asked for.
    columnar: whether a column can be read without the others. size: bytes of a whole reading, 0
    where not known. fault: tells the place of a fault that the database leaves open. fields: of
    lines of JSON, the pointer in each column's expression, as literals. serial: whether one thread
    alone can read it. first_rows: of a pipe, what stands after FROM for a look at its first rows.
    dealt: of a pipe, the same for a reading by several threads, with the rows in any order.
    split: which rows of another table these are. text: its bytes, where all rows are in them.
    """

    name: str
    header: Sequence[str]
    notes: tuple[str, ...]
    database: Database
    relation: Callable[[Sequence[str]], str]
    columns: Mapping[str, tuple[str, Form]]
    na: tuple[str, ...] = ()
    beginning: Mapping[str, Sequence[Value]] | None = None
    pump: Pump | None = None
    typed: bool = True
    columnar: bool = False
    size: int = 0
    fault: Callable[[DataError], DataError] | None = None
    fields: Mapping[str, str] | None = None
    serial: bool = False
    first_rows: Callable[[Sequence[str]], str] | None = None
    dealt: Callable[[], str] | None = None
    split: Split | None = None
    text: PlainText | None = None

    @property
    def stored(self) -> StoredTable:
        """The table that the database reads: this one."""
        return self

    def values(self, label: str) -> StoredColumn:
        """A column."""
        return StoredColumn(self, *self.columns[label])

    def locate(self, row: int) -> str:
        """The row, counted from 1."""
        return f"{self.name}: row {row + 1}"

    def read(self, *expressions: str) -> str:
        """The relation, for one reading of these expressions."""
        return self.relation(expressions)

    def rows(self, expressions: Sequence[str]) -> str:
        """A query for these raw values of each row as r0, r1, …; of a pipe, in any order."""
        rows = self.read(*expressions) if self.dealt is None else self.dealt()
        if self.fields is None or len(expressions) == 1:
            listed = ", ".join(f"{sql} AS r{i}" for i, sql in enumerate(expressions))
            return f"SELECT {listed} FROM {rows}"
        # One look into each line for all of them.
        pointers = ", ".join(self.fields[sql] for sql in expressions)
        listed = ", ".join(f"fields[{i + 1}]::VARCHAR AS r{i}" for i in range(len(expressions)))
        found = f"SELECT json_extract(line, [{pointers}]) AS fields FROM {rows}"
        return f"SELECT {listed} FROM ({found})"

    def ask(self, query: str) -> list[Any]:
        """All rows of a query."""
        return self._placed(lambda: self.database.rows(query, self.name, self.watch))

    def keep(self, query: str, *, ordered: bool = False) -> Kept:
        """Keep the result of a query as a temporary table, for as long as its name is held."""
        return self._placed(
            lambda: self.database.keep(query, self.name, self.watch, ordered=ordered)
        )

    def _placed(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except DataError as error:
            raise (error if self.fault is None else self.fault(error)) from error

    @property
    def watch(self) -> Callable[[], str] | None:
        """How far a reading that begins now has come, where more is known than the database."""
        if self.pump is not None:
            return Reading(self.name, 0, lambda: 0 if self.pump is None else self.pump.moved)
        return Reading(self.name, self.size, read_so_far) if self.size else None

    def first(self, columns: Sequence[StoredColumn], most: int) -> list[Sequence[Value]]:
        """The first values of columns, fetched together."""
        if self.beginning is not None:
            labels = {sql: label for label, (sql, _) in self.columns.items()}
            return [self.beginning[labels[column.expression]][:most] for column in columns]
        raws = [column.expression for column in columns]
        rows = self.ask(f"SELECT {', '.join(raws)} FROM {self.read(*raws)} LIMIT {most}")
        return [column.decoded([row[i] for row in rows]) for i, column in enumerate(columns)]

    def where(self, condition: str) -> StoredTable:
        """The rows for which an SQL expression over the columns holds."""
        named = ", ".join(f"{self._judged(label)} AS {identifier(label)}" for label in self.header)
        own = self._own(self.header)

        def kept(rows: str) -> str:
            return f"(SELECT * FROM (SELECT {own}, {named} FROM {rows}) WHERE ({condition}))"

        dealt = self.dealt
        note = f"{self.name}: the rows where {condition}"
        return replace(
            self,
            relation=lambda _: kept(self.read()),
            dealt=None if dealt is None else lambda: kept(dealt()),
            columns=self._owned(self.header),
            beginning=self._first_where(condition),
            notes=(*self.notes, note),
            fields=None,
            text=None,
        )

    def _first_where(self, condition: str) -> Mapping[str, Sequence[Value]] | None:
        """Those of the first rows that are wanted, of a pipe; others can be asked for.

        Where there is none, all the first rows: they tell best what those will be that come later.
        """
        if self.pump is None or self.first_rows is None:
            return None
        look = replace(self, relation=self.first_rows, pump=None).where(condition)
        columns = [look.values(label) for label in self.header]
        try:
            found = look.first(columns, _LOOK)
        except DataError:  # what is wrong with the pipe is told when it is read
            found = [[] for _ in columns]
        if not any(found):
            found = [self.values(label).head(_LOOK) for label in self.header]
        return dict(zip(self.header, found, strict=True))

    def _judged(self, label: str) -> str:
        """A column as --where sees it: a number where its first values are, else as it is."""
        expression, form = self.columns[label]
        if form not in ("text", "json"):
            return expression
        known = [value for value in self.values(label).head(100) if value not in (None, "")]
        if known and all(_is_number(value) for value in known):
            return f"TRY_CAST({expression} AS DOUBLE)"
        return expression if form == "text" else f"({expression}) ->> '$'"

    def sampled(self, rows: int, seed: int) -> StoredTable:
        """So many rows drawn without replacement, the same for the same seed."""
        drawn = self.keep(
            f"SELECT * EXCLUDE (place) FROM (SELECT * FROM (SELECT {self._own(self.header)}, "
            f"row_number() OVER () AS place FROM {self.read()}) "
            f"ORDER BY hash(place + {seed} * 1000003) LIMIT {rows}) ORDER BY place",
            ordered=True,
        )
        [(found,)] = self.ask(f"SELECT count(*) FROM {drawn}")
        note = f"{self.name}: a sample of {found:,} rows, seed {seed}"
        sample = self._kept(drawn, self.header)
        return replace(sample, beginning=None, notes=(*self.notes, note))

    def again(self, labels: Sequence[str]) -> StoredTable:
        """The same where it can be read as often as asked: of a pipe, a copy of these columns."""
        if self.pump is None:
            return self
        rows = f"SELECT {self._own(labels)} FROM {self.read()}"
        return self._kept(self.keep(rows, ordered=True), labels)

    def _own(self, labels: Sequence[str]) -> str:
        """Raw values of columns, as they are named in a table that is kept."""
        return ", ".join(f"{self.columns[one][0]} AS raw_{i}" for i, one in enumerate(labels))

    def _owned(self, labels: Sequence[str]) -> Mapping[str, tuple[str, Form]]:
        """The columns as they are named there."""
        return {label: (f"raw_{i}", self.columns[label][1]) for i, label in enumerate(labels)}

    def _kept(self, rows: Kept, labels: Sequence[str]) -> StoredTable:
        """The table in a kept one that has these of its columns."""
        columns = self._owned(labels)
        return replace(
            self, relation=lambda _: rows, columns=columns, pump=None, fields=None, serial=False,
            dealt=None, text=None,
        )  # fmt: skip


def look(columns: Sequence[StoredColumn]) -> None:
    """Fetch the first values of columns, where that has not been done: once for each table."""
    tables: dict[int, list[StoredColumn]] = {}
    for column in columns:
        if column.beginning is None:
            tables.setdefault(id(column.table), []).append(column)
    for of_table in tables.values():
        found = of_table[0].table.first(of_table, _LOOK)
        for column, values in zip(of_table, found, strict=True):
            column.beginning = values


def _is_number(value: Value) -> bool:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _flat(value: Any) -> Value:
    if not isinstance(value, (dict, list)):
        return value
    from divcli.sources.documents import flat_value

    return flat_value(value)
