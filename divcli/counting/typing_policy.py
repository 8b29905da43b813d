"""divcli's typing policy: what a text is, whatever engine reads it.

- A value is missing when, blanks at its ends aside, it is one of the declared tokens (by default
  the empty text in files, none in documents, where null is missing). "NA" is text.
- A number is decimal digits with an optional sign, point and exponent, ASCII only: 1, -2.5, .5,
  1e5. No underscores, no thousands separators. NaN, inf and infinity (any case, signed) are
  numbers only in a column that has others.
- A text with a leading zero (007) or a whole number beyond ±2^53, which a double cannot hold, is
  an identifier: its column is text.
- A time is an ISO 8601 date, or date and time to the second or finer, with or without a UTC
  offset; without one it is taken as UTC.
- A column is numeric when every value that is not missing is a number, a time column when every
  one is a time, and otherwise categorical: its symbols are the texts to the letter. Booleans are
  symbols. A document or data frame that declares a type is believed: its strings are never
  numbers, its numbers never text.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from divcli.model.distribution import Special
from divcli.sources.columns import Value

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_IDENTIFIER = re.compile(r"[+-]?0\d+", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NOT_FINITE = {
    "nan": Special.NAN,
    "inf": Special.PLUS_INFINITY,
    "infinity": Special.PLUS_INFINITY,
    "-inf": Special.MINUS_INFINITY,
    "-infinity": Special.MINUS_INFINITY,
}
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
LARGEST_WHOLE = 2**53

ValueKind = Literal["number", "not finite", "time", "identifier", "text"]


def kind_of(value: Value) -> ValueKind:
    """What one value is by the policy; missing values are not asked about."""
    if isinstance(value, str):
        return _kind_of_text(value.strip(" \t"))
    if isinstance(value, bool):
        return "text"
    if isinstance(value, float) and not math.isfinite(value):
        return "not finite"
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        return "identifier"
    if isinstance(value, (int, float)):
        return "number"
    return "time" if isinstance(value, date) else "text"


def _kind_of_text(text: str) -> ValueKind:
    if _NUMBER.fullmatch(text):
        if _IDENTIFIER.match(text) or (_WHOLE.fullmatch(text) and _beyond_doubles(text)):
            return "identifier"
        return "number" if math.isfinite(float(text)) else "identifier"
    if text.lower().removeprefix("+") in _NOT_FINITE:
        return "not finite"
    return "time" if as_time(text) is not None else "text"


def _beyond_doubles(text: str) -> bool:
    return len(text) > 15 and abs(int(text)) > LARGEST_WHOLE


def as_number(value: Value) -> float | Special:
    """The number that a value is: finite, or the special cell it belongs to."""
    if isinstance(value, str):
        text = value.strip(" \t")
        if not _NUMBER.fullmatch(text):
            return _NOT_FINITE.get(text.lower().removeprefix("+"), Special.OTHER)
        number = float(text)
    elif isinstance(value, (int, float)):
        number = _double(value)
    else:
        return Special.OTHER
    if math.isfinite(number):
        return number
    if math.isnan(number):
        return Special.NAN
    return Special.PLUS_INFINITY if number > 0 else Special.MINUS_INFINITY


def as_time(value: Value) -> float | None:
    """Seconds since 1970-01-01T00:00Z, None where the value is no time."""
    if isinstance(value, str):
        text = value.strip(" \t")
        if not _TIME.fullmatch(text):
            return None
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            return None
    if not isinstance(value, date):
        return None
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return (value - _EPOCH) / _SECOND


def time_text(seconds: float) -> str:
    """The ISO 8601 text of a time, without a clock where it is midnight; UTC."""
    try:
        time = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return f"{seconds!r} s"
    text = time.replace(tzinfo=None).isoformat()
    return text.removesuffix("T00:00:00")


def text_symbol(value: Value) -> str:
    """The symbol of a value in a categorical column: text to the letter, true and false."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(number: float) -> str:
    """The shortest text of a number, whole numbers without a point."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)
