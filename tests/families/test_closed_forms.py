"""Closed forms of KL: against published values, an independent quadrature, and theorems."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate

from divcli.catalog import FAMILIES, family, resolve
from divcli.families import multivariate
from divcli.families.bregman import exp_gap, log_gamma_gap, log_gap, ratio_gap
from divcli.families.law import law_of
from divcli.model.family import Model
from divcli.sources.models import model_of

CASES = json.loads((Path(__file__).parents[1] / "data" / "continuous.json").read_text())
PAIRS = [case for case in CASES if case["kind"] == "pair"]
VAE = [case for case in CASES if case["kind"] == "vae_gaussian"]
POINTS = [case for case in CASES if case["kind"] == "mvn"]
CLOSED = [row for row in FAMILIES if row.kl is not None]

NUMBERS = {
    "number": st.floats(-20, 20),
    "positive": st.floats(0.2, 8),
    "above": st.floats(21, 40),
    "probability": st.floats(0.02, 0.98),
    "whole": st.just(12),
    "integer": st.integers(-5, 5),
    "from": st.integers(6, 12),
}


def model(description: Mapping[str, Any]) -> Model:
    parameters = {key: value for key, value in description.items() if key != "dist"}
    return model_of(family(description["dist"]), parameters, "test")


def kl(p: Model, q: Model) -> float:
    assert p.row.kl is not None
    value: float = resolve(p.row.kl)(p.values, q.values)
    return value


def parameters(name: str) -> st.SearchStrategy[Model]:
    row = family(name)
    values = st.tuples(*(NUMBERS[domain] for _, domain in row.parameters))
    return values.map(lambda v: model_of(row, dict(zip(dict(row.parameters), v, strict=True)), "t"))


@pytest.mark.parametrize("case", PAIRS, ids=lambda case: case["name"])
def test_closed_forms_are_those_of_the_published_values(case: dict[str, Any]) -> None:
    p, q = model(case["P"]), model(case["Q"])
    if p.family != q.family:
        pytest.skip("no closed form")
    for name, value in (("kl_pq", kl(p, q)), ("kl_qp", kl(q, p))):
        assert value == pytest.approx(float(case["expected"][name]), rel=1e-12, abs=0)


@pytest.mark.parametrize("case", VAE, ids=lambda case: case["name"])
def test_the_prior_term_of_an_autoencoder_is_kl_from_the_standard_normal(
    case: dict[str, Any],
) -> None:
    p = Model("normal", (("mu", case["mu"]), ("sigma", case["sigma"])))
    q = Model("normal", (("mu", 0), ("sigma", 1)))
    assert kl(p, q) == pytest.approx(float(case["expected"]["kl_pq"]), rel=1e-12, abs=0)


@pytest.mark.parametrize("case", POINTS, ids=lambda case: case["name"])
def test_normals_of_several_dimensions_are_those_of_the_published_values(
    case: dict[str, Any],
) -> None:
    p, q = (
        multivariate.Normal(np.array(case[f"mu{i}"], float), np.array(case[f"S{i}"], float))
        for i in (1, 2)
    )
    assert multivariate.kl(p, q) == pytest.approx(float(case["expected"]["kl_pq"]), rel=1e-12)


@pytest.mark.parametrize("row", CLOSED, ids=lambda row: row.name)
@given(data=st.data())
def test_kl_is_never_negative_and_0_of_a_model_from_itself(row: Any, data: st.DataObject) -> None:
    p, q = data.draw(parameters(row.name)), data.draw(parameters(row.name))
    assert kl(p, q) >= 0
    assert kl(p, p) == 0


INDEPENDENT = [
    ("gamma", (0.7, 2.0), (1.9, 0.8)),
    ("beta", (2.5, 1.5), (1.2, 3.0)),
    ("lognormal", (0.3, 0.5), (0.0, 0.9)),
    ("laplace", (1.0, 0.4), (-0.5, 1.3)),
    ("weibull", (1.7, 2.0), (0.9, 1.1)),
    ("exponential", (2.0,), (0.7,)),
]


@pytest.mark.parametrize(("name", "p", "q"), INDEPENDENT)
def test_closed_forms_are_the_integral(
    name: str, p: tuple[float, ...], q: tuple[float, ...]
) -> None:
    from scipy import stats

    made = {
        "gamma": lambda a, s: stats.gamma(a, scale=s),
        "beta": stats.beta,
        "lognormal": lambda m, s: stats.lognorm(s, scale=math.exp(m)),
        "laplace": stats.laplace,
        "weibull": lambda k, s: stats.weibull_min(k, scale=s),
        "exponential": lambda s: stats.expon(scale=s),
    }[name]
    one, two = made(*p), made(*q)

    def integrand(x: float) -> float:
        return float(one.pdf(x) * (one.logpdf(x) - two.logpdf(x)))

    low, high = one.ppf([1e-14, 1 - 1e-13])
    bends = [p[0], q[0]] if name == "laplace" else []
    inner = sorted({low, *one.ppf([1e-4, 0.1, 0.5, 0.9, 0.999]), *bends, high})
    whole = sum(integrate.quad(integrand, a, b, limit=200)[0] for a, b in pairwise(inner))
    assert kl_of(name, p, q) == pytest.approx(whole, rel=1e-8)


DISCRETE = [
    ("poisson", (3.0,), (4.5,)),
    ("binomial", (9, 0.3), (9, 0.6)),
    ("geometric", (0.3,), (0.5,)),
    ("discrete_uniform", (1, 4), (0, 6)),
]


@pytest.mark.parametrize(("name", "p", "q"), DISCRETE)
def test_closed_forms_of_discrete_families_are_the_sum(
    name: str, p: tuple[float, ...], q: tuple[float, ...]
) -> None:
    k = np.arange(0.0, 400.0)
    one, two = (law_of(named(name, values)).log_density(k) for values in (p, q))
    held = np.isfinite(one)
    terms = np.exp(one[held]) * (one[held] - two[held])
    assert kl_of(name, p, q) == pytest.approx(math.fsum(terms), rel=1e-12)


def named(name: str, values: tuple[float, ...]) -> Model:
    return Model(name, tuple(zip(dict(family(name).parameters), values, strict=True)))


def kl_of(name: str, p: tuple[float, ...], q: tuple[float, ...]) -> float:
    return kl(named(name, p), named(name, q))


# To second order KL is half the Fisher information times the square of the step.
FISHER = [
    ("normal", (0.0, 2.0), 0, 1 / 4),
    ("normal", (0.0, 2.0), 1, 2 / 4),
    ("exponential", (3.0,), 0, 1 / 9),
    ("laplace", (0.0, 3.0), 0, 1 / 9),
    ("laplace", (0.0, 3.0), 1, 1 / 9),
    ("poisson", (5.0,), 0, 1 / 5),
    ("gamma", (4.0, 1.5), 1, 4 / 1.5**2),
    ("gamma", (1.0, 1.5), 0, math.pi**2 / 6),  # ψ'(1)
    ("beta", (1.0, 1.0), 0, 1.0),  # ψ'(1) - ψ'(2)
    ("binomial", (10, 0.5), 1, 40.0),
    ("geometric", (0.5,), 0, 8.0),  # 1/(p²(1-p))
    ("pareto", (2.0, 1.0), 0, 1 / 4),
]


@pytest.mark.parametrize(("name", "values", "which", "information"), FISHER)
def test_kl_of_nearly_equal_models_keeps_its_digits(
    name: str, values: tuple[float, ...], which: int, information: float
) -> None:
    step = 2.0**-30
    moved = tuple(value + step * (i == which) for i, value in enumerate(values))
    expected = information * step**2 / 2
    assert kl_of(name, values, moved) == pytest.approx(expected, rel=1e-7)


def test_what_lies_beyond_the_support_makes_kl_infinite() -> None:
    assert kl_of("uniform", (0, 2), (0, 1)) == math.inf
    assert kl_of("pareto", (2, 1), (2, 3)) == math.inf
    assert kl_of("discrete_uniform", (0, 9), (1, 9)) == math.inf
    assert kl_of("binomial", (5, 0.5), (5, 1.0)) == math.inf
    assert kl_of("binomial", (5, 1.0), (5, 0.5)) == pytest.approx(5 * math.log(2))


@pytest.mark.parametrize("scale", [1e-300, 1e-20, 1e20, 1e300])
def test_scales_far_apart_neither_fail_nor_lose_sign(scale: float) -> None:
    for name, p, q in (
        ("exponential", (scale,), (1.0,)),
        ("normal", (0.0, scale), (0.0, 1.0)),
        ("gamma", (2.0, scale), (2.0, 1.0)),
        ("weibull", (2.0, scale), (1.0, 1.0)),
        ("laplace", (0.0, scale), (1.0, 1.0)),
    ):
        assert kl_of(name, p, q) > 1


@given(st.floats(-0.299, 0.299))
def test_the_series_of_the_logarithm_meets_its_difference(x: float) -> None:
    direct = x - math.log1p(x)
    assert log_gap(x) == pytest.approx(direct, rel=1e-10, abs=1e-16)
    assert log_gap(x) >= 0


def test_gaps_are_continuous_where_series_end() -> None:
    for gap in (
        log_gap,
        exp_gap,
        lambda x: ratio_gap(1 + x, 1.0),
        lambda x: log_gamma_gap(4 + x, 4),
    ):
        assert gap(0.3 * (1 - 1e-9)) == pytest.approx(gap(0.3 * (1 + 1e-9)), rel=1e-7)


@given(st.integers(1, 5), st.randoms(use_true_random=False))
def test_normals_without_correlation_are_products(d: int, random: Any) -> None:
    mu, nu = ([random.uniform(-2, 2) for _ in range(d)] for _ in range(2))
    sigma, tau = ([random.uniform(0.2, 3) for _ in range(d)] for _ in range(2))
    p, q = (multivariate.Normal(np.array(m), np.diag(np.array(s) ** 2))
            for m, s in ((mu, sigma), (nu, tau)))  # fmt: skip
    expected = math.fsum(
        kl_of("normal", (a, s), (b, t)) for a, s, b, t in zip(mu, sigma, nu, tau, strict=True)
    )
    assert multivariate.kl(p, q) == pytest.approx(expected, rel=1e-9)


def test_bhattacharyya_of_normals_is_that_of_one_dimension() -> None:
    # -ln BC = ¼ (μ-ν)²/(σ²+τ²) + ½ ln((σ²+τ²)/(2στ)).
    p, q = (multivariate.Normal(np.array([m]), np.array([[s * s]])) for m, s in ((0, 1), (1, 2)))
    expected = 1 / 4 / 5 + math.log(5 / 4) / 2
    assert multivariate.bhattacharyya(p, q) == pytest.approx(expected, rel=1e-14)
