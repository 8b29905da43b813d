"""Tests of homogeneity: published statistics, scipy, enumeration, and their size."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from divcli.inference import homogeneity
from divcli.inference.divergence_estimators import js_plugin
from divcli.inference.many_cells import _permutation_moments, permutation_moment_test
from divcli.inference.noise import noise
from tests.inference.truth import Case, cases


@pytest.mark.parametrize("case", cases("estimators", "two_sample_test"), ids=lambda c: c["name"])
def test_two_sample_tests_meet_their_truth(case: Case) -> None:
    a, b = case["a"], case["b"]
    n, m = sum(a), sum(b)
    g, pearson = homogeneity.g_test(a, b), homogeneity.pearson_test(a, b)
    chance = noise("js", a, b)
    ours = {
        "df": g.freedom,
        "G": g.statistic,
        "G_pvalue": g.p_value,
        "pearson_chi2": pearson.statistic,
        "pearson_pvalue": pearson.p_value,
        "js_nats": js_plugin(a, b),
        "js_scaled_8nm/(n+m)": 8 * n * m / (n + m) * js_plugin(a, b),
        "js_null_mean_nats": chance.mean,
        "js_noise95_nats": chance.floor,
    }
    truth = {name: float(value) for name, value in case["expected"].items()}
    assert ours == pytest.approx(truth, rel=1e-10)


@pytest.mark.parametrize("case", cases("estimators", "one_sample_test"), ids=lambda c: c["name"])
def test_one_sample_test_meets_its_truth(case: Case) -> None:
    rng = np.random.default_rng(0)
    limit = homogeneity.one_sample_test(case["a"], case["q"], resamples=0, rng=rng)
    truth = {name: float(value) for name, value in case["expected"].items()}
    assert limit.freedom == truth["df"]
    assert limit.statistic == pytest.approx(truth["G"], rel=1e-10)
    assert limit.p_value == pytest.approx(truth["G_pvalue"], rel=1e-10)
    sampled = homogeneity.one_sample_test(case["a"], case["q"], resamples=9_999, rng=rng)
    assert sampled.p_value == pytest.approx(truth["G_pvalue"], abs=0.0015)


def test_pearson_agrees_with_scipy() -> None:
    x, y = [10, 20, 30, 7], [15, 9, 31, 0]
    truth = stats.chi2_contingency([x, y], correction=False)
    ours = homogeneity.pearson_test(x, y)
    assert (ours.statistic, ours.p_value, ours.freedom) == pytest.approx(
        (truth.statistic, truth.pvalue, truth.dof)
    )


def test_observations_a_model_rules_out_are_infinitely_unlikely() -> None:
    rng = np.random.default_rng(0)
    found = homogeneity.one_sample_test([1, 2, 3], np.array([1.0, 1, 0]), resamples=99, rng=rng)
    assert found.statistic == np.inf
    assert found.p_value == 1 / 100


@pytest.mark.parametrize("model", [[1, 1], [1, -1, 1], [0, 0, 0], [1, np.nan, 1]])
def test_what_is_no_model_is_refused(model: list[float]) -> None:
    with pytest.raises(ValueError, match="model"):
        homogeneity.one_sample_test(
            [1, 2, 3], np.array(model), resamples=9, rng=np.random.default_rng(0)
        )


def test_permutation_moments_are_those_of_all_permutations() -> None:
    x, y = [3, 0, 2, 1], [1, 2, 2, 0]
    pooled, n = [a + b for a, b in zip(x, y, strict=True)], sum(x)
    values, ways = [], []
    for first in product(*(range(t + 1) for t in pooled)):
        if sum(first) == n:
            rest = [t - a for t, a in zip(pooled, first, strict=True)]
            values.append(homogeneity.pearson_test(list(first), rest).statistic)
            ways.append(np.prod([comb(t, a) for t, a in zip(pooled, first, strict=True)]))
    mean = np.average(values, weights=ways)
    variance = np.average((np.array(values) - mean) ** 2, weights=ways)
    ours = _permutation_moments(np.array(x), np.array(y))
    assert ours == pytest.approx((mean, variance), rel=1e-12)


def test_permutation_moments_survive_any_totals() -> None:
    mean, variance = _permutation_moments(np.array([10**15, 10**15, 5]), np.array([10**15] * 3))
    assert (mean, variance) == pytest.approx((2.0, 4.0), rel=1e-6)


@pytest.mark.parametrize(("k", "n", "m"), [(20, 2_000, 100), (3_000, 3_000, 1_000)])
def test_permutation_moment_test_has_its_size_on_sparse_cells(k: int, n: int, m: int) -> None:
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.full(k, 0.5))
    found = [
        permutation_moment_test(rng.multinomial(n, shares), rng.multinomial(m, shares)).p_value
        for _ in range(800)
    ]
    assert np.mean(np.array(found) <= 0.05) == pytest.approx(0.05, abs=0.025)


@pytest.mark.parametrize("fraction", [0.1, 0.5, 0.9])
def test_a_random_subset_is_found_representative_95_times_of_100(fraction: float) -> None:
    rng = np.random.default_rng(3)
    population = rng.multinomial(2_000, rng.dirichlet(np.full(10, 2.0)))
    found = []
    for _ in range(600):
        subset = rng.multivariate_hypergeometric(population, int(fraction * 2_000))
        test = homogeneity.subset_test(subset, population, resamples=99, rng=rng)
        found.append(test.p_value <= 0.05)
    assert np.mean(found) == pytest.approx(0.05, abs=0.031)


def test_beyond_the_generator_a_subset_is_tested_with_the_correction() -> None:
    population = np.array([6 * 10**8, 6 * 10**8])
    subset = np.array([3 * 10**8 + 20_000, 3 * 10**8 - 20_000])
    rng = np.random.default_rng(0)
    found = homogeneity.subset_test(subset, population, resamples=99, rng=rng)
    # Half the population was drawn: the variance of a share is half that of a sample.
    z = 20_000 / (6 * 10**8 * 0.25 * 0.5) ** 0.5
    assert found.p_value == pytest.approx(2 * stats.norm.sf(z), rel=1e-3)


@pytest.mark.parametrize(
    ("subset", "error"), [([5, 0], "more of a symbol"), ([3, 4], "whole population")]
)
def test_what_is_no_subset_is_refused(subset: list[int], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        homogeneity.subset_test(subset, [3, 4], resamples=9, rng=np.random.default_rng(0))


def test_one_shared_symbol_tells_no_difference() -> None:
    assert homogeneity.pearson_test([5, 0], [9, 0]).p_value == 1.0
