"""`divcli score`: log loss and calibration against scikit-learn, torch's losses against torch."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, brier_score_loss, log_loss

import divcli
from divcli.inference import scoring
from tests.conftest import Run

PREDICTIONS = "sample_data/predictions.csv"
# What torch 2.13.0+cpu prints, in double precision, for the arrays beside it; of reduction "none"
# the sum. Made once with torch.nn.CrossEntropyLoss and torch.nn.KLDivLoss.
TORCH = json.loads((Path(__file__).parents[1] / "data" / "torch_losses.json").read_text())


def document(run: Run, *arguments: str, stdin: str = "") -> dict[str, Any]:
    result = run("score", *arguments, "--json", stdin=stdin)
    assert result.status == 0, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def table(labels: list[str], q: Any, names: tuple[str, ...] = ("a", "b", "c")) -> str:
    rows = (",".join([label, *map(repr, row)]) for label, row in zip(labels, q, strict=True))
    return "\n".join([",".join(["label", *names]), *rows]) + "\n"


@pytest.fixture
def predicted() -> tuple[list[str], np.ndarray]:
    rng = np.random.default_rng(0)
    q = rng.dirichlet([1, 2, 0.5], size=300)
    return [str(label) for label in rng.choice(["a", "b", "c"], size=300)], q


def test_log_loss_is_that_of_scikit_learn(
    run: Run, predicted: tuple[list[str], np.ndarray]
) -> None:
    labels, q = predicted
    found = document(run, "-u", "nats", stdin=table(labels, q.tolist()))["measures"]
    assert found["cross_entropy_pq"] == pytest.approx(log_loss(labels, q), rel=1e-12)
    assert found["kl_pq"] == found["cross_entropy_pq"]
    assert found["perplexity"] == pytest.approx(math.exp(log_loss(labels, q)), rel=1e-12)
    chosen = np.array(["a", "b", "c"])[q.argmax(axis=1)]
    assert found["accuracy"] == pytest.approx(accuracy_score(labels, chosen), rel=1e-12)
    losses = [-math.log(row["abc".index(label)]) for label, row in zip(labels, q, strict=True)]
    error = np.std(losses, ddof=1) / math.sqrt(300)
    assert found["standard_error"] == pytest.approx(error, rel=1e-9)


def test_weighted_log_loss_is_that_of_scikit_learn(run: Run) -> None:
    text = "y,a,b,w\na,0.8,0.2,1\nb,0.4,0.6,3\na,0.3,0.7,2\n"
    found = document(run, "--sample-weight", "w", "-u", "nats", stdin=text)["measures"]
    expected = log_loss(["a", "b", "a"], [[0.8, 0.2], [0.4, 0.6], [0.3, 0.7]],
                        sample_weight=[1, 3, 2])  # fmt: skip
    assert found["cross_entropy_pq"] == pytest.approx(expected, rel=1e-12)


def test_brier_and_reliability_of_two_classes_are_those_of_scikit_learn(run: Run) -> None:
    rng = np.random.default_rng(1)
    p = rng.uniform(0.5, 1, size=400)
    y = (rng.uniform(size=400) < p**2).astype(int)
    text = "y,p\n" + "".join(f"{a},{b!r}\n" for a, b in zip(y.tolist(), p.tolist(), strict=True))
    found = document(run, "--bins", "10", stdin=text)
    # Over both classes the squared distance counts twice.
    assert found["measures"]["brier"] == pytest.approx(2 * brier_score_loss(y, p), rel=1e-12)
    right, mean = calibration_curve(y, p, n_bins=10)
    bins = found["reliability"]
    assert [one["accuracy"] for one in bins] == pytest.approx(right.tolist(), rel=1e-12)
    assert [one["confidence"] for one in bins] == pytest.approx(mean.tolist(), rel=1e-12)
    expected = sum(one["n"] * abs(one["confidence"] - one["accuracy"]) for one in bins) / 400
    assert found["measures"]["calibration_error"] == pytest.approx(expected, rel=1e-12)


def test_calibration_error_by_hand(run: Run) -> None:
    # Three sure at .9, two of them right; one at .6, wrong: (3·|.9 - 2/3| + |.6 - 0|)/4.
    text = "y,a,b\na,0.9,0.1\na,0.9,0.1\nb,0.9,0.1\na,0.4,0.6\n"
    found = document(run, stdin=text)
    assert found["measures"]["calibration_error"] == pytest.approx((0.7 + 0.6) / 4, rel=1e-12)


def test_parts_of_the_classes_sum_to_the_whole(run: Run) -> None:
    found = document(run, PREDICTIONS)
    parts = [one["cross_entropy_pq"] for one in found["classes"]]
    assert math.fsum(parts) == pytest.approx(found["measures"]["cross_entropy_pq"], rel=1e-12)
    assert parts == sorted(parts, reverse=True)
    assert math.fsum(one["share"] for one in found["classes"]) == pytest.approx(1)
    assert sum(one["n"] for one in found["classes"]) == found["n"] == 200
    for one in found["classes"]:
        assert one["loss"] * one["share"] == pytest.approx(one["cross_entropy_pq"], rel=1e-12)


def test_predicting_the_shares_costs_their_entropy(run: Run) -> None:
    found = document(run, stdin="y,a,b\n" + "a,0.75,0.25\n" * 3 + "b,0.75,0.25\n")["measures"]
    assert found["cross_entropy_pq"] == pytest.approx(found["entropy_of_shares"], rel=1e-12)
    assert found["kl_of_shares"] == pytest.approx(0, abs=1e-15)
    assert found["calibration_error"] == pytest.approx(0, abs=1e-12)


@given(st.integers(2, 6), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_log_loss_is_entropy_plus_kl_and_no_less(k: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, t = rng.dirichlet(np.ones(k), size=n), rng.dirichlet(np.ones(k), size=n)
    entropies = -(t * np.log(t)).sum(axis=1)
    rows = scoring.cross_entropy_terms(q, t).sum(axis=1)
    assert rows == pytest.approx(entropies + scoring.kl_rows(q, t), rel=1e-9)
    assert (scoring.kl_rows(q, t) >= 0).all()
    assert scoring.kl_rows(q, q) == pytest.approx(0, abs=1e-15)


def printed(q: Any, t: Any) -> dict[tuple[str, str], float | None]:
    losses = scoring.torch_losses(np.array(q), np.array(t))
    return {(one.loss, one.reduction): one.value for one in losses}


def torch_number(value: float | str) -> float | None:
    return None if value == "nan" else float(value)


@pytest.mark.parametrize("labels", ["hard", "soft", "zero", "positive"])
def test_losses_are_what_torch_prints(labels: str) -> None:
    q = np.array(TORCH["probabilities"])
    hard = np.eye(3)[TORCH["labels"]]
    if labels == "zero":
        q[3] = [0, 1, 0]
    t = {"soft": TORCH["soft"], "positive": TORCH["soft_positive"]}.get(labels, hard)
    cross = {"hard": "cross_entropy", "soft": "cross_entropy_soft", "zero": "cross_entropy_zero"}
    kl = {"hard": "kl_div_hard", "soft": "kl_div_soft", "zero": "kl_div_zero"}
    swapped = {"soft": "kl_div_soft_swapped", "positive": "kl_div_positive_swapped"}
    found = printed(q, t)
    for loss, sets in (("CrossEntropyLoss()(ln q, t)", cross), ("KLDivLoss()(ln q, t)", kl),
                       ("KLDivLoss()(ln t, q)", swapped)):  # fmt: skip
        for reduction, value in TORCH.get(sets.get(labels), {}).items():
            expected = torch_number(value)
            told = found[loss, reduction]
            assert told == (expected if expected is None else pytest.approx(expected, rel=1e-14))


def test_the_document_has_torch_s_losses_in_nats(run: Run) -> None:
    found = document(run, PREDICTIONS, "--torch", "-u", "bits")
    losses = {(one["loss"], one["reduction"]): one["value"] for one in found["torch"]}
    nats = found["measures"]["cross_entropy_pq"] * math.log(2)
    assert losses["CrossEntropyLoss()(ln q, t)", "mean"] == pytest.approx(nats, rel=1e-12)
    assert losses["KLDivLoss()(ln q, t)", "batchmean"] == pytest.approx(nats, rel=1e-12)
    assert losses["KLDivLoss()(ln q, t)", "mean"] == pytest.approx(nats / 3, rel=1e-12)
    assert "torch" not in document(run, PREDICTIONS)


def test_arrays_in_a_document_are_predictions_and_soft_labels(run: Run) -> None:
    q, t = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]], [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3]]
    found = document(run, "-u", "nats", stdin=json.dumps({"predictions": q, "targets": t}))
    expected = (np.array(t) * np.log(np.array(t) / np.array(q))).sum() / 2
    assert found["measures"]["kl_pq"] == pytest.approx(float(expected), rel=1e-12)
    hard = document(run, "-u", "nats", stdin=json.dumps({"predictions": q, "labels": [0, 2]}))
    assert hard["measures"]["cross_entropy_pq"] == pytest.approx(
        -(math.log(0.7) + math.log(0.3)) / 2
    )


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("y,p_a,p_b\na,0.9,0.1\n", {"a", "b"}),
        ("y,prob.a,prob.b\na,0.9,0.1\n", {"a", "b"}),
        ("kind,a,b\na,0.9,0.1\n", {"a", "b"}),
        ("id,y,a,b\n17,a,0.9,0.1\n", {"a", "b"}),
        ("y,p\n1,0.9\n0,0.2\n", {"0", "1"}),
        ("y,p\ntrue,0.9\nfalse,0.2\n", {"false", "true"}),
        ("y,spam\nspam,0.9\nham,0.2\n", {"spam", "ham"}),
        ("y,0,1\n1,0.1,0.9\n", {"0", "1"}),
    ],
)
def test_columns_are_found_by_their_names(run: Run, text: str, classes: set[str]) -> None:
    found = document(run, stdin=text)
    assert {one["class"] for one in found["classes"]} == classes
    assert found["measures"]["accuracy"] == 1


def test_rows_that_cannot_be_scored_are_told_and_the_rest_printed(run: Run) -> None:
    text = "y,a,b\na,0.9,0.1\nyak,0.5,0.5\n,0.5,0.5\na,0.9,0.9\nb,x,0.5\nb,-0.5,1.5\nb,0.25,0.75\n"
    found = document(run, stdin=text)
    alone = document(run, stdin="y,a,b\na,0.9,0.1\nb,0.25,0.75\n")
    assert (found["n"], found["left_out"]) == (2, 5)
    assert found["measures"] == alone["measures"]
    notes = " ".join(found["notes"])
    for word in ("'yak' has no column", "no label", "do not sum to 1", "no number", "negative"):
        assert word in notes


def test_normalising_is_on_request(run: Run) -> None:
    text = "y,a,b\na,3,1\nb,1,3\n"
    refused = run("score", "--classes", "a,b", stdin=text)
    assert (refused.status, "do not sum to 1" in refused.stderr) == (3, True)
    assert "--normalize" in refused.stderr
    found = document(run, "--classes", "a,b", "--normalize", stdin=text)
    assert found["measures"]["cross_entropy_pq"] == pytest.approx(-math.log2(0.75), rel=1e-12)


def test_a_true_label_of_probability_0_costs_infinity_and_is_named(run: Run) -> None:
    found = document(run, "--torch", stdin="y,a,b\na,1,0\nb,1,0\na,0.5,0.5\n")
    assert found["measures"]["cross_entropy_pq"] == "Infinity"
    assert found["measures"]["standard_error"] is None
    assert any("1 of 3 rows" in note and ":3" in note for note in found["notes"])
    assert found["classes"][0]["cross_entropy_pq"] == "Infinity"
    run_table = run("score", "--torch", stdin="y,a,b\na,1,0\nb,1,0\na,0.5,0.5\n")
    assert "∞" in run_table.stdout
    assert "nan" in run_table.stdout


def test_classes_never_chosen_and_never_true_are_told(run: Run) -> None:
    notes = " ".join(document(run, stdin="y,a,b,c\na,0.6,0.3,0.1\nb,0.6,0.3,0.1\n")["notes"])
    assert "never the most probable class: 'b'" in notes
    assert "never the label: 'c'" in notes


def test_one_row_has_no_standard_error(run: Run) -> None:
    found = document(run, stdin="y,a,b\na,0.5,0.5\n")
    assert (found["n"], found["measures"]["standard_error"]) == (1, None)
    assert found["measures"]["cross_entropy_pq"] == 1


def test_a_limit_sets_the_status(run: Run) -> None:
    assert run("score", PREDICTIONS, "--fail-over", "brier=2").status == 0
    assert run("score", PREDICTIONS, "--fail-over", "calibration_error=0.01").status == 1
    assert run("score", PREDICTIONS, "--fail-over", "accuracy=0.5").status == 2


def test_csv_ends_with_the_measures(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("score", PREDICTIONS, "-f", "csv").stdout)))
    assert {row["class"] for row in rows if row["record"] == "class"} == {"cat", "dog", "emu"}
    assert rows[-1]["record"] == "total"
    assert float(rows[-1]["cross_entropy_pq"]) > 0


@pytest.mark.parametrize(
    ("arguments", "stdin", "status", "message"),
    [
        (("0.5,0.5",), "", 3, "expected a table"),
        (("-c", "animl", PREDICTIONS), "", 3, "did you mean 'animal'?"),
        (("--classes", "p_ct", PREDICTIONS), "", 3, "did you mean 'p_cat'"),
        (("-",), "a,b\n0.5,0.5\n", 2, "which column holds the true labels"),
        (("-",), "y\na\n", 3, "no column with probabilities"),
        (("-",), "y,p\na,0.5\nb,0.5\nc,0.5\n", 3, "one column of probabilities"),
        (("-",), "y,a,b\nc,0.5,0.5\n", 3, "no row can be scored"),
        ((PREDICTIONS, PREDICTIONS), "", 2, "scores one source"),
    ],
)
def test_what_cannot_be_read_says_what_is_needed(
    run: Run, arguments: tuple[str, ...], stdin: str, status: int, message: str
) -> None:
    result = run("score", *arguments, stdin=stdin)
    assert result.status == status
    assert message in result.stderr


def test_hostile_names_come_out_inert(run: Run) -> None:
    text = "y,[/],::error\n[/],0.5,0.5\n::error,0.1,0.9\n\x1b[31m,0.5,0.5\n"
    for form in ("table", "csv", "markdown", "json"):
        result = run("score", "-f", form, stdin=text)
        assert result.status == 0
        assert "\x1b" not in result.stdout + result.stderr


def test_the_library_takes_tables_of_any_kind() -> None:
    import pandas as pd

    columns = {"label": ["a", "b", "b"], "a": [0.5, 0.25, 0.5], "b": [0.5, 0.75, 0.5]}
    one = divcli.score(columns, unit="nats")
    two = divcli.score(pd.DataFrame(columns), unit="nats", label="label")
    assert dict(one.measures) == dict(two.measures)
    assert one["cross_entropy_pq"] == pytest.approx(
        log_loss(["a", "b", "b"], [[0.5, 0.5], [0.25, 0.75], [0.5, 0.5]]), rel=1e-12
    )
