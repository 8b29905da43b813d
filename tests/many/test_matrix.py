"""One measure between every two of many: definitions, order, groups and what cannot be measured."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

import divcli
from divcli.api import UnitName
from divcli.catalog import MEASURES, resolve
from divcli.counting.align import CountingOptions, distributions
from divcli.counting.groups import group_counts
from divcli.inference.ordering import similarity_order
from divcli.measures.rows import pairwise
from divcli.sources.columns import Column
from tests.conftest import Run
from tests.inference.truth import Case, cases

UNITS: dict[str, UnitName] = {"2": "bits", "e": "nats"}
ORDERS = "sample_data/orders_reference.csv"
# Little data, so that groups are small and of different sizes.
PETS = "home,pet\n" + "".join(
    f"{home},{pet}\n" for home, pets in
    {"farm": "cow cow dog", "flat": "cat cat dog fish", "tent": "dog"}.items()
    for pet in pets.split()
)  # fmt: skip


def document(run: Run, *arguments: str, stdin: str = "", status: int = 0) -> dict[str, Any]:
    result = run("matrix", *arguments, "--json", stdin=stdin)
    assert result.status == status, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


@pytest.mark.parametrize("case", cases("estimators", "gjs"), ids=lambda case: case["name"])
def test_generalised_js_of_the_truth_file(case: Case) -> None:
    found = divcli.matrix(
        *case["dists"], given="weights", mixture=case["weights"], unit=UNITS[case["base"]]
    )
    assert found.generalized_js == pytest.approx(float(case["expected"]["gjs"]), rel=1e-12)


def test_mixture_by_size_is_that_of_all_rows() -> None:
    # G = 2(n+m)·JS weighted by size, the null_G case of the truth file.
    found = divcli.matrix([30, 50, 20], [10, 25, 15], given="counts", mixture="size", unit="nats")
    assert found.mixture == pytest.approx((2 / 3, 1 / 3))
    assert found.generalized_js == pytest.approx(0.0089558211522807963, rel=1e-12)


def test_two_distributions_have_their_js_for_generalised_js() -> None:
    found = divcli.matrix([1, 2, 7], [3, 3, 4], given="weights")
    assert found.generalized_js == pytest.approx(found.cell(0, 1), rel=1e-12)


def test_js_is_that_of_scipy_and_symmetric() -> None:
    rng = np.random.default_rng(1)
    rows = rng.integers(0, 30, (6, 9))
    found = divcli.matrix(*rows.tolist(), given="counts", unit="nats", inference=False)
    assert (found.values == found.values.T).all()
    for i, p in enumerate(rows):
        for j, q in enumerate(rows):
            assert found.values[i, j] == pytest.approx(jensenshannon(p, q) ** 2, abs=1e-12)


@pytest.mark.parametrize("row", [row for row in MEASURES if row.terms], ids=lambda row: row.name)
@given(data=st.data())
def test_a_pair_of_the_matrix_is_what_compare_says(row: Any, data: st.DataObject) -> None:
    weights = st.lists(st.integers(0, 9), min_size=4, max_size=4).filter(any)
    p, q = data.draw(weights), data.draw(weights)
    found = divcli.matrix(p, q, measure=row.name, given="weights")
    for i, j in ((0, 1), (1, 0)):
        a, b = (p, q) if i == 0 else (q, p)
        alone = divcli.compare(a, b, measures=[row.name], given="weights")[row.name]
        assert alone is not None
        assert found.values[i, j] == pytest.approx(alone, rel=1e-11, abs=1e-300)


@pytest.mark.parametrize("name", ["bhattacharyya", "renyi_pq", "wasserstein", "ks"])
def test_measures_that_are_no_sums_are_those_of_compare(name: str) -> None:
    rows = [[1, 2, 7], [3, 3, 4], [5, 4, 1]]
    order = 2.0 if name == "renyi_pq" else None
    found = divcli.matrix(*rows, measure=name, given="weights", alpha_order=order)
    for i, p in enumerate(rows):
        for j, q in enumerate(rows):
            alone = divcli.compare(p, q, measures=[name], given="weights", alpha_order=order)
            assert found.values[i, j] == pytest.approx(alone[name], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("row", [row for row in MEASURES if row.symmetric], ids=lambda r: r.name)
def test_what_the_catalogue_calls_symmetric_is(row: Any) -> None:
    p, q = [5, 3, 2], [1, 4, 5]
    there, back = (
        divcli.compare(a, b, measures=[row.name], given="weights")[row.name]
        for a, b in ((p, q), (q, p))
    )
    assert there == pytest.approx(back, rel=1e-12)


def test_every_other_measure_is_not_symmetric() -> None:
    p, q = [5, 3, 2], [1, 4, 5]
    for row in MEASURES:
        if not row.symmetric:
            there, back = (
                divcli.compare(a, b, measures=[row.name], given="weights", alpha_order=2)[row.name]
                for a, b in ((p, q), (q, p))
            )
            assert there != pytest.approx(back, rel=1e-6), row.name


def test_pairs_too_near_for_doubles_keep_every_digit() -> None:
    js = next(row for row in MEASURES if row.name == "js")
    # KL, JS of p = ½(1 ± e) against ½: JS = e²/8 nats + O(e⁴).
    n, e = 10**12, 1e-9
    rows = [np.array([n, n]), np.array([n + 1000, n - 1000])]
    found = pairwise(rows, resolve(js.terms or ""), True)
    assert found[0, 1] == pytest.approx(e**2 / 8, rel=1e-12)
    assert found[0, 0] == found[1, 1] == 0


def test_groups_are_counted_as_their_own_rows(run: Run) -> None:
    found = document(run, "-", "--by", "home", "-c", "pet", stdin=PETS)
    assert found["labels"] == ["farm", "flat", "tent"]
    assert found["sizes"] == [3, 4, 1]
    farm, flat = [2 / 3, 1 / 3, 0, 0], [0, 0.25, 0.5, 0.25]
    expected = jensenshannon(farm, flat, base=2) ** 2
    assert found["values"][0][1] == pytest.approx(expected, rel=1e-12)
    assert any("a single row" in note and "'tent'" in note for note in found["notes"])


@given(st.lists(st.tuples(st.sampled_from(["a", "b", ""]), st.sampled_from(["x", "y", "", "1"])),
                min_size=1, max_size=40))  # fmt: skip
def test_one_tally_of_pairs_is_the_counts_of_each_group(rows: list[tuple[str, str]]) -> None:
    groups, values = (list(side) for side in zip(*rows, strict=True))
    found = group_counts(Column("t", "g", groups, False), Column("t", "v", values, False))
    assert set(found) == {group or None for group in groups}
    for group, column in found.items():
        mine = [value for g, value in rows if (g or None) == group]
        one, other = distributions([column, Column("t", "v", mine, False)], CountingOptions())
        assert one.weights.tolist() == other.weights.tolist()
        assert one.n == other.n == len(mine)
        assert Counter(column.values) == Counter(mine)


def test_grouped_counts_are_the_same_as_grouped_rows(run: Run) -> None:
    counted = Counter(PETS.split()[1:])
    ready = "home,pet,n\n" + "".join(f"{pair},{n}\n" for pair, n in counted.items())
    rows = document(run, "-", "--by", "home", "-c", "pet", stdin=PETS)
    counts = document(run, "-", "--by", "home", "-c", "pet", "-w", "n", stdin=ready)
    for name in ("labels", "values", "sizes", "generalized_js"):
        assert rows[name] == counts[name]


def test_a_group_of_one_row_does_not_make_the_grid_coarse(run: Run) -> None:
    rng = np.random.default_rng(2)
    rows = [f"g{i % 3},{value!r}\n" for i, value in enumerate(rng.normal(size=900).tolist())]
    text = "g,x\n" + "".join(rows)
    whole = document(run, "-", "--by", "g", "-c", "x", stdin=text)
    more = document(run, "-", "--by", "g", "-c", "x", stdin=text + "z,0.5\n")
    block = [row[:3] for row in more["values"][:3]]
    for one, other in zip(block, whole["values"], strict=True):
        assert one == pytest.approx(other, abs=1e-12)
    assert any("had no say in the grid" in note for note in more["notes"])


def test_a_group_without_values_is_left_out_and_the_rest_printed(run: Run) -> None:
    text = "g,x\na,1\na,2\nb,2\nb,2\nc,\n"
    found = document(run, "-", "--by", "g", "-c", "x", "--missing", "drop", stdin=text)
    assert found["labels"] == ["a", "b"]
    assert found["left_out"][0]["label"] == "c"
    assert "nothing but missing values" in found["left_out"][0]["reason"]


def test_columns_of_different_kinds_are_not_compared_and_the_rest_is(run: Run) -> None:
    found = document(run, ORDERS, "--columns", "items,amount,channel,country")
    assert found["kinds"] == ["numeric", "numeric", "categorical", "categorical"]
    assert found["values"][0][2] is None
    assert found["values"][0][1] is not None
    assert found["values"][2][3] is not None
    assert found["generalized_js"] is None
    assert any("different kinds" in note for note in found["notes"])


def test_a_file_without_the_column_is_left_out_and_the_rest_printed(run: Run, folder: Path) -> None:
    for name, header in (("a", "x"), ("b", "x"), ("c", "y")):
        (folder / f"{name}.csv").write_text(f"{header},z\nred,1\nblue,2\n{name},3\n")
    found = document(run, "a.csv", "b.csv", "c.csv", "-c", "x")
    assert found["labels"] == ["a.csv", "b.csv"]
    assert found["left_out"] == [{"label": "c.csv", "reason": "c.csv: no column 'x'"}]
    wrong = run("matrix", "a.csv", "b.csv", "-c", "why")
    assert (wrong.status, "no column 'why'" in wrong.stderr) == (3, True)


def test_similar_ones_stand_side_by_side(run: Run) -> None:
    weights = ["9,1,1", "1,9,1", "8,2,1", "1,8,2", "1,1,9", "1,2,8"]
    found = document(run, *weights, "--order", "similarity", "--as", "weights")
    labels = found["labels"]
    assert sorted(labels) == sorted(weights)
    for pair in (("9,1,1", "8,2,1"), ("1,9,1", "1,8,2"), ("1,1,9", "1,2,8")):
        assert abs(labels.index(pair[0]) - labels.index(pair[1])) == 1
    given_order = document(run, *weights, "--as", "weights")
    i, j = (given_order["labels"].index(label) for label in labels[:2])
    assert found["values"][0][1] == given_order["values"][i][j]


@pytest.mark.parametrize("g", [0, 1, 2, 3])
def test_an_order_of_few_has_each_once(g: int) -> None:
    distances = np.full((g, g), math.inf)
    assert sorted(similarity_order(distances)) == list(range(g))


def test_nearest_names_the_least_of_each_row(run: Run) -> None:
    found = document(run, "8,2", "7,3", "1,9", "--nearest", "--as", "weights")
    assert [(one["label"], one["nearest"]) for one in found["nearest"]] == [
        ("8,2", "7,3"), ("7,3", "8,2"), ("1,9", "7,3"),
    ]  # fmt: skip
    table = run("matrix", "8,2", "7,3", "1,9", "--nearest", "--as", "weights").stdout
    assert "nearest" in table
    rows = run("matrix", "8,2", "7,3", "1,9", "--nearest", "--as", "weights", "-f", "csv").stdout
    assert rows.splitlines()[0] == "label,nearest,value"


def test_homogeneity_is_the_test_of_the_whole_table(run: Run) -> None:
    same = document(run, "30,50,20", "60,98,42", "31,52,17")
    assert same["homogeneity"]["p_value"] > 0.5
    off = document(run, "30,50,20", "60,98,42", "70,10,20")
    assert off["homogeneity"]["p_value"] == pytest.approx(0.001)
    assert "homogeneity" not in document(run, "0.5,0.5", "0.4,0.6")


def test_infinite_values_stay_infinite(run: Run) -> None:
    found = document(run, "1,0", "0,1", "1,1", "-m", "kl_pq", "--as", "weights")
    assert found["values"] == [
        [0, "Infinity", 1.0], ["Infinity", 0, 1.0], ["Infinity", "Infinity", 0],
    ]  # fmt: skip


def test_a_limit_holds_for_any_pair(run: Run) -> None:
    sources = ("9,1", "8,2", "1,9")
    over = document(run, *sources, "--as", "weights", "--fail-over", "js=0.1", status=1)
    assert [check["passed"] for check in over["checks"]] == [False]
    assert over["checks"][0]["value"] == max(max(row) for row in over["values"])
    assert any("'9,1' and '1,9'" in note for note in over["notes"])
    document(run, *sources, "--as", "weights", "--fail-over", "js=0.9")
    whole = ("--as", "weights", "--fail-over", "generalized_js=0.01")
    assert document(run, *sources, *whole, status=1)["checks"][0]["measure"] == "generalized_js"


def test_every_format_has_every_value(run: Run) -> None:
    sources = ("9,1", "8,2", "1,9")
    values = document(run, *sources, "--as", "weights")["values"]
    rows = run("matrix", *sources, "--as", "weights", "-f", "csv").stdout.splitlines()
    assert rows[0] == 'js,"9,1","8,2","1,9"'
    assert rows[1].endswith(",".join(map(repr, values[0])))
    for form in ("table", "markdown"):
        text = run("matrix", *sources, "--as", "weights", "-f", form).stdout
        assert all(f"{value:.4f}" in text for row in values for value in row if value > 1e-3)


def test_people_are_shown_as_many_as_they_ask_for(run: Run) -> None:
    text = "g,x\n" + "".join(f"g{i:02},{i % 3}\n" for i in range(30))
    shown = [
        run("matrix", "-", "--by", "g", "-c", "x", "--resamples", "0", *top, stdin=text).stdout
        for top in ((), ("--top", "3"), ("--top", "30"))
    ]
    for screen, last in zip(shown, (20, 3, 30), strict=True):
        lines = [line for line in screen.splitlines() if line.startswith("g")]
        assert len(lines) == last
    assert "the first 20 of 30" in shown[0]
    assert "the first" not in shown[2]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("1,2",), 3, "needs two distributions"),
        (("1,2", "2,1", "-m", "jss"), 2, "did you mean"),
        (("1,2", "2,1", "-m", "js", "-m", "tv"), 2, "one measure at a time"),
        (("1,2", "2,1", "-m", "renyi_pq"), 2, "needs an order"),
        (("1,2", "2,1", "--mixture", "1,2,3"), 2, "2 weights"),
        (("0.5,0.5", "0.4,0.6", "--mixture", "size"), 2, "needs a sample size"),
        (("1,2", "2,1", "--fail-over", "kl_pq=1"), 2, "no measure 'kl_pq'"),
        ((ORDERS, "--by", "chanel", "-c", "country"), 3, "did you mean 'channel'?"),
        ((ORDERS, "--by", "channel"), 2, "pick one with -c"),
        ((ORDERS, ORDERS, "--by", "channel", "-c", "country"), 2, "of one table"),
        ((ORDERS, "--columns", "items,amont"), 3, "did you mean 'amount'?"),
        (("-", "-"), 2, "read once only"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    run: Run, arguments: tuple[str, ...], status: int, said: str
) -> None:
    result = run("matrix", *arguments)
    assert (result.status, said in result.stderr) == (status, True), result.stderr


def test_hostile_labels_are_inert_in_every_format(run: Run) -> None:
    text = 'g,x\n"a|\x1b[31m",1\n"a|\x1b[31m",2\n=cmd(),2\n::error,1\n'
    for form in ("table", "csv", "markdown", "json"):
        result = run("matrix", "-", "--by", "g", "-c", "x", "-f", form, stdin=text)
        assert result.status == 0, result.stderr
        assert "\x1b" not in result.stdout
        acting = ("=", "::") if form == "csv" else ("::",)
        assert not any(line.startswith(acting) for line in result.stdout.splitlines())
