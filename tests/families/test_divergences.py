"""Integrals over two laws: against published values, closed forms, and theorems."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from divcli.families.divergences import (
    LawPair,
    chi2_terms,
    hellinger_terms,
    js_terms,
    kl_terms,
    renyi_integral,
)
from divcli.families.law import Law, law_of
from divcli.families.quadrature import log_mass
from divcli.model.family import Model
from divcli.sources.columns import InputOptions
from divcli.sources.models import read_model
from tests.families.test_closed_forms import PAIRS
from tests.families.test_closed_forms import model as described

ENTROPIES = [
    case
    for case in json.loads((Path(__file__).parents[1] / "data" / "continuous.json").read_text())
    if case["kind"] == "entropy"
]
EDGES = np.array([0.5, 1.0])
MODELS = (
    "normal(0,1)", "normal(0.3,2)", "laplace(0,1)", "logistic(1,0.5)", "student_t(5,0,1)",
    "uniform(-1,2)", "gamma(2,1)", "lognormal(0,1)", "weibull(1.5,1)", "exponential(2)",
    "beta(2,3)", "pareto(3,1)",
)  # fmt: skip
DISCRETE = ("poisson(3)", "binomial(10,0.4)", "geometric(0.3)", "negative_binomial(2.5,0.4)",
            "discrete_uniform(0,9)")  # fmt: skip


def model(text: str) -> Model:
    column = read_model(text, InputOptions())
    assert column.model is not None
    return column.model


def pair(p: str, q: str) -> LawPair:
    return LawPair(model(p), model(q), EDGES)


def law(text: str) -> Law:
    return law_of(model(text))


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["name"])
def test_integrals_are_those_of_the_published_values(case: dict[str, Any]) -> None:
    both = LawPair(described(case["P"]), described(case["Q"]), EDGES)
    expected = {name: float(value) for name, value in case["expected"].items()}
    assert both.integral(kl_terms) == pytest.approx(expected["kl_pq"], rel=1e-12)
    assert both.integral(kl_terms, reverse=True) == pytest.approx(expected["kl_qp"], rel=1e-12)
    assert both.integral(js_terms) == pytest.approx(expected["js"], rel=1e-12)
    for one, name in zip(both.laws, ("entropy_p", "entropy_q"), strict=True):
        assert one.entropy() == pytest.approx(expected[name], rel=1e-12)


@pytest.mark.parametrize("case", ENTROPIES, ids=lambda case: case["name"])
def test_entropies_are_those_of_the_published_values(case: dict[str, Any]) -> None:
    expected = float(case["expected"]["entropy_p"])
    assert law_of(described(case["P"])).entropy() == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("shift", [1e-6, 0.1, 1.0, 3.0])
def test_measures_of_shifted_normals_have_their_closed_forms(shift: float) -> None:
    both = pair("normal(0,1)", f"normal({shift},1)")
    assert both.integral(chi2_terms) == pytest.approx(math.expm1(shift**2), rel=1e-9)
    assert both.integral(hellinger_terms) == pytest.approx(-math.expm1(-(shift**2) / 8), rel=1e-9)
    tv = math.erf(shift / 2 / math.sqrt(2))  # 2Φ(δ/2) - 1
    assert both.total_variation() == pytest.approx(tv, rel=1e-9)
    assert both.kolmogorov_smirnov() == pytest.approx(tv, rel=1e-9)
    assert math.log(renyi_integral(both, 3.0)) / 2 == pytest.approx(
        3 * shift**2 / 2, rel=1e-9, abs=1e-13
    )


# The tail of P, as a power, against the growth of ln p/q (or of p/q) decides.
DIVERGENT = [
    ("student_t(2,0,1)", "normal(0,1)"),
    ("student_t(1,0,1)", "laplace(0,1)"),
    ("pareto(2,1)", "normal(0,1)"),
    ("pareto(1,1)", "exponential(1)"),
]


@pytest.mark.parametrize(("p", "q"), DIVERGENT)
def test_tails_too_heavy_for_the_other_make_kl_infinite(p: str, q: str) -> None:
    assert pair(p, q).integral(kl_terms) == math.inf


@pytest.mark.parametrize(
    ("p", "q"), [("student_t(2.2,0,1)", "normal(0,1)"), ("lognormal(0,1)", "normal(0,1)"),
                 ("student_t(1.2,0,1)", "laplace(0,1)"), ("pareto(2.2,1)", "normal(0,1)")]
)  # fmt: skip
def test_tails_that_are_just_light_enough_leave_it_finite(p: str, q: str) -> None:
    both = pair(p, q)
    value = both.integral(kl_terms)
    # E[ln q] by the second moment or the mean absolute value, which scipy has in closed form.
    one = law(p).distribution
    logs = (
        -math.log(2) - one.expect(abs, limit=500)
        if "laplace" in q
        else -math.log(2 * math.pi) / 2 - one.moment(2) / 2
    )
    assert value == pytest.approx(-one.entropy() - logs, rel=1e-3)


def test_chi2_is_infinite_where_the_reference_is_much_narrower() -> None:
    assert pair("laplace(0,1)", "normal(0,1)").integral(chi2_terms) == math.inf
    assert pair("student_t(3,0,1)", "logistic(0,1)").integral(chi2_terms) == math.inf


@pytest.mark.parametrize("p", MODELS)
def test_f_divergences_keep_their_order(p: str) -> None:
    for q in MODELS:
        both = pair(p, q)
        tv, js = both.total_variation(), both.integral(js_terms)
        hellinger2, kl = both.integral(hellinger_terms), both.integral(kl_terms)
        assert 0 <= js <= tv * math.log(2) + 1e-12  # Lin (1991)
        assert hellinger2 - 1e-12 <= tv <= math.sqrt(2 * hellinger2) + 1e-12  # Le Cam
        assert tv <= math.sqrt(kl / 2) + 1e-12  # Pinsker
        assert both.kolmogorov_smirnov() <= tv + 1e-12
        assert js == pytest.approx(both.integral(js_terms, reverse=True), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("p", DISCRETE)
def test_sums_over_whole_numbers_are_plain_sums(p: str) -> None:
    k = np.arange(0.0, 200.0)
    for q in DISCRETE:
        a, b = (np.exp(law(text).log_density(k)) for text in (p, q))
        both = pair(p, q)
        assert both.total_variation() == pytest.approx(float(np.abs(a - b).sum() / 2), abs=1e-13)
        expected = float(stats.entropy(a, b))
        assert both.integral(kl_terms) == pytest.approx(expected, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("text", [*MODELS, *DISCRETE])
def test_masses_between_edges_sum_to_1_and_keep_small_ones(text: str) -> None:
    edges = np.array([-3.0, 0.0, 0.5, 1.0, 1.5, 4.0, 12.0])
    masses = law(text).masses(edges)
    assert math.fsum(masses) == pytest.approx(1, abs=1e-14)
    upper = law(text).from_on(np.array([12.0]))[0]
    assert masses[-1] == pytest.approx(upper, rel=1e-12)


@settings(max_examples=30)
@given(st.floats(-3, 3), st.floats(0.3, 3), st.floats(-1e3, 1e3), st.floats(1e-3, 1e3))
def test_divergences_do_not_change_with_the_unit_of_the_data(
    mu: float, sigma: float, shift: float, scale: float
) -> None:
    one = pair("laplace(0,1)", f"normal({mu!r},{sigma!r})")
    two = pair(f"laplace({shift!r},{scale!r})",
               f"normal({shift + scale * mu!r},{scale * sigma!r})")  # fmt: skip
    for terms in (kl_terms, js_terms, hellinger_terms):
        assert one.integral(terms) == pytest.approx(two.integral(terms), rel=1e-8)


@pytest.mark.parametrize("text", [*MODELS, *DISCRETE])
def test_logarithms_of_masses_are_those_of_the_masses(text: str) -> None:
    edges = np.array([0.25, 1.0, 1.5, 4.0])
    one = law(text)
    bounds = [-math.inf, *edges.tolist(), math.inf]
    for i, mass in enumerate(one.masses(edges).tolist()):
        logarithm = log_mass(one, bounds[i], bounds[i + 1])
        # A bend inside the cell costs digits, but where the mass is so small there is none.
        assert math.exp(logarithm) == pytest.approx(mass, rel=2e-4, abs=1e-300)


def test_logarithms_of_masses_do_not_underflow() -> None:
    # Mills: P(X > x) = φ(x)/x·(1 - 1/x² + …).
    expected = -(100**2) / 2 - math.log(100 * math.sqrt(2 * math.pi)) - 1e-4
    assert log_mass(law("normal(0,1)"), 100.0, math.inf) == pytest.approx(expected, abs=1e-6)
    assert log_mass(law("poisson(5000)"), 0.0, 3.0) == pytest.approx(
        -5000 + math.log(1 + 5000 + 5000**2 / 2), rel=1e-12
    )
