"""Which candidate is nearest, and when that cannot be told."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import divcli
from divcli.inference.ranking import Candidate, paired
from tests.conftest import Run

COIN = ("sample_data/coin.csv", "-c", "side", "--p-weights", "fair", "--q-weights", "model_1",
        "--q-weights", "model_2")  # fmt: skip
WORMS = ("sample_data/worms_models.csv", "-c", "teeth", "--p-weights", "observed", "--q-weights",
         "binomial", "--q-weights", "uniform", "-u", "nats")  # fmt: skip


def document(run: Run, *arguments: str, stdin: str = "", status: int = 0) -> dict[str, Any]:
    result = run("rank", *arguments, "--json", stdin=stdin)
    assert result.status == status, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def order(found: dict[str, Any]) -> list[str]:
    return [one["source"] for one in found["ranking"]]


def test_of_two_wrong_models_the_first_is_nearer_to_the_coin(run: Run) -> None:
    found = document(run, *COIN)
    assert [(one["rank"], one["source"]) for one in found["ranking"]] == [
        (1, "model_1"), (2, "model_2"),
    ]  # fmt: skip
    # ½ log₂ (½/¼) + ½ log₂ (½/¾) and ½ log₂ (½/⅛) + ½ log₂ (½/⅞), by hand.
    expected = [0.5 + 0.5 * math.log2(2 / 3), 1 + 0.5 * math.log2(4 / 7)]
    assert [one["value"] for one in found["ranking"]] == pytest.approx(expected, rel=1e-12)
    assert not any(one["tied"] for one in found["ranking"])
    assert found["ranking"][0]["low"] is None


def test_the_uniform_model_is_nearer_to_the_worms(run: Run) -> None:
    found = document(run, *WORMS)
    assert order(found) == ["uniform", "binomial"]
    assert [one["value"] for one in found["ranking"]] == pytest.approx([0.137, 0.427], abs=5e-4)
    for one in found["ranking"]:
        assert one["low"] < one["value"] < one["high"]
    # The difference is a mean of ln(uniform/binomial) over the worms: its error is known.
    teeth = [2, 3, 5, 14, 16, 15, 12, 8, 10, 8, 7]
    logs = np.repeat(np.log((1 / 11) / stats.binom.pmf(range(11), 10, 0.544)), teeth)
    told = found["ranking"][1]["difference"]
    assert told["value"] == pytest.approx(logs.mean(), rel=1e-6)
    error = logs.std() / 10
    assert told["high"] - told["low"] == pytest.approx(2 * 1.96 * error, rel=0.15)
    # 1.8 standard errors: at 95 % a tie, and at 90 % none.
    assert [one["tied"] for one in found["ranking"]] == [True, True]
    assert found["ranking"][1]["tied_with"] == ["uniform"]
    firm = document(run, *WORMS, "--confidence", "0.9")
    assert not any(one["tied"] for one in firm["ranking"])


def test_a_sample_in_a_file_is_held_against_the_models_of_another(run: Run) -> None:
    raw = document(run, "sample_data/worms.csv", *WORMS[:3], "--q-weights", "binomial",
                   "--q-weights", "uniform", "-u", "nats")  # fmt: skip
    counted = document(run, *WORMS)
    for one, other in zip(raw["ranking"], counted["ranking"], strict=True):
        assert (one["source"], one["value"]) == (other["source"], pytest.approx(other["value"]))
    assert raw["p"]["given"] == "samples"


def test_differences_of_candidates_share_the_chance_in_p() -> None:
    # Two models that are wrong by nearly the same: far from P, near to each other.
    x = np.array([400, 300, 200, 100])
    models = [np.array([1, 2, 3, 4]) * 10**7, np.array([1, 2, 3, 4.04]) * 10**7]
    found = paired(
        Candidate(x, True), [Candidate(m.astype(np.int64), False) for m in models], "kl_pq",
        resamples=999, seed=1,
    )  # fmt: skip
    spread = found.draws.std(axis=1)
    difference = (found.draws[1] - found.draws[0]).std()
    assert difference < 0.02 * spread.min()


def test_limits_of_a_difference_hold_the_truth() -> None:
    p, a, b = (np.array(w) for w in ([0.4, 0.3, 0.2, 0.1], [0.25] * 4, [0.35, 0.3, 0.15, 0.2]))
    truth = stats.entropy(p, a) - stats.entropy(p, b)
    models = [Candidate((m * 4e8).astype(np.int64), False) for m in (b, a)]
    seeds, held = 300, 0
    for seed in range(seeds):
        x = np.random.default_rng(seed).multinomial(500, p)
        found = paired(Candidate(x, True), models, "kl_pq", resamples=199, seed=seed)
        _, low, high = found.difference(1, 0, 0.95)
        held += low <= truth <= high
    assert abs(held / seeds - 0.95) < 3.5 * math.sqrt(0.95 * 0.05 / seeds)


def test_a_candidate_named_twice_is_a_tie(run: Run) -> None:
    without = document(run, "0.5,0.5", "0.4,0.6", "0.4,0.6", "0.1,0.9")
    assert [one["rank"] for one in without["ranking"]] == [1, 1, 3]
    assert [one["tied"] for one in without["ranking"]] == [True, True, False]
    sampled = document(run, "50,50", "0.4,0.6", "0.4,0.6", "0.1,0.9")
    assert [one["tied"] for one in sampled["ranking"]] == [True, True, False]


def test_samples_of_one_distribution_tie_and_another_does_not() -> None:
    rng = np.random.default_rng(4)
    p, a, b = (rng.multinomial(1000, [0.5, 0.3, 0.2]).tolist() for _ in range(3))
    c = rng.multinomial(1000, [0.2, 0.3, 0.5]).tolist()
    found = divcli.rank(p, a, b, c, names=["a", "b", "c"], measure="js", given="counts")
    assert set(found.nearest) == {"a", "b"}
    assert found.ranking[-1].source == "c"
    assert found.ranking[-1].difference is not None
    assert (found.ranking[-1].difference.low or 0) > 0


def test_a_small_sample_is_not_far_because_it_is_small() -> None:
    # By exact values the small sample of the same distribution would come second.
    near = wrong = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        weights = np.full(30, 1 / 30)
        off = np.linspace(1.3, 0.7, 30) / 30
        p, small = rng.multinomial(5000, weights), rng.multinomial(150, weights)
        large = rng.multinomial(50_000, off)
        found = divcli.rank(p.tolist(), small.tolist(), large.tolist(), names=["same", "off"],
                            measure="js", given="counts", resamples=199)  # fmt: skip
        near += "same" in found.nearest
        values = {one.source: one.value or 0.0 for one in found.ranking}
        wrong += values["same"] > values["off"]
    assert near >= 19
    assert wrong >= 10


def test_what_lacks_a_symbol_of_p_is_last(run: Run) -> None:
    found = document(run, "10,20,30", "1,0,0", "0.2,0.3,0.5", "--q-as", "probabilities")
    assert order(found) == ["0.2,0.3,0.5", "1,0,0"]
    last = found["ranking"][1]
    assert (last["value"], last["rank"], last["estimate"]) == ("Infinity", 2, None)
    assert last["difference"]["value"] == "Infinity"


def test_a_candidate_of_another_kind_is_told_and_the_rest_is_ranked(run: Run, folder: Path) -> None:
    (folder / "p.csv").write_text("x\n1.5\n2.5\n3.5\n1.5\n")
    (folder / "a.csv").write_text("x\n1.5\n2.5\n3\n")
    (folder / "text.csv").write_text("x\nred\nblue\n")
    (folder / "lacks.csv").write_text("y,z\n1,2\n")
    found = document(run, "p.csv", "a.csv", "text.csv", "lacks.csv", "-c", "x", "-m", "js")
    assert order(found)[0] == "a.csv"
    reasons = {one["source"]: one.get("reason") for one in found["ranking"][1:]}
    assert "it is categorical, P is numeric" in str(reasons["text.csv"])
    assert "no column 'x'" in str(reasons["lacks.csv"])
    assert {one["rank"] for one in found["ranking"][1:]} == {None}


def test_measures_without_resampling_are_ranked_by_value(run: Run) -> None:
    found = document(run, "10,20,30", "20,40,60", "30,20,10", "-m", "ks")
    assert found["ranked_by"] == "value"
    assert [one["value"] for one in found["ranking"]] == pytest.approx([0, 1 / 3], abs=1e-12)


def test_groups_of_one_table_are_ranked_against_one_of_them(run: Run) -> None:
    text = "g,x\n" + "a,1\n" * 9 + "a,2\n" + "b,1\n" * 8 + "b,2\n" * 2 + "c,2\n" * 10
    found = document(run, "-", "--by", "g", "-c", "x", "--p-group", "a", "-m", "js", stdin=text)
    assert order(found) == ["b", "c"]
    wrong = run("rank", "-", "--by", "g", "-c", "x", stdin=text)
    assert (wrong.status, "which group is P?" in wrong.stderr) == (2, True)


def test_columns_of_one_table_are_ranked_against_one_of_them(run: Run) -> None:
    text = "a,b,c\n" + "1,1,2\n" * 9 + "2,2,1\n"
    found = document(run, "-", "--p-column", "a", "--q-column", "c", "--q-column", "b", stdin=text)
    assert order(found) == ["b", "c"]


def test_a_limit_holds_for_the_nearest(run: Run) -> None:
    assert document(run, *COIN, "--fail-over", "kl_pq=0.3")["checks"][0]["passed"]
    over = document(run, *COIN, "--fail-over", "kl_pq=0.2", status=1)
    assert over["checks"][0]["value"] == over["ranking"][0]["value"]


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_every_format_names_candidates_in_order(run: Run, form: str) -> None:
    text = run("rank", *WORMS, "-f", form).stdout
    assert 0 < text.index("uniform") < text.index("binomial")
    if form != "csv":
        assert "tie" in text


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("0.5,0.5",), 2, "is one distribution"),
        (("1,2", "2,1", "-m", "js", "-m", "tv"), 2, "one measure"),
        (("sample_data/coin.csv", "-c", "side"), 2, "which columns of"),
        (("sample_data/coin.csv", "-c", "side", "--p-weights", "fair", "--q-weights", "modle_1"),
         3, "did you mean 'model_1'"),
        (("1,2", "2,1", "--fail-over", "js=1"), 2, "no measure 'js'"),
        (("-", "-"), 2, "for one side only"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_told(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("rank", *arguments)
    assert (result.status, said in result.stderr) == (status, True), result.stderr
