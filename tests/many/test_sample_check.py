"""A sample against the population it was drawn from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

import divcli
from divcli.inference.multiplicity import holm
from divcli.inference.representative import representation
from tests.benchmarks.sample_check import KINDS, SHARES, rejected
from tests.conftest import Run
from tests.inference.test_calibration import within

SEEDS = 150
ORDERS = "sample_data/orders_reference.csv"


def document(run: Run, *arguments: str, stdin: str = "", status: int = 0) -> dict[str, Any]:
    result = run("sample-check", *arguments, "--json", stdin=stdin)
    assert result.status == status, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def verdicts(found: dict[str, Any]) -> dict[str, str]:
    return {one["column"]: one["verdict"] for one in found["columns"]}


def part_of_orders(rows: list[int]) -> str:
    header, *lines = Path(ORDERS).read_text().splitlines(keepends=True)
    return header + "".join(lines[i] for i in rows)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_random_part_is_refused_at_the_level(kind: str, share: float) -> None:
    found = np.array([rejected(kind, share, seed) for seed in range(SEEDS)])
    ours, uncorrected = found.mean(axis=0)
    assert within(ours, 0.05, SEEDS)
    # The test that knows of no population hardly ever rejects.
    assert uncorrected < 0.04


def test_two_symbols_have_the_exact_law_of_draws_without_replacement() -> None:
    # Of 40 red and 60 blue, 30 drawn: G orders the tables as their probabilities do here.
    told = representation([18, 12], [40, 60], confidence=0.95, resamples=20_000, seed=3)
    law = stats.hypergeom(100, 40, 30)
    outcomes = range(31)

    def g(red: int) -> float:
        table = np.array([[red, 30 - red], [40 - red, 30 + red]])
        return float(stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")[0])

    exact = sum(law.pmf(red) for red in outcomes if g(red) >= g(18) - 1e-9)
    assert told.p_value == pytest.approx(exact, abs=0.003)
    assert told.corrected


def test_values_are_those_of_the_definitions(run: Run) -> None:
    found = document(run, "A=30,B=10", "A=100,B=100", "-u", "nats")["columns"][0]
    p, q = [0.75, 0.25], [0.5, 0.5]
    assert found["kl"] == pytest.approx(stats.entropy(p, q), rel=1e-12)
    mean = np.add(p, q) / 2
    js = (stats.entropy(p, mean) + stats.entropy(q, mean)) / 2
    assert found["js"] == pytest.approx(js, rel=1e-12)
    assert (found["n"], found["population"]) == (40, 200)
    assert found["verdict"] == "not representative"


def test_ks_is_that_of_scipy() -> None:
    values = [1.5, 2.5, 4.25, 8.5, 9.75, 3.125, 7.5, 2.25]
    chosen = values[:3]
    found = divcli.sample_check(chosen, values).columns[0]
    assert found.ks == pytest.approx(stats.ks_2samp(chosen, values).statistic, rel=1e-12)


def test_a_training_set_drawn_by_days_is_told_from_one_drawn_evenly(run: Run) -> None:
    rng = np.random.default_rng(7)
    even = part_of_orders(rng.choice(12_000, 1200, replace=False).tolist())
    columns = ("-c", "ordered_at", "-c", "channel")
    assert verdicts(document(run, "-", ORDERS, *columns, stdin=even)) == {
        "ordered_at": "representative",
        "channel": "representative",
    }
    # The rows stand in the order of their times: these are the first days of the month.
    first = part_of_orders(list(range(1200)))
    found = document(run, "-", ORDERS, *columns, stdin=first)
    assert verdicts(found) == {"ordered_at": "not representative", "channel": "representative"}
    assert found["columns"][0]["ks"] == pytest.approx(0.9, abs=0.001)


def test_all_columns_and_an_identifier_set_aside(run: Run) -> None:
    rng = np.random.default_rng(11)
    rows = part_of_orders(sorted(rng.choice(12_000, 3000, replace=False).tolist()))
    found = document(run, "-", ORDERS, stdin=rows)
    expected = dict.fromkeys(Path(ORDERS).read_text().split("\n")[0].split(","), "representative")
    assert verdicts(found) == expected | {"order_id": "insufficient"}
    tested = [one for one in found["columns"] if one["p_value"] is not None]
    adjusted = holm(np.array([one["p_value"] for one in tested]))
    assert [one["p_adjusted"] for one in tested] == pytest.approx(adjusted)


def test_eight_rows_are_never_representative(run: Run) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        rows = part_of_orders(rng.choice(12_000, 8, replace=False).tolist())
        found = document(run, "-", ORDERS, "-c", "channel", "-c", "amount", stdin=rows)
        assert "representative" not in verdicts(found).values()


def test_the_whole_population_represents_itself(run: Run) -> None:
    found = document(run, "A=12,B=8", "A=12,B=8")["columns"][0]
    assert (found["verdict"], found["p_value"], found["kl"]) == ("representative", 1, 0)


def test_what_is_no_part_of_the_population_is_tested_without_the_correction(run: Run) -> None:
    found = document(run, "A=120,B=80,C=9", "A=110,B=90")["columns"][0]
    assert found["finite_population"] is False
    assert found["kl"] == "Infinity"
    assert "no part of it" in found["reason"]


def test_columns_of_one_side_or_of_another_kind_are_told_and_the_rest_is_printed(
    run: Run, folder: Path
) -> None:
    rng = np.random.default_rng(3)
    ages = rng.integers(20, 60, size=400).tolist()
    whole = "".join(f"{age},{age % 7},u{i}\n" for i, age in enumerate(ages))
    part = "".join(f"{age},x{age % 7},\n" for age in ages[::2])
    (folder / "population.csv").write_text("age,code,only\n" + whole)
    (folder / "sample.csv").write_text("age,code,mine\n" + part)
    result = run("sample-check", "sample.csv", "population.csv", "--json")
    found = json.loads(result.stdout)
    assert verdicts(found) == {
        "age": "representative", "code": "not representative", "mine": "insufficient",
        "only": "insufficient",
    }  # fmt: skip
    reasons = {one["column"]: one.get("reason", "") for one in found["columns"]}
    assert reasons["mine"] == "the population has no such column"
    assert reasons["only"] == "the sample has no such column"
    assert any("compared as text" in note for note in found["notes"])


def test_status_is_1_only_where_it_was_asked_for(run: Run) -> None:
    off = ("A=40,B=10", "A=200,B=200")
    assert document(run, *off)["verdict"] == "not representative"
    assert document(run, *off, "--strict", status=1)["exit_status"] == 1
    checks = document(run, *off, "--fail-over", "js=0.01", status=1)["checks"]
    assert [check["passed"] for check in checks] == [False]
    assert document(run, *off, "--fail-over", "kl=2")["exit_status"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("A=1,B=2",), 2, "two sources, found 1"),
        ((ORDERS, ORDERS, "-c", "chanel"), 3, "did you mean 'channel'?"),
        (("-", "-"), 2, "for one side only"),
        (("A=1,B=2", "A=2,B=3", "--fail-over", "tv=1"), 2, "no measure 'tv'"),
        (("A=1,B=2", "A=0.5,B=0.5", "--fail-over", "ks=1"), 3, "cannot be measured"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("sample-check", *arguments)
    assert (result.status, said in result.stderr) == (status, True), result.stderr


@pytest.mark.parametrize(
    ("p_values", "expected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # Holm by hand: ×3, ×1, ×2, ×4
        ([0.5, 0.9], [1.0, 1.0]),
    ],
)
def test_holm(p_values: list[float], expected: list[float]) -> None:
    assert holm(np.array(p_values)).tolist() == pytest.approx(expected)
