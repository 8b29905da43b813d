"""Entropy estimators: published values, independent formulas, and laws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special

from divcli.inference import entropy_estimators as entropy
from divcli.inference.entropy_estimators import ENTROPY_ESTIMATORS
from divcli.inference.nsb import nemenman_shafee_bialek, wolpert_wolf
from tests.inference.truth import Case, cases

OURS = {
    "ml": ENTROPY_ESTIMATORS["plugin"],
    "miller_madow": ENTROPY_ESTIMATORS["miller-madow"],
    "dirichlet_jeffreys": ENTROPY_ESTIMATORS["dirichlet-jeffreys"],
    "dirichlet_laplace": ENTROPY_ESTIMATORS["dirichlet-laplace"],
    "dirichlet_perks_SG": ENTROPY_ESTIMATORS["dirichlet-perks"],
    "dirichlet_minimax": ENTROPY_ESTIMATORS["dirichlet-minimax"],
    "chao_shen": ENTROPY_ESTIMATORS["chao-shen"],
    "chao_wang_jost": ENTROPY_ESTIMATORS["chao-wang-jost"],
    "grassberger2003": ENTROPY_ESTIMATORS["grassberger"],
    "james_stein_lambda": entropy.shrinkage_intensity,
    "james_stein": ENTROPY_ESTIMATORS["james-stein"],
    "jackknife": ENTROPY_ESTIMATORS["jackknife"],
    "mle_var_asymptotic": entropy.plugin_variance,
    "wolpert_wolf_mean_a1": lambda counts: wolpert_wolf(counts, 1.0),
    "nsb": ENTROPY_ESTIMATORS["nsb"],
}
# Estimators that look at the cells that were seen only.
SEEN_ONLY = ("plugin", "chao-wang-jost", "miller-madow", "chao-shen", "grassberger", "jackknife")

counts = st.lists(st.integers(0, 50), min_size=2, max_size=12).filter(any)


@pytest.mark.parametrize("case", cases("estimators", "entropy_estimators"), ids=lambda c: c["name"])
def test_every_estimator_meets_its_published_value(case: Case) -> None:
    truth = {name: float(value) for name, value in case["expected"].items()}
    assert {name: OURS[name](case["y"]) for name in truth} == pytest.approx(truth, rel=1e-10)


def test_the_nsb_value_that_r_documents() -> None:
    y = [4, 2, 3, 0, 2, 4, 0, 0, 2, 1, 1]
    assert nemenman_shafee_bialek(y) == pytest.approx(2.187774, abs=5e-7)


@pytest.mark.parametrize("y", [[4, 2, 3, 0, 1], [90, 5, 5], [1, 0], [7, 7, 7, 7]])
def test_nsb_agrees_with_adaptive_quadrature(y: list[int]) -> None:
    x, k, n = np.array(y), len(y), sum(y)

    def weight(t: float) -> float:
        beta = math.exp(t)
        evidence = special.gammaln(k * beta) - special.gammaln(n + k * beta)
        evidence += (special.gammaln(x + beta) - special.gammaln(beta)).sum()
        prior = k * special.polygamma(1, k * beta + 1) - special.polygamma(1, beta + 1)
        return float(np.exp(evidence + n * math.log(k)) * prior * beta)

    def mean(t: float) -> float:
        beta = math.exp(t)
        total = n + k * beta
        inner = ((x + beta) * special.digamma(x + beta + 1)).sum() / total
        return float(special.digamma(total + 1) - inner)

    whole = integrate.quad(weight, -30, 14, epsabs=0, epsrel=1e-11, limit=500)[0]
    first = integrate.quad(
        lambda t: weight(t) * mean(t), -30, 14, epsabs=0, epsrel=1e-11, limit=500
    )
    # The tail beyond ln β = 14 weighs e^-14 and has the entropy of the uniform distribution.
    assert nemenman_shafee_bialek(y) == pytest.approx(first[0] / whole, abs=1e-5)


def test_nsb_finds_a_posterior_far_narrower_than_its_grid() -> None:
    y = np.random.default_rng(0).multinomial(10**6, np.full(10**4, 1e-4))
    assert nemenman_shafee_bialek(y) == pytest.approx(math.log(10**4), abs=1e-4)


def chao_wang_jost_by_its_definition(x: list[int]) -> float:
    """The formula of the paper, sums and all."""
    n, f1, f2 = sum(x), x.count(1), x.count(2)
    seen = sum(v / n * sum(1 / j for j in range(v, n)) for v in x if v)
    if not f1:
        return seen
    a = 2 * f2 / ((n - 1) * f1 + 2 * f2) if f2 else 2 / ((n - 1) * (f1 - 1) + 2)
    if a == 1:
        return seen
    rest = sum((1 - a) ** r / r for r in range(1, n))
    return seen + f1 / n * (1 - a) ** (1 - n) * (-math.log(a) - rest)


@pytest.mark.parametrize(
    "x",
    [
        pytest.param([5, 3, 1, 1, 2, 2], id="singletons and doubletons"),
        pytest.param([5, 3, 1, 1], id="no doubletons"),
        pytest.param([5, 3, 1], id="a lone singleton"),
        pytest.param([5, 3, 2], id="no singletons"),
        pytest.param([1, 1, 1], id="nothing but singletons"),
        pytest.param([6], id="one symbol"),
        pytest.param([1], id="one observation"),
    ],
)
def test_chao_wang_jost_is_its_definition(x: list[int]) -> None:
    truth = chao_wang_jost_by_its_definition(x)
    assert entropy.chao_wang_jost(x) == pytest.approx(truth, rel=1e-10, abs=1e-15)


# Counts n-4, 1, 1, 2: from the hypergeometric form of the unseen part, mpmath at 50 digits.
@pytest.mark.parametrize(
    ("n", "truth"), [(10**5, 0.0005155317327958815362), (10**9, 8.8394620723441816843e-8)]
)
def test_chao_wang_jost_needs_no_time_and_loses_no_digits_in_n(n: int, truth: float) -> None:
    assert entropy.chao_wang_jost([n - 4, 1, 1, 2]) == pytest.approx(truth, abs=1e-14)


@pytest.mark.parametrize("x", [[3, 1, 2], [7, 1, 1, 9], [10, 20, 30, 1]])
def test_jackknife_is_its_definition(x: list[int]) -> None:
    n = sum(x)
    deleted = [
        v / n * entropy.plugin([w - (i == j) for j, w in enumerate(x)]) for i, v in enumerate(x)
    ]
    assert entropy.jackknife(x) == pytest.approx(n * entropy.plugin(x) - (n - 1) * sum(deleted))


@given(counts)
def test_no_estimator_depends_on_the_order_of_symbols(x: list[int]) -> None:
    for name, estimator in ENTROPY_ESTIMATORS.items():
        assert estimator(x) == pytest.approx(estimator(x[::-1]), rel=1e-9, abs=1e-12), name


@given(counts)
def test_no_estimator_fails_or_falls_below_zero(x: list[int]) -> None:
    # Grassberger's is -0.036 for two observations of one symbol, by its formula.
    for name, estimator in ENTROPY_ESTIMATORS.items():
        assert (-0.04 if name == "grassberger" else 0) <= estimator(x) < math.inf, name


@given(counts)
def test_cells_never_seen_matter_only_where_the_alphabet_is_used(x: list[int]) -> None:
    for name in SEEN_ONLY:
        assert ENTROPY_ESTIMATORS[name]([*x, 0, 0]) == pytest.approx(ENTROPY_ESTIMATORS[name](x))


@given(counts)
def test_estimators_on_a_known_alphabet_stay_below_its_entropy(x: list[int]) -> None:
    for name in ("james-stein", "nsb", "dirichlet-laplace", "dirichlet-perks"):
        assert ENTROPY_ESTIMATORS[name](x) <= math.log(len(x)) + 1e-12, name


@pytest.mark.parametrize("name", ENTROPY_ESTIMATORS)
def test_all_estimators_find_the_entropy_of_a_large_sample(name: str) -> None:
    shares = np.array([0.5, 0.25, 0.125, 0.125])
    x = np.random.default_rng(1).multinomial(10**7, shares)
    assert ENTROPY_ESTIMATORS[name](x) == pytest.approx(1.75 * math.log(2), abs=2e-3)


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ([], "row of numbers"),
        ([0, 0], "at least one"),
        ([1.5, 2], "whole"),
        ([3, -1], "below 0"),
        ([math.nan, 1], "whole"),
        ([[1, 2]], "row of numbers"),
    ],
)
def test_what_is_no_count_is_refused(bad: list[Any], error: str) -> None:
    with pytest.raises(ValueError, match=error):
        entropy.plugin(bad)


def test_totals_beyond_the_generators_are_refused() -> None:
    with pytest.raises(OverflowError):
        entropy.plugin([2**70, 1])
