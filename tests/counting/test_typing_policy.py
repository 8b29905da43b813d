"""What a value is, by divcli's own rules and nobody else's."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.counting.typing_policy import (
    ValueKind,
    as_number,
    as_time,
    kinds_of,
    number_text,
    symbol_of,
    time_text,
)
from divcli.model.distribution import Special
from divcli.sources.columns import Value

EMPTY = ("",)

TEXTS: dict[ValueKind, list[str]] = {
    "number": ["0", "1", "-1", "+1", "1.5", ".5", "5.", "-.5", "1e5", "1E-5", "1.5e+10", "0.0",
               "-0", "0.50", "1e308", "5e-324", "1e-400", "9007199254740992", "-9007199254740992",
               "123456789012345.5", " 1", "1 ", "\t1.5 ", "0e9", "20240101"],
    "identifier": ["007", "00", "-007", "+01", "00.5", "01e5", "9007199254740993",
                   "-9007199254740993", "9223372036854775808", "1e400", "-1e400", " 007 ",
                   "9" * 5000],
    "not finite": ["nan", "NaN", "NAN", "inf", "-inf", "+inf", "Infinity", "-INFINITY", "+NaN",
                   "-nan", " nan "],
    "time": ["2024-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "2024-01-01T00:00",
             "2024-01-01 23:59:59", "2024-01-01T00:00:00.123456", "2024-01-01T00:00:00.123456789",
             "2024-01-01T00:00:00Z", "2024-01-01T00:00+02:00", "2024-01-01 00:00:00-0330",
             " 2024-01-01 "],
    "text": ["a", "NA", "N/A", "None", "null", "true", "False", "1_000", "1,000", "1 000", "٣",
             "３", "²", "0x10", "1e", "e5", "--1", "+-1", "1.2.3", ".", "-", "+", "1e5.5", "1f",
             "5%", "$5", "1\u00a0", "\u00a01", "infinit", "nano", "+-inf", "1j",
             "2024-02-30", "2024-13-01", "2023-02-29", "2024-01-01T24:00", "2024-01-01T23:59:60",
             "2024-01-01T00:60", "2024-1-1", "24-01-01", "2024-01", "2024-W01-1", "20240101T00",
             "2024-01-01T", "2024-01-01x", "2024-01-01T00:00+25:00", "٢٠٢٤-01-01", "0000-01-01"],
    "missing": ["", " ", "\t", " \t "],
}  # fmt: skip


def kind(text: str, na: tuple[str, ...] = EMPTY) -> ValueKind:
    """What a text of a file is."""
    return kinds_of([text], na, typed=False)[0]


@pytest.mark.parametrize(
    ("text", "what"), [(text, what) for what, texts in TEXTS.items() for text in texts]
)
def test_a_text_is_what_the_policy_says(text: str, what: ValueKind) -> None:
    assert kind(text) == what


DECLARED: list[tuple[Value, ValueKind]] = [
    (1, "number"), (1.5, "number"), (-0.0, "number"), (2**53, "number"), (-(2**53), "number"),
    (2**53 + 1, "identifier"), (-(2**63), "identifier"), (10**400, "identifier"), (1e300, "number"),
    (math.nan, "not finite"), (math.inf, "not finite"), (-math.inf, "not finite"),
    (True, "text"), (False, "text"),
    ("1", "text"), ("1.5", "text"), ("007", "text"), ("nan", "text"), ("NA", "text"),
    ("2024-01-01", "time"), (dt.date(2024, 1, 1), "time"), (dt.datetime(2024, 1, 1), "time"),
    (dt.datetime(2024, 1, 1, tzinfo=UTC), "time"), (dt.timedelta(1), "text"),
    (None, "missing"), (Special.MISSING, "missing"), (Special.REST, "text"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "what"), DECLARED, ids=lambda value: repr(value)[:20])
def test_a_declared_type_is_believed(value: Value, what: ValueKind) -> None:
    assert kinds_of([value], EMPTY, typed=True) == [what]


@pytest.mark.parametrize(
    ("text", "na", "what"),
    [
        ("NA", ("NA",), "missing"),
        (" NA\t", ("NA",), "missing"),
        ("na", ("NA",), "text"),
        ("", ("NA",), "text"),
        ("-999", ("-999",), "missing"),
        ("-999.0", ("-999",), "number"),
        ("1", ("-999",), "number"),
        ("nan", ("", "nan"), "missing"),
        ("2024-01-01", ("2024-01-01",), "missing"),
        ("", (), "text"),
        (" ", (), "text"),
    ],
)
def test_what_means_missing_is_for_the_user_to_say(
    text: str, na: tuple[str, ...], what: ValueKind
) -> None:
    assert kind(text, na) == what
    declared = kinds_of([text], na, typed=True)
    assert (declared == ["missing"]) == (what == "missing")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_double_as_python_spells_it_is_that_number(number: float) -> None:
    assert kind(repr(number)) == "number"
    assert as_number(repr(number)) == number


@given(st.integers())
def test_whole_numbers_are_numbers_as_far_as_doubles_hold_them_all(number: int) -> None:
    exact = abs(number) <= 2**53
    assert kind(str(number)) == ("number" if exact else "identifier")
    assert kinds_of([number], (), typed=True) == ["number" if exact else "identifier"]


# Texts near the borders of the grammar.
NEARLY = st.text(alphabet="0019.+-eE \t_nafi٣", max_size=12)


@given(NEARLY)
def test_the_quick_way_to_numbers_tells_what_the_slow_one_does(text: str) -> None:
    # A token that is itself a number turns the quick way off.
    token = "123456789"
    assert kind(text) == kind(text, ("", token))


@given(NEARLY)
def test_a_number_is_finite_for_python_too(text: str) -> None:
    if kind(text) == "number":
        assert as_number(text) == float(text)
        assert math.isfinite(float(text))


@given(NEARLY)
def test_only_what_is_not_finite_has_no_place_on_the_line(text: str) -> None:
    place = as_number(text)
    if kind(text) == "not finite":
        assert place in (Special.NAN, Special.PLUS_INFINITY, Special.MINUS_INFINITY)
    elif kind(text) == "text":
        assert place is Special.OTHER


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("007", 7.0),
        ("1e400", Special.PLUS_INFINITY),
        ("-inf", Special.MINUS_INFINITY),
        ("nan", Special.NAN),
        ("abc", Special.OTHER),
        (10**400, Special.PLUS_INFINITY),
        (-(10**400), Special.MINUS_INFINITY),
        (dt.date(2024, 1, 1), Special.OTHER),
        (None, Special.OTHER),
    ],
)
def test_what_numbers_are_taken_to_be_when_asked_for(value: Value, number: float | Special) -> None:
    assert as_number(value) == number


@given(st.datetimes())
def test_a_time_is_the_seconds_that_the_calendar_counts(time: dt.datetime) -> None:
    whole = time.replace(microsecond=0)
    assert as_time(whole.isoformat(" ")) == calendar.timegm(whole.timetuple())
    assert as_time(time) == as_time(time.isoformat())


@given(
    st.datetimes(min_value=dt.datetime(2, 1, 1), timezones=st.just(UTC)), st.integers(-1439, 1439)
)
def test_a_time_is_the_same_in_every_zone(time: dt.datetime, minutes: int) -> None:
    zone = dt.timezone(dt.timedelta(minutes=minutes))
    try:
        there = time.astimezone(zone)
    except OverflowError:
        return
    assert as_time(there.isoformat()) == as_time(time.isoformat())
    assert as_time(time.replace(tzinfo=None)) == as_time(time)


@given(st.datetimes().map(lambda time: time.replace(microsecond=0)))
def test_a_time_reads_as_it_was_written(time: dt.datetime) -> None:
    seconds = as_time(time)
    assert seconds is not None
    assert time_text(seconds) == time.isoformat().removesuffix("T00:00:00")


@pytest.mark.parametrize("value", ["2024-02-30", "5", "", 5, 1.5, True, None])
def test_what_is_no_time_has_no_seconds(value: Value) -> None:
    assert as_time(value) is None


def test_a_moment_beyond_the_calendar_has_a_text_too() -> None:
    assert time_text(1e18) == "1e+18 s"


@pytest.mark.parametrize(
    ("value", "symbol"),
    [
        ("007", "007"), (" a ", " a "), ("", ""), (True, "true"), (False, "false"), (7, "7"),
        (7.0, "7"), (0.1, "0.1"), (math.nan, "nan"), (2**70, "1180591620717411303424"),
        (dt.date(2024, 1, 1), "2024-01-01"), (Special.REST, Special.REST),
    ],
)  # fmt: skip
def test_symbols_are_texts_to_the_letter(value: Value, symbol: str) -> None:
    assert symbol_of(value) == symbol


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_text_of_a_number_is_that_number(number: float) -> None:
    assert float(number_text(number)) == number


@pytest.mark.parametrize(
    ("number", "text"), [(1.0, "1"), (-0.0, "0"), (0.1, "0.1"), (1e15, "1000000000000000"),
                         (1e16, "1e+16"), (1e-7, "1e-07")]
)  # fmt: skip
def test_the_text_of_a_number_is_short(number: float, text: str) -> None:
    assert number_text(number) == text
