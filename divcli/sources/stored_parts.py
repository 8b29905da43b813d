"""The rows of a stored table in parts, by the values of one of its columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from divcli.sources.columns import Value
from divcli.sources.parts import Group, Part
from divcli.sources.sql import quoted
from divcli.sources.table import group_text

if TYPE_CHECKING:
    from divcli.sources.parts import Named
    from divcli.sources.stored import StoredColumn, StoredTable

_MOST_VALUES = 10_000  # of the column that tells the parts apart: a query lists them
_NAMED, _RAW = "name ", "text "  # before the group that SQL names, and before the value itself


class Split(NamedTuple):
    """Which rows of a table are a part: those with one of these values, as texts, in a column.

    by: the expression of that column; text: what makes a text of it. looks: the columns of the
    whole by their expressions, whose first values tell what those of all parts are.
    """

    whole: StoredTable
    by: str
    text: Callable[[str], str]
    texts: tuple[str | None, ...]
    looks: dict[str, StoredColumn]

    @property
    def condition(self) -> str:
        """Whether a row is one of them, in SQL."""
        listed = ", ".join(quoted(text) for text in self.texts if text is not None)
        tests = [f"{self.text(self.by)} IN ({listed})"] if listed else []
        tests += [f"{self.text(self.by)} IS NULL"] if None in self.texts else []
        return " OR ".join(tests)

    def read(self, expressions: Sequence[str]) -> str:
        """The rows of the part, as what stands after FROM."""
        return f"(SELECT * FROM {self.whole.read(*expressions, self.by)} WHERE {self.condition})"


def stored_parts(
    table: StoredTable, by: str, key: Callable[[Value], Group], said: str, named: Named | None
) -> dict[Group, Part] | None:
    """The rows of each group by the key of a column's values; None where those are too many."""
    column = table.values(by)
    sql = column.expression

    def text(raw: str) -> str:
        group = "NULL" if named is None else named(raw, column.form)
        return f"coalesce('{_NAMED}' || {group}, '{_RAW}' || ({raw})::VARCHAR)"

    rows = table.ask(
        f"SELECT text, any_value(raw), count(*) FROM (SELECT raw, {text('raw')} AS text "
        f"FROM (SELECT {sql} AS raw FROM {table.read(sql)})) GROUP BY text LIMIT {_MOST_VALUES + 1}"
    )
    if len(rows) > _MOST_VALUES:
        return None
    texts: dict[Group, list[str | None]] = {}
    sizes: Counter[Group] = Counter()
    for value, (told, _, n) in zip(column.decoded([row[1] for row in rows]), rows, strict=True):
        is_named = told is not None and told.startswith(_NAMED)
        group = told.removeprefix(_NAMED) if is_named else key(value)
        texts.setdefault(group, []).append(told)
        sizes[group] += n
    looks = {expression: table.values(label) for label, (expression, _) in table.columns.items()}
    rest = {label: own for label, own in table.columns.items() if label != by}
    parts = {}
    for group, own in texts.items():
        split = Split(table, sql, text, tuple(own), looks)
        part = replace(
            table,
            name=f"{table.name} [{said}={group_text(group)}]",
            header=[label for label in table.header if label != by],
            relation=split.read,
            dealt=None,
            columns=rest,
            beginning=None,
            split=split,
        )
        parts[group] = Part(part, sizes[group])
    return parts
