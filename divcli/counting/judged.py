"""The typing policy as SQL, on the safe side: yes only where the policy says yes.

What these expressions leave NULL is judged by the policy itself, once for each distinct value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from divcli.sources.sql import quoted
from divcli.sources.stored import Form

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray

# JSON's grammar of numbers lies within the policy's; what it lacks is tried after it: +5, .5, 5.
_NUMBER = r"[+-]?(0|[1-9][0-9]*)?[.]?[0-9]*([eE][+-]?[0-9]+)?"
_CLOCK = r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d{1,9})?)?(Z|[+-]\d\d:?[0-5]\d)?"
_WHOLE = "9007199254740992"  # 2^53: whole numbers beyond are identifiers


def number_cast(raw: str, form: Form, na: Sequence[str]) -> str:
    """A raw value as a double, NULL where its text may be no number by the policy."""
    if form == "number":
        return f"({raw})::DOUBLE"
    if form not in ("text", "json"):
        return "NULL::DOUBLE"
    tests = [f"{raw} BETWEEN '+' AND ':'"]
    if form == "text":
        tests.append(f"(json_valid({raw}) OR regexp_full_match({raw}, {quoted(_NUMBER)}))")
        tests += [f"trim({raw}, {_BLANKS}) <> {quoted(token)}" for token in na if token]
    return f"CASE WHEN {' AND '.join(tests)} THEN TRY_CAST({raw} AS DOUBLE) END"


_BLANKS = "chr(32) || chr(9) || chr(10) || chr(13) || chr(11) || chr(12)"


def number_guard(cast: str, raw: str, form: Form) -> str:
    """The double, where it is finite and no identifier."""
    if form not in ("text", "json"):
        return f"CASE WHEN abs({cast}) < {_WHOLE} THEN {cast} END"
    fraction = " OR ".join(f"contains({raw}, '{mark}')" for mark in ".eE")
    return (
        f"CASE WHEN abs({cast}) < {_WHOLE} OR (isfinite({cast}) AND ({fraction})) THEN {cast} END"
    )


def time_cast(raw: str, form: Form, na: Sequence[str]) -> str:
    """Microseconds since 1970, NULL where the text may be no time with a clock by the policy.

    Dates alone are left to the policy too: they are few, and cheaper to count as they are.
    """
    if form == "time":
        return f"CASE WHEN isfinite({raw}) THEN epoch_us({raw}) END"
    if form not in ("text", "json"):
        return "NULL::BIGINT"
    text = raw if form == "text" else f"substring({raw}, 2, length({raw}) - 2)"
    mark = "" if form == "text" else '"'
    tests = [f"{raw} >= '{mark}0001'"]
    tests.append(f"regexp_full_match({text}, {quoted(_CLOCK)})")
    tests += [f"trim({text}, {_BLANKS}) <> {quoted(token)}" for token in na if token]
    return f"CASE WHEN {' AND '.join(tests)} THEN epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)) END"


def cell_sql(value: str, edges: FloatArray) -> str:
    """Which cell between ascending edges a double lies in, by bisection: 0 below the first."""

    def among(low: int, high: int) -> str:
        if low == high:
            return str(low)
        middle = (low + high) // 2
        edge = f"{float(edges[middle])!r}::DOUBLE"
        below, above = among(low, middle), among(middle + 1, high)
        return f"CASE WHEN {value} < {edge} THEN {below} ELSE {above} END"

    return f"CASE WHEN {value} IS NOT NULL THEN ({among(0, len(edges))})::BIGINT END"
