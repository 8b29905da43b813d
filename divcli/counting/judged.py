"""The typing policy as SQL, on the safe side: yes only where the policy says yes.

What these expressions leave NULL is judged by the policy itself, once for each distinct value.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.counting.ruler import FARTHEST
from divcli.counting.typing_policy import as_number
from divcli.model.distribution import Special
from divcli.sources.columns import BLANKS, Value
from divcli.sources.sql import quoted
from divcli.sources.stored import NUMBERS, Form

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray

# JSON's grammar of numbers lies within the policy's; what it lacks is tried after it: +5, .5, 5.
_NUMBER = r"[+-]?((0|[1-9][0-9]*)([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"
_CLOCK = r"\d{4}-\d\d-\d\d[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d{1,9})?)?(Z|[+-]\d\d:?[0-5]\d)?"
_PERHAPS = r"(?i)^[ \t\n\r\v\f]*($|[+-]?([0-9.]|nan|inf))"
# What texts that begin with NaN or Inf lie between, in any case: (NA, NB), (Na, Nb), …
_NAN_OR_INF = [
    (first + second, first + chr(ord(second) + 1))
    for begins in ("na", "in")
    for first in (begins[0].upper(), begins[0])
    for second in (begins[1].upper(), begins[1])
]
_YEAR_1000, _YEAR_9999 = "-30610224000000000", "253402300799999999"  # their ends, in microseconds
_PERIODS = {
    "hour": "%Y-%m-%dT%H",
    "day": "%Y-%m-%d",
    "week": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}
_WHOLE = "9007199254740992"  # 2^53: whole numbers beyond are identifiers


def number_cast(raw: str, form: Form, na: Sequence[str], *, plain: bool) -> str:
    """A raw value as a double, NULL where its text may be no number by the policy.

    plain: whether the first values are numbers without a plus sign, below 2^53, for which the
    cheapest test will do: what it leaves out is judged in Python.
    """
    if form in NUMBERS:
        return f"({raw})::DOUBLE"
    if form not in ("text", "json"):
        return "NULL::DOUBLE"
    tokens = [f"WHEN trim({raw}, {_BLANKS}) = {quoted(token)} THEN NULL" for token in na if token]
    if form == "text" and plain:
        # A leading zero, an underscore: DuckDB casts what the policy calls an identifier or text.
        # As cases they cost next to nothing; the same tests joined by AND, a sixth of the reading.
        tests = [f"{raw} BETWEEN '{zero}0' AND '{zero}:'" for zero in ("0", "-0")]
        tests.append(f"contains({raw}, '_')")
        tokens += [f"WHEN {test} THEN NULL" for test in tests]
    holds = f"{raw} BETWEEN '-' AND ':'" if plain else f"{raw} BETWEEN '+' AND ':'"
    if form == "text" and not plain:
        holds += f" AND (json_valid({raw}) OR regexp_full_match({raw}, {quoted(_NUMBER)}))"
    return f"CASE {' '.join(tokens)} WHEN {holds} THEN TRY_CAST({raw} AS DOUBLE) END"


_BLANKS = "chr(32) || chr(9) || chr(10) || chr(13) || chr(11) || chr(12)"


def number_guard(cast: str, raw: str, form: Form, *, plain: bool) -> str:
    """The double, where it is no identifier and near enough to zero to be rounded."""
    if form not in ("text", "json") or plain:
        return f"CASE WHEN abs({cast}) < {_WHOLE} THEN {cast} END"
    fraction = " OR ".join(f"contains({raw}, '{mark}')" for mark in ".eE")
    return (
        f"CASE WHEN abs({cast}) < {_WHOLE} OR (abs({cast}) < {FARTHEST!r} AND ({fraction})) "
        f"THEN {cast} END"
    )


def declared_guard(cast: str) -> str:
    """A declared number as a double, NaN where it is not finite or may be an identifier."""
    return f"CASE WHEN abs({cast}) >= {_WHOLE} THEN 'nan'::DOUBLE ELSE {cast} END"


def is_plain(value: Value) -> bool:
    """Whether a value is no number at all, or one that the cheapest test takes for one."""
    text = str(value).strip(BLANKS)
    number = as_number(text)
    if isinstance(number, Special):
        return True
    return abs(number) < 2**53 and text[0] in "-.0123456789" and text[0] == str(value)[0]


def time_cast(raw: str, form: Form, na: Sequence[str], *, plain: bool) -> str:
    """Microseconds since 1970, NULL where the text may be no time with a clock by the policy.

    Dates alone are left to the policy too: they are few, and cheaper to count as they are. plain:
    whether the first values are nothing but those.
    """
    if form not in ("time", "text", "json", "string") or plain:
        return "NULL::BIGINT"
    if form == "time":
        return f"CASE WHEN isfinite({raw}) THEN epoch_us({raw}) END"
    text = raw if form != "json" else f"substring({raw}, 2, length({raw}) - 2)"
    mark = "" if form != "json" else '"'
    tests = [f"{raw} >= '{mark}0001'"]
    tests.append(f"regexp_full_match({text}, {quoted(_CLOCK)})")
    tests += [f"trim({text}, {_BLANKS}) <> {quoted(token)}" for token in na if token]
    return f"CASE WHEN {' AND '.join(tests)} THEN epoch_us(TRY_CAST({text} AS TIMESTAMPTZ)) END"


def period_sql(period: str, raw: str, form: Form, na: Sequence[str]) -> str:
    """The name of the period that a time lies in, NULL where the policy has to look at it.

    period: hour, day, week (by its Monday), month, quarter or year, of the years 1000 to 9999.
    """
    since = time_cast(raw, form, na, plain=False)
    time = (
        f"make_timestamp(CASE WHEN {since} BETWEEN {_YEAR_1000} AND {_YEAR_9999} THEN {since} END)"
    )
    if period == "quarter":
        return f"(year({time}) || '-Q' || quarter({time}))"
    return f"strftime(date_trunc('{period}', {time}), '{_PERIODS[period]}')"


def is_date(value: Value) -> bool:
    """Whether a value has no clock."""
    return len(str(value).strip(BLANKS)) <= len("2024-01-01")


def perhaps_sql(raw: str, form: Form, na: Sequence[str]) -> str:
    """Whether a raw value may be anything but a mere text: missing, a number, a time."""
    text = mere_sql(raw, form)
    tokens = "".join(f" OR trim({text}, {_BLANKS}) = {quoted(token)}" for token in na if token)
    # Blanks, signs and digits come before a semicolon: most texts need no more than that look. A
    # comparison costs a third of what lower() does.
    named = " OR ".join(f"{text} BETWEEN '{low}' AND '{high}'" for low, high in _NAN_OR_INF)
    perhaps = (
        f"CASE WHEN {text} < ';' THEN regexp_matches({text}, {quoted(_PERHAPS)}) "
        f"WHEN {named} THEN lower({text}[:3]) IN ('nan', 'inf') ELSE {text} IS NULL END{tokens}"
    )
    if form == "json":
        perhaps = f"NOT starts_with({raw}, '\"') OR contains({raw}, '\\') OR {perhaps}"
    return f"coalesce({perhaps}, true)"


def mere_sql(raw: str, form: Form) -> str:
    """The text that a raw value is, if it is a mere text."""
    return f"{raw}[2:-2]" if form == "json" else raw


def text_sql(raw: str, form: Form) -> str:
    """The text that a raw value is, NULL where it is none, if all are texts or missing."""
    if form == "text":
        return f"coalesce({raw}, '')"  # of bare text, nothing is the empty text
    return f"json_extract_string({raw}, '$')" if form == "json" else raw


def cell_sql(number: str, edges: FloatArray, first: int = 0) -> str:
    """How many of ascending edges a double is not below, and `first` more: found by halving."""
    if not len(edges):
        return str(first)
    half = len(edges) // 2
    low = cell_sql(number, edges[:half], first)
    high = cell_sql(number, edges[half + 1 :], first + half + 1)
    return f"CASE WHEN {number} < '{float(edges[half])!r}'::DOUBLE THEN {low} ELSE {high} END"


def cells_sql(i: int, edges: FloatArray, rows: str, by: str) -> str:
    """A query for how many doubles k{i} lie in each cell between ascending edges.

    The result has raw, key (the cell) and n, and before them the columns listed in `by`, by whose
    values the rows are told apart.

    The cells are counted from 0, below the first edge; one holds low ≤ value < high. DuckDB's own
    bins end with their edge, so that they are those of the negated values. Rows without a double
    are counted by their raw value r{i}, by the same reader: rows that several share pile up before
    the slowest of them.
    """
    own = f"CASE WHEN k{i} IS NULL THEN r{i} END AS raw, k{i} IS NULL AS bare, count(*) AS n"
    edges = edges[edges < np.inf]  # the double after the greatest, above which there is none
    if not len(edges):
        cell = "CASE WHEN NOT bare THEN 0 END::DOUBLE"
        groups = f"SELECT {by}{own} FROM {rows} GROUP BY {by}raw, bare"
        return f"SELECT {by}raw, {cell} AS key, n FROM ({groups})"
    ends = "[" + ", ".join(repr(-float(edge)) for edge in edges[::-1]) + "]::DOUBLE[]"
    bins = f"histogram(-k{i}, {ends}) FILTER (k{i} IS NOT NULL)"
    groups = f"SELECT {by}{own}, {bins} AS bins FROM {rows} GROUP BY {by}raw, bare"
    # A row for each bin, and one for a group without bins.
    cells = (
        f"SELECT {by}raw, bare, "
        "unnest(CASE WHEN bare THEN [NULL] ELSE map_keys(bins) END) AS edge, "
        f"unnest(CASE WHEN bare THEN [n] ELSE map_values(bins) END) AS n FROM ({groups})"
    )
    cell = f"coalesce({len(edges)} + 1 - list_position({ends}, edge), 0)"
    number = f"CASE WHEN NOT bare THEN {cell} END::DOUBLE"
    return f"SELECT {by}raw, {number} AS key, n::BIGINT AS n FROM ({cells}) WHERE n > 0"
