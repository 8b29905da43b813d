"""Special functions against mpmath's digits, scipy and the standard library."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from scipy import special, stats

from divcli.inference.chi_square import (
    chi_square_quantile,
    chi_square_tail,
    noncentral_tail,
    normal_quantile,
)
from divcli.inference.limit_laws import cramer_von_mises_tail, kolmogorov_tail
from divcli.inference.special import digamma, digamma_of_integers, log_rising, trigamma


# Values from mpmath at 50 digits.
@pytest.mark.parametrize(
    ("n", "truth"),
    [
        (1, -0.57721566490153286061),
        (2, 0.42278433509846713939),
        (63, 4.1351772229312202924),
        (64, 4.1510502388042361654),
        (65, 4.1666752388042361654),
        (1_000, 6.9072551956488120521),
        (10**9, 20.723265836446411156),
        (2**60, 41.588830833596718565),
    ],
)
def test_digamma_of_integers_is_right_to_the_last_bits(n: int, truth: float) -> None:
    assert digamma_of_integers(np.array([n]))[0] == pytest.approx(truth, rel=4e-16)
    # Alone, and among others too large for the table of harmonic sums.
    assert digamma_of_integers(np.array([n, 500]))[0] == pytest.approx(truth, rel=4e-16)


def test_digamma_of_integers_agrees_with_scipy() -> None:
    n = np.arange(1, 3_000)
    np.testing.assert_allclose(digamma_of_integers(n), special.digamma(n), rtol=1e-15)


def test_digamma_of_zero_is_minus_infinity() -> None:
    assert digamma_of_integers(np.array([0])) == -np.inf


def test_digamma_and_trigamma_of_reals_agree_with_scipy() -> None:
    x = np.exp(np.linspace(-30, 30, 400))
    np.testing.assert_allclose(digamma(x), special.digamma(x), rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(trigamma(x), special.polygamma(1, x), rtol=1e-14)


# Values from mpmath at 50 digits.
@pytest.mark.parametrize(
    ("x", "n", "truth"),
    [
        (1e-8, 3, -17.727533548392420204),
        (1e-8, 10**9, 19723265809.08303624),
        (0.5, 3, 0.62860865942237413774),
        (0.5, 10**4, 82103.750289185440669),
        (40.0, 3, 11.140121139101612413),
        (40.0, 10**9, 19723266549.802590768),
        (1e9, 10**4, 207232.70836429747073),
        (1e15, 3, 103.61632918473205878),
        (1e15, 10**9, 34538776894.910518094),
    ],
)
def test_rising_factorial_keeps_its_digits_where_both_gammas_are_huge(
    x: float, n: int, truth: float
) -> None:
    assert log_rising(np.array([x]), n)[0] == pytest.approx(truth, rel=1e-14)


@pytest.mark.parametrize("freedom", [1, 2, 3, 10, 100, 5_000, 200_000])
@pytest.mark.parametrize("probability", [1e-6, 0.05, 0.5, 0.95, 0.999, 1 - 1e-9])
def test_chi_square_law_agrees_with_scipy(freedom: int, probability: float) -> None:
    x = stats.chi2.ppf(probability, freedom)
    assert chi_square_tail(x, freedom) == pytest.approx(stats.chi2.sf(x, freedom), rel=1e-8)
    assert chi_square_quantile(probability, freedom) == pytest.approx(x, rel=1e-8)


def test_chi_square_tail_is_never_zero() -> None:
    assert chi_square_tail(1e6, 3) == 5e-324
    assert chi_square_tail(0.0, 3) == 1.0


@pytest.mark.parametrize("freedom", [1, 2, 19, 500])
@pytest.mark.parametrize("noncentrality", [0.0, 0.1, 5.0, 100.0, 3_000.0])
@pytest.mark.parametrize("deviations", [-1.0, 0.0, 3.0])
def test_noncentral_tail_agrees_with_scipy(
    freedom: int, noncentrality: float, deviations: float
) -> None:
    spread = (2 * freedom + 4 * noncentrality) ** 0.5
    x = max(0.1, freedom + noncentrality + deviations * spread)
    truth = stats.ncx2.sf(x, freedom, noncentrality) if noncentrality else stats.chi2.sf(x, freedom)
    assert noncentral_tail(x, freedom, noncentrality) == pytest.approx(truth, abs=1e-9)


@pytest.mark.parametrize("probability", [1e-12, 1e-5, 0.025, 0.3, 0.5, 0.8, 0.975, 1 - 1e-6])
def test_normal_quantile_agrees_with_the_standard_library(probability: float) -> None:
    assert normal_quantile(probability) == pytest.approx(
        NormalDist().inv_cdf(probability), abs=1e-9
    )


def test_kolmogorov_law_agrees_with_scipy() -> None:
    for x in np.linspace(0.05, 4, 80):
        assert kolmogorov_tail(x) == pytest.approx(special.kolmogorov(x), abs=1e-12)


# Values of the limit law: Anderson & Darling (1952), table 1.
@pytest.mark.parametrize(
    ("x", "tail"), [(0.11888, 0.5), (0.34730, 0.1), (0.46136, 0.05), (0.74346, 0.01), (0.0, 1.0)]
)
def test_cramer_von_mises_law_has_its_tabulated_points(x: float, tail: float) -> None:
    assert cramer_von_mises_tail(x) == pytest.approx(tail, abs=1e-5)
