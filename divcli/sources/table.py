"""Named columns of a source, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from divcli.errors import DataError, did_you_mean
from divcli.sources.columns import Value


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
    def notes(self) -> tuple[str, ...]:
        """What was inferred in reading."""

    def values(self, label: str) -> Sequence[Value]:
        """All values of a column, in order."""

    def locate(self, row: int) -> str:
        """Where row i stands in the source, for errors."""


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


def iterate(table: Table, labels: Sequence[str]) -> Iterator[tuple[Value, ...]]:
    """Rows of some columns."""
    return zip(*(table.values(label) for label in labels), strict=True)
