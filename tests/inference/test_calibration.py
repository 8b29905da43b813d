"""A small slice of tests/benchmarks/calibration.py with fixed seeds: bounds of 3.5 sd."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.calibration import coverage, null_trial, power_trial

SEEDS = 120


def within(rate: float, target: float, seeds: int) -> bool:
    """Whether a rate is what chance makes of the target in that many seeds."""
    return bool(abs(rate - target) <= 3.5 * (target * (1 - target) / seeds) ** 0.5)


@pytest.mark.parametrize(
    ("column", "n", "m"),
    [("normal", 500, 500), ("lognormal", 1_000, 200), ("20 categories", 2_000, 100)],
)
def test_false_alarms_and_bias_where_nothing_differs(column: str, n: int, m: int) -> None:
    trials = np.array([null_trial(column, n, m, seed) for seed in range(SEEDS)], dtype=float)
    alarms, bias, js_rule, _ = trials.mean(axis=0)
    assert within(alarms, 0.05, SEEDS)
    # A plug-in would be at .02 to .043 bits.
    assert abs(bias) < 0.001 + 3.5 * trials[:, 1].std() / SEEDS**0.5
    assert js_rule > 0.7


@pytest.mark.parametrize(
    ("column", "shift"), [("20 categories", 0.0), ("20 categories", 0.1), ("normal", 0.5)]
)
def test_intervals_hold_the_truth(column: str, shift: float) -> None:
    js, kl, _ = coverage((column, shift, SEEDS))
    assert within(js, 0.95, SEEDS)
    assert within(kl, 0.95, SEEDS)


def test_a_plain_difference_is_found() -> None:
    found = [power_trial("20 categories", 20_000, 20_000, seed) for seed in range(20)]
    assert all(found)
