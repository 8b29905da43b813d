"""The rows of a table that the options ask for."""

from __future__ import annotations

from typing import Protocol, Self, TypeVar

from divcli.sources.columns import InputOptions


class Selectable(Protocol):
    """A table that can be cut down to some of its rows."""

    def where(self, condition: str) -> Self:
        """The rows for which an SQL expression over the columns holds."""

    def sampled(self, rows: int, seed: int) -> Self:
        """So many rows drawn without replacement, the same for the same seed."""


S = TypeVar("S", bound=Selectable)


def selected(table: S, options: InputOptions) -> S:
    """The rows that the options ask for."""
    if options.where is not None:
        table = table.where(options.where)
    return table if options.sample is None else table.sampled(options.sample, options.seed)
