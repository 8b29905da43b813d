"""Models on the cells of samples, and two models with each other."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from divcli.counting.align import CountingOptions, distributions
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Special
from divcli.sources.columns import Column, InputOptions
from divcli.sources.models import read_model
from tests.conftest import Run

WORMS = "sample_data/worms.csv"


def sample(values: list[object]) -> Column:
    return Column("sample", None, values, True)


def both(values: list[object], text: str, **options: str) -> tuple[Distribution, Distribution]:
    columns = [sample(values), read_model(text, InputOptions())]
    p, q = distributions(columns, CountingOptions(**options))  # type: ignore[arg-type]
    return p, q


def masses(side: Distribution) -> dict[object, float]:
    return dict(zip(side.symbols, side.weights.tolist(), strict=True))


def test_a_discrete_model_has_its_probability_at_each_value_and_a_rest() -> None:
    p, q = both([0, 1, 1, 4], "poisson(2)")
    assert masses(p) == {"0": 1, "1": 2, "4": 1, Special.REST: 0}
    for k in (0, 1, 4):
        assert masses(q)[str(k)] == pytest.approx(math.exp(-2) * 2**k / math.factorial(k))
    assert math.fsum(q.weights) == pytest.approx(1, abs=1e-15)
    assert masses(q)[Special.REST] == pytest.approx(1 - sum(masses(q)[k] for k in "014"))


def test_a_model_whose_values_all_occur_has_no_rest() -> None:
    _, q = both([0, 1, 2], "binomial(2,0.5)")
    assert masses(q) == pytest.approx({"0": 0.25, "1": 0.5, "2": 0.25})


def test_values_that_a_model_excludes_have_no_mass_in_it() -> None:
    p, q = both([0, 1, 3], "binomial(2,0.5)")
    assert masses(q)["3"] == 0
    p, q = both([0.5, 11.0, 3.0], "uniform(0,10)")
    outside = [i for i, weight in enumerate(q.weights) if weight == 0]
    assert [p.weights[i] for i in outside] == [1]


def test_ends_of_a_closed_support_are_inside() -> None:
    p, q = both([0.0, 5.0, 10.0], "uniform(0,10)")
    assert not [1 for a, b in zip(p.weights, q.weights, strict=True) if a and not b]


def test_an_excluded_end_of_the_support_is_outside() -> None:
    p, q = both([0.0, 1.0, 2.0], "lognormal(0,1)")
    assert [a for a, b in zip(p.weights, q.weights, strict=True) if b == 0] == [1]


def test_edges_against_a_density_lie_half_way_between_values() -> None:
    p, q = both([1, 2, 2, 3], "normal(2,1)")
    assert p.symbols == ("(-inf, 1.5)", "[1.5, 2.5)", "[2.5, inf)")
    assert p.weights.tolist() == [1, 2, 1]
    expected = np.diff(stats.norm(2, 1).cdf([-math.inf, 1.5, 2.5, math.inf]))
    assert q.weights.tolist() == pytest.approx(expected.tolist(), rel=1e-12)


def test_given_edges_are_kept() -> None:
    p, q = both([1, 2, 2, 3], "normal(2,1)", bins="0,2")
    assert p.weights.tolist() == [0, 1, 3]
    assert q.weights[0] == pytest.approx(stats.norm.cdf(-2))


def test_many_values_are_in_cells_of_equal_frequency() -> None:
    values = np.random.default_rng(0).normal(size=2000).tolist()
    p, q = both(values, "normal(0,1)")
    assert len(p) == math.ceil(2 * 2000**0.4)
    assert p.weights.max() <= 2 * p.weights.min() + 1
    assert math.fsum(q.weights) == pytest.approx(1)


def test_missing_values_and_infinities_are_no_mass_of_a_model() -> None:
    p, q = both([1.0, None, math.inf, 2.0], "normal(0,1)")
    assert masses(p)[Special.MISSING] == masses(p)[Special.PLUS_INFINITY] == 1
    assert masses(q)[Special.MISSING] == masses(q)[Special.PLUS_INFINITY] == 0
    p, _ = both([1.0, None, 2.0], "normal(0,1)", missing="drop")
    assert Special.MISSING not in p.symbols


@pytest.mark.parametrize("values", [["a", "b"], ["2024-01-01", "2024-01-02"]])
def test_text_and_times_have_no_model_of_numbers(values: list[object]) -> None:
    with pytest.raises(DataError, match="compares with numbers"):
        both(values, "normal(0,1)")


def test_one_row_and_a_constant_compare() -> None:
    for values in ([7.5], [7.5, 7.5, 7.5]):
        p, q = both(list(values), "normal(7,1)")
        assert len(p) == len(q) == 1


def test_a_sample_and_a_model_by_hand(run: Run) -> None:
    model = ",".join(repr(float(w)) for w in stats.binom(10, 0.57).pmf(range(11)))
    command = ("compare", WORMS, "-m", "kl_pq", "--value")
    inline = ",".join(f"{k}={w}" for k, w in enumerate(model.split(",")))
    by_hand = float(run(*command[:2], inline, *command[2:]).stdout)
    assert float(run(*command[:2], "binomial(10,0.57)", *command[2:]).stdout) == pytest.approx(
        by_hand, rel=1e-12
    )


def test_either_side_may_be_the_model(run: Run) -> None:
    forth = run("compare", WORMS, "poisson(5)", "-m", "kl_pq", "--value").stdout
    back = run("compare", "poisson(5)", WORMS, "-m", "kl_qp", "--value").stdout
    assert float(forth) == pytest.approx(float(back), rel=1e-14)


def test_a_sample_against_its_own_fit(run: Run, folder: Path) -> None:
    rows = np.random.default_rng(1).gamma(2, 3, size=400)
    Path("x.csv").write_text("x\n" + "\n".join(map(repr, rows.tolist())) + "\n")
    assert run("fit", "x.csv", "--family", "gamma", "--save", "m.json", "--json").status == 0
    document = json.loads(run("compare", "x.csv", "m.json", "--json").stdout)
    assert document["inference"]["p_value"] > 0.05
    assert document["q"]["n"] is None
    poor = json.loads(run("compare", "x.csv", "normal(6,1)", "--json").stdout)
    assert poor["inference"]["p_value"] < 0.01


def test_models_compare_by_closed_form(run: Run) -> None:
    command = ("compare", "normal(0,1)", "normal(0,2)", "-u", "nats", "--json")
    document = json.loads(run(*command).stdout)
    expected = {
        "kl_pq": 0.318147180559945309417, "kl_qp": 0.806852819440054690583,
        "entropy_p": 1.41893853320467274178, "js": 0.0927333816664125342,
    }  # fmt: skip
    for name, value in expected.items():
        assert document["measures"][name] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "pair",
    [
        ("normal(0,1)", "normal(0.5,2)"),
        ("gamma(2,1)", "gamma(3,1)"),
        ("poisson(3)", "poisson(5)"),
        ("laplace(0,1)", "logistic(0,1)"),
        ("uniform(0,1)", "uniform(0,2)"),
    ],
)
def test_contributions_of_models_sum_to_their_values(run: Run, pair: tuple[str, str]) -> None:
    document = json.loads(run("compare", *pair, "--json").stdout)
    records = document["contributions"]
    assert math.fsum(record["p"] for record in records) == pytest.approx(1, rel=1e-12)
    for name in ("kl_pq", "js"):
        total = math.fsum(record[name] for record in records)
        assert total == pytest.approx(document["measures"][name], rel=1e-9)


def test_a_density_and_whole_numbers_share_no_mass(run: Run) -> None:
    result = run("compare", "normal(0,1)", "poisson(3)")
    assert result.status == 2
    assert "share no mass" in result.stderr


def test_points_compare_with_points_only(run: Run) -> None:
    result = run("compare", WORMS, "diagnormal([0,1],[1,1])")
    assert (result.status, "model of points" in result.stderr) == (2, True)
    assert run("compare", "diagnormal([0,1],[1,1])", "diagnormal([0],[1])").status == 2
    assert run("compare", "diagnormal([0,1],[1,1])", "gamma(1,1)").status == 2


def test_the_prior_term_of_an_autoencoder(run: Run) -> None:
    command = ("compare", "diagnormal([2,-1.5],[0.1,3])", "normal(0,1)", "-u", "nats")
    value = float(run(*command, "-m", "kl_pq", "--value").stdout)
    assert value == pytest.approx(3.80758509299404568 + 4.02638771133189030860, rel=1e-14)


def test_a_density_has_a_differential_entropy_and_no_other(run: Run) -> None:
    value = run("entropy", "normal(0,1)", "-m", "differential_entropy", "--value", "-u", "nats")
    assert float(value.stdout) == pytest.approx(1.41893853320467274, rel=1e-14)
    points = run("entropy", "diagnormal([0,5],[1,1])", "-m", "differential_entropy", "--value",
                 "-u", "nats")  # fmt: skip
    assert float(points.stdout) == pytest.approx(2 * 1.41893853320467274, rel=1e-14)
    assert run("entropy", "normal(0,1)", "-m", "perplexity").status == 2
    both = run("entropy", "normal(0,1)", "poisson(3)")
    assert (both.status, "a density" in both.stdout) == (0, True)


def test_entropy_of_a_discrete_model_is_scipys(run: Run) -> None:
    value = run("entropy", "poisson(3)", "-m", "entropy", "--value", "-u", "nats").stdout
    assert float(value) == pytest.approx(float(stats.poisson(3).entropy()), rel=1e-12)


@pytest.mark.parametrize("text", ["normal(5,2)", "gamma(4,1.2)", "poisson(5)"])
def test_distances_on_the_line_are_those_of_scipy(run: Run, text: str) -> None:
    values = np.loadtxt(WORMS, skiprows=1)
    law = {"normal(5,2)": stats.norm(5, 2), "gamma(4,1.2)": stats.gamma(4, scale=1.2),
           "poisson(5)": stats.poisson(5)}[text]  # fmt: skip
    command = ("compare", WORMS, text, "-m", "ks", "-m", "wasserstein", "--json")
    found = json.loads(run(*command).stdout)["measures"]
    places = np.unique(values)
    share = np.searchsorted(np.sort(values), [places, places], side="left")
    share[0] = np.searchsorted(np.sort(values), places, side="right")
    before = law.cdf(places - 1) if text == "poisson(5)" else law.cdf(places)
    gaps = np.abs([share[0] / 100 - law.cdf(places), share[1] / 100 - before])
    assert found["ks"] == pytest.approx(gaps.max(), rel=1e-9)
    fine = law.ppf((np.arange(200_000) + 0.5) / 200_000)
    assert found["wasserstein"] == pytest.approx(stats.wasserstein_distance(values, fine), rel=2e-3)


def test_a_law_without_a_mean_has_no_distance(run: Run) -> None:
    found = json.loads(
        run("compare", WORMS, "student_t(1,5,1)", "-m", "wasserstein", "--json").stdout
    )
    assert found["measures"]["wasserstein"] is None
    assert found["not_measured"]["wasserstein"]


def test_mass_below_a_double_is_told(run: Run) -> None:
    result = run("compare", WORMS, "normal(5,0.01)", "-m", "kl_pq")
    assert "less mass than a double can tell" in result.stderr
    assert "less mass" not in run("compare", WORMS, "poisson(5)").stderr


def test_smoothing_and_bins_mean_nothing_between_models(run: Run) -> None:
    assert run("compare", "poisson(3)", "poisson(4)", "--smoothing", "kt").status == 2
    assert "no effect" in run("compare", "gamma(3,1)", "gamma(4,1)", "--bins", "7").stderr


def test_the_library_takes_models_as_objects() -> None:
    import divcli

    best = divcli.fit([1, 2, 2, 5], families=["poisson"]).best
    assert best is not None
    found = divcli.compare(best.model, "poisson(2.5)", unit="nats")
    assert found.kl_pq == 0
    text = divcli.fit(["a", "b", "b"]).best
    assert text is not None
    assert divcli.compare(["a", "b", "b"], text.model).js == 0


EXTREMES = [
    ("beta(0.01,0.01)", "beta(2,2)"),
    ("gamma(1e-10,1)", "gamma(1e10,1)"),
    ("normal(0,1e-320)", "normal(0,1)"),
    ("student_t(1e300,0,1)", "normal(0,1)"),
    ("laplace(0,0.01)", "logistic(1e300,0.5)"),
    ("weibull(1e10,1e10)", "weibull(3,0.5)"),
    ("negative_binomial(0.5,1)", "geometric(1)"),
    ("normal(0,1)", "normal(1e6,1)"),
    ("beta(1,50)", "pareto(0.5,1e-300)"),
]


@pytest.mark.parametrize(("p", "q"), EXTREMES)
def test_extreme_parameters_give_numbers_or_say_why_not(run: Run, p: str, q: str) -> None:
    result = run("compare", p, q, "--json")
    assert result.status == 0, result.stderr
    measures = json.loads(result.stdout, parse_constant=pytest.fail)["measures"]
    for name in ("js", "tv", "kl_pq", "kl_qp"):
        assert float(measures[name]) >= 0


@pytest.mark.parametrize(
    "text", ["lognormal(800,1)", "geometric(1e-300)", "binomial(1000000000,0.5)"]
)
def test_models_beyond_doubles_or_patience_are_refused(run: Run, text: str) -> None:
    assert run("compare", text, text).status in (0, 3)
    assert run("compare", WORMS, text, "--no-inference").status in (0, 3)
