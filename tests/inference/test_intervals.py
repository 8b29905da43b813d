"""Intervals: exact where the law is known, and what holds for every one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from divcli.inference.intervals import basic_limits, entropy_limits, limits
from divcli.inference.laws import Law, Moments, chi_square_moments, distance_laws, divergence_law
from divcli.inference.noise import noise
from divcli.inference.power import detectable_noncentrality, minimum_detectable_js
from divcli.inference.resampling import null_draws


def chi_square_law(freedom: int) -> Law:
    """The law of χ² - ν as an estimate of its noncentrality λ."""
    null = chi_square_moments(1.0, freedom)
    at_ten = Moments(freedom + 10, 2 * freedom + 40, 8 * freedom + 240)
    return divergence_law(null, at_ten, 10.0, freedom)


@pytest.mark.parametrize("freedom", [1, 3, 19, 60])
@pytest.mark.parametrize("observed", [2.5, 6.0, 20.0, 150.0])
def test_limits_are_those_of_the_noncentral_chi_square_law(freedom: int, observed: float) -> None:
    low, high = limits(observed, chi_square_law(freedom), 0.95)
    x = freedom + observed
    exact_high = optimize.brentq(lambda v: stats.ncx2.cdf(x, freedom, v) - 0.025, 1e-9, 1e4)
    assert high == pytest.approx(exact_high, rel=0.05, abs=1.0)
    for tail in (0.025, 0.05):
        if stats.ncx2.sf(x, freedom, 1e-9) >= tail:
            assert low == 0 or tail == 0.025
    if low > high / 2:
        exact_low = optimize.brentq(lambda v: stats.ncx2.sf(x, freedom, v) - 0.025, 1e-9, 1e4)
        assert low == pytest.approx(exact_low, rel=0.05, abs=1.0)


@pytest.mark.parametrize("freedom", [1, 3, 19, 60])
@pytest.mark.parametrize("noncentrality", [0.0, 2.0, 8.0, 25.0, 80.0, 500.0])
def test_coverage_is_95_percent_under_the_chi_square_law(
    freedom: int, noncentrality: float
) -> None:
    law, rng = chi_square_law(freedom), np.random.default_rng(0)
    draws = (
        rng.noncentral_chisquare(freedom, noncentrality, 1_500)
        if noncentrality
        else rng.chisquare(freedom, 1_500)
    )
    held = [
        low <= noncentrality <= high
        for low, high in (limits(float(draw) - freedom, law, 0.95) for draw in draws)
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.025)


@given(st.floats(-5, 50), st.integers(1, 40), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_limits_are_ordered_not_negative_and_wider_with_confidence(
    observed: float, freedom: int, confidence: float
) -> None:
    law = chi_square_law(freedom)
    low, high = limits(observed, law, confidence)
    assert 0 <= low <= high
    assert high > 0
    wider_low, wider_high = limits(observed, law, 0.999)
    assert wider_low <= low + 1e-9
    assert wider_high >= high - 1e-9


def test_the_variance_of_a_bounded_measure_may_fall() -> None:
    law = divergence_law(Moments(0, 1e-4, 0), Moments(0.6, 1e-5, 0), 0.6, 5)
    low, high = limits(0.6, law, 0.95)
    assert 0.58 < low < 0.6 < high < 0.61


@pytest.mark.parametrize("theta", [0.0, 0.01, 0.1, 0.5])
def test_the_two_laws_of_a_distance_meet_at_the_null(theta: float) -> None:
    few, all_ = distance_laws(Moments(0.1, 1e-4, 0), Moments(0.15 + theta, 2e-4, 0), theta)
    assert few.quantile(0.0, 0.0) == pytest.approx(0.1)
    assert all_.quantile(0.0, 0.0) == pytest.approx(0.1)
    assert few.estimate(0.09) == all_.estimate(0.09) == 0


def test_entropy_limits_are_normal_far_from_uniform() -> None:
    low, high = entropy_limits(1.0, 1.0, Moments(1.0, 1e-4, 0.0), 10, 5_000, 0.95)
    assert (low, high) == pytest.approx((1 - 0.0196, 1 + 0.0196), abs=3e-4)


def test_entropy_limits_reach_beyond_ln_k_where_the_estimate_does() -> None:
    low, high = entropy_limits(1.2, np.log(3), Moments(1.08, 1e-4, 0.0), 3, 100, 0.95)
    assert low < 1.2 < high


def test_basic_limits_reverse_the_quantiles() -> None:
    draws = np.concatenate([np.full(950, 1.0), np.full(50, 3.0)])
    low, high = basic_limits(2.0, draws, 0.95)
    assert (low, high) == pytest.approx((2 - (3 - 1.1), 2 - (1 - 1.1)))


@pytest.mark.parametrize("freedom", [1, 4, 19, 200])
def test_detectable_noncentrality_gives_the_power_asked_for(freedom: int) -> None:
    found = detectable_noncentrality(freedom, 0.05, 0.8)
    critical = stats.chi2.ppf(0.95, freedom)
    assert stats.ncx2.sf(critical, freedom, found) == pytest.approx(0.8, abs=1e-5)


@pytest.mark.parametrize(
    ("n", "m", "cells"), [(1, 1_000, 2), (5, 5, 9), (100, 100, 1)], ids=["n = 1", "k > n", "k = 1"]
)
def test_no_effect_is_detectable_where_none_would_be(n: int, m: int, cells: int) -> None:
    assert minimum_detectable_js(n, m, cells) is None


def test_detectable_effect_falls_with_sizes_and_rises_with_cells() -> None:
    effects = [minimum_detectable_js(*size) for size in ((500, 500, 20), (900, 500, 20))]
    assert effects[0] is not None
    assert effects[1] is not None
    assert effects[1] < effects[0]
    more = minimum_detectable_js(500, 500, 40)
    assert more is not None
    assert more > effects[0]


@pytest.mark.parametrize(
    "quantity", ["js", "kl_pq", "kl_qp", "jeffreys", "hellinger_squared", "chi2", "tv"]
)
def test_closed_noise_floors_are_those_of_permutations(quantity: str) -> None:
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(15, 4.0))
    x, y = rng.multinomial(20_000, shares), rng.multinomial(5_000, shares)
    draws = null_draws(x, y, (quantity,), 4_000, rng).plugins[quantity]
    closed = noise(quantity, x, y)
    assert closed.mean == pytest.approx(draws.mean(), rel=0.03)
    assert closed.floor == pytest.approx(np.quantile(draws, 0.95), rel=0.05)


def test_entropies_have_no_noise_floor() -> None:
    with pytest.raises(KeyError):
        noise("entropy_p", [1, 2], [2, 1])
