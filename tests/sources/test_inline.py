"""Weights written on the command line."""

from __future__ import annotations

import pytest

from divcli.errors import DataError
from divcli.model.distribution import Given
from divcli.sources.columns import InputOptions
from divcli.sources.inline import read_inline

READ: dict[str, tuple[str, list[str], list[float], Given]] = {
    "probabilities": ("0.5,0.4,0.1", ["A", "B", "C"], [0.5, 0.4, 0.1], "probabilities"),
    "counts": ("5,4,1", ["A", "B", "C"], [5, 4, 1], "counts"),
    "whole numbers that sum to 1": ("1,0", ["A", "B"], [1, 0], "probabilities"),
    "counts as floats": ("1e3,2.0", ["A", "B"], [1000, 2], "counts"),
    "weights": ("0.5,0.4", ["A", "B"], [0.5, 0.4], "weights"),
    "almost probabilities": ("0.333333,0.333333,0.333333", ["A", "B", "C"], [0.333333] * 3,
                             "probabilities"),
    "not quite probabilities": ("0.33333,0.33333,0.33333", ["A", "B", "C"], [0.33333] * 3,
                                "weights"),
    "named": ("A=0.5,B=0.5", ["A", "B"], [0.5, 0.5], "probabilities"),
    "names with = in them": ("a=b=1,c=2", ["a=b", "c"], [1, 2], "counts"),
    "blanks": (" A = 1 , B = 2 ", ["A", "B"], [1, 2], "counts"),
    "markup as names": ("[/]=1,[red]=1", ["[/]", "[red]"], [1, 1], "counts"),
    "any spelling": ("+.5,5e-1", ["A", "B"], [0.5, 0.5], "probabilities"),
    "one weight": ("0.5", ["A"], [0.5], "weights"),
    "beyond 2^63": ("18446744073709551616,1", ["A", "B"], [2**64, 1], "counts"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "symbols", "weights", "given"), READ.values(), ids=READ)
def test_weights_are_what_they_look_like(
    text: str, symbols: list[str], weights: list[float], given: Given
) -> None:
    column = read_inline(text, InputOptions())
    assert (column.values, column.weights, column.given) == (symbols, weights, given)
    assert column.positional == ("=" not in text)


def test_whole_counts_are_integers_of_any_size() -> None:
    weights = read_inline(f"{10**30},2.0", InputOptions()).weights
    assert weights is not None
    assert [type(weight) for weight in weights] == [int, int]


def test_more_symbols_than_letters_are_numbered() -> None:
    for k, last in ((26, "Z"), (27, "27")):
        column = read_inline(",".join(["1"] * k), InputOptions())
        assert (len(column.values), column.values[-1]) == (k, last)


@pytest.mark.parametrize(
    ("given", "text", "error"),
    [
        ("probabilities", "0.5,0.4", "0.5,0.4: probabilities sum to 0.9, not 1"),
        ("counts", "1,0.5", "1,0.5: counts are whole numbers, found 0.5"),
        ("samples", "1,2", "1,2: symbols with weights are never samples"),
    ],
)
def test_what_is_declared_must_hold(given: Given, text: str, error: str) -> None:
    with pytest.raises(DataError) as caught:
        read_inline(text, InputOptions(given=given))
    assert str(caught.value) == error


def test_thirty_thousand_symbols_are_read() -> None:
    # As many as one argument holds.
    text = ",".join(f"s{i}=1" for i in range(30_000))
    assert len(read_inline(text, InputOptions()).values) == 30_000
