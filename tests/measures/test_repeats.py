"""Cells that are alike are computed once: nothing else may change by it."""

from dataclasses import replace

import numpy as np
import pytest

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.measures.pair import normalise
from divcli.measures.repeats import repeats
from divcli.measures.terms import entropy_p_terms, js_terms, kl_pq_terms, tv_terms
from divcli.measures.totals import all_terms, chi2, renyi, renyi_entropy, scaled_sums
from divcli.measures.twofold import TwofoldPair
from divcli.model.distribution import Distribution

TERMS = (js_terms, kl_pq_terms, tv_terms, entropy_p_terms)


def counts(seed: int, low: int) -> tuple[np.ndarray, np.ndarray]:
    """Many small counts and some great ones."""
    rng = np.random.default_rng(seed)
    p, q = (rng.poisson(4, 5000) + low for _ in "pq")
    p[:7], q[3:9] = 10**6, 10**15
    return p, q


@pytest.mark.parametrize("low", [0, 1])
def test_sums_and_terms_are_those_of_every_cell(low: int) -> None:
    p, q = counts(1, low)
    pair = normalise(p, q)
    assert isinstance(pair, TwofoldPair)
    assert pair.repeats is not None
    assert len(pair.repeats.p) < 500
    assert pair.repeats.times.sum() == len(p)
    every = replace(pair, repeats=None)
    assert scaled_sums(pair, TERMS) == pytest.approx(scaled_sums(every, TERMS), rel=1e-14)
    for terms in TERMS:
        np.testing.assert_array_equal(all_terms(pair, terms), all_terms(every, terms))
    for order in (0, 0.5, 2, np.inf):
        assert renyi(pair, order) == pytest.approx(renyi(every, order), rel=1e-13)
        assert renyi_entropy(pair, order) == pytest.approx(renyi_entropy(every, order), rel=1e-13)
    assert chi2(pair) == pytest.approx(chi2(every), rel=1e-13)


def test_what_is_listed_and_the_rest_are_the_whole() -> None:
    p, q = counts(2, 1)
    symbols = tuple(f"s{i:04d}" for i in range(len(p)))
    found = compare_distributions(
        Distribution("p", symbols, p), Distribution("q", symbols, q), MeasureOptions(top=9)
    )
    assert found.contributions.rest is not None
    for name in ("p", "q", "kl_pq_nonnegative", "kl_qp_nonnegative", "js", "share"):
        total = found.contributions.columns[name].sum() + found.contributions.rest[name]
        whole = {score.measure: score.value for score in found.scores}
        expected = whole.get(name.removesuffix("_nonnegative"), 1.0)
        assert total == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (np.arange(2000), np.arange(2000)),  # no two alike, most of them great
        (np.ones(2000) / 3, np.ones(2000)),  # no counts
    ],
)
def test_other_cells_are_left_as_they_are(p: np.ndarray, q: np.ndarray) -> None:
    assert repeats(p, q) is None
