"""Named columns of a source, and what can be asked of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from divcli.errors import DataError, did_you_mean
from divcli.sources.columns import BLANKS, Value


class Table(Protocol):
    """Named columns, read when asked for."""

    @property
    def name(self) -> str:
        """The source as people know it."""

    @property
    def header(self) -> Sequence[str]:
        """Column names in order, without duplicates."""

    @property
    def typed(self) -> bool:
        """Whether values have declared types."""

    @property
    def na(self) -> tuple[str, ...]:
        """Texts that mean missing, unless the user names others."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What was inferred in reading."""

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, in order."""

    def locate(self, row: int) -> str:
        """Where row i stands in the source, for errors."""


class RowsOfTable(NamedTuple):
    """Some rows of a table; what was read of the whole is kept for the other groups of rows."""

    name: str
    header: Sequence[str]
    table: Table
    rows: Sequence[int]
    read: dict[str, Sequence[Value]]

    @property
    def typed(self) -> bool:
        """Whether values have declared types."""
        return self.table.typed

    @property
    def na(self) -> tuple[str, ...]:
        """Texts that mean missing, unless the user names others."""
        return self.table.na

    @property
    def notes(self) -> tuple[str, ...]:
        """What was inferred in reading."""
        return self.table.notes

    def values(self, label: str) -> Sequence[Value]:
        """The values of these rows, in order."""
        if label not in self.read:
            self.read[label] = self.table.values(label)
        column = self.read[label]
        return [column[row] for row in self.rows]

    def locate(self, row: int) -> str:
        """Where the row stands in the whole table."""
        return self.table.locate(self.rows[row])


def group_of(value: Value, na: Sequence[str]) -> str | None:
    """The group that a value names, None where it is missing."""
    return None if value is None or str(value).strip(BLANKS) in na else str(value)


def group_text(group: str | None) -> str:
    """A group as people read it."""
    return "(missing)" if group is None else group


def group_order(group: str | None) -> tuple[int, float, str]:
    """What groups are sorted by: numbers by value, then texts, then what is missing."""
    if group is None:
        return 2, 0.0, ""
    try:
        number = float(group)
    except ValueError:
        number = math.nan
    return (1, 0.0, group) if math.isnan(number) else (0, number, group)


def require_column(table: Table, label: str) -> str:
    """The label if the table has it; DataError with the closest name otherwise."""
    if label in table.header:
        return label
    raise DataError(
        f"no column {label!r}",
        where=table.name,
        hint=did_you_mean(label, list(table.header)),
    )


def check_header(header: Sequence[str], name: str) -> None:
    """Refuse duplicate column names, by name."""
    seen: set[str] = set()
    for label in header:
        if label in seen:
            raise DataError(
                f"two columns are named {label!r}", where=name, hint="rename one of them"
            )
        seen.add(label)
