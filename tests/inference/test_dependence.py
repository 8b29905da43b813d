"""Whether the dependence of two columns moved."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2

from divcli.inference.dependence import dependence_shift, fitted, mutual_information


def test_two_by_two_tables_agree_with_the_log_odds_ratios() -> None:
    """Woolf's statistic, (ln OR - ln OR')²/Σ 1/n, has the same law in large samples."""
    x, y = np.array([[300, 200], [220, 280]]), np.array([[260, 240], [250, 250]])
    ratios = [math.log(t[0, 0] * t[1, 1] / (t[0, 1] * t[1, 0])) for t in (x, y)]
    woolf = (ratios[0] - ratios[1]) ** 2 / float((1 / x).sum() + (1 / y).sum())
    assert dependence_shift(x, y).p_value == pytest.approx(chi2.sf(woolf, 1), rel=0.02)


def test_margins_that_move_are_no_change_of_dependence() -> None:
    """Odds ratios 4 in both, whatever the margins."""
    x, y = np.array([[4000, 1000], [1000, 1000]]), np.array([[400, 400], [1000, 4000]])
    found = dependence_shift(x, y)
    assert found.p_value == pytest.approx(1, abs=1e-6)
    assert found.effect == pytest.approx(0, abs=2e-4)


def test_a_table_is_fitted_to_margins_with_its_own_odds_ratios() -> None:
    table = np.array([[30.0, 10.0], [20.0, 40.0]])
    made = fitted(table, np.array([0.7, 0.3]), np.array([0.4, 0.6]))
    assert made.sum(axis=1) == pytest.approx([0.7, 0.3])
    assert made.sum(axis=0) == pytest.approx([0.4, 0.6])
    with_half = table + 0.5
    before = with_half[0, 0] * with_half[1, 1] / (with_half[0, 1] * with_half[1, 0])
    assert made[0, 0] * made[1, 1] / (made[0, 1] * made[1, 0]) == pytest.approx(before)


def test_mutual_information_of_equal_and_of_independent_columns() -> None:
    assert mutual_information(np.diag([500, 500])) == pytest.approx(math.log(2), abs=1e-3)
    assert mutual_information(np.array([[250, 250], [250, 250]])) == 0


@pytest.mark.parametrize("shape", [(1, 3), (3, 1)])
def test_a_constant_column_depends_on_nothing(shape: tuple[int, int]) -> None:
    table = np.full(shape, 10)
    found = dependence_shift(table, table)
    assert (found.p_value, found.effect, found.freedom) == (1.0, 0.0, 0)


@pytest.mark.parametrize(("n", "m"), [(2000, 2000), (5000, 500)])
def test_the_test_has_its_size(n: int, m: int) -> None:
    rng = np.random.default_rng(8)
    joint = rng.dirichlet(np.full(16, 3.0))
    p_values = np.array([
        dependence_shift(
            rng.multinomial(m, joint).reshape(4, 4), rng.multinomial(n, joint).reshape(4, 4)
        ).p_value
        for _ in range(400)
    ])  # fmt: skip
    # Three standard deviations of 400 draws at .05.
    assert 0.017 < np.mean(p_values < 0.05) < 0.083
