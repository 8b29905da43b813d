"""The profile of a model: a sample so large that its own chance does not matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.grid import Edges
from divcli.counting.models import cells_alone
from divcli.errors import DataError
from divcli.families.law import law_of
from divcli.model.profile import Cells, ColumnProfile

if TYPE_CHECKING:
    from divcli.families.law import Law
    from divcli.sources.columns import Column

SIZE = 10**9
_CELLS = 200  # of a density, each of the same mass


def profile_of_model(column: Column, like: ColumnProfile | None = None) -> ColumnProfile:
    """The model as counts on its own cells, or on those of another profile.

    DataError where that one is of symbols, or the model of points.
    """
    assert column.model is not None
    if not column.model.row.dimensions:
        raise DataError("a model of points has no profile", where=column.name)
    law = law_of(column.model)
    edges = _edges(law) if like is None else _edges_of(like, column)
    counts = np.rint(law.masses(edges.inner) * SIZE).astype(np.int64)
    low, high = law.quantiles(np.array([0.5 / SIZE, 1 - 0.5 / SIZE])).tolist()
    note = f"{column.name}: a model, taken as {SIZE:,} observations of it"
    return ColumnProfile(
        column.label,
        "numeric",
        int(counts.sum()),
        {},
        Cells(edges.inner, counts, low, high, edges.rule),
        notes=(note,),
    )


def _edges(law: Law) -> Edges:
    if law.discrete:
        return cells_alone([law])
    shares = np.arange(1, _CELLS) / _CELLS
    inner = np.unique([*law.quantiles(shares).tolist(), *law.edges_of_support()])
    return Edges(inner, f"{_CELLS} equal-frequency cells")


def _edges_of(like: ColumnProfile, column: Column) -> Edges:
    if not isinstance(like.content, Cells):
        raise DataError("a model has no symbols", where=column.name)
    return Edges(like.content.edges, like.content.rule)
