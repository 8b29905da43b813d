"""A distribution in a few words: how many rows, and on how many symbols or cells."""

from __future__ import annotations

from divcli.model.distribution import Distribution
from divcli.render.page import name


def described(side: Distribution) -> str:
    """The source, its column, and what was counted."""
    column = "" if side.column is None else f"  {name(side.column)}"
    return f"{name(side.name)}{column}: {rows_and_cells(side)}"


def rows_and_cells(side: Distribution) -> str:
    """As in "344 rows, 3 symbols"; of what was not counted the symbols alone."""
    word = "symbol" if side.grid is None else "cell"
    cells = _counted(side.occupied, word)
    return cells if side.n is None else f"{_counted(side.n, 'row')}, {cells}"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
