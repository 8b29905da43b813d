"""Permutation of two samples and the bootstrap, both on counts: their cost is free of n.

The two draw from independent streams of one seed, so asking for one does not move the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.quantities import QUANTITIES
from divcli.inference.tables import Samples, likelihood_ratio

# What numpy's multivariate hypergeometric generator takes.
GENERATOR_LIMIT = 10**9
# Cells evaluated at a time: 2 MB an array, which stays in the cache of one core.
_BLOCK = 2**18
# Below this many observations a cell, shuffling them is faster than drawing cell by cell.
_SHUFFLE = 16
# From this many observations a cell on either side, estimates spread as plug-ins do (within 2 %),
# and resamples leave no cell empty.
_AMPLE = 25

_Sampler = Callable[[int], tuple[IntArray, IntArray]]


class Draws(NamedTuple):
    """Quantities of R resampled pairs, each of shape (R,), in nats; and G, the test statistic.

    Where every cell is well filled (not thin), estimates are the plug-ins: they differ by a
    shift only.
    """

    plugins: Mapping[str, FloatArray]
    estimates: Mapping[str, FloatArray]
    g: FloatArray
    thin: bool


def streams(seed: int | None) -> tuple[np.random.Generator, np.random.Generator]:
    """Independent generators for the permutations and for the bootstrap, from one seed."""
    null, alternative = np.random.SeedSequence(seed).spawn(2)
    return np.random.default_rng(null), np.random.default_rng(alternative)


def null_draws(
    x: IntArray, y: IntArray, quantities: Sequence[str], resamples: int, rng: np.random.Generator
) -> Draws:
    """What chance alone gives where P = Q: the pooled observations dealt out anew to both sides.

    x, y: shape (k,). Exact below pooled totals of 10^9, by the multivariate hypergeometric law;
    from there on both sides are drawn from the pooled shares, where that makes no difference.
    """
    x, y = _occupied(x, y)
    pooled, n, m = x + y, int(x.sum()), int(y.sum())
    if n + m >= GENERATOR_LIMIT:
        sampler, shared = _independent(pooled, n, pooled, m, rng), None
    else:
        sampler, shared = _dealt(pooled, n, m, rng), float(Samples(pooled[None]).entropy[0])
    return _evaluate(sampler, quantities, row_blocks(resamples, len(x)), _is_thin(x, y), shared)


def bootstrap_draws(
    x: IntArray, y: IntArray, quantities: Sequence[str], resamples: int, rng: np.random.Generator
) -> Draws:
    """Samples of size n and m from the two empirical distributions, independent of each other.

    Where every cell is well filled the totals are drawn as well (Poisson): given its total, such a
    sample follows the same law, the totals vary by one part in √n, and it costs half.
    """
    x, y = _occupied(x, y)
    if min(x.min(), y.min()) >= _AMPLE:
        sampler = _poisson(x, y, rng)
    else:
        sampler = _independent(x, int(x.sum()), y, int(y.sum()), rng)
    return _evaluate(sampler, quantities, row_blocks(resamples, len(x)), _is_thin(x, y), 0.0)


def monte_carlo_p_value(observed: float, draws: FloatArray, tolerance: float) -> float:
    """Share of draws as extreme as what was observed, (b + 1)/(B + 1): valid, and never 0.

    Draws within the tolerance of the observed value count as ties: tables that tie in exact
    arithmetic differ by rounding. Source: Phipson & Smyth (2010).
    """
    return (int((draws >= observed - tolerance).sum()) + 1) / (len(draws) + 1)


def permutation_p_value(x: IntArray, y: IntArray, null: Draws) -> float:
    """p-value of homogeneity by G, from the null draws of the same two samples."""
    observed = float(likelihood_ratio(Samples(x[None]), Samples(y[None]))[0])
    # G is a difference of terms of the size of the totals, each right to about 1e-15 of it.
    return monte_carlo_p_value(observed, null.g, 1e-12 * float(x.sum() + y.sum()))


def _occupied(x: IntArray, y: IntArray) -> tuple[IntArray, IntArray]:
    """Both samples without the cells that are empty in both."""
    cells = np.flatnonzero(x + y)
    return x[cells], y[cells]


def _is_thin(x: IntArray, y: IntArray) -> bool:
    """Whether some cell has too few observations for estimates to spread as plug-ins do."""
    return bool(min(x.min(), y.min()) < _AMPLE and min(x.sum(), y.sum()) > 1)


def _dealt(pooled: IntArray, n: int, m: int, rng: np.random.Generator) -> _Sampler:
    """Pooled counts dealt out to n and m; the smaller side is drawn, the other is the rest."""

    def sample(rows: int) -> tuple[IntArray, IntArray]:
        drawn = rng.multivariate_hypergeometric(
            pooled,
            min(n, m),
            size=rows,
            method="count" if n + m < _SHUFFLE * len(pooled) else "marginals",
        )
        return (drawn, pooled - drawn) if n <= m else (pooled - drawn, drawn)

    return sample


def _independent(x: IntArray, n: int, y: IntArray, m: int, rng: np.random.Generator) -> _Sampler:
    """Multinomial samples of n and m from the shares of x and of y."""
    return lambda rows: (_multinomial(x, n, rows, rng), _multinomial(y, m, rows, rng))


def _poisson(x: IntArray, y: IntArray, rng: np.random.Generator) -> _Sampler:
    """Counts that vary about those of x and of y, each cell by itself."""
    return lambda rows: (rng.poisson(x, (rows, len(x))), rng.poisson(y, (rows, len(y))))


def _multinomial(x: IntArray, n: int, rows: int, rng: np.random.Generator) -> IntArray:
    """Samples of n from the shares of x, shape (rows, k); cells of share 0 are never drawn.

    numpy hands what rounding leaves to the last cell, which must therefore be an occupied one.
    """
    cells = np.flatnonzero(x)
    out = np.zeros((rows, len(x)), dtype=np.int64)
    out[:, cells] = rng.multinomial(n, x[cells] / x.sum(), size=rows)
    return out


def _evaluate(
    sampler: _Sampler,
    quantities: Sequence[str],
    rows: Iterator[int],
    thin: bool,
    pooled: float | None,
) -> Draws:
    """The quantities of that many sampled pairs, block by block."""
    blocks = [_block(*sampler(size), quantities, thin, pooled) for size in rows]
    return Draws(
        {name: np.concatenate([block.plugins[name] for block in blocks]) for name in quantities},
        {name: np.concatenate([block.estimates[name] for block in blocks]) for name in quantities},
        np.concatenate([block.g for block in blocks]),
        thin,
    )


def _block(
    x: IntArray, y: IntArray, quantities: Sequence[str], thin: bool, pooled: float | None
) -> Draws:
    """The quantities of the sampled pairs in x and y, shape (R, k)."""
    p, q = Samples(x), Samples(y)
    plugins = {name: QUANTITIES[name].plugin(p, q) for name in quantities}
    better = [name for name in quantities if thin and QUANTITIES[name].better]
    estimates = {name: QUANTITIES[name].estimate(p, q) for name in better}
    return Draws(plugins, {**plugins, **estimates}, likelihood_ratio(p, q, pooled), thin)


def row_blocks(resamples: int, k: int) -> Iterator[int]:
    """Numbers of rows that fit the block size and add up to the resamples."""
    size = max(1, _BLOCK // k)
    for start in range(0, resamples, size):
        yield min(size, resamples - start)
