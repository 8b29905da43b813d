"""The rows of a table in parts, by the values of one of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from divcli.sources.columns import Value
from divcli.sources.table import RowsOfTable, Table, group_text

if TYPE_CHECKING:
    from divcli.sources.columns import Source
    from divcli.sources.stored import Form, StoredTable

    Named = Callable[[str, Form], str]

Group = str | None


class Part(NamedTuple):
    """Some rows of a table, as a table without the column that told them apart; how many."""

    table: Table
    rows: int


S = TypeVar("S", bound="Source")


def read_again(source: S, labels: Sequence[str] | None = None) -> S | StoredTable:
    """The same source where it can be read several times; of a large pipe, a copy of it.

    labels: the columns that will be read, all if None.
    """
    stored: StoredTable | None = getattr(source, "stored", None)
    if stored is None or stored.pump is None:
        return source
    return stored.again(stored.header if labels is None else labels)


def parts_of(
    table: Table,
    by: str,
    key: Callable[[Value], Group],
    said: str,
    labels: Sequence[str] | None = None,
    named: Named | None = None,
) -> Mapping[Group, Part]:
    """The rows of each group, where they are: by the group that is the key of a column's value.

    said: what the names of the parts call the column. labels: the columns that will be read of
    them, all if None. named: the same key in SQL, NULL for values that have to be looked at.
    """
    stored: StoredTable | None = getattr(table, "stored", None)
    if stored is not None:
        from divcli.sources.stored_parts import stored_parts

        table = stored = replace(stored.again(labels or table.header), notes=table.notes)
        found = stored_parts(stored, by, key, said, named)
        if found is not None:
            return found
    rows: dict[Group, list[int]] = {}
    for row, value in enumerate(table.values(by)):
        rows.setdefault(key(value), []).append(row)
    rest = [label for label in table.header if label != by]
    read: dict[str, Sequence[Value]] = {}
    return {
        group: Part(
            RowsOfTable(f"{table.name} [{said}={group_text(group)}]", rest, table, kept, read),
            len(kept),
        )
        for group, kept in rows.items()
    }
