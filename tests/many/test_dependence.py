"""Which columns tell of a target, and which only seem to."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

from divcli.inference.independence import independence
from divcli.model.joint import Independence
from tests.conftest import Run
from tests.inference.test_calibration import within


def document(run: Run, *arguments: str, stdin: str = "", status: int = 0) -> dict[str, Any]:
    result = run("dependence", *arguments, "--json", stdin=stdin)
    assert result.status == status, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def table(n: int, seed: int) -> tuple[str, dict[str, np.ndarray]]:
    """A target; a column that is part of it, one near it, and two that are not about it."""
    rng = np.random.default_rng(seed)
    target = rng.integers(4, size=n)
    columns = {
        "target": target,
        "half": target // 2,
        "noisy": np.where(rng.random(n) < 0.5, target, rng.integers(4, size=n)),
        "many": rng.integers(n // 4, size=n),
        "number": np.round(rng.normal(size=n), 6),
    }
    rows = zip(*(values.tolist() for values in columns.values()), strict=True)
    text = ",".join(columns) + "\n" + "".join(
        f"t{a},h{b},n{c},m{d},{e}\n" for a, b, c, d, e in rows
    )  # fmt: skip
    return text, columns


def test_columns_are_ranked_by_what_they_tell_of_the_target(run: Run) -> None:
    text, columns = table(800, 1)
    found = document(run, "-", "--target", "target", "-u", "nats", stdin=text)
    by_name = {one["column"]: one for one in found["columns"]}
    assert [one["column"] for one in found["columns"]][:2] == ["half", "noisy"]
    assert {name: one["verdict"] for name, one in by_name.items()} == {
        "half": "dependent", "noisy": "dependent", "many": "not shown", "number": "not shown",
    }  # fmt: skip
    for name in ("half", "noisy", "many"):
        values, target = columns[name], columns["target"]
        assert by_name[name]["mutual_information"] == pytest.approx(
            mutual_info_score(values, target), rel=1e-9
        )
        assert by_name[name]["adjusted_mutual_information"] == pytest.approx(
            adjusted_mutual_info_score(values, target), abs=1e-8
        )
    # By the exact value the column of many symbols would be second, or first.
    assert by_name["many"]["mutual_information"] > by_name["noisy"]["mutual_information"]
    assert abs(by_name["many"]["estimate"]) < 0.05
    assert by_name["half"]["share"] == pytest.approx(0.5, abs=0.01)


def test_a_number_tells_of_a_group_on_equal_frequency_cells(run: Run) -> None:
    rng = np.random.default_rng(9)
    group = rng.integers(3, size=320)
    length = rng.normal(group, 0.4)
    lines = [f"g{a},{b!r},{c % 5}\n" for a, b, c in
             zip(group.tolist(), length.tolist(), range(320), strict=True)]  # fmt: skip
    found = document(run, "-", "--target", "group", stdin="group,length,turn\n" + "".join(lines))
    by_name = {one["column"]: one for one in found["columns"]}
    # √(320/5) cells: five rows for each pair of cells of two such columns.
    assert by_name["length"]["grid"] == "8 equal-frequency cells"
    assert by_name["length"]["verdict"] == "dependent"
    assert by_name["turn"]["grid"] == "one cell a value"
    assert any("'length'" in note and "equal-frequency" in note for note in found["notes"])


def told_of(counts: np.ndarray, resamples: int, seed: int = 0) -> Independence:
    x, y = np.indices(counts.shape).reshape(2, -1)
    return independence(x, y, counts.ravel(), confidence=0.95, resamples=resamples, seed=seed)


def test_p_values_are_uniform_where_nothing_depends() -> None:
    seeds = 400
    rejected = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        x, y = rng.integers(5, size=150), rng.choice(3, size=150, p=[0.7, 0.25, 0.05])
        counts = np.zeros((5, 3), dtype=np.int64)
        np.add.at(counts, (x, y), 1)
        told = told_of(counts, 199, seed)
        rejected += told.p_value <= 0.05
    assert within(rejected / seeds, 0.05, seeds)


@pytest.mark.parametrize("shape", [(5, 4), (30, 20)])
def test_the_estimate_has_no_bias_where_nothing_depends(shape: tuple[int, int]) -> None:
    r, c = shape
    estimates, plugins = [], []
    for seed in range(150):
        rng = np.random.default_rng(seed)
        counts = np.zeros(shape, dtype=np.int64)
        np.add.at(counts, (rng.integers(r, size=400), rng.integers(c, size=400)), 1)
        told = told_of(counts, 99, seed)
        estimates.append(told.estimate)
        plugins.append(told.noise_mean)
    error = float(np.std(estimates)) / math.sqrt(150)
    assert abs(float(np.mean(estimates))) < 3.5 * error + 0.02 * float(np.mean(plugins))


def test_the_law_of_g_stands_in_where_cells_are_filled() -> None:
    counts = np.array([[120, 130, 90], [110, 140, 95]])
    told = told_of(counts, 0)
    oracle = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood")
    assert told.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert told.noise_mean == pytest.approx(2 / (2 * counts.sum()))


def test_a_column_that_cannot_be_counted_is_last_and_the_rest_is_printed(run: Run) -> None:
    text = "t,good,empty,same,id\n" + "".join(f"{i % 2},{i % 2},,x,u{i}\n" for i in range(40))
    found = document(run, "-", "--target", "t", "--missing", "drop", stdin=text)
    by_name = {one["column"]: one for one in found["columns"]}
    assert by_name["good"]["verdict"] == "dependent"
    assert "nothing but missing values" in by_name["empty"]["reason"]
    assert by_name["same"]["reason"].startswith("a single value")
    assert by_name["id"]["reason"].startswith("every row has a value of its own")
    assert by_name["id"]["verdict"] == "not shown"
    assert found["columns"][-1]["column"] == "empty"


def test_limits_hold_for_any_column(run: Run) -> None:
    text, _ = table(300, 2)
    columns = ("-", "--target", "target", "-c", "half", "-c", "noisy")
    over = document(run, *columns, "--fail-over", "mutual_information=0.5", stdin=text, status=1)
    assert over["checks"][0]["value"] == pytest.approx(1, abs=0.05)
    assert any("greatest for 'half'" in note for note in over["notes"])
    document(run, *columns, "--fail-over", "mutual_information.estimate=1.5", stdin=text)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ((), 2, "--target"),
        (("--target", "taget"), 3, "did you mean 'target'?"),
        (("--target", "target", "-c", "target"), 2, "among the columns"),
        (("--target", "target", "-c", "hlf"), 3, "did you mean 'half'?"),
        (("--target", "target", "--fail-over", "js=1"), 2, "no measure 'js'"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("dependence", "-", *arguments, stdin="target,half\na,b\nb,c\n")
    assert (result.status, said in result.stderr) == (status, True), result.stderr


def test_what_is_no_table_has_nothing_beside_the_target(run: Run) -> None:
    result = run("dependence", "0.5,0.5", "--target", "x")
    assert (result.status, "is no table" in result.stderr) == (2, True)


@pytest.mark.parametrize("form", ["table", "markdown", "csv"])
def test_every_format_lists_every_column(run: Run, form: str) -> None:
    text, columns = table(200, 3)
    shown = run("dependence", "-", "--target", "target", "-f", form, stdin=text).stdout
    assert all(name in shown for name in columns)
