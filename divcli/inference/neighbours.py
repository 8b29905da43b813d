"""Divergence and entropy of continuous data from distances to nearest neighbours, in nats.

One dimension needs sorting only; several need the k-d tree of scipy, loaded there. Both refuse
ties: a distance of 0 has no logarithm, and rounded data is not continuous.
"""

from __future__ import annotations

import math

import numpy as np

from divcli.inference.arrays import FloatArray
from divcli.inference.special import digamma_of_integers


def kl_nearest_neighbours(x: FloatArray, y: FloatArray, k: int = 5) -> float:
    """KL(P‖Q) from samples, d·mean ln(ν_k/ρ_k) + ln(m/(n-1)); may come out negative.

    x, y: shape (n,) and (m,), or (n, d) and (m, d). ρ_k, ν_k: distance from each x to its k-th
    neighbour among the other x, and among y. ValueError for ties, for values that are not
    finite, and where n <= k or m < k. Source: Wang, Kulkarni & Verdú (2009), eq. 5.
    """
    own, other = _points(x, k + 1), _points(y, k)
    if own.shape[1] != other.shape[1]:
        raise ValueError(f"points of {own.shape[1]} and of {other.shape[1]} dimensions")
    _refuse_ties(np.concatenate([own, other]))
    within, across = _distances_within(own, k), _distances_across(own, other, k)
    n, d = own.shape
    return float(d * np.log(across / within).mean() + math.log(len(other) / (n - 1)))


def entropy_nearest_neighbours(x: FloatArray, k: int = 3) -> float:
    """Differential entropy by Kozachenko & Leonenko, ψ(n) - ψ(k) + ln V_d + d·mean ln ρ_k.

    x: shape (n,) or (n, d); V_d: volume of the unit ball. In nats relative to the unit of x, so
    negative values are possible. ValueError as above.
    Source: Kozachenko & Leonenko (1987); for k > 1 Kraskov, Stögbauer & Grassberger (2004).
    """
    points = _points(x, k + 1)
    _refuse_ties(points)
    n, d = points.shape
    psi = digamma_of_integers(np.array([n, k]))
    ball = d / 2 * math.log(math.pi) - math.lgamma(d / 2 + 1)
    logs = np.log(_distances_within(points, k))
    return float(psi[0] - psi[1] + ball + d * logs.mean())


def log_densities(x: FloatArray, k: int = 3) -> FloatArray:
    """Logarithm of the density at each of these values, by its neighbours, shape (n,).

    x: shape (n,), ascending. Their mean is minus the entropy above. ValueError as above.
    """
    points = _points(x, k + 1)
    _refuse_ties(points)
    psi = digamma_of_integers(np.array([len(points), k]))
    logs: FloatArray = psi[1] - psi[0] - math.log(2) - np.log(_distances_within(points, k))
    return logs


def _points(values: FloatArray, least: int) -> FloatArray:
    """Points as rows, shape (n, d), at least so many, all finite."""
    points = np.asarray(values, dtype=np.float64)
    points = points[:, None] if points.ndim == 1 else points
    if not np.isfinite(points).all():
        raise ValueError("nearest neighbours need finite values")
    if len(points) < least:
        raise ValueError(f"nearest neighbours need {least} points, found {len(points)}")
    return points


def _refuse_ties(points: FloatArray) -> None:
    """ValueError where a point occurs more than once."""
    distinct = len(np.unique(points[:, 0] if points.shape[1] == 1 else points, axis=0))
    ties = len(points) - distinct
    if ties:
        raise ValueError(
            f"{ties} of {len(points)} points repeat an earlier one: nearest neighbours need "
            "continuous data without ties"
        )


def _distances_within(points: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour among the others, shape (n,)."""
    if points.shape[1] > 1:
        return _by_tree(points, points, k + 1)
    values = np.sort(points[:, 0])
    # The k neighbours and the point itself are k + 1 consecutive values.
    return _narrowest(values, values, np.arange(len(values)), k + 1)


def _distances_across(points: FloatArray, others: FloatArray, k: int) -> FloatArray:
    """Distance of each point to its k-th neighbour among others, shape (n,)."""
    if points.shape[1] > 1:
        return _by_tree(others, points, k)
    values, targets = np.sort(others[:, 0]), np.sort(points[:, 0])
    return _narrowest(values, targets, np.searchsorted(values, targets), k)


def _by_tree(points: FloatArray, targets: FloatArray, k: int) -> FloatArray:
    """Distance of each target to its k-th neighbour among the points, in several dimensions."""
    try:
        from scipy.spatial import cKDTree
    except ImportError as error:
        raise ValueError(
            "neighbours in several dimensions need scipy: pip install scipy"
        ) from error
    return np.asarray(cKDTree(points).query(targets, [k])[0][:, 0])


def _narrowest(values: FloatArray, targets: FloatArray, at: np.ndarray, width: int) -> FloatArray:
    """Radius around each target that holds so many of the sorted values, shape of targets.

    at: where each target stands among them. The nearest ones are consecutive, so the radius is
    the least, over the runs of that width next to the target, of the distance to the far end.
    """
    edge = np.full(width, np.inf)
    padded = np.concatenate([-edge, values, edge])
    radius = np.full(len(targets), np.inf)
    for start in range(width + 1):
        first = at + width - start
        far = np.maximum(targets - padded[first], padded[first + width - 1] - targets)
        np.minimum(radius, far, out=radius)
    return radius
