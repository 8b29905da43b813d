"""Every pair of tests/data/pairs.json through the command line, JSON in and JSON out."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "pairs.json").read_text()
)
UNITS = {"2": "bits", "e": "nats", "10": "bans"}
OURS = {
    "jsd_distance": "js_distance",
    "bhattacharyya_distance": "bhattacharyya",
    "ks_index": "ks",
    "wasserstein_index": "wasserstein",
}
# Quantities of the file that divcli reports under other names or in other places.
ELSEWHERE = {
    "hellinger_sq", "bhattacharyya_coef", "triangular", "chi2_qp", "perplexity_p", "perplexity_q",
    "cross_perplexity_pq", "renyi2_pq", "renyi05_pq", "kl_pq_contrib", "js_contrib",
}  # fmt: skip
LEAST = 5e-324


def same(measured: float, truth: str) -> bool:
    """Within 1e-12 of a value given at 50 digits, or one step where only the least double is near.

    A truth beyond the greatest double is infinite for a double.
    """
    nearest = float(truth)
    if math.isinf(nearest) or math.isinf(measured):
        return measured == nearest
    exact = Fraction(truth)
    return abs(Fraction(measured) - exact) <= max(abs(exact) / 10**12, Fraction(LEAST))


def document(run: Run, case: dict[str, Any], *options: str) -> dict[str, Any]:
    pair = json.dumps({"p": case["p"], "q": case["q"]})
    unit = UNITS[case["base"]]
    result = run("compare", "-", "--as", "weights", "-u", unit, "--json", *options, stdin=pair)
    assert result.status == 0, result.stderr
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_measures(run: Run, case: dict[str, Any]) -> None:
    measured = document(run, case, "-m", "all", "-m", "ks", "-m", "wasserstein")["measures"]
    expected = {OURS.get(k, k): v for k, v in case["expected"].items() if k not in ELSEWHERE}
    wrong = {k: (measured[k], v) for k, v in expected.items() if not same(float(measured[k]), v)}
    assert not wrong
    assert set(expected) == set(measured)


@pytest.mark.parametrize(("order", "truth"), [("2", "renyi2_pq"), ("0.5", "renyi05_pq")])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_renyi(run: Run, case: dict[str, Any], order: str, truth: str) -> None:
    measured = document(run, case, "-m", "renyi_pq", "--alpha-order", order)["measures"]
    assert same(float(measured["renyi_pq"]), case["expected"][truth])


@pytest.mark.parametrize(
    "case", [case for case in CASES if "js_contrib" in case["expected"]], ids=lambda c: c["name"]
)
def test_contributions(run: Run, case: dict[str, Any]) -> None:
    records = document(run, case)["contributions"]
    symbols = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if len(case["p"]) <= 26 else None
    for record in records:
        symbol = record["symbol"]
        i = symbols.index(symbol) if symbols else int(symbol) - 1
        js = case["expected"]["js_contrib"][i]
        assert same(float(record["js"]), js)
        # A signed term crosses zero where p/q does, so it is held to the size of p.
        kl = case["expected"]["kl_pq_contrib"][i]
        if math.isinf(float(kl)):
            assert record["kl_pq"] == "Infinity"
        else:
            error = abs(Fraction(float(record["kl_pq"])) - Fraction(kl))
            assert error <= Fraction(1, 10**12) * max(abs(Fraction(kl)), Fraction(LEAST) * 10**12)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_perplexity(run: Run, case: dict[str, Any]) -> None:
    weights = json.dumps(case["p"])
    result = run("entropy", "-", "--as", "weights", "-m", "perplexity", "--value", stdin=weights)
    assert same(float(result.stdout), case["expected"]["perplexity_p"])


def test_enough_cases_tell_their_contributions() -> None:
    assert sum("js_contrib" in case["expected"] for case in CASES) >= 15


def test_every_quantity_of_the_file_is_checked_somewhere() -> None:
    names = {name for case in CASES for name in case["expected"]}
    checked = {
        "renyi2_pq", "renyi05_pq", "kl_pq_contrib", "js_contrib", "perplexity_p",
    }  # fmt: skip
    unreported = {"hellinger_sq", "bhattacharyya_coef", "triangular", "chi2_qp", "perplexity_q",
                  "cross_perplexity_pq"}  # fmt: skip
    assert names >= ELSEWHERE == checked | unreported
