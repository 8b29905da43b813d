"""How finely the values of a large numeric column are told apart.

Up to `EXACT_ROWS` values every distinct one is kept. Of more, all values that share the leading 11
bits of their distance from a centre, rounded down, are counted together, as one point at the least
double among them: a column of any length takes bounded memory, in one pass that knows no range, and
any edge that such a point makes is exact. Columns whose first values lie on a coarse lattice (whole
numbers, cents, days) are kept value by value all the same.

Bits are cut off by Dekker's splitting (A floating-point technique for extending the available
precision, Numerische Mathematik 18, 1971): products and differences, the same in SQL and numpy, and
cheaper there than bits taken as such.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
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
BITS = 10  # after the leading one: values are told apart to one part in 1,024 of the distance
_DROPPED = 52 - BITS
KEY_BITS = 64 - _DROPPED  # sign, exponent and what is kept
_FACTOR = 2.0**_DROPPED + 1
FARTHEST = 2.0**899  # from zero, of values and centres that SQL may round
_SMALLER = 2.0**-100
_STEP = 1.25 * 2.0 ** -(BITS + 1)  # of a number of 11 bits, to where the next one is the nearest
_LATTICE_POINTS = 2**18  # in the span of the first values
_DECIMALS = 6
LONGEST = 2**20  # distinct values that a lattice may have after all


class Shared:
    """Which columns are measured by one ruler, as they share a line."""

    def __init__(self) -> None:
        self._groups: dict[int, tuple[Column, ...]] = {}
        self._rulers: dict[tuple[int, bool], Ruler] = {}

    def add(self, asked: Sequence[Asked]) -> None:
        """Columns asked for together are one group, even if some are asked for again later."""
        for one in asked:
            group = tuple(one.columns)
            for column in group:
                self._groups.setdefault(id(column), group)

    def group(self, column: Column) -> tuple[Column, ...]:
        """The columns that share the line of this one, itself among them."""
        return self._groups.get(id(column), (column,))

    def rows(self, column: Column, rows: Callable[[Column], int]) -> int:
        """The most rows of a column on this one's line; the groups of one are taken together."""
        sums: Counter[int] = Counter()
        for one in self.group(column):
            sums[id(one if one.whole is None else one.whole)] += rows(one)
        return max(sums.values())

    def ruler(self, column: Column, *, times: bool) -> Ruler:
        """The ruler of the group: that of its first column with a place on the line."""
        group = self._groups.setdefault(id(column), (column,))
        if (id(group), times) not in self._rulers:
            heads = (_head(one, times) for one in group)
            self._rulers[id(group), times] = ruler_of(next(filter(None, heads), []))
        return self._rulers[id(group), times]


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
    centre = _short(values)
    return Ruler(centre if abs(centre) < FARTHEST else 0.0, _on_lattice(values))


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


def keys_of(values: FloatArray, ruler: Ruler) -> FloatArray:
    """The double that stands for each value: itself, or its distance from the centre cut down.

    values: shape (n,), finite. The keys ascend with the values.
    """
    if ruler.exact:
        return values + 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        distance: FloatArray = values - ruler.centre + 0.0
        # Distances near the greatest double are cut down where no factor carries them beyond it.
        scale = np.where(np.abs(distance) < 2 * FARTHEST, 1.0, _SMALLER)
        small = distance * scale
        nearest = _nearest(small)
        keys: FloatArray = _nearest(nearest - (nearest > small) * np.abs(nearest) * _STEP) / scale
    return np.where(np.isinf(distance), distance, keys)


def leading_bits(values: FloatArray, ruler: Ruler) -> NDArray[np.uint64]:
    """The first `KEY_BITS` bits of `keys_of`, for a ruler that is not exact.

    values: shape (n,), whose distances from the centre are 0 or normal numbers.
    """
    bits = (values - ruler.centre + 0.0).view(np.uint64)
    up = bits >> np.uint64(63)  # of negative distances: to the next greater in absolute value
    up *= np.uint64((1 << _DROPPED) - 1)
    bits += up
    bits >>= np.uint64(_DROPPED)
    return bits


def of_leading_bits(bits: NDArray[np.uint64]) -> FloatArray:
    """The keys with these leading bits."""
    return (bits << np.uint64(_DROPPED)).view(np.float64)


def _nearest(values: FloatArray) -> FloatArray:
    """The number of 11 bits that is nearest to each value."""
    rounded: FloatArray = _FACTOR * values - (_FACTOR * values - values)
    return rounded


def distance_sql(value: str, ruler: Ruler) -> str:
    """The distance of a double, nearer to zero than `FARTHEST`, as an expression of SQL."""
    if ruler.exact:
        return value
    # Adding 0 makes one zero of two.
    return f"{value} - {ruler.centre!r}::DOUBLE" if ruler.centre else f"{value} + 0.0::DOUBLE"


def key_sql(distance: str, ruler: Ruler) -> str:
    """`keys_of` as an expression of SQL over a distance."""
    if ruler.exact:
        return distance
    nearest = _nearest_sql(distance)
    back = f"({nearest} > {distance})::DOUBLE * abs({nearest}) * {_STEP!r}::DOUBLE"
    return _nearest_sql(f"({nearest} - {back})")


def _nearest_sql(value: str) -> str:
    product = f"{_FACTOR!r}::DOUBLE * {value}"
    return f"({product} - ({product} - {value}))"


def positions_of(keys: FloatArray, ruler: Ruler) -> FloatArray:
    """The least double that has each key, shape (u,)."""
    if ruler.exact:
        return keys + 0.0
    with np.errstate(over="ignore"):
        positions = keys + ruler.centre  # of most keys
    # Where that sum loses a bit: near it, and in the end among all doubles.
    for found in (_near, _bisected):
        missed = np.flatnonzero(~_are_least(positions, keys, ruler))
        if len(missed):
            positions[missed] = found(keys[missed], ruler)
    return positions


def _near(keys: FloatArray, ruler: Ruler) -> FloatArray:
    """What is rounded up to the keys, and the centre: nearly always the least doubles."""
    with np.errstate(over="ignore", invalid="ignore"):
        step = keys - np.nextafter(keys, -np.inf)
        positions: FloatArray = (keys + ruler.centre) - step / 2
        for direction in (np.inf, -np.inf, np.inf):
            beside = np.nextafter(positions, direction)
            up = direction > 0
            moves = keys_of(positions, ruler) < keys if up else keys_of(beside, ruler) >= keys
            positions = np.where(moves, beside, positions)
    return positions


def _are_least(positions: FloatArray, keys: FloatArray, ruler: Ruler) -> NDArray[np.bool_]:
    with np.errstate(over="ignore", invalid="ignore"):
        below: NDArray[np.bool_] = keys_of(np.nextafter(positions, -np.inf), ruler) < keys
        here: NDArray[np.bool_] = keys_of(positions, ruler) == keys
    return here & below


def _bisected(keys: FloatArray, ruler: Ruler) -> FloatArray:
    """The least double that has each key, found among all doubles."""
    high = np.full(len(keys), np.finfo(np.float64).max).view(np.int64)
    low = -high
    while (low < high).any():
        # The mean of the two, rounded down, without overflow.
        middle = (low >> 1) + (high >> 1) + (low & high & 1)
        reached = keys_of(_double(middle), ruler) >= keys
        low, high = np.where(reached, low, middle + 1), np.where(reached, middle, high)
    return _double(low)


def _double(rank: NDArray[np.int64]) -> FloatArray:
    """The doubles in their order, from that of the most negative to that of the greatest."""
    magnitude = np.abs(rank).view(np.float64)
    return np.copysign(magnitude, rank) + 0.0


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


def cell_places(cells: IndexArray, edges: FloatArray) -> FloatArray:
    """A place in each of these cells between ascending edges, counted from 0 below the first."""
    if not len(edges):
        return np.zeros(len(cells))
    with np.errstate(over="ignore"):
        below = np.nextafter(edges[:1], -np.inf)
    places: FloatArray = np.concatenate([below, edges])[cells]
    return places
