"""Doubles made of digits in bytes are those that Python reads."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from divcli.counting.decimals import Decimals, decimals
from divcli.counting.typing_policy import kinds_of
from divcli.counting.windows import WINDOW

pytestmark = pytest.mark.skipif(
    not hasattr(np, "bitwise_count"), reason="before numpy 2.0 all is left to the database"
)

DIGITS = st.text("0123456789", max_size=20)
TEXTS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(-1e3, 1e3).map(repr),
    st.floats(-1e3, 1e3).map(lambda x: f"{x:.3f}"),
    st.integers(-(10**16), 10**16).map(str),
    st.tuples(st.sampled_from(["", "-"]), DIGITS, st.sampled_from(["", "."]), DIGITS).map("".join),
    st.text("0123456789+-._eE \tni", max_size=30),
)


def read(texts: list[str]) -> Decimals:
    """The texts, as fields between commas that digits follow."""
    line = ",".join(texts)
    starts = np.cumsum([0, *(len(text.encode()) + 1 for text in texts[:-1])])
    return decimals(bytearray(f"{line}\n{'9' * WINDOW}".encode()), starts, ord(","))


@given(st.lists(TEXTS, min_size=1, max_size=20))
@example(["-", ".", "-.", "", "00", "-0", "-00", "0.", "-.0", "01", "-01.5", "1.2.3", "--1", "1-"])
@example(["99999999999999.9", "-9999999999999.9", "999999999999999", "9999999999999999"])
@settings(max_examples=300)
def test_numbers_lie_between_their_doubles(texts: list[str]) -> None:
    found = read(texts)
    kinds = kinds_of(texts, (), typed=False)
    for text, low, high, sure, empty, kind in zip(texts, *found, kinds, strict=True):
        assert empty == (text == "")
        if sure:
            assert kind == "number", text
            low, high = sorted([low, high])
            assert low <= float(text) <= high, text
            if len(text) <= 16:
                assert low == high


@pytest.mark.parametrize("text", [
    "0", "7", "-7", "0.5", ".5", "5.", "-0.25", "123456789012345", "12345678901234.5",
    "1.4193618404116595", "-0.00012345678901234567", "0.000000000000000001",
])  # fmt: skip
def test_plain_numbers_are_sure(text: str) -> None:
    assert read([text, "1"]).sure.all()


@pytest.mark.parametrize("text", [
    "", "-", ".", "-.", "+5", "007", "-07", "00.5", "1e5", "1_000", " 7", "7 ", "1.2.3", "nan",
    "1234567890123456", "9" * 40, "0.12345678901234567890123", "\v1", "٣", "0x10", "1-1",
])  # fmt: skip
def test_all_else_is_not(text: str) -> None:
    assert read([text, "1"]).sure.tolist() == [False, True]


def test_doubles_are_those_that_python_reads_in_a_million_texts() -> None:
    chance = np.random.default_rng(7)
    values = np.concatenate([
        chance.normal(0, 1, 60_000), chance.lognormal(0, 5, 60_000), chance.random(60_000),
        chance.integers(-(10**14), 10**14, 60_000) / 10.0 ** chance.integers(0, 13, 60_000),
    ])  # fmt: skip
    texts = [repr(value) for value in values.tolist()]
    found = read(texts)
    low = np.minimum(found.least, found.greatest)[found.sure]
    high = np.maximum(found.least, found.greatest)[found.sure]
    these = values[found.sure]
    assert ((low <= these) & (these <= high)).all()
    assert np.mean(found.sure) > 0.8
    exact = np.array([len(text) <= 16 for text in texts])[found.sure]
    assert (low == high)[exact].all()
    assert np.count_nonzero(exact) > 50_000


def test_no_fields_have_no_numbers() -> None:
    assert all(len(one) == 0 for one in decimals(bytearray(WINDOW), np.zeros(0, np.intp), 44))
