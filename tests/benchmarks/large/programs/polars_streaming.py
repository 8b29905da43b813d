"""Polars, lazily and in its streaming engine: all columns of a side are collected together."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.benchmarks.large.programs.answer import Question, answer

_CELLS = 50


def scan(place: str, form: str) -> Any:
    """One side, not read yet."""
    if form == "parquet":
        return pl.scan_parquet(place)
    return pl.scan_ndjson(place) if form == "ndjson" else pl.scan_csv(place)


def cell(column: str, least: float, most: float) -> Any:
    """Which of the cells of equal width a number lies in."""
    return ((pl.col(column) - least) * (_CELLS / (most - least))).floor().clip(0, _CELLS - 1)


def total_variations(question: Question) -> dict[str, float]:
    """The total variation of each column."""
    sides = [scan(place, question.form) for place in (question.p, question.q)]
    keys = {column: pl.col(column) for column in question.texts}
    if question.numbers:
        ends = [pl.col(question.numbers).min().name.prefix("min "),
                pl.col(question.numbers).max().name.prefix("max ")]  # fmt: skip
        ranges = pl.collect_all([side.select(ends) for side in sides], engine="streaming")
        for column in question.numbers:
            least = min(one[f"min {column}"][0] for one in ranges)
            most = max(one[f"max {column}"][0] for one in ranges)
            keys[column] = cell(column, least, most)
    # One side after the other: both at once hold the tables of both.
    counted = [pl.collect_all([_counts(side, key) for key in keys.values()], engine="streaming")
               for side in sides]  # fmt: skip
    return {column: _variation(*pair) for column, *pair in zip(keys, *counted, strict=True)}


def _counts(side: Any, key: Any) -> Any:
    return side.group_by(key.alias("key")).agg(pl.len().alias("n"))


def _variation(p: Any, q: Any) -> float:
    shares = [side.with_columns(w=pl.col("n") / pl.col("n").sum()) for side in (p, q)]
    both = shares[0].join(shares[1], on="key", how="full", nulls_equal=True)
    difference = both["w"].fill_null(0) - both["w_right"].fill_null(0)
    return float(difference.abs().sum() / 2)


if __name__ == "__main__":
    answer(total_variations)
