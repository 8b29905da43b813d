"""Divergence estimators: published values, their definitions, and scipy."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy as scipy_entropy

from divcli.inference import divergence_estimators as divergence
from divcli.inference.noise import noise
from divcli.inference.quantities import QUANTITIES
from divcli.inference.tables import Samples
from tests.inference.truth import Case, cases

OURS: dict[str, Callable[[list[int], list[int]], float]] = {
    "kl_plugin": divergence.kl_plugin,
    "kl_add_half": lambda a, b: divergence.kl_smoothed(a, b, 0.5),
    "kl_zhang_grabchak_pq": divergence.kl_zhang_grabchak,
    "kl_zhang_grabchak_qp": lambda a, b: divergence.kl_zhang_grabchak(b, a),
    "js_plugin": divergence.js_plugin,
    "js_jackknife": divergence.js_jackknife,
    "js_se_delta": divergence.js_standard_error,
    "js_null_mean": lambda a, b: noise("js", a, b).mean,
}


@st.composite
def two_samples(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Counts on one alphabet, two observations at least on each side."""
    k = draw(st.integers(2, 8))
    side = st.lists(st.integers(0, 30), min_size=k, max_size=k).filter(lambda x: sum(x) > 1)
    return draw(side), draw(side)


@pytest.mark.parametrize("case", cases("estimators", "kl_js_estimators"), ids=lambda c: c["name"])
def test_every_estimator_meets_its_truth(case: Case) -> None:
    truth = {name: float(value) for name, value in case["expected"].items()}
    ours = {name: OURS[name](case["a"], case["b"]) for name in truth}
    assert ours == pytest.approx(truth, rel=1e-10)


def zhang_grabchak_by_its_definition(x: list[int], y: list[int]) -> float:
    """The products of Zhang & Grabchak (2014), as in the R package of its authors."""
    n, m, total = sum(x), sum(y), 0.0
    for a, b in zip(x, y, strict=True):
        if not a:
            continue
        product, inner = 1.0, 0.0
        for v in range(1, m - b + 1):
            product *= 1 - b / (m - v + 1)
            inner += product / v
        product = 1.0
        for v in range(1, n - a + 1):
            product *= 1 - (a - 1) / (n - v)
            inner -= product / v
        total += a / n * inner
    return total


@given(two_samples())
def test_zhang_grabchak_is_its_definition(samples: tuple[list[int], list[int]]) -> None:
    x, y = samples
    truth = zhang_grabchak_by_its_definition(x, y)
    assert divergence.kl_zhang_grabchak(x, y) == pytest.approx(truth, rel=1e-9, abs=1e-12)


def jackknife_by_its_definition(
    measure: Callable[[list[int], list[int]], float], x: list[int], y: list[int]
) -> float:
    """Every deletion carried out."""

    def without(counts: list[int], i: int) -> list[int]:
        return [v - (i == j) for j, v in enumerate(counts)]

    n, m, whole = sum(x), sum(y), measure(x, y)
    mean_x = sum(v / n * measure(without(x, i), y) for i, v in enumerate(x) if v)
    mean_y = sum(v / m * measure(x, without(y, i)) for i, v in enumerate(y) if v)
    return whole - (n - 1) * (mean_x - whole) - (m - 1) * (mean_y - whole)


def hellinger_squared(x: list[int], y: list[int]) -> float:
    p, q = np.array(x) / sum(x), np.array(y) / sum(y)
    return float(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2)


@given(two_samples())
def test_jackknives_are_their_definition(samples: tuple[list[int], list[int]]) -> None:
    x, y = samples
    js = jackknife_by_its_definition(divergence.js_plugin, x, y)
    assert divergence.js_jackknife(x, y) == pytest.approx(js, abs=1e-12)
    h2 = jackknife_by_its_definition(hellinger_squared, x, y)
    assert divergence.hellinger_squared_jackknife(x, y) == pytest.approx(h2, abs=1e-11)


def test_jackknife_loses_no_digits_in_large_samples() -> None:
    # From 60-digit arithmetic on the definition.
    js = divergence.js_jackknife([10**9, 10**9 + 12345], [10**8, 10**8 + 77])
    assert js == pytest.approx(-6.83312537126855e-10, abs=1e-14)


@given(two_samples())
def test_plugins_agree_with_scipy(samples: tuple[list[int], list[int]]) -> None:
    x, y = (np.array(s) for s in samples)
    p, q = x / x.sum(), y / y.sum()
    assert divergence.kl_plugin(x, y) == pytest.approx(scipy_entropy(p, q), abs=1e-12)
    if not np.array_equal(p, q):
        js = float(jensenshannon(p, q)) ** 2
        assert divergence.js_plugin(x, y) == pytest.approx(js, abs=1e-12)


def plugin_of_shares(name: str, p: np.ndarray, q: np.ndarray) -> float:
    """The measures written out once more, for two rows of shares."""
    m = (p + q) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        h = {"p": -np.nansum(p * np.log(p)), "q": -np.nansum(q * np.log(q))}
        cross = [np.sum(np.where(a > 0, -a * np.log(b), 0)) for a, b in ((p, q), (q, p))]
        chi2 = np.nansum(np.where((p > 0) | (q > 0), (p - q) ** 2 / q, 0))
    mixture = -float(m[m > 0] @ np.log(m[m > 0]))
    return float(
        {
            "entropy_p": h["p"],
            "entropy_q": h["q"],
            "cross_entropy_pq": cross[0],
            "cross_entropy_qp": cross[1],
            "kl_pq": cross[0] - h["p"],
            "kl_qp": cross[1] - h["q"],
            "jeffreys": cross[0] - h["p"] + cross[1] - h["q"],
            "js": mixture - (h["p"] + h["q"]) / 2,
            "tv": np.abs(p - q).sum() / 2,
            "hellinger_squared": 1 - np.sqrt(p * q).sum(),
            "chi2": chi2,
        }[name]
    )


@pytest.mark.parametrize("name", QUANTITIES)
def test_batches_hold_each_pair_by_itself(name: str) -> None:
    rng = np.random.default_rng(0)
    x = rng.multinomial(40, rng.dirichlet(np.ones(6)), size=50)
    y = rng.multinomial(25, rng.dirichlet(np.ones(6)), size=50)
    batch = QUANTITIES[name].plugin(Samples(x), Samples(y))
    truth = [plugin_of_shares(name, a / 40, b / 25) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(batch, truth, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [name for name, row in QUANTITIES.items() if row.better])
def test_estimates_are_nearer_the_truth_than_plugins_on_average(name: str) -> None:
    rng = np.random.default_rng(2)
    p, q = rng.dirichlet(np.full(8, 5.0)), rng.dirichlet(np.full(8, 5.0))
    sides = (
        Samples(rng.multinomial(400, p, size=4_000)),
        Samples(rng.multinomial(300, q, size=4_000)),
    )
    row, truth = QUANTITIES[name], plugin_of_shares(name, p, q)
    assert row.better is not None
    assert abs(row.better(*sides).mean() - truth) < abs(row.plugin(*sides).mean() - truth) / 4


def test_estimates_are_finite_where_the_plugin_is_not() -> None:
    x, y = [30, 50, 20], [10, 40, 0]
    assert divergence.kl_plugin(x, y) == math.inf
    assert math.isfinite(divergence.kl_zhang_grabchak(x, y))
    assert math.isfinite(divergence.chi2_unbiased(x, y))


@pytest.mark.parametrize("estimator", [divergence.js_jackknife, divergence.chi2_unbiased])
def test_one_observation_is_too_few(estimator: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="two"):
        estimator([1, 0], [5, 5])


def test_alphabets_of_different_size_are_refused() -> None:
    with pytest.raises(ValueError, match="one alphabet has 2 symbols, the other 3"):
        divergence.js_plugin([1, 2], [1, 2, 3])
