"""Bare DuckDB: the fastest SQL known for each case, from the files to the total variations.

Everything is read as text and numbers are told by a rule, as trust in what a reader infers costs
correctness (a late `1.5` in a column of integers is read as 2). A number's cell is the number of 11
bits that is nearest to it, by Dekker's splitting: a grid that one reading counts without knowing
the range. The bits themselves, by way of BIT, take twice the time.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb

from tests.benchmarks.large.layout import COLUMNS
from tests.benchmarks.large.programs.answer import Question, answer

# Half the default buffers are as fast or faster.
_READING = "auto_detect=false, buffer_size=16000000, max_line_size=2000000"
_DIALECT = f"{_READING}, header=true, delim=',', quote='\"', escape='\"', strict_mode=true"
_LINES = f"{_READING}, header=false, delim='\x01', quote='', escape=''"
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "700MB",
    "preserve_insertion_order": False,
}
# Cases are cheaper than the same tests joined by AND; both cheaper than json_valid.
_NUMBER = """CASE
    WHEN {0} BETWEEN '00' AND '0:' THEN NULL WHEN {0} BETWEEN '-00' AND '-0:' THEN NULL
    WHEN contains({0}, '_') THEN NULL
    WHEN {0} BETWEEN '-' AND ':' THEN TRY_CAST({0} AS DOUBLE) END"""
_TEXT = """SELECT {place} AS c, {column}::VARCHAR AS raw, NULL::DOUBLE AS k, count(*) AS n,
    NULL::DOUBLE AS low, NULL::DOUBLE AS high FROM s GROUP BY {column}"""
_KEYS = """SELECT {place} AS c, NULL AS raw, x - (x - v) AS k, count(*) AS n, min(v) AS low,
    max(v) AS high FROM (SELECT v, 4398046511105::DOUBLE * v AS x FROM (
    SELECT {number} AS v FROM s)) GROUP BY k"""
_SHARES = "SELECT c, raw, k, {sign}n / (SELECT sum(n) FROM {side} WHERE c = 0) AS w FROM {side}"
_VARIATION = """SELECT c, sum(abs(d)) / 2 FROM (
    SELECT c, raw, k, sum(w) AS d FROM ({p} UNION ALL {q}) GROUP BY ALL) GROUP BY c"""


def table(place: str, form: str, columns: list[str]) -> str:
    """A table of these columns, in SQL."""
    if form == "parquet":
        return f"SELECT {', '.join(columns)} FROM read_parquet('{place}')"
    if form == "ndjson":
        # One look into each line for all columns; read_json is slower and keeps all of a pipe.
        paths = [f"$.{column}" for column in columns]
        names = ", ".join(f"texts[{n}] AS {column}" for n, column in enumerate(columns, 1))
        lines = f"read_csv('{place}', {_LINES}, columns={{'line': 'VARCHAR'}})"
        return (
            f"SELECT {names} FROM (SELECT json_extract_string(line, {paths}) AS texts FROM {lines})"
        )
    types = dict.fromkeys(COLUMNS, "VARCHAR")
    return f"SELECT {', '.join(columns)} FROM read_csv('{place}', {_DIALECT}, columns={types})"


def counts(question: Question, place: str) -> str:
    """The counts of all columns of one side, in one reading where that is the fastest."""
    typed = question.form == "parquet"
    ways = []
    for number, column in enumerate(question.columns):
        if column in question.numbers:
            cast = f"{column}::DOUBLE" if typed else _NUMBER.format(column)
            ways.append(_KEYS.format(place=number, number=cast))
        else:
            ways.append(_TEXT.format(place=number, column=column))
    # Several readers of a materialised table share one reading of the file; nothing is stored.
    kept = "NOT MATERIALIZED" if typed or len(ways) == 1 else "MATERIALIZED"
    source = table(place, question.form, list(question.columns))
    return f"WITH s AS {kept} ({source}) {' UNION ALL '.join(ways)}"


def total_variations(question: Question) -> dict[str, float]:
    """The total variation of each column."""
    connection = duckdb.connect(config=_SETTINGS)
    # One thread inflates a file: two files at once. Any other file keeps all threads busy alone.
    with ThreadPoolExecutor(2 if question.form == "gz" else 1) as readers:
        list(readers.map(lambda side: _count(connection, question, side), "pq"))
    shares = {side: _SHARES.format(side=side, sign=sign) for side, sign in (("p", ""), ("q", "-"))}
    found = connection.execute(_VARIATION.format(**shares)).fetchall()
    return {question.columns[place]: value for place, value in found}


def _count(connection: duckdb.DuckDBPyConnection, question: Question, side: str) -> None:
    place = question.p if side == "p" else question.q
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {side} AS {counts(question, place)}")


if __name__ == "__main__":
    answer(total_variations)
