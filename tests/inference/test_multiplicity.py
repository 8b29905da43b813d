"""p-values for many tests at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from divcli.inference.multiplicity import CORRECTIONS, benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)


def test_holm_of_four_by_hand() -> None:
    # Ranked .005, .01, .03, .04 times 4, 3, 2, 1: .02, .03, .06, .04, none below the one before.
    adjusted = holm(np.array([0.01, 0.04, 0.03, 0.005]))
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(P_VALUES)
def test_benjamini_hochberg_is_what_scipy_has(p_values: np.ndarray) -> None:
    assert benjamini_hochberg(p_values) == pytest.approx(false_discovery_control(p_values))


@given(P_VALUES)
def test_corrections_raise_p_values_and_keep_their_order(p_values: np.ndarray) -> None:
    order = np.argsort(p_values, kind="stable")
    for correct in CORRECTIONS.values():
        adjusted = correct(p_values)
        assert (adjusted >= p_values * (1 - 1e-15)).all()
        assert (adjusted <= 1).all()
        assert (np.diff(adjusted[order]) >= 0).all()


@given(P_VALUES)
def test_holm_lies_between_none_and_bonferroni_and_above_benjamini_hochberg(
    p_values: np.ndarray,
) -> None:
    assert (holm(p_values) <= np.minimum(len(p_values) * p_values, 1)).all()
    assert (benjamini_hochberg(p_values) <= holm(p_values) * (1 + 1e-12)).all()


def test_nothing_to_correct_is_nothing() -> None:
    for correct in CORRECTIONS.values():
        assert len(correct(np.array([]))) == 0
