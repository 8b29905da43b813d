"""Maximum likelihood: no neighbouring parameters are more likely, and scipy's fits agree."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from divcli.catalog import FAMILIES, family, resolve
from divcli.families.law import law_of
from divcli.model.family import Model

Array = NDArray[np.float64]
FITTED = [row for row in FAMILIES if row.fit is not None]

TRUE: dict[str, tuple[float, ...]] = {
    "normal": (3, 2), "lognormal": (0.5, 0.8), "exponential": (2.5,), "gamma": (2.3, 1.7),
    "beta": (2, 5), "laplace": (-1, 0.7), "uniform": (-2, 5), "weibull": (1.6, 3),
    "logistic": (4, 0.5), "student_t": (4, 1, 2), "pareto": (3, 1.5), "poisson": (3.3,),
    "binomial": (12, 0.4), "geometric": (0.3,), "negative_binomial": (2.5, 0.3),
    "discrete_uniform": (2, 11),
}  # fmt: skip


def named(name: str, values: tuple[float, ...]) -> Model:
    return Model(name, tuple(zip(dict(family(name).parameters), values, strict=True)))


def draw(name: str, n: int, seed: int = 0) -> Array:
    law = law_of(named(name, TRUE[name]))
    return np.asarray(law.distribution.rvs(size=n, random_state=seed), dtype=np.float64)


def tally(sample: Array) -> tuple[Array, Array]:
    values, counts = np.unique(sample, return_counts=True)
    return values, counts.astype(np.float64)


def fit(name: str, sample: Array) -> tuple[float, ...]:
    found: tuple[float, ...] = resolve(family(name).fit or "")(*tally(sample))
    return found


def likelihood(name: str, values: tuple[float, ...], sample: Array) -> float:
    return float(law_of(named(name, values)).log_density(sample).mean())


def test_every_family_is_tried() -> None:
    assert set(TRUE) == {row.name for row in FITTED}


@pytest.mark.parametrize("name", TRUE)
def test_estimates_are_near_the_truth_in_a_large_sample(name: str) -> None:
    assert fit(name, draw(name, 40_000)) == pytest.approx(TRUE[name], rel=0.12)


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("n", [30, 1000])
def test_no_neighbouring_parameters_are_more_likely(name: str, n: int) -> None:
    sample = draw(name, n, seed=3)
    found = fit(name, sample)
    best = likelihood(name, found, sample)
    assert math.isfinite(best)
    for which, (_, domain) in enumerate(family(name).parameters):
        steps = (-1, 1) if domain in ("whole", "integer", "from") else (-1e-3, 1e-3, -0.1, 0.1)
        for step in steps:
            size = 1 if domain in ("whole", "integer", "from") else max(abs(found[which]), 1)
            moved = list(found)
            moved[which] += step * size
            if name == "binomial" and which == 0:
                moved[1] = sample.mean() / moved[0]
            if domain == "probability" and not 0 < moved[which] <= 1:
                continue
            with np.errstate(all="ignore"):
                other = likelihood(name, tuple(moved), sample)
            assert not other > best + 1e-12


SCIPY: dict[str, Callable[[Array], tuple[float, ...]]] = {
    "gamma": lambda x: tuple(np.array(stats.gamma.fit(x, floc=0))[[0, 2]]),
    "beta": lambda x: tuple(stats.beta.fit(x, floc=0, fscale=1)[:2]),
    "weibull": lambda x: tuple(np.array(stats.weibull_min.fit(x, floc=0))[[0, 2]]),
    "normal": lambda x: tuple(stats.norm.fit(x)),
    "laplace": lambda x: tuple(stats.laplace.fit(x)),
    "logistic": lambda x: tuple(stats.logistic.fit(x)),
    "exponential": lambda x: (stats.expon.fit(x, floc=0)[1],),
    "pareto": lambda x: tuple(np.array(stats.pareto.fit(x, floc=0))[[0, 2]]),
    "student_t": lambda x: tuple(stats.t.fit(x)),
}


@pytest.mark.parametrize("name", SCIPY)
def test_estimates_are_those_of_scipy(name: str) -> None:
    sample = draw(name, 500, seed=5)
    assert fit(name, sample) == pytest.approx(SCIPY[name](sample), rel=2e-3)


@pytest.mark.parametrize("name", [row.name for row in FITTED if not row.discrete])
def test_estimates_follow_the_unit_of_the_data(name: str) -> None:
    sample = draw(name, 300, seed=1)
    if name == "beta":
        pytest.skip("its unit is fixed")
    once, thousandfold = fit(name, sample), fit(name, 1000 * sample)
    gain = likelihood(name, once, sample) - likelihood(name, thousandfold, 1000 * sample)
    assert gain == pytest.approx(math.log(1000), rel=1e-9)


CANNOT = [
    ("lognormal", [-1.0, 2.0, 3.0], "above 0"),
    ("gamma", [0.0, 2.0, 3.0], "above 0"),
    ("exponential", [-1.0, 2.0], "from 0 on"),
    ("beta", [0.5, 1.0], "between 0 and 1"),
    ("pareto", [0.0, 1.0], "above 0"),
    ("poisson", [0.5, 1.0], "whole numbers"),
    ("poisson", [-1.0, 1.0], "from 0 on"),
    ("poisson", [0.0], "all values are 0"),
    ("geometric", [0.0, 1.0], "from 1 on"),
    ("binomial", [0.0, 0.0, 0.0, 9.0], "trials grow"),
    ("negative_binomial", [2.0, 3.0], "r grows"),
    ("student_t", [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.5, 7.0], "too frequent"),
    ("student_t", [0.0, 1.0, 2.0, 3.0, 4.0], "limit is the normal"),
]


@pytest.mark.parametrize(("name", "values", "why"), CANNOT)
def test_what_cannot_be_fitted_says_why(name: str, values: list[float], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        fit(name, np.array(values))


@pytest.mark.parametrize("name", [row.name for row in FITTED if not row.discrete])
def test_a_constant_has_no_density(name: str) -> None:
    with np.errstate(all="ignore"):
        if name == "exponential":
            with pytest.raises(ValueError, match="same"):
                fit(name, np.array([0.25, 0.25]))
            return
        with pytest.raises(ValueError, match=r"same|frequent"):
            fit(name, np.array([0.25, 0.25]))


def test_a_certain_success_is_a_binomial() -> None:
    assert fit("binomial", np.array([4.0, 4.0])) == (4, 1.0)
