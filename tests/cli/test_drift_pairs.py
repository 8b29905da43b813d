"""`drift --pairs`: a change of dependence that no single column shows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import Run

ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")


def write(path: str, seed: int, correlation: float) -> None:
    """Two normal columns with this correlation, and a third that depends on neither."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=6000)
    y = correlation * x + (1 - correlation**2) ** 0.5 * rng.normal(size=6000)
    third = rng.choice(["a", "b", ""], 6000)
    rows = "\n".join(f"{a:.4f},{b:.4f},{c}" for a, b, c in zip(x, y, third, strict=True))
    Path(path).write_text(f"x,y,third\n{rows}\n", encoding="utf-8")


def test_a_dependence_that_moved_is_found_where_no_column_did(run: Run, folder: Path) -> None:
    write("reference.csv", 1, 0.0)
    write("current.csv", 2, 0.6)
    alone = run("drift", "reference.csv", "current.csv", "--json")
    assert alone.status == 0
    result = run("drift", "reference.csv", "current.csv", "--pairs", "--json")
    assert result.status == 1
    document = json.loads(result.stdout)
    assert document["verdict"] == "drift"
    verdicts = {tuple(one["columns"]): one["verdict"] for one in document["pairs"]}
    assert verdicts == {
        ("x", "y"): "drift", ("x", "third"): "stable", ("y", "third"): "stable",
    }  # fmt: skip
    information = document["pairs"][0]["mutual_information"]
    assert information["reference"] < 0.01
    # Of the normal law -½ log₂(1 - .36) = .32 bits, of which eight cells keep most.
    assert 0.25 < information["current"] < 0.33
    assert run("drift", "reference.csv", "current.csv", "--pairs", "--max-drifted", "1").status == 0


def test_the_same_dependence_is_stable(run: Run, folder: Path) -> None:
    write("reference.csv", 3, 0.6)
    write("current.csv", 4, 0.6)
    result = run("drift", "reference.csv", "current.csv", "--pairs", "--json")
    assert {one["verdict"] for one in json.loads(result.stdout)["pairs"]} == {"stable"}
    assert result.status == 0


def test_every_pair_of_tested_columns_is_there(run: Run) -> None:
    result = run("drift", *ORDERS, "--pairs", "-f", "csv", "--ignore", "ordered_at")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert sum(row["kind"] == "pair" for row in rows) == 8 * 7 // 2


@pytest.mark.parametrize("form", ["table", "markdown", "junit", "github"])
def test_the_pair_is_named(run: Run, folder: Path, form: str) -> None:
    write("reference.csv", 1, 0.0)
    write("current.csv", 2, 0.6)
    shown = run("drift", "reference.csv", "current.csv", "--pairs", "-f", form).stdout
    assert "x × y" in shown


def test_a_profile_has_no_pairs(run: Run, folder: Path) -> None:
    write("current.csv", 1, 0.0)
    run("profile", "current.csv", "-o", "reference.json")
    result = run("drift", "reference.json", "current.csv", "--pairs")
    assert result.status == 2
    assert "has none" in result.stderr
