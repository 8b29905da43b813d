"""Every document that divcli writes is valid JSON and valid by the schema that it names."""

from __future__ import annotations

import json
import math
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from divcli.catalog import MEASURES
from tests.conftest import Run

ROOT = Path(__file__).parents[1]
ORDERS = ("sample_data/orders_reference.csv", "sample_data/orders_current.csv")

COMMANDS: dict[str, tuple[str, ...]] = {
    "weights": ("compare", "0.5,0.4,0.1", "0.5,0.1,0.4"),
    "every measure": ("compare", "1,2,3", "3,2,1", "-m", "all", "--alpha-order", "2"),
    "infinite": ("compare", "1,1,0", "0,1,1"),
    "ordered on request": ("compare", "1,1,0", "0,1,1", "-m", "ks", "-m", "wasserstein"),
    "overflow": ("compare", "0.5,0.5", "5e-324,1"),
    "samples": ("compare", *ORDERS, "-c", "channel"),
    "numeric with an atom": ("compare", *ORDERS, "-c", "amount"),
    "missing": ("compare", *ORDERS, "-c", "discount", "--top", "3"),
    "times": ("compare", *ORDERS, "-c", "ordered_at"),
    "limited": ("compare", *ORDERS, "-c", "country", "--limit-symbols", "3"),
    "smoothed": ("compare", "1,2,0", "0,2,1", "--smoothing", "kt"),
    "checked": ("compare", "1,2", "2,1", "--fail-over", "js=0.5", "--fail-over", "kl_pq=0.01"),
    "inferred": ("compare", "30,50,20", "10,40,0"),
    "against a model": ("compare", "30,50,20", "0.3,0.5,0.2"),
    "a subset": ("compare", "30,50,20", "100,100,100", "--subset"),
    "other grids": ("compare", *ORDERS, "-c", "amount", "--sensitivity", "--resamples", "99"),
    "closed forms": ("compare", "30,50,20", "10,40,0", "--resamples", "0"),
    "exact alone": ("compare", "30,50,20", "10,40,0", "--no-inference"),
    "entropy": ("entropy", "1,2,3", "0.5,0.5"),
    "entropy of order 2": ("entropy", "1,2,3", "--alpha-order", "2"),
    "entropy of one symbol": ("entropy", "7"),
    "entropy of every column": ("entropy", ORDERS[0], "--all", "--top", "2"),
    "entropy of numbers": ("entropy", ORDERS[0], "-c", "amount", "--top", "2"),
    "every column": ("compare", *ORDERS, "--all", "--top", "2", "--fail-over", "js=0.1"),
    "by the database": ("compare", *ORDERS, "-c", "amount", "--engine", "duckdb"),
    "explained": ("explain", "0.5,0.4,0.1", "0.5,0.1,0.4"),
    "explained infinite": ("explain", "1,1,0", "0,1,1", "-u", "nats"),
    "two columns together": ("entropy", ORDERS[0], "-c", "country", "-c", "amount", "--top", "3"),
    "three columns together": ("entropy", ORDERS[0], "-c", "channel", "-c", "items", "-c", "gift"),
    "dependence": ("dependence", ORDERS[0], "--target", "channel", "--resamples", "99"),
    "dependence by law": ("dependence", ORDERS[0], "--target", "gift", "--resamples", "0"),
    "rank": ("rank", "30,50,20", "0.3,0.5,0.2", "20,60,21", "1,0,0"),
    "rank without samples": ("rank", "0.5,0.5", "0.25,0.75", "0.125,0.875", "-m", "js"),
    "matrix of groups": ("matrix", ORDERS[0], "--by", "channel", "-c", "country"),
    "matrix of kinds": ("matrix", ORDERS[0], "--columns", "amount,items,country,channel"),
    "matrix with infinities": (
        "matrix",
        "1,0",
        "0,1",
        "1,1",
        "-m",
        "kl_pq",
        "--fail-over",
        "kl_pq=1",
    ),
    "sample-check": ("sample-check", *reversed(ORDERS), "--resamples", "99"),
    "sample-check of a part": ("sample-check", "A=12,B=8", "A=120,B=80"),
    "two models": ("compare", "normal(0,1)", "student_t(2,0,1)"),
    "two models of points": ("compare", "diagnormal([0,1],[1,2])", "normal(0,1)"),
    "a sample and a model": ("compare", "sample_data/worms.csv", "poisson(5)"),
    "measures that models lack": (
        "compare",
        "gamma(2,1)",
        "gamma(3,1)",
        "-m",
        "all",
        "-m",
        "wasserstein",
        "--alpha-order",
        "2",
    ),
    "fitted": ("fit", ORDERS[0], "-c", "amount"),
    "fitted to whole numbers": ("fit", "sample_data/worms.csv", "--fail-over", "ks=0.01"),
    "fitted to text": ("fit", ORDERS[0], "-c", "channel", "--family", "categorical,normal"),
    "fitted to probabilities": ("fit", "0=0.5,1=0.25,2=0.25"),
    "scored": ("score", "sample_data/predictions.csv"),
    "scored as torch does": ("score", "sample_data/predictions.csv", "--torch", "-u", "nats"),
    "scored with a limit": ("score", "sample_data/predictions.csv", "--fail-over", "brier=0.01"),
    "drift": ("drift", *ORDERS),
    "drift of a psi": ("drift", *ORDERS, "--min-effect", "psi=0.1", "--top", "2"),
    "drift of counts": ("drift", "A=120,B=80", "A=110,B=90", "-u", "nats"),
    "drift of few": ("drift", "A=3,B=5", "A=1,C=1", "--on-insufficient", "fail"),
    "drift within": ("drift", *ORDERS, "--within", "channel", "--top", "3"),
    "drift of pairs": ("drift", *ORDERS, "--pairs", "--top", "3"),
    "drift by week": ("drift", *ORDERS, "--by", "week", "--top", "3"),
    "a profile": ("profile", ORDERS[0]),
    "a profile of counts": ("profile", "A=120,B=80"),
    "catalogue": ("measures",),
    "one measure": ("measures", "js"),
    "every setting": ("config",),
    "settings of a command": ("config", "compare", "--top", "3", "--fail-over", "js=1"),
    "settings of a column": ("config", "--column", "price"),
}


def schema(name: str) -> dict[str, Any]:
    text = resources.files("divcli.schemas").joinpath(f"{name}.json").read_text()
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def refuse(token: str) -> None:
    raise AssertionError(f"{token} is not JSON")


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_documents_validate(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--json")
    document = json.loads(result.stdout, parse_constant=refuse)
    name = document["schema"].removeprefix("divcli/").replace("/", "-")
    Draft202012Validator.check_schema(schema(name))
    Draft202012Validator(schema(name)).validate(document)
    assert document.get("exit_status", 0) == result.status


@pytest.mark.parametrize("name", [path.stem for path in sorted(ROOT.glob("divcli/schemas/*.json"))])
def test_schemas_refuse_what_is_no_such_document(name: str) -> None:
    validator = Draft202012Validator(schema(name))
    assert not validator.is_valid({"schema": "divcli/other/1", "divcli": "0"})
    assert not validator.is_valid({"schema": f"divcli/{name.replace('-', '/')}", "extra": 1})


def test_every_measure_is_in_the_document_under_its_catalogue_name(run: Run) -> None:
    on_a_line = [f"--measure={row.name}" for row in MEASURES if row.ordered]
    command = ("compare", "a=1,b=2", "a=2,b=1", "-m", "all", *on_a_line)
    document = json.loads(run(*command, "--alpha-order", "2", "--json").stdout)
    assert list(document["measures"]) == [row.name for row in MEASURES]


def test_reported_numbers_can_be_recomputed_from_the_document(run: Run) -> None:
    document = json.loads(run("compare", *ORDERS, "-c", "country", "--json").stdout)
    records, measures = document["contributions"], document["measures"]
    p, q = ([record[side] for record in records] for side in "pq")
    assert math.fsum(p) == pytest.approx(1, rel=1e-14)
    assert math.fsum(0.5 * abs(a - b) for a, b in zip(p, q, strict=True)) == pytest.approx(
        measures["tv"], rel=1e-12
    )
    for name in ("kl_qp", "js"):
        total = math.fsum(float(record[name]) for record in records)
        assert total == pytest.approx(float(measures[name]), rel=1e-10)
    assert math.fsum(record["share"] for record in records) == pytest.approx(1, rel=1e-12)


def test_left_out_symbols_are_summed_not_dropped(run: Run) -> None:
    whole = json.loads(run("compare", *ORDERS, "-c", "amount", "--json").stdout)
    part = json.loads(run("compare", *ORDERS, "-c", "amount", "--top", "4", "--json").stdout)
    shown, rest = part["contributions"][:4], part["contributions"][4]
    assert shown == whole["contributions"][:4]
    assert rest["cell"] == "rest"
    for name in ("p", "q", "kl_pq", "kl_pq_nonnegative", "kl_qp", "js", "share"):
        left = math.fsum(record[name] for record in whole["contributions"][4:])
        assert rest[name] == pytest.approx(left, rel=1e-9)
    assert rest["ratio"] is None
