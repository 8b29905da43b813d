"""The two keys of one column: the p-value, and the effect with what would be detectable."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from divcli.inference.power import minimum_detectable_js
from divcli.inference.shift import (
    effect_measures,
    minimum_detectable,
    needed_noncentrality,
    residuals,
    shift,
)

FILLED = (np.array([300, 250, 250, 200]), np.array([2500, 2600, 2400, 2500]))


def test_well_filled_cells_have_the_p_value_of_pearson() -> None:
    oracle = chi2_contingency(np.array(FILLED), correction=False)
    found = shift(*FILLED, "js")
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.method == "Pearson's chi-square"


def test_sparse_cells_are_permuted() -> None:
    x, y = np.array([1, 299]), np.array([0, 100_000])
    # The one observation falls to the small side with probability 300/100300.
    assert shift(x, y, "js").p_value == pytest.approx(300 / 100_300, abs=0.002)
    assert "permutations" in shift(x, y, "js").method


@pytest.mark.parametrize("moved", [6, 8, 10, 12])
def test_beyond_the_permutations_the_tail_is_of_the_size_of_the_exact_one(moved: int) -> None:
    x, y = np.array([moved, 20 - moved]), np.array([1, 199])
    exact = fisher_exact([x.tolist(), y.tolist()]).pvalue
    found = shift(x, y, "js").p_value
    assert exact / 20 < found < 20 * exact


def test_no_p_value_is_below_that_of_a_single_arrangement() -> None:
    found = shift(np.array([8, 0]), np.array([0, 8]), "js")
    assert found.p_value >= 1 / math.comb(16, 8) * (1 - 1e-9)


def test_thousands_of_sparse_cells_cost_no_permutations() -> None:
    rng = np.random.default_rng(0)
    x, y = (rng.poisson(0.3, 20_000) for _ in range(2))
    found = shift(x, y, "js")
    assert "permutation mean and variance" in found.method
    assert found.p_value > 0.001


def test_a_constant_column_did_not_move() -> None:
    found = shift(np.array([10]), np.array([20]), "js")
    assert (found.p_value, found.effect, found.cells) == (1.0, 0.0, 1)


@pytest.mark.parametrize("measure", effect_measures())
def test_every_effect_is_nearly_0_where_nothing_moved_and_large_where_much_did(
    measure: str,
) -> None:
    same = shift(np.array([10_000, 20_000]), np.array([20_000, 40_000]), measure).effect
    other = shift(np.array([20_000, 10_000]), np.array([20_000, 40_000]), measure).effect
    assert same is not None
    assert other is not None
    assert abs(same) < 0.02 < other


def test_residuals_are_those_of_the_table() -> None:
    x, y = FILLED
    n, m, pooled = x.sum(), y.sum(), (x + y) / (x + y).sum()
    expected = n * pooled
    by_hand = (x - expected) / np.sqrt(expected * (1 - pooled) * (1 - n / (n + m)))
    assert residuals(x, y) == pytest.approx(by_hand)
    # With two cells the square of a residual is Pearson's χ².
    two = np.array([30, 70]), np.array([50, 50])
    oracle = chi2_contingency(np.array(two), correction=False).statistic
    assert residuals(*two) ** 2 == pytest.approx([oracle, oracle])


def test_the_detectable_js_is_that_of_power() -> None:
    needed = needed_noncentrality(20, 0.001)
    expected = minimum_detectable_js(2000, 100, 20, alpha=0.001)
    assert minimum_detectable("js", 2000, 100, needed) == pytest.approx(expected)


def test_what_eight_rows_detect_is_nothing_that_could_be_called_small() -> None:
    found = minimum_detectable("js", 8, 8, needed_noncentrality(1, 0.01))
    assert found is None or found > 0.2


def test_a_detectable_total_variation_is_found() -> None:
    """Where the total variation is the detectable one, 4 of 5 tests find it, spread or not."""
    n = m = 2000
    needed = needed_noncentrality(4, 0.01)
    distance = minimum_detectable("tv", n, m, needed)
    assert distance is not None
    rng = np.random.default_rng(1)
    q = np.full(4, 0.25)
    p = q + distance / 2 * np.array([1, 1, -1, -1])
    p_values = [
        shift(rng.multinomial(m, p), rng.multinomial(n, q), "tv").p_value for _ in range(300)
    ]
    assert np.mean(np.array(p_values) < 0.01) > 0.75
