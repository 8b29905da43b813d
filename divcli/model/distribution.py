"""A distribution: weights over symbols or cells, and what is known of where they came from."""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np

from divcli.errors import DataError
from divcli.model.sums import integer_sum
from divcli.model.units import JsonNumber, json_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.model.arrays import FloatArray, IndexArray, WeightArray

Kind = Literal["categorical", "numeric", "datetime"]
Given = Literal["samples", "counts", "probabilities", "weights"]


class Special(enum.Enum):
    """Cells that are no value of the data: never equal to a text that reads the same."""

    MISSING = "(missing)"
    NAN = "(NaN)"
    MINUS_INFINITY = "(-inf)"
    PLUS_INFINITY = "(inf)"
    OTHER = "(not a value)"
    REST = "(rest)"


Symbol = str | Special


def text_of(symbol: Symbol) -> str:
    """The symbol as people read it."""
    return symbol if isinstance(symbol, str) else symbol.value


class Grid(NamedTuple):
    """Bounds of cells on a line: the cell holds low ≤ x < high, or low alone where they agree.

    low, high: shape (k,), numbers or ISO times, None where a cell is no interval (missing values
    and the like). rule: how the edges were chosen.
    """

    low: Sequence[str | float | None]
    high: Sequence[str | float | None]
    rule: str


class Line(NamedTuple):
    """Mass at points of a line, for measures that need distances: both arrays shape (u,)."""

    positions: FloatArray
    weights: WeightArray


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """One distribution: non-negative weights over symbols.

    name: the source. symbols: shape (k,). weights: shape (k,), float64, int64 or Python integers,
    finite, not all zero; read-only. n: the sample size, None where only weights are known.
    given: what the weights are. missing: how much of the total is missing values. grid: the bounds
    of the cells where they are intervals. line: the values themselves where they are numbers or
    times.
    Raises DataError where the weights are no distribution.
    """

    name: str
    symbols: Sequence[Symbol]
    weights: WeightArray
    kind: Kind = "categorical"
    n: int | None = None
    given: Given = "weights"
    column: str | None = None
    missing: float = 0
    grid: Grid | None = None
    line: Line | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        weights = cast("WeightArray", np.asarray(self.weights))
        if weights.shape != (len(self.symbols),):
            raise DataError(
                f"{len(self.symbols)} symbols but weights of shape {weights.shape}", where=self.name
            )
        check_weights(weights, self.name, self.symbols)
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)

    def __len__(self) -> int:
        return len(self.symbols)

    @property
    def total(self) -> float:
        """The sum of the weights as given, exact for integers."""
        if self.weights.dtype.kind == "f":
            # Scaled, so that a sum beyond the greatest double is infinity and no error.
            scale = float(self.weights.max()) if self.weights.max() > 1e300 else 1.0
            return math.fsum(self.weights / scale) * scale
        exact = integer_sum(self.weights)
        whole: float = sum(self.weights.tolist()) if exact is None else exact
        return whole

    @property
    def probabilities(self) -> FloatArray:
        """Normalised weights, shape (k,)."""
        scaled: FloatArray = np.asarray(self.weights / self.weights.max(), dtype=np.float64)
        return scaled / float(scaled.sum())

    @property
    def occupied(self) -> int:
        """How many cells hold mass."""
        return int(np.count_nonzero(self.weights))

    def symbols_of(self, cells: IndexArray) -> list[Symbol]:
        """The symbols of these cells, in one go where they are kept elsewhere."""
        picked = getattr(self.symbols, "picked", None)
        if picked is None:
            return [self.symbols[i] for i in cells.tolist()]
        found: list[Symbol] = picked(cells)
        return found

    def texts_of(self, cells: IndexArray) -> list[str]:
        """The symbols of these cells as people read them."""
        return list(map(text_of, self.symbols_of(cells)))

    def records(self, cells: IndexArray) -> list[dict[str, Any]]:
        """What documents say of these cells: each one's symbol, and its bounds or nature if any."""
        symbols = self.symbols_of(cells)
        return [self._record(i, symbol) for i, symbol in zip(cells.tolist(), symbols, strict=True)]

    def _record(self, i: int, symbol: Symbol) -> dict[str, Any]:
        record: dict[str, Any] = {"symbol": text_of(symbol)}
        if isinstance(symbol, Special):
            record["cell"] = symbol.name.lower()
        elif self.grid is not None and self.grid.low[i] is not None:
            record |= {"low": _bound(self.grid.low[i]), "high": _bound(self.grid.high[i])}
        return record

    def to_dict(self) -> dict[str, Any]:
        """The side as documents describe it."""
        return {
            "source": self.name,
            "column": self.column,
            "kind": self.kind,
            "given": self.given,
            "n": self.n,
            "total": json_number(self.total),
            "missing": json_number(self.missing),
            "cells": self.occupied,
        }


def _bound(value: str | float | None) -> JsonNumber:
    return value if isinstance(value, str) else json_number(value)


def check_weights(weights: WeightArray, name: str, symbols: Sequence[Symbol]) -> None:
    """Refuse weights that are negative, not finite, or all zero, naming the first offender."""
    if not len(weights):
        raise DataError("no symbols: nothing to measure", where=name)
    for found, word in ((weights < 0, "negative"), (_not_finite(weights), "not a finite number")):
        if found.any():
            i = int(np.argmax(found))
            raise DataError(
                f"the weight of {text_of(symbols[i])!r} is {word}: {weights[i]}",
                where=name,
                hint="weights are counts, probabilities or other non-negative numbers",
            )
    if not (weights > 0).any():
        raise DataError("all weights are zero: there is no distribution", where=name)


def _not_finite(weights: WeightArray) -> NDArray[np.bool_]:
    if weights.dtype.kind == "f":
        return ~np.isfinite(weights)
    return np.zeros(len(weights), dtype=bool)
