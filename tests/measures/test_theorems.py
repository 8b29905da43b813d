"""What theory says of the measures, on whatever weights hypothesis finds."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from divcli.analysis.compare import MeasureOptions, compare_distributions
from divcli.catalog import MEASURES, Measure, resolve
from divcli.measures.exact import exact_pair
from divcli.measures.pair import normalise
from divcli.measures.terms import js_terms, kl_pq_terms
from divcli.measures.totals import renyi, renyi_entropy, sums, tsallis
from divcli.measures.twofold import twofold_pair, twofold_sum
from divcli.model.distribution import Distribution
from divcli.model.units import NATS

LIMIT = 1 + 1e-12

normal = st.one_of(st.just(0.0), st.floats(1e-12, 1e12), st.integers(1, 10**6).map(float))
weight = st.one_of(normal, st.just(5e-324))


@st.composite
def pairs(
    draw: st.DrawFn, least: int = 1, most: int = 12, weights: st.SearchStrategy[float] = weight
) -> tuple[list[float], list[float]]:
    """Two lists of weights of one length, each with something in it."""
    k = draw(st.integers(least, most))
    sides = st.lists(weights, min_size=k, max_size=k).filter(any)
    return draw(sides), draw(sides)


def values(p: list[float], q: list[float], order: float | None = None) -> dict[str, float]:
    """Every measure in nats."""
    symbols = tuple(map(str, range(len(p))))
    on_a_line = tuple(row.name for row in MEASURES if row.ordered)
    options = MeasureOptions(("all", *on_a_line), unit=NATS, order=order)
    comparison = compare_distributions(
        Distribution("p", symbols, np.array(p)), Distribution("q", symbols, np.array(q)), options
    )
    return {name: math.nan if v is None else v for name, v in comparison.measures.items()}


DIVERGENCES = [row.name for row in MEASURES if "entropy" not in row.name and not row.takes_order]


@given(pairs())
def test_no_divergence_is_negative_or_not_a_number(pair: tuple[list[float], list[float]]) -> None:
    measured = values(*pair)
    assert all(measured[name] >= 0 for name in DIVERGENCES)


@given(pairs())
def test_every_divergence_of_equal_distributions_is_zero(
    pair: tuple[list[float], list[float]],
) -> None:
    p, _ = pair
    measured = values(p, p)
    assert {measured[name] for name in DIVERGENCES} == {0.0}
    assert measured["cross_entropy_pq"] == measured["entropy_p"]


@given(pairs(weights=normal), st.sampled_from([2.0, 0.5, 8.0]))
def test_only_proportions_matter(pair: tuple[list[float], list[float]], scale: float) -> None:
    p, q = pair
    assert values([scale * x for x in p], q) == values(p, q)


@given(pairs())
def test_ranges(pair: tuple[list[float], list[float]]) -> None:
    measured = values(*pair)
    k = len(pair[0])
    assert measured["js"] <= math.log(2)
    assert measured["js_distance"] <= math.sqrt(math.log(2))
    assert measured["tv"] <= 1
    assert measured["hellinger"] <= 1
    assert measured["ks"] <= 1
    assert measured["entropy_p"] <= math.log(k) * LIMIT if k > 1 else measured["entropy_p"] == 0


@given(pairs())
def test_swapping_sides_swaps_directions(pair: tuple[list[float], list[float]]) -> None:
    p, q = pair
    there, back = values(p, q), values(q, p)
    for one, other in (("kl_pq", "kl_qp"), ("entropy_p", "entropy_q"), ("js", "js"),
                       ("cross_entropy_pq", "cross_entropy_qp"), ("jeffreys", "jeffreys"),
                       ("tv", "tv"), ("hellinger", "hellinger"), ("ks", "ks")):  # fmt: skip
        assert there[one] == pytest.approx(back[other], rel=1e-13)


def test_a_divergence_near_the_greatest_double_is_no_overflow() -> None:
    assert values([0.5, 0.5, 1.0], [1e-290, 1e-290, 1.0])["chi2"] == pytest.approx(1.25e289)


@example(([0.0, 1.0], [5e-324, 0.5]))  # shares of a subnormal sum
@given(pairs())
def test_jeffreys_is_the_sum_of_both_directions(pair: tuple[list[float], list[float]]) -> None:
    measured = values(*pair)
    both = measured["kl_pq"] + measured["kl_qp"]
    assert measured["jeffreys"] == pytest.approx(both, rel=1e-12)
    assert measured["psi"] == measured["jeffreys"]


@given(pairs())
def test_pinsker_and_bretagnolle_huber(pair: tuple[list[float], list[float]]) -> None:
    measured = values(*pair)
    for kl in (measured["kl_pq"], measured["kl_qp"]):
        assert measured["tv"] <= math.sqrt(kl / 2) * LIMIT + 1e-161
        assert measured["tv"] <= math.sqrt(-math.expm1(-kl)) * LIMIT + 1e-161


@given(pairs())
def test_hellinger_brackets_total_variation(pair: tuple[list[float], list[float]]) -> None:
    measured = values(*pair)
    h = measured["hellinger"]
    assert h * h <= measured["tv"] * LIMIT
    assert measured["tv"] <= h * math.sqrt(2 - h * h) * LIMIT


@given(pairs())
def test_infinite_exactly_where_support_is_missing(
    pair: tuple[list[float], list[float]],
) -> None:
    p, q = pair
    measured = values(p, q)
    lacking = any(b == 0 < a for a, b in zip(p, q, strict=True))
    assert math.isinf(measured["kl_pq"]) == lacking
    assert math.isinf(measured["cross_entropy_pq"]) == lacking
    assert math.isfinite(measured["js"])


@given(pairs(least=3))
def test_merging_cells_never_raises_a_divergence(
    pair: tuple[list[float], list[float]],
) -> None:
    p, q = pair
    fine = values(p, q)
    coarse = values([p[0] + p[1], *p[2:]], [q[0] + q[1], *q[2:]])
    for name in ("kl_pq", "kl_qp", "js", "tv", "hellinger", "chi2", "jeffreys"):
        assert coarse[name] <= fine[name] * LIMIT + 1e-15


@given(st.integers(2, 4), st.integers(2, 4), st.data())
def test_chain_rule_of_kl(rows: int, columns: int, data: Any) -> None:
    table = st.lists(st.floats(0.01, 1), min_size=rows * columns, max_size=rows * columns)
    p, q = (np.array(data.draw(table)).reshape(rows, columns) for _ in "pq")
    p, q = p / p.sum(), q / q.sum()
    marginal = values(p.sum(1).tolist(), q.sum(1).tolist())["kl_pq"]
    conditional = sum(
        p[i].sum() * values(p[i].tolist(), q[i].tolist())["kl_pq"] for i in range(rows)
    )
    joint = values(p.ravel().tolist(), q.ravel().tolist())["kl_pq"]
    assert joint == pytest.approx(marginal + conditional, rel=1e-9, abs=1e-14)


@given(pairs(), st.randoms())
def test_order_of_symbols_does_not_matter(
    pair: tuple[list[float], list[float]], random: Any
) -> None:
    p, q = pair
    order = list(range(len(p)))
    random.shuffle(order)
    shuffled = values([p[i] for i in order], [q[i] for i in order])
    measured = values(p, q)
    for name in (row.name for row in MEASURES if row.name in DIVERGENCES and not row.ordered):
        assert shuffled[name] == pytest.approx(measured[name], rel=1e-14)


def distances(name: str, sides: list[list[float]]) -> tuple[float, float, float]:
    a, b, c = sides
    return values(a, c)[name], values(a, b)[name], values(b, c)[name]


@pytest.mark.parametrize("name", ["js_distance", "tv", "hellinger", "ks", "wasserstein", "energy"])
@given(st.integers(2, 5), st.data())
def test_metrics_obey_the_triangle_inequality(name: str, k: int, data: Any) -> None:
    side = st.lists(st.floats(0, 1), min_size=k, max_size=k).filter(lambda s: sum(s) > 0)
    whole, first, second = distances(name, [data.draw(side) for _ in range(3)])
    assert whole <= (first + second) * LIMIT + 1e-15


def test_js_and_kl_are_no_metrics() -> None:
    far, near, middle = [0.9, 0.1], [0.1, 0.9], [0.5, 0.5]
    for name in ("js", "kl_pq"):
        whole, first, second = distances(name, [far, middle, near])
        assert whole > first + second


@given(pairs(), st.lists(st.floats(0.05, 20), min_size=2, max_size=2))
@example(([2882019019.0, 1e-09], [1299.0, 5e-324]), [2.0, 1.0])  # p/q is near the greatest double
def test_renyi_grows_with_its_order(
    pair: tuple[list[float], list[float]], orders: list[float]
) -> None:
    both = normalise(np.array(pair[0]), np.array(pair[1]))
    low, high = sorted(orders)
    assert renyi(both, low) <= renyi(both, high) * (1 + 1e-9) + 1e-15


P3, Q3 = np.array([0.5, 0.4, 0.1]), np.array([0.5, 0.1, 0.4])


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (0, 0.0),
        (1, 0.6 * math.log(2)),
        (2, math.log(0.5 + 0.4**2 / 0.1 + 0.1**2 / 0.4)),
        (math.inf, math.log(4)),
    ],
)
def test_renyi_of_special_orders(order: float, expected: float) -> None:
    assert renyi(normalise(P3, Q3), order) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("order", [0.999999, 1.000001])
def test_renyi_and_tsallis_near_one_are_near_kl(order: float) -> None:
    pair = normalise(P3, Q3)
    assert renyi(pair, order) == pytest.approx(0.6 * math.log(2), rel=2e-6)
    assert tsallis(pair, order) == pytest.approx(0.6 * math.log(2), rel=2e-6)


@pytest.mark.parametrize("order", [0, 0.5, 1, 2, 50, math.inf])
def test_renyi_entropy_of_equal_shares_is_log_k(order: float) -> None:
    even = np.ones(8)
    assert renyi_entropy(normalise(even, even), order) == pytest.approx(math.log(8), rel=1e-14)


def test_renyi_stays_finite_where_its_sum_overflows() -> None:
    pair = normalise(np.array([0.5, 0.5]), np.array([1e-300, 1.0]))
    assert renyi(pair, 5) == pytest.approx((5 * math.log(0.5) + 4 * 300 * math.log(10)) / 4)


@given(st.lists(st.floats(1e-6, 1e6), min_size=2, max_size=40), st.data())
def test_double_double_agrees_with_exact_arithmetic(p: list[float], data: Any) -> None:
    nudge = st.floats(-1e-6, 1e-6)
    q = [x * (1 + data.draw(nudge)) for x in p]
    fast, slow = twofold_pair(np.array(p), np.array(q)), exact_pair(p, q)
    for terms in (kl_pq_terms, js_terms):
        expected = sums(slow, [terms])[terms]
        assume(expected == 0 or expected > 1e-28)
        assert sums(fast, [terms])[terms] == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.floats(-1e15, 1e15), min_size=1, max_size=200))
def test_double_double_sum_holds_a_hundred_bits(parts: list[float]) -> None:
    high, low = twofold_sum(np.array(parts))
    exact, size = sum(map(Fraction, parts)), sum(abs(Fraction(x)) for x in parts)
    assert abs(Fraction(high) + Fraction(low) - exact) <= size / 2**100 + Fraction(5e-324)


@pytest.mark.parametrize("row", [row for row in MEASURES if row.terms], ids=lambda row: row.name)
def test_terms_sum_to_the_value(row: Measure) -> None:
    pair = normalise(P3, Q3)
    terms = resolve(row.terms or "")
    total = sum(float(terms(cells).sum()) / cells.scale for cells in pair.blocks())
    finish = math.sqrt if row.root else float
    symbols = ("A", "B", "C")
    measured = compare_distributions(
        Distribution("p", symbols, P3.copy()),
        Distribution("q", symbols, Q3.copy()),
        MeasureOptions(unit=NATS),
    )
    assert measured[row.name] == pytest.approx(finish(total), rel=1e-14)


CLAIMS: list[tuple[str, list[float], list[float], dict[str, float]]] = [
    ("cross-entropy is not symmetric", [1, 1], [0.9, 0.1],
     {"cross_entropy_pq": 1.7369655941662063, "cross_entropy_qp": 1.0}),
    ("the cross-entropy of P and P is H(P), not 0", [1, 1], [1, 1],
     {"cross_entropy_pq": 1.0, "entropy_p": 1.0, "kl_pq": 0.0}),
    ("KL is cross-entropy minus entropy", [1, 1], [0.9, 0.1], {"kl_pq": 0.7369655941662062}),
    ("KL may agree in both directions", [0.5, 0.4, 0.1], [0.5, 0.1, 0.4],
     {"kl_pq": 0.6, "kl_qp": 0.6}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("p", "q", "expected"), [c[1:] for c in CLAIMS], ids=[c[0] for c in CLAIMS]
)
def test_claims_that_tutorials_get_wrong(
    p: list[float], q: list[float], expected: dict[str, float]
) -> None:
    nats = values(p, q)
    for name, bits in expected.items():
        assert nats[name] / math.log(2) == pytest.approx(bits, rel=1e-12)
