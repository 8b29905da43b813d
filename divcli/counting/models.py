"""Models beside samples: their mass on the cells that the samples make.

Against a discrete model, a cell for every value where they are few, and one cell, (rest), for what
the model has elsewhere. Against a density, cells whose edges lie half-way between values, so that
a repeated value stands for the interval it was rounded to, and edges at the ends of the support,
so that what lies beside it is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.axis import few_cells
from divcli.counting.grid import Edges, GivenEdges, equal_frequency, equal_width, one_cell_each
from divcli.counting.side import Side
from divcli.counting.typing_policy import number_text
from divcli.errors import CommandLineError, DataError
from divcli.families.law import Law, law_of
from divcli.families.quadrature import whole_numbers
from divcli.model.distribution import Distribution, Grid, Line, Special, Symbol

if TYPE_CHECKING:
    from divcli.counting.engine import Engine, Points
    from divcli.counting.grid import Bins
    from divcli.model.arrays import FloatArray
    from divcli.sources.columns import Column

# Cells of equal mass on which models stand that no sample gives cells to.
_CELLS_ALONE = 10
_READABLE = 1e-250  # a spread whose digits numpy can round to
_QUANTILES = 2000  # of a density: puts its mass within a thousandth of its spread
ONE_EACH = "one cell a value"


@np.errstate(all="ignore")  # the tails of a density over- and underflow, as they should
def models_on_cells(
    columns: Sequence[Column], sides: Sequence[Side], bins: Bins | None, engine: Engine
) -> list[Distribution]:
    """Models and numeric samples, in the order of the columns, on one grid.

    sides: those of the columns that are no models, in their order.
    """
    laws = [law_of(column.model) for column in columns if column.model is not None]
    points = [_numeric(side, engine) for side in sides]
    edges, apart = _cells(sides, points, bins, laws)
    on_cells = [_sample_masses(one, edges) for one in points]
    of_models = [law.masses(edges.inner) for law in laws]
    rest = _rest(edges, on_cells) if apart else np.zeros(len(edges.inner) + 1, dtype=bool)
    special = [s for s in Special if any(one.apart.get(s) for one in points)]
    if any(side.drops_missing for side in sides) and Special.MISSING in special:
        special.remove(Special.MISSING)
    used = np.flatnonzero(~rest & (np.sum([*on_cells, *of_models], axis=0) > 0)).tolist()
    with_rest = bool(rest.any()) and any(float(one[rest].sum()) > 0 for one in of_models)
    grid, labels = _described(edges, used, [*([Special.REST] * with_rest), *special])
    samples = iter(zip(sides, points, on_cells, strict=True))
    models, each = iter(of_models), iter(laws)
    held = np.sum([np.zeros(len(edges.inner) + 1), *on_cells], axis=0)
    found = []
    for column in columns:
        if column.model is not None:
            mass = next(models)
            weights = [*mass[used], *([mass[rest].sum()] * with_rest), *([0.0] * len(special))]
            line, said = model_line(next(each), points)
            notes = [*column.notes, *said, *_underflow(mass, held, edges, column)]
            found.append(_model_side(column, labels, np.array(weights), grid, line, notes))
            continue
        side, one, mass = next(samples)
        counts = [*mass[used].tolist(), *([0] * with_rest), *(one.apart.get(s, 0) for s in special)]
        line = Line(one.positions, one.masses)
        notes = _said(special)
        found.append(side.distribution(labels, np.array(counts), "numeric", notes, grid, line))
    return found


def _said(special: Sequence[Special]) -> list[str]:
    if Special.MISSING not in special:
        return []
    return ["a model has no missing values; --missing drop leaves them out"]


def _numeric(side: Side, engine: Engine) -> Points:
    """The sample as mass at numbers; DataError for columns of anything else."""
    kinds = {kind for kind, n in side.scan.kinds.items() if n}
    if "number" not in kinds or not kinds <= {"number", "not finite"}:
        odd = "" if side.scan.odd is None else f" ({side.scan.odd!r})"
        raise DataError(
            f"a model of numbers compares with numbers; this column is none{odd}",
            where=side.place,
            hint="symbols compare with weights such as A=0.5,B=0.5",
        )
    return engine.points(side.column, times=False)


def _cells(
    sides: Sequence[Side], points: Sequence[Points], bins: Bins | None, laws: Sequence[Law]
) -> tuple[Edges, bool]:
    """The grid of these samples and models, and whether cells without samples are one, (rest)."""
    if not points:
        return cells_alone(laws), False
    positions, masses = _pooled(points)
    chosen, few = _chosen(sides, positions, masses, bins)
    if isinstance(bins, GivenEdges):
        return chosen, False
    if all(law.discrete for law in laws):
        return chosen, few
    ends = [edge for law in laws for edge in law.edges_of_support()]
    edges = np.unique([*_between(positions, chosen.inner), *ends])
    return Edges(edges, f"{chosen.rule}, edges between values"), False


def _chosen(
    sides: Sequence[Side], positions: FloatArray, masses: FloatArray, bins: Bins | None
) -> tuple[Edges, bool]:
    if isinstance(bins, GivenEdges):
        if bins.times:
            raise CommandLineError("--bins: the edges are times, the values numbers")
        return Edges(np.array(bins.edges), "edges given"), False
    if isinstance(bins, str):
        return equal_width(positions, masses, bins), False
    if isinstance(bins, int):
        return equal_frequency(positions, masses, bins), False
    cells = few_cells(sides, positions)
    if cells is None:
        return one_cell_each(positions, ONE_EACH), True
    return equal_frequency(positions, masses, cells), False


def _between(positions: FloatArray, edges: FloatArray) -> list[float]:
    """Half-way between the values on either side of each edge; none beyond the outer values."""
    after = np.unique(np.searchsorted(positions, edges))
    after = after[(after > 0) & (after < len(positions))]
    return list(map(_middle, positions[after - 1].tolist(), positions[after].tolist()))


def _middle(low: float, high: float) -> float:
    """Half-way between two values, in as few digits as tell it."""
    middle = low / 2 + high / 2
    short = (float(f"{middle:.{digits}g}") for digits in range(1, 17))
    return next((x for x in short if abs(x - middle) <= 1e-6 * (high - low)), middle)


def _pooled(points: Sequence[Points]) -> tuple[FloatArray, FloatArray]:
    everywhere = np.concatenate([one.positions for one in points])
    positions, place = np.unique(everywhere, return_inverse=True)
    masses = np.concatenate([one.masses.astype(np.float64) for one in points])
    return positions, np.asarray(np.bincount(place, masses, len(positions)), dtype=np.float64)


def cells_alone(laws: Sequence[Law]) -> Edges:
    """Cells for models alone: every whole number that matters, or quantiles of all of them."""
    if all(law.discrete for law in laws):
        values = whole_numbers(laws)
        if values is None:
            raise DataError("a discrete model of more than a million values")
        return one_cell_each(values, ONE_EACH)
    shares = np.arange(1, _CELLS_ALONE) / _CELLS_ALONE
    ends = [edge for law in laws for edge in law.edges_of_support()]
    quantiles = np.concatenate([law.quantiles(shares) for law in laws])
    spread = min(float(np.ptp(law.quantiles(shares))) for law in laws)
    if _READABLE < spread < 1 / _READABLE:
        quantiles = quantiles.round(2 - math.floor(math.log10(spread)))
    low, high = (pick(law.support[i] for law in laws) for i, pick in enumerate((min, max)))
    inside = [edge for edge in quantiles.tolist() if low < edge < high]
    return Edges(np.unique([*inside, *ends]), "quantiles of the models")


def _sample_masses(points: Points, edges: Edges) -> FloatArray:
    totals = np.zeros(len(edges.inner) + 1, dtype=points.masses.dtype)
    np.add.at(totals, edges.locate(points.positions), points.masses)
    return totals  # type: ignore[return-value]  # doubles or whole numbers, summed alike


def _rest(edges: Edges, on_cells: Sequence[FloatArray]) -> np.ndarray:
    return np.asarray(np.sum(on_cells, axis=0) == 0)


def _described(
    edges: Edges, used: Sequence[int], special: Sequence[Special]
) -> tuple[Grid, tuple[Symbol, ...]]:
    bounds = [edges.bounds(cell) for cell in used]
    labels: list[Symbol] = [_label(edges, cell) for cell in used]
    none = [None] * len(special)
    low, high = ([pair[side] for pair in bounds] for side in (0, 1))
    return Grid((*low, *none), (*high, *none), edges.rule), (*labels, *special)


def _label(edges: Edges, cell: int) -> str:
    low, high = edges.bounds(cell)
    if low == high:
        return number_text(low)
    opening = "(-inf" if math.isinf(low) else _end(low, "[", "(")
    return f"{opening}, {'inf)' if math.isinf(high) else _end(high, ')', ']')}"


def _end(edge: float, at: str, beyond: str) -> str:
    """An edge with its bracket; the double after a number is told as beyond that number."""
    number = math.nextafter(edge, -math.inf)
    after = len(repr(number)) < len(repr(edge))
    text, bracket = number_text(number if after else edge), beyond if after else at
    return f"{bracket}{text}" if bracket in "[(" else f"{text}{bracket}"


def _model_side(
    column: Column,
    labels: tuple[Symbol, ...],
    weights: FloatArray,
    grid: Grid,
    line: Line,
    notes: Sequence[str],
) -> Distribution:
    return Distribution(
        column.name, labels, weights, "numeric", None, "probabilities", grid=grid, line=line,
        notes=tuple(notes),
    )  # fmt: skip


def model_line(law: Law, points: Sequence[Points]) -> tuple[Line, list[str]]:
    """The mass of a law at points of the line, and the note on a density that is put there.

    A density's mass between two neighbours among the samples' values and its own quantiles is put
    half-way: distribution functions are then exact at every value, so that KS is. A law without a
    mean has no line, as distances to it are infinite, nor has one of more than a million values.
    """
    if not math.isfinite(law.mean):
        return Line(np.array([]), np.array([])), []
    if law.discrete:
        values = whole_numbers([law])
        values = np.array([]) if values is None else values
        return Line(values, np.exp(law.log_density(values))), []
    shares = (np.arange(_QUANTILES) + 0.5) / _QUANTILES
    tails = np.array([1e-9, 1e-7, 1e-5])
    own = [law.quantiles(shares), law.quantiles(tails), law.upper_quantiles(tails)]
    places = np.unique(np.concatenate([*own, *(one.positions for one in points)]))
    between = places[:-1] / 2 + places[1:] / 2
    positions = np.concatenate([places[:1], between, places[-1:]])
    note = f"ordered measures take the density at {len(positions):,} points"
    return Line(positions, law.masses(places)), [note]


def _underflow(mass: FloatArray, held: FloatArray, edges: Edges, column: Column) -> list[str]:
    """The note on cells with samples, inside the support, whose mass is below the least double."""
    assert column.model is not None
    law = law_of(column.model)
    low, high = law.support
    lows = np.concatenate([[-math.inf], edges.inner])
    highs = np.concatenate([edges.inner, [math.inf]])
    inside = (lows >= low) & (highs <= high) & (held > 0)
    if law.discrete:
        inside &= np.ceil(lows) < highs
    lost = int((inside & (mass == 0)).sum())
    if not lost:
        return []
    cells = f"{lost:,} cell{'s' * (lost > 1)}"
    return [f"{column.name}: {cells} hold less mass than a double can tell, taken as 0"]
