"""Maximum likelihood for each family, from distinct values and the weight of each.

Every function takes values, ascending, and their weights, shape (u,) each, and returns the
parameters in the order of the catalogue; ValueError says why a family cannot be fitted.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special

if TYPE_CHECKING:
    from collections.abc import Callable

    from divcli.model.arrays import FloatArray

Pair = tuple[float, float]

# Logarithms between which one-dimensional equations are solved, of shapes and sizes.
_SHAPES = (-12.0, 25.0)
_TOLERANCE = {"xtol": 1e-14, "rtol": 1e-14}
_NORMAL_LIMIT = 1e5  # degrees of freedom beyond which a sample cannot tell t from normal
_LEAST_FREEDOM = 0.05
# Logarithm of the scale of Student's t, in mean distances from the median: a millionth is none.
_NARROWEST = -14.0
_WHOLE = 2.0**53  # beyond, doubles skip whole numbers
_CONSTANT = "all values are the same"


def normal(x: FloatArray, w: FloatArray) -> Pair:
    """Mean and standard deviation (of the sample: divided by n)."""
    mu = _mean(x, w)
    return mu, _spread(math.sqrt(_mean((x - mu) ** 2, w)), x)


def lognormal(x: FloatArray, w: FloatArray) -> Pair:
    """Mean and standard deviation of the logarithms."""
    return normal(np.log(_above(x, w, 0.0)), w)


def exponential(x: FloatArray, w: FloatArray) -> tuple[float]:
    """The mean."""
    if x[0] < 0:
        raise ValueError(_outside(x < 0, w, "values from 0 on"))
    return (_spread(_mean(x, w), x),)


def gamma(x: FloatArray, w: FloatArray) -> Pair:
    """The root of ln k - ψ(k) = ln mean - mean of logarithms."""
    mean = _mean(_above(x, w, 0.0), w)
    gap = _spread(-_mean(np.log(x / mean), w), x)
    shape = _root(lambda k: math.log(k) - float(special.psi(k)) - gap)
    return shape, mean / shape


def beta(x: FloatArray, w: FloatArray) -> Pair:
    """The roots of ψ(a) - ψ(a+b) = mean ln x and ψ(b) - ψ(a+b) = mean ln(1-x)."""
    if x[0] <= 0 or x[-1] >= 1:
        raise ValueError(_outside((x <= 0) | (x >= 1), w, "values between 0 and 1"))
    mean, logs = _mean(x, w), np.array([_mean(np.log(x), w), _mean(np.log1p(-x), w)])
    _spread(float(np.ptp(x)), x)
    size = max(mean * (1 - mean) / _mean((x - mean) ** 2, w) - 1, 0.1)

    def unmet(log_parameters: FloatArray) -> FloatArray:
        a, b = np.exp(log_parameters)
        return np.asarray(special.psi([a, b]) - special.psi(a + b) - logs)

    found = optimize.root(unmet, np.log([mean * size, (1 - mean) * size]), tol=1e-13)
    if np.abs(found.fun).max() > 1e-8:
        raise ValueError(f"no maximum of the likelihood found: {found.message}")
    a, b = np.exp(found.x).tolist()
    return a, b


def laplace(x: FloatArray, w: FloatArray) -> Pair:
    """The median, and the mean distance from it."""
    half = np.cumsum(w) / w.sum()
    at = int(np.searchsorted(half, 0.5))
    median = float(x[at])
    if half[at] == 0.5 and at + 1 < len(x):
        median = float(x[at] / 2 + x[at + 1] / 2)
    return median, _spread(_mean(np.abs(x - median), w), x)


def uniform(x: FloatArray, w: FloatArray) -> Pair:
    """The least and the greatest value."""
    _spread(float(x[-1] - x[0]), x)
    return float(x[0]), float(x[-1])


def weibull(x: FloatArray, w: FloatArray) -> Pair:
    """The root in k of Σ x^k ln x / Σ x^k - 1/k = mean ln x."""
    _spread(float(np.ptp(_above(x, w, 0.0))), x)
    logs = np.log(x) - math.log(float(x[-1]))
    mean = _mean(logs, w)

    def unmet(k: float) -> float:
        powers = np.exp(k * logs)
        return _mean(powers * logs, w) / _mean(powers, w) - 1 / k - mean

    k = _root(unmet)
    return k, float(x[-1]) * math.exp(math.log(_mean(np.exp(k * logs), w)) / k)


def logistic(x: FloatArray, w: FloatArray) -> Pair:
    """By gradient descent of the negative log-likelihood."""
    z, centre, scale = _standardised(x, w)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        mu, log_s = parameters
        y = (z - mu) * math.exp(-log_s)
        bend = np.tanh(y / 2)
        value = _mean(np.logaddexp(0, -y) + np.logaddexp(0, y), w) + log_s
        return value, np.array([-_mean(bend, w) * math.exp(-log_s), 1 - _mean(y * bend, w)])

    mu, log_s = _minimum(loss, [0.0, math.log(math.sqrt(3) / math.pi)], [(-50, 50), (-25, 5)])
    return centre + scale * mu, scale * math.exp(log_s)


def student_t(x: FloatArray, w: FloatArray) -> tuple[float, float, float]:
    """By gradient descent of the negative log-likelihood in mu, ln sigma and ln nu."""
    z, centre, scale = _standardised(x, w)

    def loss(parameters: FloatArray) -> tuple[float, FloatArray]:
        mu, log_sigma, log_nu = parameters
        nu, sigma = math.exp(log_nu), math.exp(log_sigma)
        y = (z - mu) / sigma
        bent = y * y / nu
        pull = (nu + 1) / nu / (1 + bent)
        logs = _mean(np.log1p(bent), w)
        value = float(special.gammaln(nu / 2) - special.gammaln((nu + 1) / 2))
        value += (math.log(nu * math.pi) + (nu + 1) * logs) / 2 + log_sigma
        slope = float(special.psi(nu / 2) - special.psi((nu + 1) / 2)) * nu + 1 + nu * logs
        slope -= (nu + 1) * _mean(bent / (1 + bent), w)
        return value, np.array([-_mean(pull * y, w) / sigma, 1 - _mean(pull * y * y, w), slope / 2])

    limits = [(-50, 50), (_NARROWEST, 5), (math.log(_LEAST_FREEDOM), math.log(_NORMAL_LIMIT))]
    mu, log_sigma, log_nu = _minimum(loss, [0.0, -0.2, math.log(5)], limits)
    if log_nu > math.log(_NORMAL_LIMIT) - 1e-6:
        raise ValueError("the degrees of freedom grow without end: its limit is the normal")
    if log_nu < math.log(_LEAST_FREEDOM) + 1e-6 or log_sigma < _NARROWEST + 1e-6:
        raise ValueError("the likelihood grows without end: one value is too frequent")
    return math.exp(log_nu), centre + scale * mu, scale * math.exp(log_sigma)


def pareto(x: FloatArray, w: FloatArray) -> Pair:
    """The least value, and the inverse of the mean logarithm in units of it."""
    scale = float(_above(x, w, 0.0)[0])
    return 1 / _spread(_mean(np.log(x) - math.log(scale), w), x), scale


def poisson(x: FloatArray, w: FloatArray) -> tuple[float]:
    """The mean."""
    mean = _mean(_whole(x, w, 0), w)
    if mean == 0:
        raise ValueError("all values are 0")
    return (mean,)


def binomial(x: FloatArray, w: FloatArray, *, n: int | None = None) -> Pair:
    """The number of trials with the greatest likelihood, or the one given, and its probability."""
    mean = poisson(x, w)[0]
    greatest = int(x[-1])
    if n is not None:
        if greatest > n:
            raise ValueError(_outside(x > n, w, f"whole numbers to {n}"))
        return n, mean / n
    if mean == greatest:
        return greatest, 1.0
    if _mean((x - mean) ** 2, w) >= mean:
        raise ValueError(
            "the variance is not below the mean: trials grow without end, to a poisson"
        )

    def loss(trials: float) -> float:
        p = mean / trials
        chosen = special.gammaln(trials + 1) - special.gammaln(trials - x + 1)
        return -(_mean(chosen, w) + mean * math.log(p) + (trials - mean) * math.log1p(-p))

    last = _valley(loss, greatest)
    low, high = greatest, last
    while high - low > 2:
        left, right = low + (high - low) // 3, high - (high - low) // 3
        low, high = (low, right) if loss(left) <= loss(right) else (left, high)
    trials = min(range(low, high + 1), key=loss)
    return trials, mean / trials


def geometric(x: FloatArray, w: FloatArray) -> tuple[float]:
    """The inverse of the mean."""
    return (1 / _mean(_whole(x, w, 1), w),)


def negative_binomial(x: FloatArray, w: FloatArray) -> Pair:
    """The root in r of mean ψ(x+r) - ψ(r) = ln(1 + mean/r), p = r/(r + mean)."""
    mean = poisson(x, w)[0]
    if _mean((x - mean) ** 2, w) <= mean:
        raise ValueError("the variance is not above the mean: r grows without end, to a poisson")

    def unmet(r: float) -> float:
        return _mean(special.psi(x + r), w) - float(special.psi(r)) - math.log1p(mean / r)

    r = _root(unmet, (-12.0, 12.0))
    return r, r / (r + mean)


def discrete_uniform(x: FloatArray, w: FloatArray) -> Pair:
    """The least and the greatest value."""
    _whole(x, w, None)
    return int(x[0]), int(x[-1])


def _mean(values: FloatArray, w: FloatArray) -> float:
    return float(values @ w / w.sum())


def _spread(width: float, x: FloatArray) -> float:
    """A width that is above what rounding leaves of 0."""
    if len(x) == 1 or not width > 0:
        raise ValueError(_CONSTANT)
    return width


def _above(x: FloatArray, w: FloatArray, least: float) -> FloatArray:
    if x[0] <= least:
        raise ValueError(_outside(x <= least, w, f"values above {least:g}"))
    return x


def _whole(x: FloatArray, w: FloatArray, least: int | None) -> FloatArray:
    odd = (x != np.trunc(x)) | (np.abs(x) > _WHOLE)
    if odd.any():
        raise ValueError(_outside(odd, w, "whole numbers"))
    if least is not None and x[0] < least:
        raise ValueError(_outside(x < least, w, f"whole numbers from {least} on"))
    return x


def _outside(odd: np.ndarray, w: FloatArray, needed: str) -> str:
    return f"it has {needed} only; {w[odd].sum():,.12g} of {w.sum():,.12g} are not"


def _root(unmet: Callable[[float], float], logs: Pair = _SHAPES) -> float:
    """The root of a monotone function of a positive number."""

    def of_log(log: float) -> float:
        return unmet(math.exp(log))

    if of_log(logs[0]) * of_log(logs[1]) > 0:
        raise ValueError("no maximum of the likelihood: the shape grows without end")
    return math.exp(optimize.brentq(of_log, *logs, **_TOLERANCE))


def _valley(loss: Callable[[float], float], start: int) -> int:
    """A whole number beyond the minimum of a function that falls, then rises."""
    step = 1
    while loss(start + step) > loss(start + 2 * step):
        step *= 2
        if step > 2**40:
            raise ValueError("trials grow without end, to a poisson")
    return start + 2 * step


def _standardised(x: FloatArray, w: FloatArray) -> tuple[FloatArray, float, float]:
    """Values about their median in units of their mean distance from it, and both of these."""
    centre, scale = laplace(x, w)
    return (x - centre) / scale, centre, scale


def _minimum(
    loss: Callable[[FloatArray], tuple[float, FloatArray]],
    start: list[float],
    limits: list[Pair],
) -> list[float]:
    found = optimize.minimize(
        loss, start, jac=True, method="L-BFGS-B", bounds=limits,
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    listed: list[float] = found.x.tolist()
    return listed
