"""Texts counted in bytes are those that splitting finds."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from divcli.counting import words
from divcli.counting.windows import WINDOW
from divcli.counting.words import Texts

pytestmark = pytest.mark.skipif(
    not hasattr(np, "bitwise_count"), reason="before numpy 2.0 all is left to the database"
)

TEXT = st.one_of(st.text("ab", max_size=3), st.text("a\0é", max_size=40))


def add(texts: Texts, fields: list[str]) -> int:
    """Count the fields, as they stand between commas."""
    line = ",".join(fields)
    starts = np.cumsum([0, *(len(field.encode()) + 1 for field in fields[:-1])])
    return texts.add(bytearray(f"{line}\n{'x' * WINDOW}".encode()), starts, ord(","))


@pytest.mark.parametrize("bits", [18, 1])
def test_every_text_is_counted(bits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_SLOT_BITS", bits)

    @given(st.lists(st.lists(TEXT, min_size=1), min_size=1, max_size=5), st.integers(1, 50))
    @example([["a", "a\0", "a\0\0"]] * 2, 50)  # alike but for zeros
    def check(blocks: list[list[str]], most: int) -> None:
        texts = Texts(most)
        for fields in blocks:
            add(texts, fields)
        wanted = Counter(field.encode() for fields in blocks for field in fields)
        assert texts.counted() == wanted
        assert len(texts) == len(wanted)

    check()


def test_what_comes_again_is_known() -> None:
    texts = Texts(10)
    assert add(texts, ["a", "b", "a", "x" * 23]) == 0
    assert add(texts, ["a", "b", "a", "x" * 23, "x" * 24]) == 1  # too long to be known
    assert texts._one_by_one == Counter({b"a": 2, b"b": 1, b"x" * 23: 1, b"x" * 24: 1})


def test_no_more_are_known_than_there_is_room_for() -> None:
    texts = Texts(2)
    assert add(texts, ["a", "b", "c", "d"]) == 2
    assert texts.counted() == Counter([b"a", b"b", b"c", b"d"])
