"""`divcli fit`: likelihood, criteria, KL with its error, and what cannot be fitted."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from scipy import stats

import divcli
from divcli.catalog import FAMILIES
from divcli.families.law import law_of
from divcli.inference.neighbours import entropy_nearest_neighbours
from tests.conftest import Run
from tests.families.test_closed_forms import model
from tests.families.test_divergences import ENTROPIES
from tests.families.test_estimates import TRUE, draw
from tests.test_schemas import schema

WORMS = "sample_data/worms.csv"
ORDERS = "sample_data/orders_reference.csv"


def document(run: Run, *arguments: str, stdin: str = "") -> dict[str, Any]:
    result = run("fit", *arguments, "--json", stdin=stdin)
    assert result.status == 0, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def lines(values: Any) -> str:
    return "x\n" + "".join(f"{value!r}\n" for value in np.asarray(values).tolist())


def fitted(found: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in found["fits"] if one["family"] == name)


def reasons(found: dict[str, Any]) -> dict[str, str]:
    return {one["family"]: one["reason"] for one in found["not_fitted"]}


def test_criteria_are_those_of_the_likelihood(run: Run) -> None:
    x = np.random.default_rng(0).normal(3, 2, size=200)
    one = fitted(document(run, "-u", "nats", stdin=lines(x)), "normal")
    mu, sigma = x.mean(), x.std()
    total = stats.norm(mu, sigma).logpdf(x).sum()
    assert one["parameters"] == pytest.approx({"mu": mu, "sigma": sigma}, rel=1e-12)
    assert one["nll"] == pytest.approx(-total / 200, rel=1e-12)
    assert one["aic"] == pytest.approx(4 - 2 * total, rel=1e-12)
    assert one["bic"] == pytest.approx(2 * math.log(200) - 2 * total, rel=1e-12)
    assert one["ks"] == pytest.approx(stats.kstest(x, stats.norm(mu, sigma).cdf).statistic)


def test_the_likelihood_is_in_the_unit_and_the_criteria_are_not(run: Run) -> None:
    bits, nats = (document(run, WORMS, "-u", unit)["fits"][0] for unit in ("bits", "nats"))
    assert bits["nll"] * math.log(2) == pytest.approx(nats["nll"], rel=1e-14)
    assert bits["kl"]["estimate"] * math.log(2) == pytest.approx(nats["kl"]["estimate"])
    assert bits["aic"] == nats["aic"]


@pytest.mark.parametrize("name", [name for name in TRUE if name not in ("uniform", "pareto")])
def test_the_true_family_is_ranked_first_or_ties(run: Run, name: str) -> None:
    found = document(run, stdin=lines(draw(name, 3000, seed=2)))
    least = found["fits"][0]["aic"]
    assert [fit["aic"] for fit in found["fits"]] == sorted(fit["aic"] for fit in found["fits"])
    assert fitted(found, name)["aic"] <= least + 4


@pytest.mark.parametrize("case", ENTROPIES, ids=lambda case: case["name"])
def test_kl_is_the_likelihood_less_the_entropy_by_neighbours(
    run: Run, case: dict[str, Any]
) -> None:
    name = case["P"]["dist"]
    parameters = {key: float(v) for key, v in case["P"].items() if key != "dist"}
    x = law_of(model(case["P"])).distribution.rvs(size=1000, random_state=4)
    one = fitted(document(run, "-u", "nats", "--family", name, stdin=lines(x)), name)
    entropy = one["nll"] - one["kl"]["estimate"]
    assert entropy == pytest.approx(entropy_nearest_neighbours(np.sort(x)), rel=1e-9)
    bound = next(t for t in case["tests"] if t["n"] == 1000)["kozachenko_leonenko_k3"]["atol"]
    assert entropy == pytest.approx(float(case["expected"]["entropy_p"]), abs=bound)
    assert set(one["parameters"]) == set(parameters)


def test_the_standard_error_of_kl_is_its_spread_over_samples() -> None:
    rng = np.random.default_rng(5)
    found = [divcli.fit(rng.normal(size=150), families=["laplace"]) for _ in range(150)]
    told = [fit.best.kl for fit in found if fit.best is not None]
    spread = np.std([one.estimate for one in told if one is not None])
    error = np.mean([one.se for one in told if one is not None and one.se is not None])
    assert len(told) == 150
    # The spread of 150 draws is known to 6 % (one sd); the fit itself takes a little of it away.
    assert error == pytest.approx(spread, rel=0.2)


def test_kl_of_whole_numbers_is_that_of_compare(run: Run) -> None:
    one = fitted(document(run, WORMS, "--family", "binomial(n=10)"), "binomial")
    assert one["parameters"] == {"n": 10, "p": pytest.approx(0.544)}
    assert one["kl"]["estimate"] == pytest.approx(0.6165, abs=5e-5)  # sample_data/README.md
    compared = run(
        "compare", WORMS, f"binomial(10,{one['parameters']['p']!r})", "-m", "kl_pq", "--value"
    )
    assert one["kl"]["estimate"] == pytest.approx(float(compared.stdout), rel=1e-12)
    p = np.bincount(np.loadtxt(WORMS, skiprows=1).astype(int)) / 100
    terms = np.log2(p) - stats.binom(10, 0.544).logpmf(range(11)) / math.log(2)
    error = math.sqrt((p @ terms**2 - (p @ terms) ** 2) / 99)
    assert one["kl"]["se"] == pytest.approx(error, rel=1e-9)


def test_a_known_parameter_costs_no_criterion(run: Run) -> None:
    one = fitted(document(run, WORMS, "--family", "binomial(n=10)", "-u", "nats"), "binomial")
    assert one["aic"] == pytest.approx(2 * (1 + 100 * one["nll"]), rel=1e-12)


def test_repeated_values_have_kl_on_cells(run: Run) -> None:
    found = document(run, ORDERS, "-c", "amount", "--family", "lognormal")
    assert "equal-frequency cells" in found["fits"][0]["kl"]["density"]
    assert any("values repeat" in note for note in found["notes"])


def test_what_cannot_be_fitted_is_listed_and_the_rest_printed(run: Run) -> None:
    found = document(run, stdin="-1.5\n0.25\n2.5\n4.5\n-0.75\n3\n1.2\n")
    assert {"lognormal", "gamma", "beta", "weibull", "pareto", "exponential"} <= set(reasons(found))
    assert "values above 0 only; 2 of 7 are not" in reasons(found)["lognormal"]
    assert fitted(found, "normal")["nll"] > 0
    table = run("fit", "--family", "lognormal,normal", stdin="-1.5\n0.25\n2.5\n").stdout
    assert "Not fitted" in table
    assert "normal(mu=" in table


@pytest.mark.parametrize("values", ["7.5\n", "7.5\n7.5\n7.5\n"])
def test_one_row_and_constants_have_no_density_and_say_so(run: Run, values: str) -> None:
    found = document(run, "--no-header", stdin=values)
    assert found["fits"] == []
    assert "same" in reasons(found)["normal"]
    assert any("no family could be fitted" in note for note in found["notes"])


def test_a_constant_of_whole_numbers_is_a_discrete_uniform(run: Run) -> None:
    found = document(run, "--no-header", stdin="3\n3\n3\n")
    assert found["fits"][0]["nll"] == 0
    assert fitted(found, "discrete_uniform")["parameters"] == {"a": 3, "b": 3}


def test_missing_values_and_infinities_are_left_out_and_told(run: Run) -> None:
    found = document(run, stdin="x\n1.5\n\n2.5\ninf\nnan\n3.5\n4\n")
    assert (found["n"], found["left_out"]) == (4, 3)
    assert any("left out of the fits" in note for note in found["notes"])
    whole = document(run, stdin="x\n1.5\n2.5\n3.5\n4\n")
    assert found["fits"] == whole["fits"]


def test_counts_are_as_many_rows(run: Run) -> None:
    rows = document(run, stdin="x\n0\n1\n1\n3\n")
    counts = document(run, "0=1,1=2,3=1")
    assert rows["fits"] == counts["fits"]


def test_weighted_rows_are_what_they_are_worth(run: Run) -> None:
    found = document(run, "-c", "x", "--sample-weight", "w", "--family", "poisson",
                     stdin="x,w\n1,2\n2,2\n6,2\n")  # fmt: skip
    assert found["n"] == 3
    assert found["fits"][0]["parameters"] == {"rate": 3}


def test_weights_of_no_sample_have_no_criteria(run: Run) -> None:
    found = document(run, "0=0.5,1=0.25,2=0.25", "--family", "poisson")
    assert (found["n"], found["fits"][0]["aic"], found["fits"][0]["kl"]["se"]) == (None, None, None)


def test_text_has_its_own_probabilities_only(run: Run) -> None:
    found = document(run, "--family", "categorical,normal", stdin="x\na\nb\nb\n")
    assert fitted(found, "categorical")["parameters"] == {"a": 1 / 3, "b": 2 / 3}
    assert "text" in reasons(found)["normal"]


def test_a_saved_categorical_fit_is_a_source(run: Run, folder: Path) -> None:
    run("fit", "--save", "m.json", stdin="x\na\nb\nb\n")
    assert run("compare", "a=1,b=2", "m.json", "-m", "js", "--value").stdout == "0.0\n"


def test_the_document_itself_is_a_source(run: Run, folder: Path) -> None:
    run("fit", "-o", "fit.json", "--json", "--family", "poisson,negative_binomial",
        stdin="x\n1\n2\n4\n9\n1\n")  # fmt: skip
    result = run("compare", "fit.json", "poisson(3)", "-m", "kl_pq", "--value")
    assert float(result.stdout) > 0
    assert "the first of 2 fitted families" in result.stderr


def test_a_limit_on_the_best_fit_sets_the_status(run: Run) -> None:
    assert run("fit", WORMS, "--fail-over", "ks=0.5").status == 0
    assert run("fit", WORMS, "--fail-over", "kl_pq=0.01").status == 1
    assert run("fit", WORMS, "--fail-over", "js=0.01").status == 2


def test_csv_has_a_row_a_family(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("fit", WORMS, "-f", "csv").stdout)))
    assert [row["rank"] for row in rows] == ["1", "2", "3", "", ""]
    assert {row["family"] for row in rows if row["reason"]} == {"binomial", "geometric"}


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--family", "nrmal", WORMS), 2, "did you mean 'normal'?"),
        (("--family", "diagnormal", WORMS), 2, "no family 'diagnormal'"),
        (("--family", "binomial(n=0)", WORMS), 3, "n is a whole number"),
        (("--family", "normal(mu=0)", WORMS), 3, "cannot take"),
        (("-c", "teth", WORMS), 3, "did you mean 'teeth'?"),
        (("normal(0,1)",), 2, "is a model already"),
        ((WORMS, WORMS), 2, "fits one source"),
        ((ORDERS, "-c", "ordered_at"), 3, "times have no family"),
        ((ORDERS,), 2, "pick one with -c"),
    ],
)
def test_what_is_asked_wrongly_says_what_to_ask(
    run: Run, arguments: tuple[str, ...], status: int, message: str
) -> None:
    result = run("fit", *arguments)
    assert result.status == status
    assert message in result.stderr


def test_hostile_names_come_out_inert(run: Run, folder: Path) -> None:
    Path("[red]x.csv").write_text("a\x1b[31m\n[/]\n::error\n=1+1\n")
    for form in ("table", "csv", "markdown", "json"):
        result = run("fit", "[red]x.csv", "-f", form)
        assert result.status == 0
        assert "\x1b" not in result.stdout + result.stderr


def test_every_family_is_named_in_the_help(run: Run) -> None:
    text = " ".join(run("fit", "--help").stdout.split())
    for row in FAMILIES:
        assert (row.name in text) == (row.dimensions == 1)


def test_the_library_returns_the_same_document(run: Run) -> None:
    report = divcli.fit({"x": [1, 2, 2, 5, 9]}, families="poisson", unit="nats")
    assert report["poisson"].nll == report.best.nll if report.best is not None else False
    told = document(run, "--family", "poisson", "-u", "nats", stdin="x\n1\n2\n2\n5\n9\n")
    assert told["fits"] == report.to_dict()["fits"]
    with pytest.raises(KeyError):
        report["normal"]


@pytest.mark.parametrize(
    "values",
    [[1e300, -2e300, 5e299, 1e300], [1e-301, 3e-301, 2e-300], [0.0, 1e300, 1e-300, 1.0, 0.5],
     [0, 0, 0, 0, 0, 0, 0, 1e-9]],
)  # fmt: skip
def test_extreme_values_are_fitted_or_told(run: Run, values: list[float]) -> None:
    found = document(run, "--no-header", stdin="".join(f"{value!r}\n" for value in values))
    assert len(found["fits"]) + len(found["not_fitted"]) >= 5
    assert all(math.isfinite(float(fit["nll"])) for fit in found["fits"])


def test_a_saved_model_is_valid_by_its_schema(run: Run, folder: Path) -> None:
    run("fit", "--save", "m.json", "--family", "poisson", stdin="x\n1\n2\n4\n")
    saved = json.loads(Path("m.json").read_text())
    Draft202012Validator(schema("model-1")).validate(saved)
    assert (saved["family"], saved["parameters"], saved["n"]) == ("poisson", {"rate": 7 / 3}, 3)
