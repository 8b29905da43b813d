"""Normal models of several dimensions, diagonal or full: KL, Bhattacharyya distance and entropy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from divcli.errors import CommandLineError
from divcli.families.bregman import log_gap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from divcli.model.arrays import FloatArray
    from divcli.model.family import Model


class Normal(NamedTuple):
    """Mean, shape (d,), and covariance, shape (d, d)."""

    mean: FloatArray
    cov: FloatArray


def normals(p: Model, q: Model) -> tuple[Normal, Normal]:
    """Both models as normals of one number of dimensions; normal(0,1) stands for any number."""
    # The first parameter of a model of points is a vector, by its row of the catalogue.
    dimensions = max(len(model.values[0]) for model in (p, q) if _is_of_points(model))  # type: ignore[arg-type]
    left, right = _normal(p, dimensions), _normal(q, dimensions)
    if len(left.mean) != len(right.mean):
        raise CommandLineError(
            f"models of {len(left.mean)} and of {len(right.mean)} dimensions",
            hint="normal(0,1) stands for a standard normal of any number of dimensions",
        )
    return left, right


def kl(p: Normal, q: Normal) -> float:
    """½[Σ(λ - 1 - ln λ) + (μ-ν)ᵀT⁻¹(μ-ν)] in nats, λ the eigenvalues of T⁻¹S.

    λ - 1 are taken as the eigenvalues of T⁻¹(S - T), so that near-equal models keep their digits.
    """
    root = np.linalg.cholesky(q.cov)
    whitened = _solve(root, _solve(root, p.cov - q.cov).T)
    excess: list[float] = np.linalg.eigvalsh((whitened + whitened.T) / 2).tolist()
    shift = _solve(root, p.mean - q.mean)
    return (math.fsum(map(log_gap, excess)) + float(shift @ shift)) / 2


def bhattacharyya(p: Normal, q: Normal) -> float:
    """⅛ δᵀM⁻¹δ + ½ ln(|M| / √(|S||T|)) in nats, M the mean of the covariances."""
    middle = Normal(p.mean, (p.cov + q.cov) / 2)
    shift = _solve(np.linalg.cholesky(middle.cov), p.mean - q.mean)
    logs = log_determinant(middle) - (log_determinant(p) + log_determinant(q)) / 2
    return max(float(shift @ shift) / 8 + logs / 2, 0.0)


def entropy(p: Normal) -> float:
    """½ ln((2πe)^d |S|) in nats."""
    return (len(p.mean) * math.log(2 * math.pi * math.e) + log_determinant(p)) / 2


def log_determinant(p: Normal) -> float:
    """Logarithm of the determinant, ln |S|."""
    return 2 * math.fsum(np.log(np.diag(np.linalg.cholesky(p.cov))).tolist())


def _solve(root: NDArray[Any], right: NDArray[Any]) -> FloatArray:
    return np.asarray(np.linalg.solve(root, right))


def _is_of_points(model: Model) -> bool:
    return model.row.dimensions != 1


def _normal(model: Model, dimensions: int) -> Normal:
    first, second = model.values
    if model.family == "normal":
        mean = np.full(dimensions, first, dtype=np.float64)
        # The parameters of a normal on a line are numbers, by its row of the catalogue.
        return Normal(mean, np.eye(dimensions) * float(second) ** 2)  # type: ignore[arg-type]
    if not _is_of_points(model):
        raise CommandLineError(f"{model} is no normal: models of points compare with their like")
    spread = np.array(second, dtype=np.float64)
    return Normal(
        np.array(first, dtype=np.float64), np.diag(spread**2) if spread.ndim == 1 else spread
    )
