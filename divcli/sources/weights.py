"""Numbers that are weights: counts, probabilities or neither, and what says so."""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import overload

from divcli.errors import DataError
from divcli.model.distribution import Given
from divcli.sources.columns import As, Column, Value

_WEIGHT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WORDS = re.compile(r"[+-]?(?:nan|inf|infinity)", re.ASCII | re.IGNORECASE)
# Each of many probabilities may be rounded to six decimals; a sum further from 1 is no rounding.
_ROUNDING, _MOST_ROUNDING = 1e-6, 1e-4
_WHOLE_DOUBLES = 2**53
_MOST_DIGITS = 4000
_GREATEST = sys.float_info.max


def parse_weight(text: str) -> float | None:
    """The number a text spells, whole numbers as int of any size; None where it spells none.

    nan, inf and what a double cannot hold are read, as nan and inf, so that they can be refused.
    """
    text = text.strip(" \t")
    if text.isdigit() and text.isascii() and len(text) <= _MOST_DIGITS:
        return int(text)
    if not _WEIGHT.fullmatch(text):
        return float(text) if _WORDS.fullmatch(text) else None
    return float(text) if not text.lstrip("+-").isdigit() else _signed(text)


def _signed(text: str) -> float:
    return int(text) if len(text) <= _MOST_DIGITS else float(text)


def as_weight(value: Value) -> float | None:
    """The number that a value of a table is, None where it is none."""
    if isinstance(value, str):
        return parse_weight(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value


def is_weight(number: float) -> bool:
    """Whether a number is finite and not negative."""
    return 0 <= number <= _GREATEST


def parse_weights(values: Sequence[Value], label: str, locate: Callable[[int], str]) -> list[float]:
    """The weights in a column of a table; DataError at the first that is none."""
    weights: list[float] = []
    for row, value in enumerate(values):
        weight = as_weight(value)
        if weight is None:
            found = "nothing" if value in (None, "") else _told(repr(value))
            raise DataError(
                f"column {label!r}: expected a number, found {found}", where=locate(row)
            )
        if not is_weight(weight):
            raise DataError(
                f"column {label!r}: a weight is a finite non-negative number, found "
                f"{_told(str(value))}",
                where=locate(row),
            )
        weights.append(weight)
    return weights


class RowWeights(Sequence[float]):
    """The weights of rows that stay where they are: counted there, or fetched all at once.

    values: the column as it is stored. label: its name; locate: where row i stands, for errors.
    """

    def __init__(self, values: Sequence[Value], label: str, locate: Callable[[int], str]) -> None:
        self.values, self.label, self.locate = values, label, locate

    @cached_property
    def _parsed(self) -> list[float]:
        return parse_weights(self.values, self.label, self.locate)

    def refuse(self, value: Value, row: int) -> None:
        """Raise what is wrong with the value of a row."""
        parse_weights([value], self.label, lambda _: self.locate(row))

    def __len__(self) -> int:
        return len(self._parsed)

    def __iter__(self) -> Iterator[float]:
        return iter(self._parsed)

    @overload
    def __getitem__(self, place: int) -> float: ...
    @overload
    def __getitem__(self, place: slice) -> list[float]: ...
    def __getitem__(self, place: int | slice) -> float | list[float]:
        return self._parsed[place]


def row_weights(
    values: Sequence[Value], label: str, locate: Callable[[int], str]
) -> Sequence[float]:
    """The weights of rows; where they are stored, they are looked at when they are needed."""
    if hasattr(values, "table"):
        return RowWeights(values, label, locate)
    return parse_weights(values, label, locate)


def weighted_column(
    name: str,
    label: str | None,
    symbols: Sequence[Value],
    weights: list[float],
    declared: As,
    *,
    typed: bool = False,
    positional: bool = False,
    na: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
) -> Column:
    """A ready distribution, with what its weights are: declared, or inferred and noted."""
    where = name if label is None else f"{name}: column {label!r}"
    for symbol, weight in zip(symbols, weights, strict=True):
        if not is_weight(weight):
            raise DataError(
                f"the weight of {symbol!r} is {_told(str(weight))}",
                where=where,
                hint="weights are finite and non-negative",
            )
    if sum(weight for weight in weights if isinstance(weight, int)) > _GREATEST:
        raise DataError("whole numbers that sum to more than 1.8e308", where=where)
    given, note = _given(where, weights, declared)
    if given == "counts":
        weights = [int(weight) for weight in weights]
    said = (*notes, *([note] if note else []), *_repeats(where, symbols))
    return Column(
        name, label, symbols, typed, weights, given, positional=positional, na=na, notes=said
    )


def _told(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:20]}… ({len(text):,} characters)"


def _repeats(where: str, symbols: Sequence[Value]) -> list[str]:
    times = Counter(symbols)
    repeated = [symbol for symbol, n in times.items() if n > 1]
    if not repeated:
        return []
    more = f" and {len(repeated) - 1:,} more" if len(repeated) > 1 else ""
    return [f"{where}: {repeated[0]!r}{more} in several rows, their weights summed"]


def _given(where: str, weights: list[float], declared: As) -> tuple[Given, str | None]:
    if declared == "samples":
        raise DataError(
            "symbols with weights are never samples",
            where=where,
            hint="--as counts, probabilities or weights",
        )
    whole = all(_is_whole(weight) for weight in weights)
    if declared == "counts" and not whole:
        odd = next(weight for weight in weights if not _is_whole(weight))
        raise DataError(f"counts are whole numbers, found {odd}", where=where, hint="--as weights")
    if declared == "counts" or (declared is None and whole and sum(weights) > 1):
        return "counts", None if declared else f"{where}: whole numbers, taken as counts"
    total = _sum(weights)
    sums_to_one = abs(total - 1) <= min(_ROUNDING * len(weights), _MOST_ROUNDING)
    if declared == "probabilities" and not sums_to_one:
        raise DataError(
            f"probabilities sum to {total!r}, not 1",
            where=where,
            hint="--as weights normalises them",
        )
    if declared == "probabilities" or (declared is None and sums_to_one):
        return "probabilities", None
    return "weights", f"{where}: weights sum to {total!r}, normalised to 1"


def _is_whole(weight: float) -> bool:
    if isinstance(weight, int):
        return True
    return weight.is_integer() and weight <= _WHOLE_DOUBLES


def _sum(weights: list[float]) -> float:
    try:
        return math.fsum(weights)
    except OverflowError:
        return math.inf
