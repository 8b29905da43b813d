"""The usual script: pandas with its defaults, numpy's histogram, scipy's distance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon

from tests.benchmarks.large.programs.answer import Question, answer


def read(place: str, question: Question) -> Any:
    """One side, as a data frame of the columns asked for."""
    columns = list(question.columns)
    if question.form == "parquet":
        return pd.read_parquet(place, columns=columns)
    if question.form == "ndjson":
        return pd.read_json(place, lines=True)[columns]
    return pd.read_csv(place, usecols=columns)


def shares(p: Any, q: Any, *, number: bool) -> tuple[Any, Any]:
    """The shares of both sides on one alphabet, or on 50 cells of equal width."""
    if number:
        edges = np.histogram_bin_edges(np.concatenate([p.dropna(), q.dropna()]), 50)
        left, right = np.histogram(p, edges)[0], np.histogram(q, edges)[0]
        return left / left.sum(), right / right.sum()
    left, right = (side.value_counts(normalize=True) for side in (p, q))
    aligned: tuple[Any, Any] = left.align(right, fill_value=0)
    return aligned


def total_variations(question: Question) -> dict[str, float]:
    """The total variation of each column; the Jensen-Shannon distance is computed as well."""
    p, q = read(question.p, question), read(question.q, question)
    answers = {}
    for column in question.columns:
        left, right = shares(p[column], q[column], number=column in question.numbers)
        jensenshannon(left, right, base=2)
        answers[column] = float(np.abs(np.asarray(left) - np.asarray(right)).sum() / 2)
    return answers


if __name__ == "__main__":
    answer(total_variations)
