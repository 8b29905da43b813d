"""Columns side by side: nothing lost, nothing added, the same cells for all."""

from __future__ import annotations

import datetime as dt
import math
import pickle
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.counting.align import CountingOptions, KindOption, distributions
from divcli.errors import DataError
from divcli.model.distribution import Distribution, Kind, Special, Symbol, text_of
from divcli.model.made import Made
from divcli.model.sums import weighed
from divcli.sources.columns import Column, Value
from divcli.sources.weights import weighted_column

AUTO = CountingOptions()


def texts(values: Sequence[str], name: str = "a.csv") -> Column:
    """A column of a file: texts, the empty one missing."""
    return Column(name, "x", list(values), False)


def typed(values: Sequence[Value], name: str = "a.json") -> Column:
    """A column of a document, with declared types."""
    return Column(name, "x", list(values), True, na=())


def counts(distribution: Distribution) -> dict[Symbol, float]:
    """Mass by symbol, symbols without mass aside."""
    pairs = zip(distribution.symbols, distribution.weights.tolist(), strict=True)
    return {symbol: mass for symbol, mass in pairs if mass}


# -------------------------------------------------------------------------- laws of counting

number = st.one_of(st.integers(-30, 30), st.floats(-1e3, 1e3), st.floats())
words = st.lists(st.sampled_from(["a", "b", "007", "7", "NA", "", " ", "ü", "(missing)"]),
                 min_size=1, max_size=40)  # fmt: skip
columns: dict[str, st.SearchStrategy[Column]] = {
    "text": words.map(texts),
    "numbers in text": st.lists(number.map(str), min_size=1, max_size=40).map(texts),
    "declared": st.lists(st.one_of(number, st.none(), st.booleans(), st.just("1"), st.just("ü")),
                         min_size=1, max_size=40).map(typed),
    "numbers": st.lists(st.one_of(number, st.none()), min_size=1, max_size=60).map(typed),
    "times": st.lists(st.one_of(st.datetimes(), st.none()), min_size=1, max_size=40).map(typed),
}  # fmt: skip
sides = st.one_of(*columns.values())


@given(sides, sides)
def test_mass_is_conserved(p: Column, q: Column) -> None:
    for column, one in zip((p, q), distributions([p, q], AUTO), strict=True):
        assert one.n == one.total == len(column.values)


@given(sides, sides)
def test_both_sides_have_the_same_cells(p: Column, q: Column) -> None:
    left, right = distributions([p, q], AUTO)
    assert left.symbols == right.symbols
    assert len(set(left.symbols)) == len(left.symbols)
    assert left.grid == right.grid
    assert all((left.weights + right.weights) > 0)


@given(sides, sides, st.randoms())
def test_the_order_of_rows_does_not_matter(p: Column, q: Column, chance: random.Random) -> None:
    shuffled = list(p.values)
    chance.shuffle(shuffled)
    other = Column(p.name, p.label, shuffled, p.typed, na=p.na)
    before, after = distributions([p, q], AUTO)[0], distributions([other, q], AUTO)[0]
    assert before.symbols == after.symbols
    assert before.weights.tolist() == after.weights.tolist()


@given(sides)
def test_a_column_does_not_differ_from_itself(p: Column) -> None:
    left, right = distributions([p, p], AUTO)
    assert left.weights.tolist() == right.weights.tolist()


@given(sides, sides)
def test_missing_values_are_in_a_cell_of_their_own(p: Column, q: Column) -> None:
    for column, one in zip((p, q), distributions([p, q], AUTO), strict=True):
        gone = sum(v is None or (isinstance(v, str) and v.strip(" \t") in column.na)
                   for v in column.values)  # fmt: skip
        assert counts(one).get(Special.MISSING, 0) == one.missing == gone


@given(sides)
def test_what_is_dropped_is_what_was_missing(p: Column) -> None:
    whole = distributions([p], AUTO)[0]
    if whole.missing == whole.total:
        with pytest.raises(DataError, match="nothing but missing values"):
            distributions([p], CountingOptions(missing="drop"))
        return
    kept = distributions([p], CountingOptions(missing="drop"))[0]
    assert kept.n == kept.total == len(p.values) - whole.missing
    assert Special.MISSING not in kept.symbols
    note = any(note.endswith("dropped") for note in kept.notes)
    assert note == bool(whole.missing)


@given(st.lists(number, min_size=1, max_size=60))
def test_what_is_no_point_of_a_line_is_in_cells_of_its_own(values: list[float]) -> None:
    one = distributions([typed([*values, 1.0])], CountingOptions(kind="numeric"))[0]
    held = counts(one)
    assert held.get(Special.NAN, 0) == sum(map(math.isnan, values))
    assert held.get(Special.PLUS_INFINITY, 0) == values.count(math.inf)
    assert held.get(Special.MINUS_INFINITY, 0) == values.count(-math.inf)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1), st.sets(st.floats(-1e3, 1e3), min_size=2))
def test_given_edges_count_as_numpy_does(values: list[float], edges: set[float]) -> None:
    bins = ",".join(map(repr, sorted(edges)))
    one = distributions([typed(values)], CountingOptions(kind="numeric", bins=bins))[0]
    expected, _ = np.histogram(values, bins=[-np.inf, *sorted(edges), np.inf])
    assert one.weights.tolist() == [count for count in expected.tolist() if count]


@given(words)
def test_categories_are_counted_as_pandas_does(values: list[str]) -> None:
    series = pd.Series([value if value.strip() else None for value in values], dtype=object)
    expected: dict[Any, int] = series.value_counts(dropna=False).to_dict()
    ours = counts(distributions([texts(values)], CountingOptions(kind="categorical"))[0])
    renamed = {Special.MISSING if pd.isna(k) else k: n for k, n in expected.items()}
    assert ours == renamed


@given(words, words, st.integers(1, 6))
def test_the_rest_is_what_is_not_among_the_top(p: list[str], q: list[str], limit: int) -> None:
    whole = distributions([texts(p), texts(q)], CountingOptions(kind="categorical"))
    few = distributions(
        [texts(p), texts(q)], CountingOptions(kind="categorical", limit_symbols=limit)
    )
    named = [s for s in whole[0].symbols if isinstance(s, str)]
    kept = [s for s in few[0].symbols if isinstance(s, str)]
    assert len(kept) == min(limit, len(named))
    for one, all_of_it in zip(few, whole, strict=True):
        held, before = counts(one), counts(all_of_it)
        assert one.total == all_of_it.total
        same: list[Symbol] = [*kept, MISSING]
        assert [held.get(s) for s in same] == [before.get(s) for s in same]
    shares = {s: sum(counts(one).get(s, 0) / one.total for one in whole) for s in named}
    left_out = set(named) - set(kept)
    least_kept = min((shares[s] for s in kept), default=2)
    assert max((shares[s] for s in left_out), default=0) <= least_kept


# ------------------------------------------------------------------------------ by hand

MISSING, NAN = Special.MISSING, Special.NAN
COUNTED: dict[str, tuple[Column, Kind, dict[Symbol, float]]] = {
    "leading zeros": (texts(["007", "7", "007"]), "categorical", {"007": 2, "7": 1}),
    "NA is text": (texts(["NA", "None", "NA"]), "categorical", {"NA": 2, "None": 1}),
    "an exponent among text": (texts(["1e5", "abc"]), "categorical", {"1e5": 1, "abc": 1}),
    "an exponent among numbers": (texts(["1e2", "100", "1"]), "numeric", {"1": 1, "100": 2}),
    "spellings of one number": (texts(["1", "1.0", "+1", " 1", "01e0"]), "categorical",
                                {"1": 1, "1.0": 1, "+1": 1, " 1": 1, "01e0": 1}),
    "the same without a zero ahead": (texts(["1", "1.0", "+1", " 1"]), "numeric", {"1": 4}),
    "two zeros": (texts(["0", "-0", "0.0"]), "numeric", {"0": 3}),
    "beyond 2^53": (texts(["9007199254740993", "9007199254740992"]), "categorical",
                    {"9007199254740993": 1, "9007199254740992": 1}),
    "2^63": (texts(["9223372036854775808", "9223372036854775807"]), "categorical",
             {"9223372036854775808": 1, "9223372036854775807": 1}),
    "blanks at the ends of text": (texts([" a", "a ", "a"]), "categorical",
                                   {" a": 1, "a ": 1, "a": 1}),
    "underscores": (texts(["1_000", "1000"]), "categorical", {"1_000": 1, "1000": 1}),
    "booleans": (typed([True, False, True]), "categorical", {"true": 2, "false": 1}),
    "declared types": (typed([1, 1.0, True, "1"]), "categorical", {"1": 3, "true": 1}),
    "integers that pandas made floats": (typed([1.0, 2.0, None]), "numeric",
                                         {"1": 1, "2": 1, MISSING: 1}),
    "not finite among numbers": (texts(["1", "NaN", "inf", "-inf", ""]), "numeric",
                                 {"1": 1, NAN: 1, Special.PLUS_INFINITY: 1,
                                  Special.MINUS_INFINITY: 1, MISSING: 1}),
    "nothing but nan": (texts(["nan", "NaN"]), "categorical", {"nan": 1, "NaN": 1}),
    "nothing but missing": (texts(["", " "]), "categorical", {MISSING: 2}),
    "dates": (texts(["2024-01-01", "2024-01-01T00:00Z", "2024-01-01T01:00+01:00"]), "datetime",
              {"2024-01-01": 3}),
    "a date that is none": (texts(["2024-02-29", "2024-02-30"]), "categorical",
                            {"2024-02-29": 1, "2024-02-30": 1}),
    "dates and numbers": (texts(["2024-01-01", "5"]), "categorical", {"2024-01-01": 1, "5": 1}),
    "declared dates": (typed([dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, 12)]), "datetime",
                       {"2024-01-01": 1, "2024-01-01T12:00:00": 1}),
    "a text that reads like missing": (texts(["(missing)", ""]), "categorical",
                                       {"(missing)": 1, MISSING: 1}),
}  # fmt: skip


@pytest.mark.parametrize(("column", "kind", "expected"), COUNTED.values(), ids=COUNTED)
def test_values_keep_their_meaning(
    column: Column, kind: Kind, expected: dict[Symbol, float]
) -> None:
    one = distributions([column], AUTO)[0]
    assert one.kind == kind
    assert counts(one) == expected


FORCED: dict[str, tuple[list[str], KindOption, dict[Symbol, float], str]] = {
    "numbers as text": (["1", "1.0", "2"], "categorical", {"1": 1, "1.0": 1, "2": 1}, ""),
    "text as numbers": (["1", "007", "x", "y", ""], "numeric",
                        {"1": 1, "7": 1, Special.OTHER: 2, MISSING: 1},
                        "a.csv: column 'x': 2 values not numeric: in a cell apart"),
    "text as times": (["2024-01-01", "x"], "datetime", {"2024-01-01": 1, Special.OTHER: 1},
                      "a.csv: column 'x': 1 value not datetime: in a cell apart"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "kind", "expected", "note"), FORCED.values(), ids=FORCED)
def test_a_kind_can_be_forced(
    values: list[str], kind: KindOption, expected: dict[Symbol, float], note: str
) -> None:
    one = distributions([texts(values)], CountingOptions(kind=kind))[0]
    assert counts(one) == expected
    assert one.notes == ((note,) if note else ())


NUMBERS, TIMES, WORDS = ["1", "2"], ["2024-01-01", "2024-01-02"], ["a", "b"]
TOGETHER: dict[str, tuple[list[str], list[str], Kind, str]] = {
    "numbers and numbers": (NUMBERS, ["2.5", "inf"], "numeric", ""),
    "numbers and nan": (NUMBERS, ["nan", "nan"], "numeric", ""),
    "numbers and missing": (NUMBERS, ["", ""], "numeric", ""),
    "times and missing": (["", ""], TIMES, "datetime", ""),
    "words and words": (WORDS, ["b", "nan"], "categorical", ""),
    "numbers and words": (NUMBERS, WORDS, "categorical",
                          "a.csv: column 'x' is numeric, b.csv: column 'x' is categorical ('a'): "
                          "compared as text; --kind forces another"),
    "numbers and times": (TIMES, NUMBERS, "categorical",
                          "a.csv: column 'x' is datetime, b.csv: column 'x' is numeric: compared "
                          "as text; --kind forces another"),
    "times and nan": (TIMES, ["nan", "nan"], "categorical",
                      "a.csv: column 'x' is datetime, b.csv: column 'x' is categorical: compared "
                      "as text; --kind forces another"),
}  # fmt: skip


@pytest.mark.parametrize(("p", "q", "kind", "note"), TOGETHER.values(), ids=TOGETHER)
def test_the_kind_fits_both_sides(p: list[str], q: list[str], kind: Kind, note: str) -> None:
    left, right = distributions([texts(p), texts(q, "b.csv")], AUTO)
    assert left.kind == right.kind == kind
    assert left.notes == right.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    ("values", "note"),
    [
        (["1.5"] * 10 + ["x"], "1 of 11 values are no plain number (first 'x'), taken as text; "
         "--kind numeric counts them apart"),
        (["1.5"] * 9 + ["x"], None),
        (TIMES * 10 + ["2024-02-30"], "1 of 21 values are no plain time (first '2024-02-30'), "
         "taken as text; --kind datetime counts them apart"),
        (["1.5"] * 20 + ["2024-01-01"], "1 of 21 values are no plain number, taken as text; "
         "--kind numeric counts them apart"),
    ],
    ids=["a word among numbers", "a tenth of words", "the 30th of February", "a time"],
)  # fmt: skip
def test_a_few_values_that_make_a_column_text_are_told(values: list[str], note: str | None) -> None:
    one = distributions([texts(values)], AUTO)[0]
    assert one.kind == "categorical"
    assert one.notes == (() if note is None else (f"a.csv: column 'x': {note}",))


def test_a_note_quotes_the_beginning_of_a_long_value() -> None:
    note = distributions([texts(["1.5"] * 99 + ["x" * 10**6])], AUTO)[0].notes[0]
    assert f"(first '{'x' * 60}')" in note


# ----------------------------------------------------------------------- ready distributions


def weights(pairs: dict[str, float], name: str = "w.csv") -> Column:
    return weighted_column(name, "n", list(pairs), list(pairs.values()), None, na=("",))


def bare(values: list[float], name: str = "inline") -> Column:
    return weighted_column(name, None, list("ABCDEFG"[: len(values)]), values, None,
                           positional=True)  # fmt: skip


def test_counts_beyond_every_machine_integer_stay_exact() -> None:
    column = weights({"a": 2**63, "b": 2**63 - 1, "c": 1})
    one = distributions([column], AUTO)[0]
    assert counts(one) == {"a": 2**63, "b": 2**63 - 1, "c": 1}
    assert one.n == one.total == 2**64


def test_sums_beyond_every_machine_integer_stay_exact() -> None:
    column = weighted_column("w.csv", "n", ["1", "1.0", "2"], [2**62, 2**62, 2**62], None)
    one = distributions([column], CountingOptions(bins="1,3"))[0]
    assert counts(one) == {"[1, 3)": 3 * 2**62}


def test_ready_distributions_keep_the_order_given() -> None:
    left, _ = distributions([weights({"z": 1, "a": 2}), weights({"b": 1, "z": 1})], AUTO)
    assert left.symbols == ("z", "a", "b")


def test_samples_are_in_the_order_of_symbols_with_missing_last() -> None:
    left, _ = distributions([texts(["z", "", "a"]), texts(["b", "(a"])], AUTO)
    assert left.symbols == ("(a", "a", "b", "z", MISSING)


def test_weights_on_numbers_have_a_cell_each() -> None:
    p, q = weights({"1": 0.5, "2.5": 0.5}), weights({"2.5": 0.25, "10": 0.75}, "v.csv")
    left, right = distributions([p, q], AUTO)
    assert left.symbols == ("1", "2.5", "10")
    assert (left.weights.tolist(), right.weights.tolist()) == ([0.5, 0.5, 0], [0, 0.25, 0.75])
    assert left.n is None


def test_weights_of_a_missing_symbol_are_missing() -> None:
    one = distributions([weights({"a": 3, "": 2})], AUTO)[0]
    assert (one.missing, counts(one)) == (2, {"a": 3, MISSING: 2})


@pytest.mark.parametrize("first", [True, False], ids=["bare first", "bare last"])
def test_weights_without_symbols_take_those_of_the_other_side(first: bool) -> None:
    pair = [bare([0.25, 0.75]), weights({"z": 0.5, "a": 0.5})]
    named = distributions(pair if first else pair[::-1], AUTO)
    taken = named[0 if first else 1]
    assert counts(taken) == {"z": 0.25, "a": 0.75}
    note = "inline has no symbols of its own: taken in the order of w.csv: column 'n'"
    assert all(note in one.notes for one in named)


@pytest.mark.parametrize("other", [bare([1, 2, 3], "other"), weights({"z": 1, "a": 1, "b": 3})])
def test_weights_without_symbols_belong_to_as_many(other: Column) -> None:
    with pytest.raises(DataError, match="2 weights on one side, 3 on the other: which belong"):
        distributions([bare([1, 2]), other], AUTO)


def test_more_than_two_sides_share_one_alphabet() -> None:
    three = distributions([texts(["a"]), texts(["b"]), texts(["c"])], AUTO)
    assert [one.weights.tolist() for one in three] == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


# ------------------------------------------------------------------------------ which cells

RISING = [str(i / 8) for i in range(1000)]


@pytest.mark.parametrize(
    ("p", "q", "bins", "rule", "cells"),
    [
        (RISING, RISING[:100], None, "13 equal-frequency cells, all sides pooled", 13),
        (RISING, RISING, None, "32 equal-frequency cells, all sides pooled", 32),
        (RISING, RISING, "5", "5 equal-frequency cells, all sides pooled", 5),
        (RISING, RISING, "sqrt", "numpy's rule 'sqrt', equal widths", 45),
        (RISING, RISING, "10,20", "edges given", 3),
        (["1", "2", "3"], ["6"] * 3, None, "one cell a value", 4),
        (list(map(str, range(20))), ["0"], None, "one cell a value", 20),
        (list(map(str, range(21))), ["0"], None, "2 equal-frequency cells, all sides pooled", 2),
        (["0.5", "1.5", "2.5"], ["0.5"], None, "2 equal-frequency cells, all sides pooled", 2),
    ],
)  # fmt: skip
def test_the_cells_are_those_that_the_smaller_sample_supports(
    p: list[str], q: list[str], bins: str | None, rule: str, cells: int
) -> None:
    left, _ = distributions([texts(p), texts(q)], CountingOptions(bins=bins))
    assert left.grid is not None
    assert (left.grid.rule, len(left)) == (rule, cells)


def test_one_sample_has_cells_of_equal_width() -> None:
    one = distributions([texts(RISING)], AUTO)[0]
    expected, _ = np.histogram(np.arange(1000) / 8, bins="auto")
    assert one.weights.tolist() == expected.tolist()


def test_one_sample_with_far_outliers_has_cells_of_equal_frequency() -> None:
    one = distributions([texts([*RISING, "1e300"])], AUTO)[0]
    assert one.grid is not None
    assert one.grid.rule == "32 equal-frequency cells"


def test_one_sample_is_not_said_to_be_pooled() -> None:
    one = distributions([texts(RISING)], CountingOptions(bins="5"))[0]
    assert one.grid is not None
    assert one.grid.rule == "5 equal-frequency cells"


def test_there_is_one_zero() -> None:
    one = distributions([texts(["-0", "0", "-0.0"])], AUTO)[0]
    assert one.grid is not None
    assert repr(one.grid.low) == repr(one.grid.high) == "(0.0,)"


def test_a_value_beside_an_atom_is_in_an_open_cell() -> None:
    values = ["0.1"] * 50 + ["0", "0.05", "0.2", "0.3", "0.35", "0.4"]
    one = distributions([texts(values)], CountingOptions(bins="3"))[0]
    assert [text_of(s) for s in one.symbols] == ["(-inf, 0.1)", "0.1", "(0.1, inf)"]
    assert one.weights.tolist() == [2, 50, 4]


def test_bounds_say_where_a_cell_begins_and_ends() -> None:
    one = distributions([texts(["1", "2", "3", ""])], CountingOptions(bins="2,3"))[0]
    symbols: list[Symbol] = ["(-inf, 2)", "[2, 3)", "[3, inf)", MISSING]
    assert list(one.symbols) == symbols
    assert one.grid is not None
    bounds = list(zip(one.grid.low, one.grid.high, strict=True))
    assert bounds == [(-math.inf, 2), (2, 3), (3, math.inf), (None, None)]


def test_times_have_bounds_that_people_read() -> None:
    values = ["2024-01-01", "2024-02-01T12:00:00+01:00", "2024-05-01"]
    options = CountingOptions(bins="2024-01-15,2024-03-01T06:00")
    one = distributions([texts(values)], options)[0]
    assert one.kind == "datetime"
    assert one.symbols == ("(-inf, 2024-01-15)", "[2024-01-15, 2024-03-01T06:00:00)",
                           "[2024-03-01T06:00:00, inf)")  # fmt: skip


@pytest.mark.parametrize(
    ("values", "options", "note"),
    [
        (WORDS, CountingOptions(bins="3"),
         "--bins has no effect: the values are categorical, each a symbol"),
        (NUMBERS, CountingOptions(limit_symbols=1),
         "--limit-symbols has no effect: the values are numeric, counted in cells"),
    ],
)  # fmt: skip
def test_an_option_without_effect_is_told(
    values: list[str], options: CountingOptions, note: str
) -> None:
    assert distributions([texts(values)], options)[0].notes == (note,)


@pytest.mark.parametrize(
    "make",
    [
        lambda: texts(RISING),
        lambda: texts([f"{i % 97}" for i in range(5000)]),
        lambda: typed([float(i % 7) or None for i in range(500)]),
    ],
)
def test_a_column_of_either_kind_is_tallied_once(
    make: Callable[[], Column], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: Counter[int] = Counter()

    class Counted(list[Value]):
        def __iter__(self) -> Any:
            passes[id(self)] += 1
            return super().__iter__()

    column = make()
    column = Column(column.name, column.label, Counted(column.values), column.typed, na=column.na)
    distributions([column, column], AUTO)
    # One look at the types where they are declared, one pass to count.
    assert 1 <= sum(passes.values()) <= 2


# By hand: (1 + 2 + 3)² / (1 + 4 + 9) = 36/14.
@pytest.mark.parametrize(
    ("weights", "size"),
    [([1, 1, 1], 3.0), ([7, 7], 2.0), ([1, 2, 3], 36 / 14), ([1, 0, 0], 1.0), ([1e308] * 4, 4.0)],
)
def test_effective_size_is_kishs(weights: list[float], size: float) -> None:
    assert weighed(weights).size == pytest.approx(size)


def test_values_further_apart_than_the_greatest_double_have_cells() -> None:
    values = [0.0, 0.5, 1.5370060100601938e302, 8.98846567431158e307, -8.988465674311579e307]
    [one] = distributions([Column("x", None, values, typed=True)], AUTO)
    assert one.grid is not None
    assert one.grid.rule == "4 equal-frequency cells"
    assert one.total == 5


def test_labels_and_bounds_are_what_they_are_however_they_are_looked_at() -> None:
    labels = Made(4, lambda i: f"c{i}")
    assert (labels[0], labels[-1], labels[1:3], list(labels)) == (
        "c0", "c3", ("c1", "c2"), ["c0", "c1", "c2", "c3"],
    )  # fmt: skip
    assert (*labels, "d") == ("c0", "c1", "c2", "c3", "d")
    assert labels == ("c0", "c1", "c2", "c3")
    assert labels == Made(4, "c{}".format)
    assert labels != ("c0",)
    assert {labels: 1}[Made(4, "c{}".format)] == 1
    assert pickle.loads(pickle.dumps(labels)) == tuple(labels)
    with pytest.raises(IndexError):
        labels[4]
