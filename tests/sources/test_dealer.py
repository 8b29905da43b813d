"""Lines dealt out to several pipes are all there, each once, and known by their number."""

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divcli.sources import dealer, large, pipe, stream
from divcli.sources.dealer import Dealer
from tests.conftest import Run

LINE = st.binary(max_size=20).filter(lambda line: b"\n" not in line)


def chunks(data: bytes, length: int) -> Iterator[bytes]:
    """The data, so many bytes at a time."""
    return (data[start : start + length] for start in range(0, len(data), length))


def dealt(data: bytes, length: int, pipes: int, *, header: bytes = b"", odd: bytes = b'"',
          together: bool = True) -> tuple[Dealer, list[int], list[bytes]]:  # fmt: skip
    """What comes out of each pipe, read beside each other or one after the other."""
    ends = [os.pipe() for _ in range(pipes)]
    writes = [write_end for _, write_end in ends]
    one = Dealer(chunks(data, length), writes, header, odd)
    dealing = threading.Thread(target=one.deal)
    dealing.start()
    parts = [b""] * pipes

    def read(place: int) -> None:
        with open(ends[place][0], "rb") as source:
            parts[place] = source.read()

    readers = [threading.Thread(target=read, args=(place,)) for place in range(pipes)]
    for reader in readers:
        reader.start()
        if not together:
            reader.join()
    for thread in (*readers, dealing):
        thread.join()
    return one, writes, parts


@pytest.mark.parametrize("together", [True, False])
def test_every_line_comes_once_and_is_known_by_its_number(together: bool) -> None:
    @given(st.lists(LINE, min_size=1), st.integers(1, 60), st.integers(1, 3), st.booleans())
    def check(lines: Sequence[bytes], length: int, pipes: int, ended: bool) -> None:
        data = b"head\n" + b"\n".join(lines) + b"\n" * (ended or lines[-1] == b"")
        one, writes, parts = dealt(data, length, pipes, header=b"head\n", together=together)
        assert all(part.startswith(b"head\n") for part in parts)
        bodies = [part.removeprefix(b"head\n").removesuffix(b"\n") for part in parts]
        found = [line for part, body in zip(parts, bodies, strict=True) if part != b"head\n"
                 for line in body.split(b"\n")]  # fmt: skip
        assert sorted(found) == sorted(lines)
        own = data.split(b"\n")
        for write, part in zip(writes, parts, strict=True):
            for number, line in enumerate(part.removesuffix(b"\n").split(b"\n"), start=1):
                if number > 1 or write == writes[0]:
                    assert own[one.line(write, number) - 1] == line

    check()


def test_lines_are_dealt_to_all_who_read() -> None:
    _, _, parts = dealt(b"0123456789\n" * 300_000, 1 << 16, 3)
    assert all(parts)
    assert sum(map(len, parts)) == 3_300_000


def test_descriptors_may_have_large_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    made = os.pipe
    held = [os.open(os.devnull, os.O_RDONLY)]
    try:
        held += [fcntl.fcntl(held[0], fcntl.F_DUPFD, 2000)]
    except OSError:
        pytest.skip("no more than some hundred descriptors")

    def high() -> tuple[int, int]:
        low = made()
        read_end, write_end = (fcntl.fcntl(end, fcntl.F_DUPFD, 2000) for end in low)
        for end in low:
            os.close(end)
        return read_end, write_end

    monkeypatch.setattr(os, "pipe", high)
    _, writes, parts = dealt(b"0123456789\n" * 300_000, 1 << 16, 2)
    assert min(writes) > 2000
    assert sum(map(len, parts)) == 3_300_000
    for end in held:
        os.close(end)


@pytest.mark.parametrize("odd", [b'a"b\n', b"a\rb\n", b"x" * 5_000_000 + b"\n"])
def test_what_may_be_no_line_and_all_that_follows_goes_to_one(odd: bytes) -> None:
    before, after = b"0123456789\n" * 50_000, b"9876543210\n" * 200_000
    one, writes, parts = dealt(before + odd + after, 1 << 14, 2, odd=b'\r"')
    assert parts[0].endswith(odd + after)
    assert parts[1].count(b"\n") + parts[0].count(b"\n") == 250_001
    assert one.line(writes[0], parts[0].count(b"\n")) == 250_001


def test_a_reader_that_wants_no_more_ends_it() -> None:
    ends = [os.pipe() for _ in range(2)]
    os.close(ends[0][0])
    taken = iter(chunks(b"line\n" * 10_000_000, 1 << 16))
    Dealer(taken, [write_end for _, write_end in ends], b"", b"").deal()
    os.close(ends[1][0])
    assert next(taken, None) is not None
    for _, write_end in ends:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.close(write_end)


ROWS = [(f"level {i % 7}", f"{i % 100 / 8}", "x") for i in range(3000)]
FORMS = {
    "csv": "t,n,c\n" + "".join(",".join(row) + "\n" for row in ROWS),
    "ndjson": "".join(f'{{"t": "{t}", "n": {n}, "c": "\\u00e9"}}\n' for t, n, _ in ROWS),
    "lines": "".join(f"{t} {n}\n\n" for t, n, _ in ROWS),
}


@pytest.mark.parametrize("where", [(), ("--where", "n > 3")], ids=["all rows", "some rows"])
@pytest.mark.parametrize("form", FORMS)
def test_a_pipe_in_several_threads_is_the_file(
    form: str, where: Sequence[str], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOOKED_AT", 1000), ("LOOKED_AT_LINES", 10), ("_BLOCK", 500)):
        monkeypatch.setattr(stream, name, value)
    monkeypatch.setattr(pipe, "_BLOCK", 500)
    # Each reader fills a buffer before the next one begins.
    for name in ("READING", "_LINES"):
        reading: str = getattr(large, name)
        for many, few in (("16000000", "4000"), ("2000000", "2000")):
            reading = reading.replace(many, few)
        monkeypatch.setattr(large, name, reading)
    given_out = []
    deal = Dealer.deal

    def watched(self: Dealer) -> None:
        deal(self)
        given_out.append([len(self._dealt[one]) for one in self._dealt])

    monkeypatch.setattr(dealer.Dealer, "deal", watched)
    path = tmp_path / f"same.{form}"
    other = tmp_path / f"other.{form}"
    for file in (path, other):
        file.write_text(FORMS[form], encoding="utf-8")
    if form == "lines" and where:
        where = ("--where", "line LIKE '% 3%'")
    columns = ["-c", "line"] if form == "lines" else ["--all"]
    options = ("-i", form, *where, "--threads", "3", "--engine", "duckdb", "--json")
    stored = run("compare", str(path), str(other), *columns, *options)
    piped = run("compare", "-", str(other), *columns, *options, stdin=FORMS[form].encode())
    assert piped.status == stored.status == 0, piped.stderr
    assert piped.stdout.replace("standard input", str(path)) == stored.stdout
    [blocks] = given_out
    assert len([number for number in blocks if number > 5]) > 1
