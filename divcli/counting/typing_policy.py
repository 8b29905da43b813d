"""divcli's typing policy: what a text is, whatever engine reads it.

- A value is missing when, blanks and line ends around it aside, it is one of the declared tokens
  (by default the empty text in files, none in documents, where null is missing). "NA" is text.
- A number is decimal digits with an optional sign, point and exponent, ASCII only: 1, -2.5, .5,
  1e5. No underscores, no thousands separators. NaN, inf and infinity (any case, signed) are
  numbers only in a column that has others.
- A text with a leading zero (007) or a whole number beyond ±2^53, which a double cannot hold, is
  an identifier: its column is text.
- A time is an ISO 8601 date, or date and time to the minute or finer, with or without a UTC
  offset; without one it is taken as UTC.
- A column is numeric when every value that is not missing is a number, a time column when every
  one is a time, and otherwise categorical: its symbols are the texts to the letter. Booleans are
  symbols. A document or data frame that declares a type is believed: its strings are never
  numbers, its numbers never text. NaN in a data frame is missing, as it is for pandas.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import repeat
from typing import Literal

from divcli.model.distribution import Special, Symbol
from divcli.sources.columns import BLANKS, Value

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_IDENTIFIER = re.compile(r"[+-]?0\d+", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
# A number that needs no second look: no identifier, and well inside the range of a double.
_PLAIN_NUMBER = re.compile(
    r"[ \t]*[+-]?(?:0|[1-9]\d{0,14})(?:\.\d*)?(?:[eE][+-]?\d\d?)?[ \t]*", re.ASCII
)
_NOT_FINITE = {
    **dict.fromkeys(("nan", "+nan", "-nan"), Special.NAN),
    **dict.fromkeys(("inf", "+inf", "infinity", "+infinity"), Special.PLUS_INFINITY),
    **dict.fromkeys(("-inf", "-infinity"), Special.MINUS_INFINITY),
}
# How whatever is no mere text begins: missing, a number, a time, or what is not finite.
_PERHAPS = re.compile(r"[ \t\n\r\v\f]*(?:\Z|[+-]?(?:[0-9.]|nan|inf))", re.IGNORECASE)
_TRIED = 10  # values that tell which test is the likelier
_STARTS = frozenset("0123456789+-.nNiI")  # of numbers, what is not finite, and times
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?"
    r"(?:Z|[+-]\d\d:?[0-5]\d)?)?",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
LARGEST_WHOLE = 2**53

ValueKind = Literal["number", "not finite", "time", "identifier", "text", "missing"]


def kinds_of(values: Sequence[Value], na: tuple[str, ...], *, typed: bool) -> list[ValueKind]:
    """What each value is by the policy.

    na: texts that mean missing. typed: whether the source declared types; else all are texts.
    """
    if typed:
        return [_declared_kind(value, na) for value in values]
    texts: Sequence[str] = values  # type: ignore[assignment]  # what no types means
    if not any(map(_PERHAPS.match, texts[:_TRIED])) and all(map(_PERHAPS.match, na)):
        return ["text" if _PERHAPS.match(text) is None else _text_kind(text, na) for text in texts]
    sure: Iterable[object] = map(_PLAIN_NUMBER.fullmatch, texts)
    if any(map(_PLAIN_NUMBER.fullmatch, na)):
        sure = repeat(None, len(texts))
    return [
        "number" if plain else _text_kind(text, na) for text, plain in zip(texts, sure, strict=True)
    ]


def _declared_kind(value: Value, na: tuple[str, ...]) -> ValueKind:
    if value is None or value is Special.MISSING:
        return "missing"
    if isinstance(value, str):
        kind = _text_kind(value, na)
        return kind if kind in ("time", "missing") else "text"
    if isinstance(value, bool):
        return "text"
    if isinstance(value, (int, float)):
        return _number_kind(value)
    return "time" if isinstance(value, date) else "text"


def _number_kind(number: float) -> ValueKind:
    if isinstance(number, int):
        return "number" if abs(number) <= LARGEST_WHOLE else "identifier"
    return "number" if math.isfinite(number) else "not finite"


def _text_kind(value: str, na: tuple[str, ...]) -> ValueKind:
    text = value.strip(BLANKS)
    if text in na:
        return "missing"
    if not text or text[0] not in _STARTS:
        return "text"
    if _NUMBER.fullmatch(text):
        if _IDENTIFIER.match(text) or (_WHOLE.fullmatch(text) and _beyond_doubles(text)):
            return "identifier"
        return "number" if math.isfinite(float(text)) else "identifier"
    if as_time(text) is not None:
        return "time"
    return "not finite" if text.lower() in _NOT_FINITE else "text"


def _beyond_doubles(digits: str) -> bool:
    digits = digits.lstrip("+-")
    return len(digits) > 16 or int(digits) > LARGEST_WHOLE


def as_number(value: Value) -> float | Special:
    """The number that a value is: finite, or the special cell it belongs to."""
    if isinstance(value, str):
        text = value.strip(BLANKS)
        if not _NUMBER.fullmatch(text):
            return _NOT_FINITE.get(text.lower(), Special.OTHER)
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
    if isinstance(value, str) and not _TIME.fullmatch(value.strip(BLANKS)):
        return None
    try:
        return seconds(value)
    except ValueError:
        return None


def seconds(time: Value) -> float:
    """Seconds since 1970-01-01T00:00Z of what looks like a time; ValueError where it is none."""
    if isinstance(time, str):
        time = datetime.fromisoformat(time.strip(BLANKS))
    elif not isinstance(time, date):
        raise ValueError("no time")
    if not isinstance(time, datetime):
        time = datetime(time.year, time.month, time.day)
    return (time - (_EPOCH if time.tzinfo is None else _EPOCH_UTC)) / _SECOND


def time_text(since: float) -> str:
    """The ISO 8601 text of seconds since 1970, without a clock where it is midnight; UTC."""
    try:
        time = _EPOCH + timedelta(seconds=since)
    except OverflowError:
        return f"{since!r} s"
    return time.isoformat().removesuffix("T00:00:00")


def symbol_of(value: Value) -> Symbol:
    """The symbol of a value in a categorical column: text to the letter, true and false."""
    if isinstance(value, (str, Special)):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number_text(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def number_text(number: float) -> str:
    """The shortest text of a number, whole numbers without a point."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e16 else repr(number)


def _double(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
