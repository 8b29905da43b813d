"""Raw values: nearest neighbours, distribution functions and grids against truth and scipy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from divcli.inference import empirical_cdf as cdf
from divcli.inference import neighbours
from divcli.inference.arrays import FloatArray
from divcli.inference.divergence_estimators import js_jackknife, kl_zhang_grabchak
from divcli.inference.weighted import effective_counts
from tests.benchmarks.calibration import pooled_cells
from tests.inference.truth import Case, cases

SAMPLERS: dict[str, Callable[..., Any]] = {
    "normal": lambda mu, sigma: stats.norm(mu, sigma),
    "uniform": lambda a, b: stats.uniform(a, b - a),
    "laplace": lambda mu, b: stats.laplace(mu, b),
    "gamma": lambda shape, scale: stats.gamma(shape, scale=scale),
    "beta": lambda a, b: stats.beta(a, b),
    "weibull": lambda k, scale: stats.weibull_min(k, scale=scale),
    "logistic": lambda mu, s: stats.logistic(mu, s),
    "exponential": lambda scale: stats.expon(scale=scale),
}


def sampled(spec: dict[str, Any], size: int, seed: int) -> FloatArray:
    """A sample of a distribution of the truth file."""
    parameters = {name: value for name, value in spec.items() if name != "dist"}
    law = SAMPLERS[spec["dist"]](**parameters)
    return np.asarray(law.rvs(size, random_state=np.random.default_rng(seed)))


PAIRS = [
    pytest.param(case, test, id=f"{case['name']} {test['n']}/{test['m']}")
    for case in cases("continuous", "pair")
    for test in case["tests"]
]
ENTROPIES = [
    pytest.param(case, test, id=f"{case['name']} {test['n']}")
    for case in cases("continuous", "entropy")
    for test in case["tests"]
]


@pytest.mark.parametrize(("case", "test"), PAIRS)
def test_divergence_of_continuous_samples_is_within_its_tolerance(case: Case, test: Case) -> None:
    x, y = sampled(case["P"], test["n"], 1), sampled(case["Q"], test["m"], 2)
    kl, js = float(case["expected"]["kl_pq"]), float(case["expected"]["js"])
    a, b = pooled_cells(x, y)
    ours = {
        "kl_wkv_k5": (neighbours.kl_nearest_neighbours(x, y), kl),
        "kl_eqfreq_2n^0.4_zhang_grabchak": (kl_zhang_grabchak(a, b), kl),
        "js_eqfreq_2n^0.4_jackknife": (js_jackknife(a, b), js),
    }
    for name, (found, truth) in ours.items():
        assert found == pytest.approx(truth, abs=test[name]["atol"]), name


@pytest.mark.parametrize(("case", "test"), ENTROPIES)
def test_entropy_of_continuous_samples_is_within_its_tolerance(case: Case, test: Case) -> None:
    x = sampled(case["P"], test["n"], 3)
    truth = float(case["expected"]["entropy_p"])
    found = neighbours.entropy_nearest_neighbours(x)
    assert found == pytest.approx(truth, abs=test["kozachenko_leonenko_k3"]["atol"])


@pytest.mark.parametrize("case", cases("continuous", "mvn"), ids=lambda c: c["name"])
def test_divergence_in_two_dimensions_is_near_the_closed_form(case: Case) -> None:
    rng = np.random.default_rng(0)
    x = rng.multivariate_normal(case["mu1"], case["S1"], size=4_000)
    y = rng.multivariate_normal(case["mu2"], case["S2"], size=4_000)
    found = neighbours.kl_nearest_neighbours(x, y)
    assert found == pytest.approx(float(case["expected"]["kl_pq"]), abs=0.1)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_neighbours_in_one_dimension_are_those_of_all_distances(k: int) -> None:
    rng = np.random.default_rng(k)
    x, y = rng.normal(size=60), rng.normal(0.5, 1, 40)
    within = np.sort(np.abs(x[:, None] - x), axis=1)[:, k]
    across = np.sort(np.abs(x[:, None] - y), axis=1)[:, k - 1]
    truth = float(np.log(across / within).mean() + np.log(40 / 59))
    assert neighbours.kl_nearest_neighbours(x, y, k) == pytest.approx(truth, rel=1e-12)


def test_one_dimension_and_a_flat_second_are_the_same_to_a_tree() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=200), rng.normal(1, 1, 200)
    # Both dimensions carry the same value, so distances are √2 times as long and d is doubled.
    flat = neighbours.kl_nearest_neighbours(np.c_[x, x], np.c_[y, y])
    line = neighbours.kl_nearest_neighbours(x, y)
    assert flat == pytest.approx(2 * line - np.log(200 / 199), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "y", "error"),
    [
        (np.round(np.linspace(0, 5, 90), 1), np.linspace(0, 5.01, 50), "repeat an earlier one"),
        (np.linspace(0, 1, 50), np.linspace(0, 1, 50), "repeat an earlier one"),
        (np.array([1.0, 2.0, 3.0]), np.linspace(0, 1, 50), "need 6 points, found 3"),
        (np.linspace(0, 1, 50), np.array([0.123]), "need 5 points, found 1"),
        (np.append(np.linspace(0, 1, 50), np.nan), np.linspace(2, 3, 50), "finite"),
        (np.ones((9, 2)) * np.arange(9)[:, None], np.linspace(0, 1, 50), "of 2 and of 1"),
    ],
)
def test_what_neighbours_cannot_tell_is_refused(x: FloatArray, y: FloatArray, error: str) -> None:
    with pytest.raises(ValueError, match=error):
        neighbours.kl_nearest_neighbours(x, y)


def test_a_tree_without_scipy_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "scipy.spatial", None)
    points = np.random.default_rng(0).normal(size=(20, 2))
    with pytest.raises(ValueError, match="pip install scipy"):
        neighbours.entropy_nearest_neighbours(points)


values = st.lists(st.integers(-6, 6).map(float), min_size=2, max_size=25)


@given(values, values)
def test_distances_of_distribution_functions_agree_with_scipy(
    x: list[float], y: list[float]
) -> None:
    pooled = cdf.pool_values(np.array(x), np.array(y))
    assert cdf.kolmogorov_smirnov(pooled) == pytest.approx(
        stats.ks_2samp(x, y, method="asymp").statistic
    )
    assert cdf.wasserstein(pooled) == pytest.approx(stats.wasserstein_distance(x, y))
    assert cdf.energy_distance(pooled) == pytest.approx(stats.energy_distance(x, y))
    truth = stats.cramervonmises_2samp(x, y, method="asymptotic").statistic
    assert cdf.cramer_von_mises(pooled) == pytest.approx(truth, abs=1e-12)


@given(values, values)
def test_rows_and_counts_of_values_come_to_the_same(x: list[float], y: list[float]) -> None:
    rows = cdf.pool_values(np.array(x), np.array(y))
    (u, a), (v, b) = (np.unique(s, return_counts=True) for s in (x, y))
    counted = cdf.pool_values(u, v, a, b)
    for name in ("values", "x", "y"):
        np.testing.assert_array_equal(getattr(rows, name), getattr(counted, name))


@pytest.mark.parametrize("resamples", [0, 4_999])
def test_p_values_of_the_two_sample_tests_agree_with_scipy(resamples: int) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=400), rng.normal(0.12, 1, 300)
    pooled = cdf.pool_values(x, y)
    ks = cdf.kolmogorov_smirnov_test(pooled, resamples=resamples, rng=rng)
    cvm = cdf.cramer_von_mises_test(pooled, resamples=resamples, rng=rng)
    assert ks.p_value == pytest.approx(stats.ks_2samp(x, y).pvalue, abs=0.02)
    assert cvm.p_value == pytest.approx(stats.cramervonmises_2samp(x, y).pvalue, abs=0.02)


def test_permutation_p_values_hold_with_heavy_ties() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(400):
        x, y = rng.integers(0, 3, 60).astype(float), rng.integers(0, 3, 40).astype(float)
        pooled = cdf.pool_values(x, y)
        found.append(cdf.cramer_von_mises_test(pooled, resamples=99, rng=rng).p_value <= 0.05)
    assert np.mean(found) == pytest.approx(0.05, abs=0.035)


def test_one_value_on_both_sides_is_no_difference() -> None:
    pooled = cdf.pool_values(np.array([3.0]), np.array([3.0, 3.0]))
    assert cdf.wasserstein(pooled) == cdf.energy_distance(pooled) == 0
    test = cdf.kolmogorov_smirnov_test(pooled, resamples=99, rng=np.random.default_rng(0))
    assert test.p_value == 1


@pytest.mark.parametrize("bad", [[], [np.nan, 1.0], [np.inf]])
def test_what_is_no_row_of_values_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="values"):
        cdf.pool_values(np.array(bad), np.array([1.0]))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=9).filter(any), st.floats(1, 1e4))
def test_effective_counts_sum_to_the_effective_size(totals: list[float], size: float) -> None:
    counts = effective_counts(np.array(totals), size)
    assert counts.sum() == round(size)
    exact = np.array(totals) / sum(totals) * round(size)
    assert np.abs(counts - exact).max() < 1 + 1e-9


@pytest.mark.parametrize("bad", [[-1.0, 2.0], [0.0, 0.0], [np.nan]])
def test_what_is_no_weight_is_refused(bad: list[float]) -> None:
    with pytest.raises(ValueError, match="weights"):
        effective_counts(np.array(bad), 5.0)
