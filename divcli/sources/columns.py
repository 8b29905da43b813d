"""What sources hand on: columns of raw values, or symbols with weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from divcli.errors import DataError, did_you_mean
from divcli.model.distribution import Given

# What a value is before divcli's typing policy has looked at it: text from a file, or the typed
# values of a document or data frame (None where missing).
Value = object
As = Given | None  # what the caller declared; None to infer


@dataclass(frozen=True, slots=True)
class InputOptions:
    """How one side's source is to be read; the options of the command line, by name."""

    column: str | None = None
    weights: str | None = None
    given: As = None
    path: str | None = None
    input_format: str | None = None
    delimiter: str | None = None
    header: bool | None = None
    na: tuple[str, ...] | None = None
    by: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a source: values, or symbols with their weights.

    typed: whether the source declared types (documents, data frames) or gave bare text. weights:
    None for raw samples. positional: symbols were made up from the order of the weights.
    na: texts that mean missing. locate: where row i stands, for errors.
    """

    name: str
    label: str | None
    values: Sequence[Value]
    typed: bool
    weights: Sequence[float] | None = None
    given: Given = "samples"
    positional: bool = False
    na: tuple[str, ...] = ("",)
    notes: tuple[str, ...] = ()
    locate: Callable[[int], str] = field(default=str)

    def noting(self, *notes: str) -> Column:
        """The same column with further notes."""
        return replace(self, notes=(*self.notes, *notes))


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


@dataclass(frozen=True, slots=True, eq=False)
class TwoSided:
    """One document with both distributions in it."""

    p: Source
    q: Source


Source = Column | Table | TwoSided


def require_column(table: Table, label: str, option: str) -> str:
    """The label if the table has it; DataError with the closest name otherwise."""
    if label in table.header:
        return label
    raise DataError(
        f"no column {label!r} ({option})",
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
