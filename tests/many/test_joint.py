"""Joint tables: known values, theorems, and scikit-learn on the same rows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score

import divcli
from divcli.inference.chance import expected_mutual_information
from divcli.inference.independence import independence
from divcli.measures.joint import conditional_entropy, entropy, shared_information
from tests.conftest import Run
from tests.inference.truth import Case, cases

UNITS = {"2": "bits", "e": "nats"}
NAMES = {
    "h_x": "entropy_x",
    "h_y": "entropy_y",
    "h_xy": "joint_entropy",
    "h_x_given_y": "conditional_entropy_xy",
    "h_y_given_x": "conditional_entropy_yx",
    "mi": "mutual_information",
}
labels = st.integers(min_value=0, max_value=4)
rows = st.lists(st.tuples(labels, labels), min_size=2, max_size=60)


def table_csv(table: list[list[int]]) -> str:
    lines = [f"x{i},y{j},{n}\n" for i, row in enumerate(table) for j, n in enumerate(row)]
    return "x,y,n\n" + "".join(lines)


def rows_csv(pairs: list[tuple[Any, Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([("x", "y"), *pairs])
    return out.getvalue()


def quantities(run: Run, text: str, *options: str) -> dict[str, float | None]:
    command = ("entropy", "-", "-c", "x", "-c", "y", "--json", "--resamples", "0", *options)
    result = run(*command, stdin=text)
    assert result.status == 0, result.stderr
    found: dict[str, float | None] = json.loads(result.stdout)["quantities"]
    return found


@pytest.mark.parametrize("case", cases("estimators", "joint"), ids=lambda case: case["name"])
@pytest.mark.parametrize("form", ["counts", "rows"])
def test_truth_tables(run: Run, case: Case, form: str) -> None:
    table = case["table"]
    pairs = [
        (f"x{i}", f"y{j}") for i, row in enumerate(table) for j, n in enumerate(row)
        for _ in range(n)
    ]  # fmt: skip
    text, options = (table_csv(table), ("-w", "n")) if form == "counts" else (rows_csv(pairs), ())
    found = quantities(run, text, "--unit", UNITS[case["base"]], *options)
    for name, expected in case["expected"].items():
        assert found[NAMES[name]] == pytest.approx(float(expected), rel=1e-12), name


@given(rows)
def test_mutual_information_and_its_adjustment_are_those_of_scikit_learn(
    pairs: list[tuple[int, int]],
) -> None:
    x, y = (np.array(side) for side in zip(*pairs, strict=True))
    result = divcli.joint_entropy(
        {"x": list(map(str, x)), "y": list(map(str, y))}, ["x", "y"], unit="nats", inference=False
    )
    assert result.mutual_information == pytest.approx(mutual_info_score(x, y), abs=1e-12)
    if result.adjusted_mutual_information is not None:
        expected = adjusted_mutual_info_score(x, y)
        assert result.adjusted_mutual_information == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_adjusted_mutual_information_of_many_rows_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(5)
    x = rng.integers(12, size=20_000)
    y = (x // 3 + rng.integers(9, size=20_000)) % 10
    result = divcli.joint_entropy(
        {"x": list(map(str, x)), "y": list(map(str, y))}, ["x", "y"], inference=False
    )
    expected = adjusted_mutual_info_score(x, y)
    assert result.adjusted_mutual_information == pytest.approx(expected, rel=1e-9)


@given(rows)
def test_chain_rule_and_bounds(pairs: list[tuple[int, int]]) -> None:
    result = divcli.joint_entropy(
        {"x": [f"a{x}" for x, _ in pairs], "y": [f"b{y}" for _, y in pairs]}, ["x", "y"],
        inference=False,
    ).quantities  # fmt: skip
    both, x, y, x_y, y_x, shared = (result[name] or 0.0 for name in (
        "joint_entropy", "entropy_x", "entropy_y", "conditional_entropy_xy",
        "conditional_entropy_yx", "mutual_information"))  # fmt: skip
    assert both == pytest.approx(y + x_y, abs=1e-12)
    assert both == pytest.approx(x + y_x, abs=1e-12)
    assert shared == pytest.approx(x - x_y, abs=1e-12)
    assert 0 <= shared <= min(x, y) + 1e-12
    assert min(x_y, y_x) >= 0


def test_terms_of_the_cells_sum_to_the_mutual_information(run: Run) -> None:
    command = ("entropy", "sample_data/orders_current.csv", "-c", "channel", "-c", "gift", "--json")
    document = json.loads(run(*command).stdout)
    total = math.fsum(cell["term"] for cell in document["cells"])
    assert total == pytest.approx(document["quantities"]["mutual_information"], abs=1e-14)
    for cell in document["cells"]:
        expected = cell["p"] * math.log2(cell["p"] / cell["expected"])
        assert cell["term"] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_no_digit_is_lost_where_columns_are_nearly_independent() -> None:
    # I = KL(joint‖product); with p = ¼ ± e, I = 8e²/ln 2 bits + O(e⁴), far below one rounding of H.
    n, e = 10**9, 10
    joint = np.array([n + e, n - e, n - e, n + e])
    margins = np.array([2 * n] * 4)
    share = e / (4 * n)
    expected = 8 * share**2
    assert shared_information(joint, [margins, margins]).sum() == pytest.approx(expected, rel=1e-9)


def test_a_column_that_tells_all_leaves_nothing() -> None:
    joint = np.array([3, 5, 2])
    assert conditional_entropy(joint, joint) == 0
    terms = shared_information(joint, [joint, joint])
    assert terms.sum() == pytest.approx(entropy(joint), rel=1e-14)


def test_three_columns_have_a_total_correlation() -> None:
    # Z = X xor Y: pairwise independent, one bit in all three together.
    table = {"x": list("0011"), "y": list("0101"), "z": list("0110")}
    result = divcli.joint_entropy(table, ["x", "y", "z"], inference=False)
    assert result.quantities == {"joint_entropy": 2.0, "total_correlation": pytest.approx(1.0)}


def test_expected_mutual_information_is_the_mean_over_all_arrangements() -> None:
    from itertools import permutations

    x, y = [0, 0, 1, 1, 1], [0, 1, 1, 2, 2]
    means = [mutual_info_score(x, list(order)) for order in permutations(y)]
    expected = math.fsum(means) / len(means)
    assert expected_mutual_information([2, 3], [1, 2, 2]) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("size", [(200, 3, 4), (3000, 4, 5)], ids=["shuffled", "dealt"])
def test_permutations_have_the_mean_that_is_known_in_closed_form(
    size: tuple[int, int, int],
) -> None:
    n, r, c = size
    rng = np.random.default_rng(2)
    cells = Counter(zip(rng.integers(r, size=n).tolist(), rng.integers(c, size=n).tolist(),
                        strict=True))  # fmt: skip
    x, y = (np.array(side) for side in zip(*cells, strict=True))
    counts = np.array(list(cells.values()))
    told = independence(x, y, counts, confidence=0.95, resamples=4999, seed=1)
    expected = expected_mutual_information(np.bincount(x, counts).astype(int),
                                           np.bincount(y, counts).astype(int))  # fmt: skip
    assert told.noise_mean == pytest.approx(expected, rel=0.03)


def test_missing_values_are_a_symbol_or_leave_the_row_out(run: Run) -> None:
    text = "x,y\na,1\na,1\nb,2\nb,2\n,2\n"
    kept = quantities(run, text)
    assert kept["joint_entropy"] == pytest.approx(math.log2(5) - 0.8)
    assert kept["mutual_information"] == pytest.approx(math.log2(5) - 0.4 - 0.6 * math.log2(3))
    dropped = run("entropy", "-", "-c", "x", "-c", "y", "--missing", "drop", "--json", stdin=text)
    document = json.loads(dropped.stdout)
    assert document["n"] == 4
    assert document["quantities"]["mutual_information"] == pytest.approx(1)
    assert any("1 row left out" in note for note in document["notes"])


def test_weighted_rows_count_by_their_weight(run: Run) -> None:
    text = "x,y,w\na,c,3\na,d,1\nb,c,1\nb,d,3\n"
    weighted = quantities(run, text, "--sample-weight", "w")
    counted = quantities(run, text, "-w", "w")
    for name in ("joint_entropy", "mutual_information", "conditional_entropy_xy"):
        assert weighted[name] == pytest.approx(counted[name], rel=1e-12)


def test_numbers_of_a_ready_table_keep_a_cell_each(run: Run) -> None:
    text = "x,y,n\n" + "".join(f"{i / 7!r},{i / 3!r},{i}\n" for i in range(1, 41))
    found = quantities(run, text, "-w", "n")
    shares = np.arange(1, 41) / 820
    expected = -float(shares @ np.log2(shares))
    assert found["mutual_information"] == pytest.approx(expected, rel=1e-12)
    assert found["conditional_entropy_xy"] == 0


def test_probabilities_are_not_adjusted_for_chance(run: Run) -> None:
    text = "x,y,p\na,c,0.4\na,d,0.1\nb,c,0.1\nb,d,0.4\n"
    found = quantities(run, text, "-w", "p")
    assert found["mutual_information"] == pytest.approx(2 + 0.8 * math.log2(0.4)
                                                        + 0.2 * math.log2(0.1))  # fmt: skip
    assert found["adjusted_mutual_information"] is None


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("-c", "x", "-c", "z"), 3, "did you mean"),
        (("-c", "x", "-c", "x"), 2, "a column is named twice"),
        (("-c", "x", "-c", "y", "--by", "y"), 2, "--by does not go with several columns"),
        (("-c", "x", "-c", "y", "-m", "entropy"), 2, "did you mean"),
        (("-c", "x", "-c", "y", "--fail-over", "total_correlation=1"), 3, "cannot be measured"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("entropy", "-", *arguments, stdin="x,zz,y\na,b,c\nb,b,d\n")
    assert (result.status, said in result.stderr) == (status, True), result.stderr


def test_limits_and_values_of_joint_quantities(run: Run) -> None:
    text = "x,y\na,c\nb,d\n"
    columns = ("entropy", "-", "-c", "x", "-c", "y")
    over = run(*columns, "--fail-over", "mutual_information=0.5", stdin=text)
    assert (over.status, "OVER" in over.stdout) == (1, True)
    assert run(*columns, "-m", "mutual_information", "--value", stdin=text).stdout == "1.0\n"


def test_hostile_names_are_inert_in_every_format(run: Run, folder: Path) -> None:
    name = "a|b\x1b[31m"
    (folder / "t.csv").write_text(f'"{name}",=y\n[/],::error\nx,=1+1\n')
    for form in ("table", "csv", "markdown", "json"):
        result = run("entropy", "t.csv", "-c", name, "-c", "=y", "-f", form)
        assert result.status == 0, result.stderr
        assert "\x1b" not in result.stdout
        assert not any(line.lstrip(" |").startswith("::error") for line in
                       result.stdout.splitlines())  # fmt: skip
