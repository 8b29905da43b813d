"""`infer`: what it says, and above all what it does not."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from divcli.inference import obstacles
from divcli.inference.divergence_estimators import js_jackknife, kl_zhang_grabchak
from divcli.inference.entropy_estimators import ENTROPY_ESTIMATORS
from divcli.inference.quantities import MEASURES
from divcli.inference.summary import infer
from divcli.model.inference import Inference
from tests.inference.truth import Case, cases

ALL = tuple(MEASURES)
PAIRED = tuple(name for name in ALL if name not in ("entropy_p", "entropy_q"))
DIVERGENCES = tuple(name for name in ALL if "entropy" not in name)


@st.composite
def small_samples(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Counts of every awkward kind: single, empty, disjoint, all alike, more symbols than rows."""
    k = draw(st.integers(1, 7))
    counts = st.one_of(st.integers(0, 2), st.integers(0, 60), st.just(10**9 // 3))
    side = st.lists(counts, min_size=k, max_size=k).filter(any)
    return draw(side), draw(side)


@settings(max_examples=150)
@given(small_samples())
def test_every_number_is_one_or_has_a_reason(samples: tuple[list[int], list[int]]) -> None:
    result = infer(*samples, ALL, resamples=39)
    assert result.p_value is not None
    assert 0 < result.p_value <= 1
    assert result.minimum_detectable_effect is not None or result.reason
    for name, found in result.measures.items():
        shown = (found.estimate, found.low, found.high, found.noise_floor, found.noise_mean)
        assert not any(value is not None and math.isnan(value) for value in shown), name
        if found.low is None or found.high is None:
            assert found.reason, name
        else:
            assert 0 <= found.low <= found.high <= MEASURES[name].upper, name


def nothing_said(result: Inference, names: tuple[str, ...], reason: str) -> bool:
    """Whether none of the measures has an interval, for that reason."""
    rows = [result.measures[name] for name in names]
    return all((row.low, row.high, row.reason) == (None, None, reason) for row in rows)


@pytest.mark.parametrize(
    ("x", "y", "names", "reason"),
    [
        pytest.param([1, 0], [400, 600], PAIRED, obstacles.TOO_FEW, id="n = 1"),
        pytest.param([5], [7], ALL, obstacles.ONE_SYMBOL, id="one symbol"),
        pytest.param([500, 0], [900, 0], ALL, obstacles.ONE_SYMBOL, id="all values equal"),
        pytest.param([50, 50, 0, 0], [0, 0, 40, 60], PAIRED, obstacles.DISJOINT, id="disjoint"),
        pytest.param([1] * 9, [1] * 9, ALL, obstacles.UNSEEN, id="every value once"),
        pytest.param(
            [3, 2, 1, 1, 1, 0, 0, 2],
            [1, 0, 2, 1, 0, 1, 1, 0],
            PAIRED,
            obstacles.MORE_SYMBOLS,
            id="k > n",
        ),
        pytest.param([10**13, 10**13], [10**13, 10**13], ALL, obstacles.BEYOND_CHANCE, id="10^13"),
        pytest.param([2**70, 1], [1, 1], ALL, obstacles.TOO_MANY, id="2^70"),
    ],
)
def test_no_confident_number_where_samples_tell_nothing(
    x: list[int], y: list[int], names: tuple[str, ...], reason: str
) -> None:
    assert nothing_said(infer(x, y, ALL, resamples=99), names, reason)


@pytest.mark.parametrize("case", cases("estimators", "kl_js_estimators"), ids=lambda c: c["name"])
def test_estimates_are_those_of_the_named_estimators(case: Case) -> None:
    found = infer(case["a"], case["b"], ALL).measures
    truth = {name: float(value) for name, value in case["expected"].items()}
    assert found["js"].estimate == pytest.approx(truth["js_jackknife"], rel=1e-10)
    assert found["kl_pq"].estimate == pytest.approx(truth["kl_zhang_grabchak_pq"], rel=1e-10)
    assert found["kl_qp"].estimate == pytest.approx(truth["kl_zhang_grabchak_qp"], rel=1e-10)


@pytest.mark.parametrize("name", ENTROPY_ESTIMATORS)
def test_the_entropy_estimator_is_the_one_asked_for(name: str) -> None:
    x, y = [30, 50, 20, 4], [10, 40, 7, 9]
    found = infer(x, y, ["entropy_p", "entropy_q"], entropy_estimator=name).measures
    assert found["entropy_p"].estimate == pytest.approx(ENTROPY_ESTIMATORS[name](x))
    assert found["entropy_q"].estimate == pytest.approx(ENTROPY_ESTIMATORS[name](y))
    assert found["entropy_p"].estimator == name


def test_the_interval_of_a_plugin_is_about_the_corrected_estimate() -> None:
    x, y = [300, 500, 200], [100, 250, 150]
    plain = infer(x, y, ["js"], js_estimator="plugin").measures["js"]
    usual = infer(x, y, ["js"]).measures["js"]
    assert plain.estimate is not None
    assert usual.estimate is not None
    assert plain.estimate > usual.estimate
    assert (plain.low, plain.high) == pytest.approx((usual.low, usual.high))


def test_sparse_estimates_are_centred_by_the_permutations() -> None:
    rng = np.random.default_rng(0)
    shares = np.full(20, 0.05)
    x, y = rng.multinomial(2_000, shares), rng.multinomial(100, shares)
    found = infer(x, y, ["js"]).measures["js"]
    assert found.estimator == "jackknife, centred by permutation"
    assert found.estimate is not None
    # The jackknife alone is .0035 nats too low here on average.
    assert 0.002 < found.estimate - js_jackknife(x, y) < 0.005


def test_what_one_side_lacks_leaves_the_upper_limit_open() -> None:
    found = infer([30, 50, 20], [10, 40, 0], ALL)
    for name in ("kl_pq", "cross_entropy_pq", "jeffreys", "psi", "chi2"):
        assert found.measures[name].high == math.inf, name
    for name in ("kl_qp", "cross_entropy_qp", "js", "tv"):
        high = found.measures[name].high
        assert high is not None
        assert high < math.inf, name
    estimate = found.measures["kl_pq"].estimate
    assert estimate == pytest.approx(kl_zhang_grabchak([30, 50, 20], [10, 40, 0]))


def test_one_quantity_on_another_scale_has_its_limits_on_that_scale() -> None:
    found = infer([300, 500, 200], [100, 250, 150], ALL).measures
    js, distance = found["js"], found["js_distance"]
    hellinger, bhattacharyya = found["hellinger"], found["bhattacharyya"]
    for name in ("low", "high", "noise_floor"):
        assert getattr(distance, name) == pytest.approx(getattr(js, name) ** 0.5)
        squared = getattr(hellinger, name) ** 2
        assert getattr(bhattacharyya, name) == pytest.approx(-math.log1p(-squared))
    assert found["psi"] == found["jeffreys"]


def test_symmetric_measures_do_not_care_which_side_is_which() -> None:
    x, y = [300, 500, 200], [100, 250, 150]
    there, back = infer(x, y, ["js", "tv"]).measures, infer(y, x, ["js", "tv"]).measures
    for name in ("js", "tv"):
        assert there[name].estimate == pytest.approx(back[name].estimate, rel=0.05)


def test_same_seed_same_answer_other_seed_same_story() -> None:
    x, y = [30, 50, 20], [10, 25, 15]
    first, again, other = (infer(x, y, ALL, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.p_value is not None
    assert other.p_value == pytest.approx(first.p_value, abs=0.06)
    assert first.measures["js"] != other.measures["js"]


def test_the_p_value_does_not_depend_on_the_measures_asked_for() -> None:
    x, y = [30, 50, 20], [10, 25, 15]
    assert infer(x, y, []).p_value == infer(x, y, ALL).p_value


def test_a_wider_confidence_gives_wider_intervals_and_higher_floors() -> None:
    x, y = [300, 500, 200], [100, 250, 150]
    narrow, wide = (infer(x, y, DIVERGENCES, confidence=c).measures for c in (0.8, 0.99))
    for name in DIVERGENCES:
        a, b = narrow[name], wide[name]
        assert None not in (a.low, a.high, b.low, b.high, a.noise_floor, b.noise_floor)
        assert b.low <= a.low <= a.high <= b.high  # type: ignore[operator]  # not None here
        assert a.noise_floor <= b.noise_floor  # type: ignore[operator]  # not None here


def test_without_resamples_there_are_closed_forms_and_no_intervals() -> None:
    found = infer([300, 500, 200], [100, 250, 150], ALL, resamples=0)
    assert "chi-square" in found.method
    assert found.measures["js"].estimate == js_jackknife([300, 500, 200], [100, 250, 150])
    assert found.measures["js"].noise_floor is not None
    assert nothing_said(found, ALL, obstacles.NOT_RESAMPLED)


@pytest.mark.parametrize(
    ("x", "y", "method"),
    [
        ([30, 50], [20, 30], "999 permutations, likelihood ratio"),
        ([6 * 10**8, 5 * 10**8], [10**8, 10**8], "Pearson's chi-square"),
        ([6 * 10**8, 5 * 10**8, 2], [10**8, 10**8, 1], "999 samples of the pooled shares"),
        ([5], [3], "one symbol, shared by both"),
    ],
)
def test_the_method_says_how_the_p_value_was_found(x: list[int], y: list[int], method: str) -> None:
    assert infer(x, y, ["js"]).method.startswith(method)


def test_many_symbols_cost_resamples_not_minutes_and_say_so() -> None:
    rng = np.random.default_rng(0)
    shares = np.full(100_000, 1e-5)
    x, y = rng.multinomial(500_000, shares), rng.multinomial(400_000, shares)
    found = infer(x, y, ["js"])
    assert found.resamples < 999
    assert "permutation mean and variance" in found.method
    assert any("resamples instead of 999" in text for text in found.warnings)
    estimate = found.measures["js"].estimate
    assert estimate == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        ([3, 4, 5], [4, 3, 5], "observations per symbol in the smaller sample: 4, below 10"),
        ([2] + [1] * 30 + [0] * 30, [2] + [0] * 30 + [1] * 30, "far too many symbols"),
    ],
)
def test_warnings_name_what_to_distrust(x: list[int], y: list[int], text: str) -> None:
    assert any(text in warning for warning in infer(x, y, ["js"], resamples=99).warnings)


def test_large_even_samples_give_no_warning() -> None:
    assert infer([500, 500], [480, 520], ALL).warnings == ()


@pytest.mark.parametrize(
    "options",
    [{"kl_estimator": "nsb"}, {"js_estimator": "x"}, {"entropy_estimator": "Plugin"}],
)
def test_unknown_estimators_are_refused_with_those_known(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="estimator: expected one of"):
        infer([1, 2], [2, 1], ["js"], **options)


@pytest.mark.parametrize(
    "options",
    [{"confidence": 0.0}, {"confidence": 1.0}, {"confidence": math.nan}, {"resamples": -1}],
)
def test_impossible_settings_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        infer([1, 2], [2, 1], ["js"], **options)


def test_unknown_measures_are_refused_with_those_known() -> None:
    with pytest.raises(ValueError, match=r"expected one of entropy_p, .*, found jsd"):
        infer([1, 2], [2, 1], ["jsd"])


@pytest.mark.process
def test_small_samples_load_no_scipy() -> None:
    code = (
        "import sys; from divcli.inference.summary import infer;"
        "from divcli.inference.quantities import MEASURES;"
        "infer([30, 50, 20], [10, 40, 0], list(MEASURES));"
        "infer([6 * 10**8, 7 * 10**8], [3, 10**8], list(MEASURES));"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('scipy', 'pandas')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
