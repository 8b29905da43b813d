"""How finely the values of a large numeric column are told apart.

Up to `EXACT_ROWS` values every distinct one is kept. Of more, all values that share the leading
bits of their distance from a centre are counted together, as one point at the least double among
them: a column of any length takes bounded memory, in one pass that knows no range, and any edge
that such a point makes is exact. Columns whose first values lie on a coarse lattice (whole numbers,
cents, days) are kept value by value all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.engine import Asked
from divcli.counting.typing_policy import as_number, as_time
from divcli.sources.columns import Column, Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.model.arrays import FloatArray, IndexArray

EXACT_ROWS = 100_000
HEAD = 1000  # the values at the start of a column that the centre and the lattice are taken from
BITS = 10  # of the distance's mantissa: values are told apart to one part in 1,024 of it
_DROPPED = 52 - BITS
_LATTICE_POINTS = 2**18  # in the span of the first values
_DECIMALS = 6
LONGEST = 2**20  # distinct values that a lattice may have after all


class Shared:
    """Which columns are measured by one ruler, as they share a line."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[Column, ...]] = {}

    def add(self, asked: Sequence[Asked]) -> None:
        """Columns asked for together are one group."""
        for one in asked:
            for column in one.columns:
                self._groups[id(column)] = tuple(one.columns)

    def group(self, column: Column) -> tuple[Column, ...]:
        """The columns that share the line of this one, itself among them."""
        return self._groups.get(id(column), (column,))

    def ruler(self, column: Column, *, times: bool) -> Ruler:
        """The ruler of the group: that of its first column with a place on the line."""
        heads = (_head(one, times) for one in self.group(column))
        return ruler_of(next(filter(None, heads), []))


def _head(column: Column, times: bool) -> list[float]:
    """Places of the first values, or of the first that are given where those are missing."""
    return _places(column.values[:HEAD], times) or _places(_given(column.values), times)


def _places(values: Sequence[Value], times: bool) -> list[float]:
    places = map(as_time if times else as_number, values)
    return [place for place in places if isinstance(place, float)]


def _given(values: Sequence[Value]) -> Sequence[Value]:
    stored = getattr(values, "given", None)  # of a stored column, whose module may not be loaded
    if stored is not None:
        found: Sequence[Value] = stored(HEAD)
        return found
    return list(islice((value for value in values if value not in (None, "")), HEAD))


class Ruler(NamedTuple):
    """The centre that distances are taken from, and whether every value is kept all the same."""

    centre: float
    exact: bool = False


def ruler_of(head: Sequence[float]) -> Ruler:
    """The ruler for a column that begins with these finite numbers (or times, in seconds)."""
    values = np.sort(np.array(head, dtype=np.float64))
    if not len(values):
        return Ruler(0.0)
    return Ruler(_short(values), _on_lattice(values))


def _short(values: FloatArray) -> float:
    """A short number near the median, nearer than most of the sorted values are to each other."""
    low, median, high = (float(values[len(values) * quarter // 4]) for quarter in (1, 2, 3))
    for digits in range(3, 17):
        short = float(f"{median:.{digits}g}")
        if abs(short - median) <= (high - low) / 4 and np.isfinite(short):
            return short
    return median


def _on_lattice(values: FloatArray) -> bool:
    """Whether sorted values are multiples of a step that few multiples of lie between them."""
    if np.abs(values).max() >= 2**53:
        return False
    for decimals in range(_DECIMALS + 1):
        scaled = np.round(values * 10.0**decimals)
        if np.abs(scaled).max() < 2**53 and (scaled / 10.0**decimals == values).all():
            step = int(np.gcd.reduce((scaled - scaled[0]).astype(np.int64))) or 1
            return bool((scaled[-1] - scaled[0]) / step <= _LATTICE_POINTS)
    return False


def keys_of(values: FloatArray, ruler: Ruler) -> IndexArray:
    """The whole number that stands for each value: its bits, or the leading ones of its distance.

    values: shape (n,), finite.
    """
    if ruler.exact:
        return (values + 0.0).view(np.int64)
    with np.errstate(over="ignore"):
        distance = values - ruler.centre + 0.0
    return distance.view(np.int64) >> _DROPPED


def key_sql(value: str, ruler: Ruler) -> str:
    """`keys_of` as an expression of SQL over a double."""
    if ruler.exact:
        return f"({value})::BIT::BIGINT"
    distance = f"{value} - {ruler.centre!r}::DOUBLE"
    if ruler.centre == 0:
        distance += " + 0.0::DOUBLE"  # which makes one zero of two
    return f"(({distance})::BIT::BIGINT >> {_DROPPED})"


def positions_of(keys: IndexArray, ruler: Ruler) -> FloatArray:
    """The least double that has each key, shape (u,)."""
    if ruler.exact:
        return keys.view(np.float64) + 0.0
    positions = _near(keys, ruler.centre)
    missed = ~_are_least(positions, keys, ruler)
    if missed.any():
        # Near zero very many doubles have the same distance from the centre, once it is rounded.
        positions[missed] = _bisected(keys[missed], ruler)
    return positions


def _near(keys: IndexArray, centre: float) -> FloatArray:
    """The least distance with each key, and the centre: up to rounding the least double."""
    # Below zero the bits grow away from it: the least distance has all the dropped bits set.
    low = np.where(keys < 0, ((keys + 1) << _DROPPED) - 1, keys << _DROPPED).view(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        positions: FloatArray = low + centre
        for step in (np.inf, -np.inf, np.inf):
            beside = np.nextafter(positions, step)
            wrong = _ranks(keys_of(positions, Ruler(centre))) < _ranks(keys)
            fits = _ranks(keys_of(beside, Ruler(centre))) >= _ranks(keys)
            positions = np.where(wrong if step > 0 else fits, beside, positions)
    return positions


def _are_least(positions: FloatArray, keys: IndexArray, ruler: Ruler) -> NDArray[np.bool_]:
    with np.errstate(over="ignore", invalid="ignore"):
        below = _ranks(keys_of(np.nextafter(positions, -np.inf), ruler)) < _ranks(keys)
        here: NDArray[np.bool_] = keys_of(positions, ruler) == keys
    return here & below


def _bisected(keys: IndexArray, ruler: Ruler) -> FloatArray:
    """The least double that has each key, found among all doubles."""
    wanted = _ranks(keys)
    high = np.full(len(keys), np.finfo(np.float64).max).view(np.int64)
    low = -high
    while (low < high).any():
        # The mean of the two, rounded down, without overflow.
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        reached = _ranks(keys_of(_double(middle), ruler)) >= wanted
        low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
    return _double(low)


def _double(rank: IndexArray) -> FloatArray:
    """The doubles in their order, from that of the most negative to that of the greatest."""
    magnitude = np.abs(rank).view(np.float64)
    return np.copysign(magnitude, rank) + 0.0


def _ranks(keys: IndexArray) -> IndexArray:
    """Keys in the order of their values: those of negative distances reversed."""
    ranks: IndexArray = np.where(keys < 0, np.iinfo(np.int64).min - keys - 1, keys)
    return ranks


def blurred(positions: FloatArray, ruler: Ruler) -> FloatArray:
    """Where the ruler puts distinct values."""
    if ruler.exact and len(positions) <= LONGEST:
        return positions
    coarse = Ruler(ruler.centre)
    keys, place = np.unique(keys_of(positions, coarse), return_inverse=True)
    return positions_of(keys, coarse)[place]


def note_of(centre: float) -> str:
    """What a ruler does to values, for the notes."""
    return f"told apart to one part in {2**BITS:,} of their distance from {centre!r}"
