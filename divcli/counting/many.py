"""Many columns on the same cells, where small ones among them must not make the cells."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from divcli.counting.align import CountingOptions, check_side, distributions
from divcli.counting.axis import edges_of, on_axis
from divcli.counting.engine import Engine
from divcli.counting.grid import GivenEdges
from divcli.counting.kinds import common_kind
from divcli.counting.python import PythonEngine
from divcli.counting.side import Side, counted
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Kind
from divcli.sources.columns import Column

# A column with less than this share of the median number of rows has no say in the grid.
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
) -> tuple[list[Together], list[LeftOut]]:
    """The columns on common cells, those of one kind with each other, most columns first.

    pooled: the columns are parts of one and therefore of one kind, whatever each looks like.
    Columns without values are left out, with the reason.
    """
    engine = engine or PythonEngine()
    engine.prepare(columns)
    sides: dict[int, Side] = {}
    left: list[LeftOut] = []
    for place, column in enumerate(columns):
        try:
            side = Side(column, engine.scan(column), options.missing == "drop")
            check_side(side, options.missing)
            sides[place] = side
        except DataError as error:
            left.append(LeftOut(place, str(error)))
    wanted = None if options.kind == "auto" else options.kind
    apart: dict[Kind, list[int]] = {}
    if pooled and sides:
        apart[common_kind(list(sides.values()), wanted)[0]] = list(sides)
    else:
        for place, side in sides.items():
            apart.setdefault(common_kind([side], wanted)[0], []).append(place)
    together = [
        Together(kind, dict(zip(places, _counted(columns, places, sides, kind, options, engine),
                                strict=True)))
        for kind, places in sorted(apart.items(), key=lambda item: -len(item[1]))
    ]  # fmt: skip
    return together, left


def _counted(
    columns: Sequence[Column],
    places: Sequence[int],
    sides: dict[int, Side],
    kind: Kind,
    options: CountingOptions,
    engine: Engine,
) -> list[Distribution]:
    """Columns of one kind on the same cells."""
    chosen = [columns[place] for place in places]
    small = [] if options.bins is not None else _small([sides[place] for place in places])
    if kind == "categorical" or not small:
        return distributions(chosen, options._replace(kind=kind), engine)
    ruling = [sides[place] for i, place in enumerate(places) if i not in small]
    times = kind == "datetime"
    points = [engine.points(side.column, times=times) for side in ruling]
    edges = edges_of(ruling, points, None, kind)
    note = f"{counted(len(small), 'group')} of few rows had no say in the grid"
    given = GivenEdges(tuple(edges.inner.tolist()), times)
    made = on_axis([sides[place] for place in places], given, kind, engine, [note])
    return [_ruled(one, edges.rule) for one in made]


def _ruled(side: Distribution, rule: str) -> Distribution:
    """The same with the rule by which its grid was really made."""
    from dataclasses import replace

    assert side.grid is not None
    return replace(side, grid=side.grid._replace(rule=rule))


def _small(sides: Sequence[Side]) -> list[int]:
    """Those with so few rows that a grid made for them would be too coarse for the others."""
    sizes = [side.size for side in sides]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or len(known) < 2:
        return []
    return [i for i, size in enumerate(known) if size < _SHARE * median(known)]
