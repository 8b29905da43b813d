"""Digamma, trigamma and a ratio of gamma functions on arrays, in numpy alone.

scipy.special has them too, at some 280 ms of import: more than everything else a comparison of
two small samples does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from divcli.inference.arrays import FloatArray, IntArray

EULER_GAMMA = 0.5772156649015329
# Bernoulli numbers B_2, B_4, ..., B_14.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
# From 12 on seven terms of the asymptotic series leave less than 1e-17.
_FAR = 12
_HARMONIC = [math.fsum(1 / j for j in range(1, n)) for n in range(1, 64)]
_SMALL_DIGAMMA = np.array([-math.inf] + [h - EULER_GAMMA for h in _HARMONIC])


def digamma_of_integers(n: IntArray) -> FloatArray:
    """Digamma ψ(n) = H_(n-1) - γ of whole numbers from 1 on, to about 1e-16 of its size.

    n: any shape, integers; -inf at 0. Harmonic sums below 64, the asymptotic series above.
    Source: DLMF 5.4.14 and 5.11.2.
    """
    n = np.asarray(n)
    size = len(_SMALL_DIGAMMA)
    if n.max(initial=0) < size:
        return _SMALL_DIGAMMA[n]
    far = _digamma_far(np.maximum(n, size).astype(np.float64))
    return np.where(n < size, _SMALL_DIGAMMA[np.minimum(n, size - 1)], far)


def digamma(x: ArrayLike) -> FloatArray:
    """Digamma ψ(x) of positive reals, any shape.

    Shifted by ψ(x) = ψ(x+1) - 1/x to where the asymptotic series holds.
    Source: DLMF 5.5.2 and 5.11.2.
    """
    x = np.asarray(x, dtype=np.float64)
    shift = np.zeros_like(x)
    for _ in range(_FAR):
        near = x < _FAR
        shift = np.where(near, shift + 1 / x, shift)
        x = np.where(near, x + 1, x)
    return np.asarray(_digamma_far(x) - shift)


def trigamma(x: FloatArray) -> FloatArray:
    """Trigamma ψ'(x) of positive reals, any shape.

    Source: DLMF 5.15.5 for the shift, and 5.15.8 for the series.
    """
    x = np.asarray(x, dtype=np.float64)
    shift = np.zeros_like(x)
    for _ in range(_FAR):
        near = x < _FAR
        shift = np.where(near, shift + 1 / (x * x), shift)
        x = np.where(near, x + 1, x)
    inverse = 1 / x
    series = sum(b * inverse ** (2 * j + 1) for j, b in enumerate(_BERNOULLI, start=1))
    return shift + inverse + 0.5 * inverse * inverse + series


def log_rising(x: FloatArray, n: int) -> FloatArray:
    """Logarithm of the rising factorial, ln Γ(x+n) - ln Γ(x), for positive reals x and whole n.

    Its error is small against itself even where both gammas are huge, which a difference of
    two logarithms of gammas is not. Source: Stirling's series, DLMF 5.11.1, subtracted by hand.
    """
    near = np.asarray(x, dtype=np.float64)
    product = sum(np.log((near + j) / (near + n + j)) for j in range(_FAR))
    x = near + _FAR
    stirling = n * np.log(x) + ((x + n - 0.5) * np.log1p(n / x) - n)
    for j, b in enumerate(_BERNOULLI, start=1):
        factor = b / (2 * j * (2 * j - 1))
        stirling = stirling + factor * ((x + n) ** (1 - 2 * j) - x ** (1 - 2 * j))
    return stirling + product


def _digamma_far(x: FloatArray) -> FloatArray:
    """Asymptotic series of ψ for x of at least 12."""
    square = 1 / (x * x)
    tail = np.zeros_like(x)
    for j in range(len(_BERNOULLI), 0, -1):
        tail = (tail + _BERNOULLI[j - 1] / (2 * j)) * square
    return np.log(x) - 0.5 / x - tail
