"""What `explain` tells: the numbers it shows are the numbers it names, and no false claim."""

from __future__ import annotations

import json
import re

import pytest

from tests.conftest import Run

CASES = {
    "three letters": ("0.5,0.4,0.1", "0.5,0.1,0.4"),
    "coin": ("0.5,0.5", "0.9,0.1"),
    "infinite": ("1,1,0", "0,1,1"),
    "equal": ("1,2", "1,2"),
    "one symbol": ("3", "5"),
    "disjoint": ("1,0", "0,1"),
    "many": (",".join(map(str, range(1, 31))), ",".join(map(str, range(30, 0, -1)))),
}
FALSE = [
    r"cross-entropy is symmetric",
    r"H\(P\) − H\(P,Q\)",
    r"never equal",
    r"KL (is|as) a (metric|distance)",
    r"always (differ|different)",
    r"cross-entropy is 0",
]


@pytest.mark.parametrize(("p", "q"), CASES.values(), ids=CASES)
@pytest.mark.parametrize("unit", ["bits", "nats", "bans"])
def test_no_claim_that_is_false_and_no_number_that_is_none(
    run: Run, p: str, q: str, unit: str
) -> None:
    text = run("explain", p, q, "-u", unit).stdout
    for claim in FALSE:
        assert not re.search(claim, text, re.IGNORECASE)
    assert not re.search(r"\bnan\b|-0\.0000", text)


@pytest.mark.parametrize(("p", "q"), CASES.values(), ids=CASES)
def test_rows_of_each_sum_add_up_to_it(run: Run, p: str, q: str) -> None:
    document = json.loads(run("explain", p, q, "--json", "--top", "5").stdout)
    measures = json.loads(run("compare", p, q, "--json").stdout)["measures"]
    summed = 0
    for step in document["steps"]:
        rows = [row for row in step["rows"] if row[0] != "sum"]
        sums = [row for row in step["rows"] if row[0] == "sum"]
        for column in range(1, len(step["header"])):
            for row in sums:
                if row[column] != "":
                    parts = [float(r[column]) for r in rows if r[column] != ""]
                    assert float(row[column]) == pytest.approx(sum(parts), rel=1e-9, abs=1e-12)
                    summed += 1
    assert summed >= 8
    averages = document["steps"][2]["rows"][-1]
    assert averages[0] == "sum"
    assert averages[3] == measures["kl_pq"]


def test_the_lesson_of_the_three_letters(run: Run) -> None:
    text = " ".join(run("explain", "0.5,0.4,0.1", "0.5,0.1,0.4").stdout.split())
    for sentence in (
        "'B' is 4.0000 times as likely under P",
        "KL(P‖Q) = 0.6000 bits",
        "H(P,Q) = −Σ p log₂ q = 1.9610 bits",
        "H(P) = −Σ p log₂ p = 1.3610 bits",
        "44.1% more than need be",
        "Here the two agree",
        "JS = ½KL(P‖M) + ½KL(Q‖M) = 0.1390 bits",
    ):
        assert sentence in text


def test_why_the_directions_differ_where_they_do(run: Run) -> None:
    text = " ".join(run("explain", "0.5,0.5", "0.9,0.1").stdout.split())
    assert "They differ because each direction averages over its own distribution" in text


def test_why_it_is_infinite_where_it_is(run: Run) -> None:
    text = " ".join(run("explain", "1,1,0", "0,1,1").stdout.split())
    assert "impossible under Q" in text
    assert "without limit" in text
