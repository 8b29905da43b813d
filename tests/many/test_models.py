"""Models where samples stand: ranked, and as the reference of a drift check."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tests.conftest import Run

WORMS = "sample_data/worms.csv"


def ranking(run: Run, *arguments: str) -> list[tuple[str, float]]:
    """The candidates of a ranking with their values, nearest first."""
    document = json.loads(run("rank", *arguments, "--json").stdout)
    return [(one["source"], one["value"]) for one in document["ranking"]]


def test_models_are_ranked_by_their_mass_on_the_values_of_a_sample(run: Run) -> None:
    teeth = np.loadtxt(WORMS, skiprows=1)
    counts = np.bincount(teeth.astype(int), minlength=11)
    p = counts / counts.sum()
    seen = p > 0

    def kl(law: stats.rv_discrete, *parameters: float) -> float:
        q = law.pmf(np.arange(11), *parameters)
        return float((p[seen] * np.log(p[seen] / q[seen])).sum())

    models = ("binomial(10,0.57)", "discrete_uniform(0,10)")
    names, values = zip(*ranking(run, WORMS, *models, "-u", "nats"), strict=True)
    assert names == (models[1], models[0])
    expected = [kl(stats.randint, 0, 11), kl(stats.binom, 10, 0.57)]
    assert values == pytest.approx(expected, rel=1e-12)


def test_models_are_ranked_against_a_model_by_closed_forms(run: Run) -> None:
    found = ranking(run, "normal(0,1)", "normal(1,1)", "normal(0,2)", "-u", "nats")
    names, values = zip(*found, strict=True)
    assert names == ("normal(0,2)", "normal(1,1)")
    assert values == pytest.approx([math.log(2) + 1 / 8 - 1 / 2, 0.5], rel=1e-12)


def test_text_is_not_ranked_against_a_model(run: Run) -> None:
    result = run("rank", "sample_data/orders_current.csv", "-c", "channel", "poisson(3)")
    assert (result.status, "it is numeric, P is categorical" in result.stderr) == (3, True)


def drifted(run: Run, model: str, values: np.ndarray, folder: Path) -> str:
    """The verdict on values against a model."""
    (folder / "x.csv").write_text("x\n" + "\n".join(map(repr, values.tolist())) + "\n")
    return str(json.loads(run("drift", model, "x.csv", "--json").stdout)["verdict"])


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_of_the_model_does_not_drift_from_it(run: Run, folder: Path, seed: int) -> None:
    chance = np.random.default_rng(seed)
    assert drifted(run, "normal(3,2)", chance.normal(3, 2, 5000), folder) == "stable"
    assert drifted(run, "poisson(4)", chance.poisson(4, 5000), folder) == "stable"


def test_a_sample_of_another_drifts_from_the_model(run: Run, folder: Path) -> None:
    chance = np.random.default_rng(7)
    assert drifted(run, "normal(3,2)", chance.normal(4, 2, 5000), folder) == "drift"
    assert drifted(run, "poisson(4)", chance.poisson(6, 5000), folder) == "drift"


def test_a_saved_fit_is_the_reference_of_a_check(run: Run, folder: Path) -> None:
    chance = np.random.default_rng(7)
    values = chance.gamma(2, 3, 4000)
    (folder / "x.csv").write_text("x\n" + "\n".join(map(repr, values[:2000].tolist())) + "\n")
    assert run("fit", "x.csv", "--family", "gamma", "--save", "model.json").status == 0
    assert drifted(run, "model.json", values[2000:], folder) == "stable"
    assert drifted(run, "model.json", 1.5 * values[2000:], folder) == "drift"


def test_a_model_of_points_is_no_reference(run: Run) -> None:
    result = run("drift", "diagnormal([0,1],[1,1])", WORMS)
    assert (result.status, "a model of points has no profile" in result.stderr) == (3, True)
