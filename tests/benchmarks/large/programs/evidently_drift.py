"""Evidently's data drift preset, with its defaults; it names scores a column, no variations.

Kinds are left to it: told that `name` is a category, it takes minutes for 20,000 rows.
"""

from __future__ import annotations

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset

from tests.benchmarks.large.programs.answer import Question, answer


def report(question: Question) -> dict[str, float]:
    """The preset run on two data frames and written as JSON; no total variation to name."""
    columns = list(question.columns)
    p, q = (
        Dataset.from_pandas(pd.read_csv(place, usecols=columns))
        for place in (question.p, question.q)
    )
    Report([DataDriftPreset()]).run(p, q).json()
    return {}


if __name__ == "__main__":
    answer(report)
