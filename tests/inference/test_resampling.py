"""Permutations and bootstrap: what they conserve, and that their p-values are what they say."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest

from divcli.inference import resampling
from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.quantities import Quantity
from divcli.inference.resampling import (
    bootstrap_draws,
    monte_carlo_p_value,
    null_draws,
    permutation_p_value,
    streams,
)
from divcli.inference.tables import Samples, likelihood_ratio


def p_value(x: list[int], y: list[int], resamples: int = 4_999, seed: int = 0) -> float:
    a, b = np.array(x), np.array(y)
    return permutation_p_value(a, b, null_draws(a, b, (), resamples, np.random.default_rng(seed)))


def exact_p_value(x: list[int], y: list[int]) -> float:
    """Share of all ways to deal the pooled observations out that have as large a G."""

    def g(first: tuple[int, ...]) -> float:
        a = np.array(first)
        b = np.add(x, y) - a
        return float(likelihood_ratio(Samples(a[None]), Samples(b[None]))[0])

    pooled, n = [a + b for a, b in zip(x, y, strict=True)], sum(x)
    ways = 0
    for first in product(*(range(t + 1) for t in pooled)):
        if sum(first) == n and g(first) >= g(tuple(x)) - 1e-9:
            ways += int(np.prod([comb(t, a) for t, a in zip(pooled, first, strict=True)]))
    return ways / comb(sum(pooled), n)


@pytest.mark.parametrize(
    ("x", "y"),
    [([5, 1, 2], [1, 4, 3]), ([3, 0, 3], [0, 4, 1]), ([2, 2], [2, 2]), ([1, 0, 0], [3, 3, 2])],
)
def test_p_value_is_that_of_all_permutations(x: list[int], y: list[int]) -> None:
    exact = exact_p_value(x, y)
    spread = (exact * (1 - exact) / 4_999) ** 0.5
    assert p_value(x, y) == pytest.approx(exact, abs=4 * spread + 2 / 5_000)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        pytest.param([7, 11, 13], [7, 11, 13], id="equal samples"),
        pytest.param([7, 11, 13], [70, 110, 130], id="equal shares"),
        pytest.param([1, 0], [0, 1], id="two observations"),
        pytest.param([1] * 9 + [0] * 9, [0] * 9 + [1] * 9, id="no symbol twice"),
    ],
)
def test_where_no_permutation_is_less_extreme_p_is_one(x: list[int], y: list[int]) -> None:
    assert p_value(x, y, resamples=199) == 1.0


def test_rounding_does_not_break_ties() -> None:
    # Both tables have the same G; computed in another order it differs in the last bits.
    assert monte_carlo_p_value(0.1 + 0.2, np.array([0.3] * 9), 1e-12) == 1.0


def test_p_value_is_never_zero_and_counts_the_observed_table() -> None:
    assert monte_carlo_p_value(9.0, np.arange(9.0), 0.0) == 1 / 10
    assert p_value([500, 0], [0, 500], resamples=99) == 1 / 100


def test_p_values_are_uniform_where_nothing_differs() -> None:
    rng = np.random.default_rng(5)
    shares = rng.dirichlet(np.ones(12))
    found = [
        p_value(list(rng.multinomial(300, shares)), list(rng.multinomial(80, shares)), 99, seed)
        for seed in range(600)
    ]
    for level in (0.05, 0.2, 0.5):
        spread = (level * (1 - level) / 600) ** 0.5
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=3.5 * spread)


@pytest.mark.parametrize(("n", "m"), [(30, 70), (70, 30), (50_000, 10), (6 * 10**8, 5 * 10**8)])
def test_null_draws_keep_sizes_and_mean(n: int, m: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[IntArray, IntArray]] = []

    def noted(x: IntArray, y: IntArray) -> FloatArray:
        seen.append((x, y))
        return np.zeros(len(x))

    row = Quantity(lambda p, q: noted(p.counts, q.counts))
    monkeypatch.setattr(resampling, "QUANTITIES", {"noted": row})
    x = np.array([n // 2, 0, n - n // 2])
    y = np.array([m // 3, 0, m - m // 3])
    null_draws(x, y, ("noted",), 400, np.random.default_rng(0))
    drawn_x, drawn_y = (np.concatenate(side) for side in zip(*seen, strict=True))
    assert (drawn_x.sum(axis=1) == n).all()
    assert (drawn_y.sum(axis=1) == m).all()
    share = (x + y)[[0, 2]] / (n + m)
    spread = np.sqrt(share * (1 - share) / min(n, m) / 400)
    np.testing.assert_allclose(drawn_x.mean(axis=0) / n, share, atol=5 * spread.max())


def test_bootstrap_never_draws_a_symbol_that_was_not_seen() -> None:
    x, y = np.array([5, 0, 3, 0]), np.array([0, 4, 4, 0])
    draws = bootstrap_draws(x, y, ("kl_pq", "js"), 300, np.random.default_rng(0))
    # Both sides lack what the other has in the data, so in every resample of both with it.
    assert np.isfinite(draws.estimates["kl_pq"]).all()
    assert draws.plugins["js"].max() <= np.log(2)


def test_permutations_and_bootstrap_are_independent_streams_of_one_seed() -> None:
    first, second = streams(7)
    again, _ = streams(7)
    assert first.random() == again.random()
    assert first.random() != second.random()


def test_draws_do_not_depend_on_what_is_evaluated() -> None:
    x, y = np.array([40, 30, 30]), np.array([20, 25, 5])
    one = null_draws(x, y, ("js",), 50, np.random.default_rng(3))
    both = null_draws(x, y, ("kl_pq", "js"), 50, np.random.default_rng(3))
    np.testing.assert_array_equal(one.plugins["js"], both.plugins["js"])
    np.testing.assert_array_equal(one.g, both.g)


def test_blocks_cover_every_resample() -> None:
    assert sum(resampling.row_blocks(999, 3)) == 999
    assert list(resampling.row_blocks(3, 10**7)) == [1, 1, 1]
