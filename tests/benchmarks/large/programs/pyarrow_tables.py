"""PyArrow: each side read by all threads into a table, then counted column by column."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.json
import pyarrow.parquet

from tests.benchmarks.large.programs.answer import Question, answer


def read(place: str, question: Question) -> Any:
    """One side, as a table of the columns asked for."""
    columns = list(question.columns)
    if question.form == "parquet":
        return pyarrow.parquet.read_table(place, columns=columns)
    if question.form == "ndjson":
        return pyarrow.json.read_json(place).select(columns)
    options = pyarrow.csv.ConvertOptions(include_columns=columns)
    source = sys.stdin.buffer if place == "/dev/stdin" else pa.input_stream(place)
    return pyarrow.csv.read_csv(source, convert_options=options)


def of_symbols(p: Any, q: Any) -> float:
    """The total variation of two columns of symbols."""
    tables = []
    for column in (p, q):
        counts = pc.value_counts(column)
        share = pc.divide(pc.cast(counts.field("counts"), "float64"), float(len(column)))
        tables.append(pa.table({"key": counts.field("values"), "share": share}))
    both = tables[0].join(tables[1], "key", join_type="full outer", right_suffix=" of q")
    shares = [pc.fill_null(both[name], 0.0) for name in ("share", "share of q")]
    return float(pc.sum(pc.abs(pc.subtract(*shares))).as_py() / 2)


def of_numbers(p: Any, q: Any) -> float:
    """The total variation of two columns of numbers on 50 cells of equal width."""
    values = [column.drop_null().to_numpy() for column in (p, q)]
    ends = [(float(one.min()), float(one.max())) for one in values]
    whole = (min(low for low, _ in ends), max(high for _, high in ends))
    left, right = (np.histogram(one, 50, whole)[0] / len(one) for one in values)
    return float(np.abs(left - right).sum() / 2)


def total_variations(question: Question) -> dict[str, float]:
    """The total variation of each column."""
    p, q = read(question.p, question), read(question.q, question)
    ways = {True: of_numbers, False: of_symbols}
    return {c: ways[c in question.numbers](p[c], q[c]) for c in question.columns}


if __name__ == "__main__":
    answer(total_variations)
