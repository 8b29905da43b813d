"""Blocks of a file have all its lines, each once."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from divcli.sources import plain_text
from divcli.sources.plain_text import PlainText, buffer_for


def lines_of(path: Path, length: int, *, has_header: bool = False) -> list[bytes] | None:
    """All lines, block by block."""
    blocks = PlainText((str(path),), ",", ["c0"], has_header).blocks(length)
    if blocks is None:
        return None
    lines = []
    for block in blocks:
        buffer = buffer_for(length)
        found = block.read(buffer, blank=True)
        if found is None:
            return None
        part = bytes(buffer[slice(*found)])
        assert part[:1] == part[-1:] == b"\n"
        lines += part[1:].split(b"\n")[:-1]
    return lines


def test_every_line_is_in_one_block(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"

    @given(st.lists(st.binary(max_size=12).filter(lambda line: b"\n" not in line), min_size=1),
           st.integers(1, 40), st.booleans())  # fmt: skip
    def check(lines: list[bytes], length: int, ended: bool) -> None:
        path.write_bytes(b"\n".join(lines) + b"\n" * (ended or lines[-1] == b""))
        assert lines_of(path, length) == lines

    check()


def test_the_header_is_in_none(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'"a, b",c\n1,2\n3,4')
    for length in range(1, 20):
        assert lines_of(path, length, has_header=True) == [b"1,2", b"3,4"]
    path.write_bytes(b"\xef\xbb\xbf1\n2\n")
    assert lines_of(path, 100) == [b"1", b"2"]


def test_a_header_of_several_lines_and_a_longer_line_than_any_are_left(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b'"a\nb",c\n1,2\n')
    assert lines_of(path, 100, has_header=True) is None
    path.write_bytes(b"1\n" + b"2" * (plain_text.LONGEST_LINE + 2000) + b"\n3\n")
    assert lines_of(path, 100) is None
    assert lines_of(tmp_path, 100) is None


def test_blank_lines_at_the_end_are_dropped_where_they_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"1,2\n3,4\n\n\n")
    [block] = PlainText((str(path),), ",", ["c0", "c1"], False).blocks(100) or []
    buffer = buffer_for(100)
    assert buffer[slice(*(block.read(buffer, blank=False) or ()))] == b"\n1,2\n3,4\n"
