"""Continuous values by their nearest neighbours: no cells, no grid; ties are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from divcli.errors import CommandLineError, DataError
from divcli.model.inference import MeasureInference

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray
    from divcli.model.distribution import Distribution
    from divcli.model.inference import Inference

NO_INTERVAL = "nearest neighbours come without an interval"


def with_neighbours(found: Inference, p: Distribution, q: Distribution) -> Inference:
    """The same with KL estimated from the values themselves, by nearest neighbours."""
    x, y = _values(p), _values(q)
    measures = dict(found.measures)
    for name, one, other, side in (("kl_pq", x, y, p), ("kl_qp", y, x, q)):
        if name in measures:
            floor = measures[name]
            told = neighbour_kl(one, other, side.name)
            measures[name] = told._replace(
                noise_floor=floor.noise_floor, noise_mean=floor.noise_mean
            )
    return found._replace(measures=measures)


def neighbour_kl(x: FloatArray, y: FloatArray, name: str) -> MeasureInference:
    """KL of the first sample from the second by nearest neighbours, in nats; ties are refused."""
    from divcli.inference.neighbours import kl_nearest_neighbours

    try:
        estimate = kl_nearest_neighbours(x, y)
    except ValueError as error:
        raise DataError(str(error), where=name, hint="--estimator kl=zhang-grabchak") from error
    return MeasureInference(estimate, None, None, None, None, "knn", NO_INTERVAL)


def differential_entropy(side: Distribution) -> float:
    """Differential entropy of the values themselves, by nearest neighbours, in nats."""
    from divcli.inference.neighbours import entropy_nearest_neighbours

    try:
        return entropy_nearest_neighbours(_values(side))
    except ValueError as error:
        raise DataError(str(error), where=side.name) from error


def _values(side: Distribution) -> FloatArray:
    if side.line is None:
        raise CommandLineError(f"nearest neighbours need numbers; {side.name} has symbols")
    if side.line.weights.dtype.kind == "f":
        raise CommandLineError("nearest neighbours take every row once: no --sample-weight")
    return np.repeat(side.line.positions, side.line.weights.astype(np.int64))
