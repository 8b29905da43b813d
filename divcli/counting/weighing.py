"""Weights of rows that stay where they are: summed by SQL, without rounding.

A double is a whole number of some power of two. Those of like size are summed as whole numbers of
128 bits, a sum for each bucket of sixteen binary orders; sums of different buckets meet in Python.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from divcli.errors import DataError
from divcli.model.sums import (
    GREATEST,
    LEAST,
    UNIT_BITS,
    Weighed,
    effective_size,
    fineness,
    is_middling,
    square_units,
    units,
)
from divcli.sources.columns import Column, Value
from divcli.sources.sql import quoted
from divcli.sources.stored import Form, StoredColumn
from divcli.sources.weights import RowWeights, as_weight, is_weight

if TYPE_CHECKING:
    from divcli.sources.stored import StoredTable

_ORDERS = 16
_WHOLE = "9007199254740992"  # 2^53
# Lowest bits of a weight and of its square, in a bucket that begins a binary order too late.
_BITS, _SQUARE_BITS = 54, 56
# What rows with a weight are told apart by, and what is summed.
GROUPED = "bucket, odd, "
SUMMED = "count(*) AS n, sum(mass) AS mass, sum(square) AS square, bool_and(whole) AS whole"
COLUMNS = "n, bucket, odd, mass, square, whole"
TOGETHER = (
    "sum(n)::BIGINT AS n, bucket, odd, sum(mass) AS mass, sum(square) AS square, "
    "bool_and(whole) AS whole"
)


class Heavy(NamedTuple):
    """Rows of a group with weights of one bucket, or with one weight that SQL does not judge."""

    n: int
    bucket: int
    odd: str | None
    mass: int | None
    square: int | None
    whole: bool


def weights_of(column: Column) -> RowWeights | None:
    """The weights of a column's rows, where the database can sum them."""
    weights = column.weights
    if not isinstance(weights, RowWeights) or column.given != "samples":
        return None
    return weights if isinstance(weights.values, StoredColumn) else None


def stored_weights(weights: RowWeights) -> StoredColumn:
    """Where weights are."""
    assert isinstance(weights.values, StoredColumn)
    return weights.values


def weighing_sql(inner: str, raws: str, raw: str, form: Form) -> str:
    """The rows of a query with what is summed of the weight that a raw value spells.

    raws: its columns that are wanted further. The result has bucket, odd (the text of a weight that
    the policy has to look at), mass, square, whole.
    """
    query = f"SELECT {raws}, {raw} AS said, {_double(raw, form)} AS weight, "
    query += f"{_is_whole(raw, form)} AS whole FROM ({inner})"
    middling = f"weight = 0 OR weight BETWEEN {LEAST!r} AND {GREATEST!r}"
    sure = f"({middling}) AND (NOT whole OR weight < {_WHOLE})"
    query = (
        f"SELECT {raws}, weight, whole, "
        f"CASE WHEN {sure} THEN NULL ELSE coalesce(said::VARCHAR, '') END AS odd, "
        f"CASE WHEN {sure} AND weight > 0 THEN floor(log2(weight) / {_ORDERS})::INTEGER ELSE 0 END "
        f"AS bucket FROM ({query})"
    )
    scaled = f"weight * 2::DOUBLE ** ({_BITS} - {_ORDERS} * bucket)"
    square = f"weight * weight * 2::DOUBLE ** ({_SQUARE_BITS} - {2 * _ORDERS} * bucket)"
    return (
        f"SELECT {raws}, bucket, odd, coalesce(whole, false) AS whole, "
        f"CASE WHEN odd IS NULL THEN ({scaled})::HUGEINT END AS mass, "
        f"CASE WHEN odd IS NULL THEN ({square})::HUGEINT END AS square FROM ({query})"
    )


def _double(raw: str, form: Form) -> str:
    """The double that a raw value surely spells as a weight, else NULL."""
    if form in ("number", "whole"):
        return f"({raw})::DOUBLE"
    if form == "json":
        return f"CASE WHEN {raw} BETWEEN '0' AND ':' THEN TRY_CAST({raw} AS DOUBLE) END"
    if form not in ("text", "string"):
        return "NULL::DOUBLE"
    # A blank at the end is more than DuckDB should pass over; an underscore is no digit.
    return (
        f"CASE WHEN contains({raw}, '_') THEN NULL WHEN {raw} BETWEEN '.' AND ':' "
        f"AND {raw}[-1] BETWEEN '.' AND ':' THEN TRY_CAST({raw} AS DOUBLE) END"
    )


def _is_whole(raw: str, form: Form) -> str:
    if form in ("number", "whole"):
        return str(form == "whole").lower()
    if form not in ("text", "string", "json"):
        return "false"
    marks = " OR ".join(f"contains({raw}, '{mark}')" for mark in ".eE")
    return f"NOT ({marks})"


class Scale:
    """What the rows of a column weigh, as its groups come in; odd weights are judged here."""

    def __init__(self, weights: RowWeights) -> None:
        self._weights = weights
        self._judged: dict[str, float] = {}
        self._bits, self._middling = 0, True
        self._rows, self._whole, self._total, self._squares = 0, True, 0, 0

    def judge(self, buckets: Iterable[int], odd: Iterable[str]) -> None:
        """Look at what there is: buckets, and weights that SQL did not judge.

        DataError at the first row where one is none.
        """
        stored = stored_weights(self._weights)
        found = {text: as_weight(_value(text, stored.form)) for text in odd}
        wrong = [text for text, weight in found.items() if weight is None or not is_weight(weight)]
        if wrong:
            row, value = _first_of(wrong, stored)
            self._weights.refuse(value, row)
        self._judged = {text: weight for text, weight in found.items() if weight is not None}
        fine = [*map(fineness, self._judged.values()), *(_BITS - _ORDERS * one for one in buckets)]
        self._bits = max([0, *fine])
        self._middling = all(map(is_middling, self._judged.values()))

    def mass(self, group: Heavy) -> int:
        """The weight of a group's rows, in units; it is counted among all."""
        self._rows += group.n
        if group.odd is not None:
            weight = self._judged[group.odd]
            mass, square = units(weight, self._bits) * group.n, square_units(weight) * group.n
            self._whole &= isinstance(weight, int)
        else:
            assert group.mass is not None
            assert group.square is not None
            mass = group.mass << (self._bits + _ORDERS * group.bucket - _BITS)
            square = group.square << (2 * (UNIT_BITS + _ORDERS * group.bucket) - _SQUARE_BITS)
            self._whole &= group.whole
        self._total += mass
        self._squares += square
        return mass

    @property
    def weighed(self) -> Weighed:
        """All that came in."""
        total = self._total << (UNIT_BITS - self._bits)
        size = effective_size(total, self._squares, middling=self._middling)
        return Weighed(self._rows, self._whole, self._bits, size)


def _value(text: str, form: Form) -> Value:
    """The value that SQL gave this text of."""
    if form == "json":
        return json.loads(text) if text else None
    if form == "number":
        return float(text) if text else None
    if form == "whole":
        return int(text) if text else None
    return text if form in ("text", "string") else None


def _first_of(texts: Sequence[str], stored: StoredColumn) -> tuple[int, Value]:
    """The first row whose raw value has one of these texts, and the value."""
    table: StoredTable = stored.table
    listed = ", ".join(map(quoted, texts))
    found: list[Any] = table.ask(
        "SELECT place, raw FROM (SELECT r0 AS raw, row_number() OVER () - 1 AS place "
        f"FROM ({table.rows([stored.expression])})) "
        f"WHERE coalesce(raw::VARCHAR, '') IN ({listed}) ORDER BY place LIMIT 1"
    )
    if not found:
        raise DataError("rows that change while they are read", where=table.name)
    [(place, raw)] = found
    [value] = stored.decoded([raw])
    return place, value
