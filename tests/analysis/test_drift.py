"""What drifts and what does not: laws of the verdict, on tables with a known truth."""

from __future__ import annotations

import numpy as np
import pytest

import divcli
from divcli.analysis.drift_options import DriftOptions
from divcli.analysis.verdicts import verdict
from divcli.errors import CommandLineError, DataError
from divcli.model.drift import Limit
from divcli.model.profile import Cells
from tests.benchmarks import drift_calibration

RNG = np.random.default_rng(20)


def limit(effect: float | None, detectable: float | None) -> Limit:
    return Limit("js", 0.01, "bits", 0.01, effect, detectable)


@pytest.mark.parametrize(
    ("p_adjusted", "effect", "detectable", "expected"),
    [
        (0.009, 0.02, 0.001, "drift"),
        (0.009, 0.01, 0.001, "negligible"),  # the effect must exceed
        (0.01, 0.02, 0.001, "stable"),  # the p-value must be below
        (0.5, 0.02, 0.001, "stable"),
        (0.5, 0.0, 0.02, "insufficient"),
        (0.5, 0.0, None, "insufficient"),
        (0.5, 0.0, 0.01, "stable"),
        (0.001, None, 0.02, "negligible"),
    ],
)
def test_drift_takes_both_keys(
    p_adjusted: float, effect: float | None, detectable: float | None, expected: str
) -> None:
    assert verdict(p_adjusted, limit(effect, detectable)) == expected


def counts(total: int, shares: list[float]) -> dict[str, int]:
    return {f"s{i}": round(total * share) for i, share in enumerate(shares)}


def test_a_million_rows_that_differ_by_a_thousandth_do_not_drift() -> None:
    p, q = counts(10**6, [0.501, 0.499]), counts(10**6, [0.5, 0.5])
    report = divcli.drift(q, p)
    assert report.exit_status == 0
    # Total variation .001 is χ² = 2 at these sizes: nothing is found, and what matters would be.
    assert report.verdict == "stable"
    assert divcli.drift(counts(10**7, [0.5, 0.5]), counts(10**7, [0.501, 0.499])).verdict == (
        "negligible"
    )


@pytest.mark.parametrize("rows", [1, 2, 8])
@pytest.mark.parametrize("values", [["a"], ["a", "b"], [1.5, 2.5], [1, 2]])
def test_eight_rows_never_say_stable(rows: int, values: list[object]) -> None:
    column = (values * 8)[:rows]
    report = divcli.drift(column, column)
    assert [one.verdict for one in report.columns] == ["insufficient"]
    assert report.exit_status == 0
    assert divcli.drift(column, column, on_insufficient="fail").exit_status == 1


def test_missing_values_that_vanish_are_drift() -> None:
    values = RNG.normal(size=1000).tolist()
    half = [value if i % 2 else None for i, value in enumerate(values)]
    report = divcli.drift({"x": half}, {"x": values})
    (column,) = report.columns
    assert column.verdict == "drift"
    assert column.missing() == {"reference": 0.5, "current": 0.0}
    assert column.records()[0]["symbol"] == "(missing)"
    dropped = divcli.drift({"x": half}, {"x": values}, missing="drop")
    assert dropped.columns[0].verdict != "drift"
    with pytest.raises(DataError, match="500 missing values"):
        divcli.drift({"x": half}, {"x": values}, missing="error")


def test_one_new_label_in_a_thousand_rows_is_no_drift() -> None:
    q = counts(1000, [0.5, 0.3, 0.2])
    for size in (1000, 100_000):
        p = counts(size, [0.5, 0.3, 0.2]) | {"new": 1}
        report = divcli.drift(q, p)
        assert report.columns[0].p_value is not None
        assert report.columns[0].p_value > 0.001
        assert report.columns[0].symbols(new=True) == ["new"]
        assert report.exit_status == 0
    against_many = divcli.drift(counts(100_000, [0.5, 0.3, 0.2]), q | {"new": 1})
    assert against_many.exit_status == 0


def test_dates_moved_by_300_days_drift() -> None:
    days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")
    before = {"day": [str(day) for day in RNG.choice(days, 2000)]}
    after = {"day": [str(day + 300) for day in RNG.choice(days, 2000)]}
    report = divcli.drift(before, after)
    assert report.columns[0].kind == "datetime"
    assert report.columns[0].verdict == "drift"
    assert report.columns[0].limit is not None
    assert report.columns[0].limit.effect == pytest.approx(1, abs=0.05)


def test_two_symbols_swapped_drift_and_rank_first() -> None:
    q = RNG.choice(["a", "b", "c", "d"], 20_000, p=[0.5, 0.3, 0.1, 0.1])
    swap = {"a": "b", "b": "a", "c": "c", "d": "d"}
    other = RNG.choice(["x", "y"], 20_000, p=[0.52, 0.48])
    before = {"other": RNG.choice(["x", "y"], 20_000).tolist(), "swapped": q.tolist()}
    after = {"other": other.tolist(), "swapped": [swap[s] for s in q]}
    report = divcli.drift(before, after)
    assert [one.column for one in report.drifted] == ["swapped"]
    assert report.columns[0].column == "swapped"
    assert {one["symbol"] for one in report.columns[0].records()[:2]} == {"a", "b"}


def test_a_symbol_that_grows_from_next_to_nothing_is_significant() -> None:
    q, p = {"a": 19_990, "b": 10}, {"a": 19_810, "b": 190}
    report = divcli.drift(q, p, min_effect=("psi", 0.01))
    assert report.verdict == "drift"


def test_the_direction_is_current_against_reference() -> None:
    """KL(current‖reference) is infinite where the current has what the reference lacks."""
    report = divcli.drift({"a": 1000}, {"a": 500, "b": 500}, min_effect=("kl_pq", 0.01))
    assert report.columns[0].value == float("inf")
    back = divcli.drift({"a": 500, "b": 500}, {"a": 1000}, min_effect=("kl_pq", 0.01))
    assert back.columns[0].value == pytest.approx(1.0)


def test_columns_that_appeared_disappeared_or_changed_type_are_drift() -> None:
    numbers, words = [i % 7 for i in range(100)], [f"w{i % 5}" for i in range(100)]
    before = {"same": words, "gone": words, "retyped": numbers, "words": words}
    after = {"same": words, "new": words, "retyped": words, "words": numbers}
    report = divcli.drift(before, after)
    found = {one.column: one.verdict for one in report.columns}
    assert found == {
        "retyped": "type changed", "words": "type changed", "gone": "disappeared",
        "new": "appeared", "same": "insufficient",
    }  # fmt: skip
    assert report.exit_status == 1
    assert divcli.drift(before, after, max_drifted=4).exit_status == 0
    assert divcli.drift(before, after, max_drifted=3).exit_status == 1


def test_the_only_columns_of_two_tables_are_compared_whatever_they_are_called() -> None:
    report = divcli.drift({"old": ["a", "b"] * 500}, {"new": ["a"] * 900 + ["b"] * 100})
    assert [(one.column, one.verdict) for one in report.columns] == [("old", "drift")]
    assert any("'new'" in note and "'old'" in note for note in report.notes)


def test_a_few_words_among_numbers_are_a_cell_of_their_own_not_another_type() -> None:
    numbers = [f"{value:.3f}" for value in RNG.normal(size=2000)]
    report = divcli.drift({"x": numbers}, {"x": ["n/a", *numbers[1:]]})
    assert report.columns[0].verdict != "type changed"


def test_identifiers_are_set_aside_with_a_note() -> None:
    before = {"id": [f"a{i}" for i in range(1000)], "row": list(range(1000))}
    after = {"id": [f"b{i}" for i in range(1000)], "row": list(range(1000, 2000))}
    report = divcli.drift(before, after)
    assert [one.verdict for one in report.columns] == ["identifier", "identifier"]
    assert any("'id'" in note and "identifier" in note for note in report.notes)
    assert report.exit_status == 0
    forced = divcli.drift(before, after, settings={"id": divcli.ColumnSettings(kind="categorical")})
    # Symbols that occur once tell nothing, however they are dealt out.
    assert forced["id"].p_value == 1


def test_the_most_frequent_of_a_million_equals_do_not_drift_for_having_led() -> None:
    """The symbols that lead among equals lead by chance; they are not held to it."""
    rng = np.random.default_rng(3)
    levels = [f"v{i}" for i in range(5000)]
    for mean in (3, 20):
        before, after = (rng.choice(levels, 5000 * mean).tolist() for _ in range(2))
        report = divcli.drift({"x": before}, {"x": after})
        assert report.columns[0].verdict == "insufficient"
        assert any("what moves among them is not seen" in note for note in report.notes)


def test_a_symbol_of_many_that_stands_out_has_a_cell_of_its_own() -> None:
    rng = np.random.default_rng(4)
    levels = [f"v{i}" for i in range(5000)]
    before = [*rng.choice(levels, 20_000).tolist(), *["top"] * 3000]
    after = [*rng.choice(levels, 20_000).tolist(), *["top"] * 9000]
    report = divcli.drift({"x": before}, {"x": after})
    assert report.columns[0].verdict == "drift"
    assert report.columns[0].records()[0]["symbol"] == "top"
    assert {"(rest)", "top"} == {str(one["symbol"]) for one in report.columns[0].records()}


def test_settings_of_one_column_go_before_those_of_all() -> None:
    table = {"x": ["a", "b"] * 2000, "y": ["a", "b"] * 2000}
    moved = {"x": ["a", "b", "a", "a"] * 1000, "y": ["a", "b", "a", "a"] * 1000}
    strict = divcli.ColumnSettings(min_effect=("tv", 0.5))
    report = divcli.drift(table, moved, settings={"y": strict})
    assert (report["x"].verdict, report["y"].verdict) == ("drift", "negligible")
    ignoring = divcli.drift(table, moved, settings={"x": divcli.ColumnSettings(ignore=True)})
    assert ignoring["x"].verdict == "ignored"
    lax = divcli.drift(table, moved, settings={"x": divcli.ColumnSettings(alpha=1e-300)})
    assert lax["x"].verdict != "drift"


def test_the_correction_is_for_the_columns_that_were_tested() -> None:
    table = {f"c{i}": ["a", "b", "a", "b"] * 300 for i in range(4)}
    moved = table | {"c0": ["a", "b", "b", "b"] * 300}
    report = divcli.drift(table, moved)
    p_values = {one.column: one.p_value for one in report.columns}
    assert report["c0"].p_adjusted == pytest.approx(4 * (p_values["c0"] or 0))
    plain = divcli.drift(table, moved, correction="none")
    assert plain["c0"].p_adjusted == p_values["c0"]


def test_bins_are_a_number_of_cells_or_their_edges() -> None:
    before, after = {"x": RNG.normal(size=4000).tolist()}, {"x": RNG.normal(size=4000).tolist()}
    four = divcli.drift(before, after, bins=4).columns[0]
    assert four.comparison is not None
    assert len(four.comparison.p) == 4
    given = divcli.drift(before, after, bins=[-1, 0, 1]).columns[0]
    assert given.comparison is not None
    assert given.comparison.p.grid is not None
    assert list(given.comparison.p.grid.low) == [-np.inf, -1, 0, 1]
    below = sum(value < -1 for value in before["x"])
    assert given.comparison.q.weights[0] == below
    with pytest.raises(CommandLineError, match="rules need the values"):
        divcli.drift(before, after, bins="fd")


def test_probabilities_have_no_sample_size_and_are_refused() -> None:
    with pytest.raises(DataError, match="no sample size"):
        divcli.drift({"a": 0.5, "b": 0.5}, {"a": 0.4, "b": 0.6})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"min_effect": ("entropy_p", 0.1)}, "no effect is estimated of 'entropy_p'"),
        ({"min_effect": ("wasserstein", 0.1)}, "no effect is estimated of 'wasserstein'"),
        ({"correction": "bonferroni"}, "no correction 'bonferroni'"),
    ],
)
def test_what_cannot_decide_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(CommandLineError, match=said):
        # Options of many types, as the table of cases has them.
        divcli.drift({"a": 5}, {"a": 5}, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "m"), drift_calibration.SIZES[:3])
def test_tables_without_drift_pass(n: int, m: int) -> None:
    """A slice of the benchmark; of 60 tables of 10 columns at .01, 3 failures have p < .03."""
    found = drift_calibration.simulate(range(60), n, m, 10, DriftOptions())
    assert found.failed <= 2


def test_the_profile_of_a_reference_has_no_more_cells_than_it_may() -> None:
    profile = divcli.profile({"x": RNG.normal(size=20_000).tolist()})
    content = profile.columns[0].content
    assert isinstance(content, Cells)
    assert len(content.counts) <= 1000
