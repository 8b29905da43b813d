"""The rows of a stored table in parts, by the values of one of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from divcli.sources.sql import quoted
from divcli.sources.table import group_of, group_text

if TYPE_CHECKING:
    from divcli.sources.stored import Form, StoredColumn, StoredTable


class Split(NamedTuple):
    """Which rows of a table are a part: those with one of these values, as texts, in a column.

    by: the expression of that column. looks: the columns of the whole by their expressions, whose
    first values tell what those of all parts are.
    """

    whole: StoredTable
    by: str
    texts: tuple[str | None, ...]
    looks: dict[str, StoredColumn]

    @property
    def condition(self) -> str:
        """Whether a row is one of them, in SQL."""
        listed = ", ".join(quoted(text) for text in self.texts if text is not None)
        tests = [f"({self.by})::VARCHAR IN ({listed})"] if listed else []
        tests += [f"({self.by}) IS NULL"] if None in self.texts else []
        return " OR ".join(tests)

    def read(self, expressions: Sequence[str]) -> str:
        """The rows of the part, as what stands after FROM."""
        return f"(SELECT * FROM {self.whole.read(*expressions, self.by)} WHERE {self.condition})"


def parts_of(table: StoredTable, by: str, na: Sequence[str]) -> dict[str | None, StoredTable]:
    """The rows of each group by the values of a column, None where they are missing: one reading.

    na: texts that are missing values.
    """
    column = table.values(by)
    sql = column.expression
    rows = table.ask(
        f"SELECT raw, raw::VARCHAR FROM (SELECT DISTINCT {sql} AS raw FROM {table.read(sql)}) "
        "ORDER BY 2"
    )
    texts: dict[str | None, list[str | None]] = {}
    for value, (_, text) in zip(column.decoded([raw for raw, _ in rows]), rows, strict=True):
        texts.setdefault(group_of(value, na), []).append(text)
    looks = {expression: table.values(label) for label, (expression, _) in table.columns.items()}
    rest = {label: own for label, own in table.columns.items() if label != by}
    return {
        group: _part(table, by, group, rest, Split(table, sql, tuple(own), looks))
        for group, own in texts.items()
    }


def _part(
    table: StoredTable,
    by: str,
    group: str | None,
    columns: Mapping[str, tuple[str, Form]],
    split: Split,
) -> StoredTable:
    return replace(
        table,
        name=f"{table.name} [{by}={group_text(group)}]",
        header=[label for label in table.header if label != by],
        relation=split.read,
        columns=columns,
        beginning=None,
        split=split,
    )
