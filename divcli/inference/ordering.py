"""An order of many things in which similar ones stand side by side."""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import FloatArray


def similarity_order(distances: FloatArray) -> list[int]:
    """The leaves of average-linkage clustering, in the order with the least steps between them.

    distances: shape (g, g), from 0 on; both directions of a pair are averaged. What is infinite
    or unknown (NaN) is taken as twice the greatest finite distance.
    Source of the order: Bar-Joseph, Gifford & Jaakkola (2001), as scipy has it.
    """
    if len(distances) < 3:
        return list(range(len(distances)))
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    known = np.isfinite(distances)
    greatest = float(distances[known].max(initial=0.0))
    finite = np.where(known, distances, 2 * greatest or 1.0)
    both = (finite + finite.T) / 2
    np.fill_diagonal(both, 0.0)
    tree = linkage(squareform(both, checks=False), method="average", optimal_ordering=True)
    leaves: list[int] = leaves_list(tree).tolist()
    return leaves
