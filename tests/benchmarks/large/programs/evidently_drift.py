"""Evidently's data drift preset on two data frames; it names no counts, only a score a column."""

from __future__ import annotations

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

from tests.benchmarks.large.programs.answer import Question, answer


def report(question: Question) -> dict[str, float]:
    """The preset with its defaults, run and written as JSON; no total variation to name."""
    kinds = DataDefinition(
        numerical_columns=question.numbers, categorical_columns=question.texts
    )
    columns = list(question.columns)
    p, q = (
        Dataset.from_pandas(pd.read_csv(place, usecols=columns), data_definition=kinds)
        for place in (question.p, question.q)
    )
    Report([DataDriftPreset()]).run(p, q).json()
    return {}


if __name__ == "__main__":
    answer(report)
