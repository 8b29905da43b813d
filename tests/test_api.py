"""The Python interface: sources that are objects, results that are objects."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import divcli
from divcli import Comparison, DataError, Distribution, DivcliError, compare, entropy
from tests.conftest import Run

P, Q = {"A": 0.5, "B": 0.4, "C": 0.1}, {"A": 0.5, "B": 0.1, "C": 0.4}


def frame() -> pd.DataFrame:
    return pd.DataFrame({"letter": list("ABC"), "p": P.values(), "q": Q.values()})


SAME: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "mappings": ((P, Q), {}),
    "inline": (("A=0.5,B=0.4,C=0.1", "A=0.5,B=0.1,C=0.4"), {}),
    "one frame": ((frame(),), {"column": "letter", "p_weights": "p", "q_weights": "q"}),
    "two frames": ((frame()[["letter", "p"]], frame()[["letter", "q"]]),
                   {"p_weights": "p", "q_weights": "q"}),
    "indexed series": ((pd.Series(P), pd.Series(Q)), {"given": "probabilities"}),
    "arrays": ((np.array([0.5, 0.4, 0.1]), np.array([0.5, 0.1, 0.4])), {"given": "weights"}),
    "lists": (([0.5, 0.4, 0.1], [0.5, 0.1, 0.4]), {"given": "weights"}),
    "samples": ((list("AAAAABBBBC"), pd.Series(list("AAAAABCCCC"))), {}),
    "counts": ((pd.Series(list("AAAAABBBBC")).value_counts(),
                pd.Series(list("AAAAABCCCC")).value_counts()), {"given": "counts"}),
    "distributions": ((Distribution("p", tuple("ABC"), np.array([5, 4, 1])),
                       Distribution("q", tuple("ABC"), np.array([5, 1, 4]))), {}),
    "a file": ((Path("sample_data/three_letters.csv"),), {"p_weights": "p", "q_weights": "q",
                                                          "column": "letter"}),
}  # fmt: skip


@pytest.mark.parametrize(("sources", "options"), SAME.values(), ids=SAME)
def test_every_kind_of_source_gives_the_same_result(
    sources: tuple[Any, ...], options: dict[str, Any]
) -> None:
    result = compare(*sources, **options)
    assert result.kl_pq == pytest.approx(0.6, rel=1e-14)
    assert result.js == pytest.approx(0.13903595255631884, rel=1e-14)
    assert [record["symbol"] for record in result.records()] == ["B", "C", "A"]


def test_a_result_is_the_document_of_the_command_line(run: Run) -> None:
    ours = compare("1,2,3", "3,2,1", unit="nats", measures=["js", "kl_pq"]).to_dict()
    command = run("compare", "1,2,3", "3,2,1", "-u", "nats", "-m", "js", "-m", "kl_pq", "--json")
    document = json.loads(command.stdout)
    assert {name: document[name] for name in ours} == json.loads(json.dumps(ours))


def test_values_are_attributes_items_and_a_mapping() -> None:
    result = compare(P, Q, measures=["js"])
    assert result.js == result["js"] == result.measures["js"]
    with pytest.raises(AttributeError, match="kl_pq"):
        _ = result.kl_pq
    assert isinstance(result, Comparison)


def test_a_result_becomes_a_data_frame() -> None:
    table = compare(P, Q).to_frame().set_index("symbol")
    assert list(table.index) == ["B", "C", "A"]
    assert table.loc["B", "ratio"] == 4.0
    assert table["kl_pq"].sum() == pytest.approx(0.6)
    facts = entropy(P).to_frame().set_index("symbol")
    assert facts["term"].sum() == pytest.approx(entropy(P).entropy)


def test_entropy_of_samples_and_weights() -> None:
    assert entropy([1, 1, 2, 3]).entropy == 1.5
    assert entropy(["a", "a", "b", "c"]).perplexity == pytest.approx(2**1.5)
    assert entropy({"a": 1}).normalized is None
    assert entropy({"a": 1, "b": 1}, base=4).entropy == 0.5


def test_columns_of_a_frame_keep_their_declared_types() -> None:
    table = pd.DataFrame({
        "code": ["007", "7", "007", "NA"],
        "whole": [1, 2, 2, 3],
        "gap": [0.5, np.nan, 0.5, 1.5],
        "flag": [True, False, True, True],
        "day": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-02", "2025-01-03"]),
        "none": [None, "a", "b", "a"],
    })  # fmt: skip
    symbols = {
        label: {record["symbol"] for record in entropy(table, column=label).records()}
        for label in map(str, table)
    }
    assert symbols == {
        "code": {"007", "7", "NA"},
        "whole": {"1", "2", "3"},
        "gap": {"0.5", "1.5", "(missing)"},
        "flag": {"true", "false"},
        "day": {"2025-01-01", "2025-01-02", "2025-01-03"},
        "none": {"a", "b", "(missing)"},
    }


def test_inference_comes_with_counts_and_goes_where_it_is_not_wanted() -> None:
    counted = compare({"A": 30, "B": 70}, {"A": 50, "B": 50}, resamples=99, seed=3)
    assert counted.inference is not None
    js = counted.inference.measures["js"]
    assert js.low is not None
    assert js.high is not None
    assert js.low < (js.estimate or 0) < js.high
    assert compare({"A": 30, "B": 70}, {"A": 50, "B": 50}, inference=False).inference is None
    assert compare(P, Q).inference is None
    plugin = compare({"A": 30, "B": 70}, {"A": 50, "B": 50}, estimators={"js": "plugin"})
    assert plugin.inference is not None
    assert plugin.inference.measures["js"].estimate == pytest.approx(plugin.js, rel=1e-12)


@pytest.mark.parametrize("size", [7, 300])
def test_ordered_measures_of_samples_agree_with_scipy(size: int) -> None:
    rng = np.random.default_rng(size)
    x, y = rng.lognormal(size=size).round(1), rng.lognormal(0.3, size=2 * size).round(1)
    result = compare(x, y)
    assert result.wasserstein == pytest.approx(stats.wasserstein_distance(x, y), rel=1e-12)
    assert result.ks == pytest.approx(stats.ks_2samp(x, y, method="asymp").statistic, rel=1e-12)


def test_ordered_measures_of_counted_numbers_use_their_values() -> None:
    result = compare({"0": 1, "10": 1}, {"0": 1, "30": 1})
    assert result.wasserstein == 10
    assert result.ks == 0.5


def test_ordered_measures_are_null_with_a_reason_where_a_side_has_no_values() -> None:
    result = compare(np.array([np.nan, np.nan]), np.array([1.0, 2.0, 2.5]))
    assert result.ks is None
    assert result.to_dict()["not_measured"]["wasserstein"] == "one side has no values on the line"


def test_a_distance_beyond_the_greatest_double_is_infinite() -> None:
    assert compare({"-1e308": 1}, {"1.7e308": 1}).wasserstein == math.inf


def test_measures_of_arrays_agree_with_scipy() -> None:
    rng = np.random.default_rng(5)
    p, q = rng.dirichlet(np.ones(50)), rng.dirichlet(np.ones(50))
    result = compare(p, q, given="weights", unit="nats")
    assert result.kl_pq == pytest.approx(stats.entropy(p, q), rel=1e-12)
    assert result.entropy_q == pytest.approx(stats.entropy(q), rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((P,), {}, "expected an object|one source"),
        ((3.5, P), {}, "a float is no source"),
        (([], P), {}, "something in it|expected"),
        ((pd.DataFrame({"a": []}), P), {}, "without rows"),
        ((frame(), P), {}, "3 columns"),
        ((frame(), P), {"p_column": "lettr"}, "no column 'lettr'"),
        (({"A": -1}, P), {}, "-1"),
        ((P, Q), {"unit": "bytes"}, "no unit 'bytes'"),
        ((P, Q), {"measures": ["jss"]}, "no measure 'jss'"),
        ((P, Q), {"kind": "ordinal"}, "no kind 'ordinal'"),
        ((P, Q), {"missing": "ignore"}, "no missing"),
        ((P, Q), {"given": "percent"}, "percent"),
        ((P, Q), {"estimators": {"kl": "plugn"}}, "no estimator 'plugn'"),
        ((P, Q), {"estimators": {"jsd": "plugin"}}, "no quantity to estimate 'jsd'"),
    ],
)
def test_wrong_arguments_are_told_in_a_sentence(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(DivcliError, match=message):
        compare(*arguments, **options)


@pytest.mark.parametrize(
    ("symbols", "weights", "message"),
    [
        (("a",), [1.0, 2.0], "1 symbols"),
        (("a", "b"), [1.0, -1.0], "negative"),
        (("a", "b"), [1.0, math.nan], "not a finite number"),
        (("a", "b"), [0.0, 0.0], "all weights are zero"),
        ((), [], "no symbols"),
    ],
)
def test_a_distribution_is_validated_when_made(
    symbols: tuple[str, ...], weights: list[float], message: str
) -> None:
    with pytest.raises(DataError, match=message):
        Distribution("x", symbols, np.array(weights))


def test_weights_of_a_distribution_cannot_be_changed() -> None:
    made = Distribution("x", ("a", "b"), np.array([1, 2]))
    with pytest.raises(ValueError, match="read-only"):
        made.weights[0] = 5


def test_the_package_says_what_it_offers() -> None:
    assert set(divcli.__all__) <= set(dir(divcli))
    with pytest.raises(AttributeError, match="no attribute 'comprae'"):
        _ = divcli.comprae
