"""What sources hand on: columns of raw values, or symbols with weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from divcli.model.distribution import Given

# What a value is before divcli's typing policy has looked at it: text from a file, or the typed
# values of a document or data frame (None where missing).
Value = object
EngineName = Literal["auto", "python", "duckdb"]
As: TypeAlias = "Given | None"  # what the caller declared; None to infer
BLANKS = " \t\n\r\v\f"  # at the ends of a value, where they mean nothing
TEXT_NA = ("",)  # what means missing in text, unless the user says otherwise


class Resources(NamedTuple):
    """What a database may use: threads, memory before it spills to disk, a line of progress."""

    threads: int | None = None
    memory_limit: str | None = None
    progress: bool = False


class InputOptions(NamedTuple):
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
    columns: tuple[str, ...] = ()
    sample_weight: str | None = None
    engine: EngineName = "auto"
    where: str | None = None
    sample: int | None = None
    seed: int = 0
    resources: Resources = Resources()


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a source: values, or symbols with their weights.

    typed: whether the source declared types (documents, data frames) or gave bare text. weights:
    None for raw samples. positional: symbols were made up from the order of the weights.
    na: texts that mean missing. locate: where row i stands, for errors. model: what stands for
    the values, which are none then. whole: the same object in all groups that a column's rows were
    split into.
    """

    name: str
    label: str | None
    values: Sequence[Value]
    typed: bool
    weights: Sequence[float] | None = None
    given: Given = "samples"
    positional: bool = False
    na: tuple[str, ...] = TEXT_NA
    notes: tuple[str, ...] = ()
    locate: Callable[[int], str] = field(default=str)
    model: Model | None = None
    whole: object = None

    @property
    def is_ready(self) -> bool:
        """Whether the column is a distribution already: symbols with weights, no samples."""
        return self.weights is not None and self.given != "samples"

    def noting(self, *notes: str) -> Column:
        """The same column with further notes."""
        return replace(self, notes=(*self.notes, *notes))


class TwoSided(NamedTuple):
    """One document with both distributions in it."""

    name: str
    p: Source
    q: Source


if TYPE_CHECKING:
    from divcli.model.family import Model
    from divcli.sources.table import Table

    Source: TypeAlias = "Column | Table | TwoSided"
