"""Many columns on the same cells, where small ones among them must not make the cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

from divcli.counting.align import CountingOptions, check_side, distributions
from divcli.counting.axis import edges_of, on_axis
from divcli.counting.choice import engine_for
from divcli.counting.engine import Asked, Engine
from divcli.counting.grid import GivenEdges
from divcli.counting.kinds import common_kind
from divcli.counting.side import Side, counted
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Kind
from divcli.sources.columns import Column

# A column with less than this share of the usual number of rows has no say in the grid.
_SHARE = 0.1


class Together(NamedTuple):
    """Columns of one kind as distributions on the same cells, by their place among those given."""

    kind: Kind
    sides: dict[int, Distribution]


class LeftOut(NamedTuple):
    """A column that cannot be counted with the others: its place, and why."""

    place: int
    reason: str


def kinds_apart(
    columns: Sequence[Column],
    options: CountingOptions,
    engine: Engine | None = None,
    *,
    pooled: bool = False,
    reference: int | None = None,
) -> tuple[list[Together], list[LeftOut]]:
    """The columns on common cells, those of one kind with each other, most columns first.

    pooled: the columns are parts of one and therefore of one kind, whatever each looks like.
    reference: the place of the column whose size the others' are held against for a say in the
    grid, their median if none. Columns without values are left out, with the reason.
    """
    engine = engine or engine_for(columns)
    engine.prepare([Asked([one for one in columns if one.model is None])])
    sides, left = _scanned(columns, options, engine)
    wanted = None if options.kind == "auto" else options.kind
    apart = _by_kind(sides, wanted, pooled=pooled)
    together = []
    models = [place for place, column in enumerate(columns) if column.model is not None]
    if models:
        # Models stand on the cells of the numbers beside them.
        places = sorted((*models, *apart.pop("numeric", ())))
        made = distributions([columns[place] for place in places], options, engine)
        together.append(Together("numeric", dict(zip(places, made, strict=True))))
    for kind, places in sorted(apart.items(), key=lambda item: -len(item[1])):
        those = [sides[place] for place in places]
        small = _small(those, None if reference is None else sides.get(reference))
        made = _counted(those, small, kind, options, engine)
        together.append(Together(kind, dict(zip(places, made, strict=True))))
    return together, left


def _scanned(
    columns: Sequence[Column], options: CountingOptions, engine: Engine
) -> tuple[dict[int, Side], list[LeftOut]]:
    """Each column with what a scan tells of it, by its place; apart, those without values."""
    sides: dict[int, Side] = {}
    left: list[LeftOut] = []
    for place, column in enumerate(columns):
        if column.model is not None:
            continue
        try:
            side = Side(column, engine.scan(column), options.missing == "drop")
            check_side(side, options.missing)
            sides[place] = side
        except DataError as error:
            left.append(LeftOut(place, str(error)))
    return sides, left


def _by_kind(
    sides: Mapping[int, Side], wanted: Kind | None, *, pooled: bool
) -> dict[Kind, list[int]]:
    """The places of the columns of each kind."""
    if pooled and sides:
        return {common_kind(list(sides.values()), wanted)[0]: list(sides)}
    apart: dict[Kind, list[int]] = {}
    for place, side in sides.items():
        apart.setdefault(common_kind([side], wanted)[0], []).append(place)
    return apart


def _counted(
    sides: Sequence[Side],
    small: Sequence[int],
    kind: Kind,
    options: CountingOptions,
    engine: Engine,
) -> list[Distribution]:
    """Columns of one kind on the same cells, which the small ones have no part in making."""
    if kind == "categorical" or options.bins is not None or not small:
        return distributions([side.column for side in sides], options, engine)
    ruling = [side for i, side in enumerate(sides) if i not in small]
    times = kind == "datetime"
    points = [engine.points(side.column, times=times) for side in ruling]
    edges = edges_of(ruling, points, None, kind)
    note = f"{counted(len(small), 'column or group')} of few rows had no say in the grid"
    given = GivenEdges(tuple(edges.inner.tolist()), times)
    made = on_axis(sides, given, kind, engine, [note])
    return [_ruled(one, edges.rule) for one in made]


def _ruled(side: Distribution, rule: str) -> Distribution:
    """The same with the rule by which its grid was really made."""
    assert side.grid is not None
    return replace(side, grid=side.grid._replace(rule=rule))


def _small(sides: Sequence[Side], reference: Side | None) -> list[int]:
    """Those with so few rows that a grid made for them would be too coarse for the others."""
    sizes = [side.size for side in sides if side.size is not None]
    if len(sizes) < len(sides) or len(sizes) < 2:
        return []
    usual = reference.size if reference is not None and reference.size else median(sizes)
    return [i for i, size in enumerate(sizes) if size < _SHARE * usual]
