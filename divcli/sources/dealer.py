"""The lines of a stream dealt out to several pipes, so that as many threads can parse them."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.sources.sql import quoted

if TYPE_CHECKING:
    from divcli.sources.columns import Resources
    from divcli.sources.places import Place

_LINE_END = ord("\n")
_MOST_READERS = 4
_LONGEST_LINE = 4_000_000  # bytes: whoever reads it, gives up before


def dealt(
    place: Place, resources: Resources, rows: Callable[[str], str], header: bytes | None, odd: bytes
) -> Callable[[], str] | None:
    """What reads a pipe in several threads, as what stands after FROM; None where only one can.

    rows: what stands there for one file. header: None where it is more than a line.
    """
    readers = min(resources.threads or os.cpu_count() or 1, _MOST_READERS)
    pump = place.pump
    if pump is None or place.compressed or header is None or readers == 1:
        return None

    def all_rows() -> str:
        paths = pump.deal(place.name, readers, header, odd)
        return "(" + " UNION ALL ".join(f"SELECT * FROM {rows(quoted(one))}" for one in paths) + ")"

    return all_rows


class _Dealt(NamedTuple):
    """From which line of a pipe on, counted from 0, so many more came before in the stream."""

    line: int
    others: int


class Dealer:
    """Deals whole lines to whichever pipe has taken what it was given before.

    header: what all pipes begin with; the stream has it itself. odd: bytes that may change what a
    line is: from the first of them on, all goes to the first pipe.
    """

    def __init__(
        self, chunks: Iterable[bytes], pipes: Sequence[int], header: bytes, odd: bytes
    ) -> None:
        self._chunks, self._odd = chunks, [bytes([byte]) for byte in odd]
        self._open = list(pipes)
        self._left = {pipe: memoryview(header) for pipe in pipes}
        self._left[pipes[0]] = memoryview(b"")
        self._lines = dict.fromkeys(pipes, header.count(b"\n")) | {pipes[0]: 0}
        self._dealt: dict[int, list[_Dealt]] = {pipe: [] for pipe in pipes}
        self._total = 0  # lines
        for pipe in pipes:
            os.set_blocking(pipe, False)

    def deal(self) -> None:
        """Deal until the stream ends, or until one of the readers wants no more."""
        with contextlib.suppress(BrokenPipeError):
            for block in self._blocks():
                self._give(block)
            self._finish()
        for pipe in self._left:
            os.close(pipe)

    def line(self, pipe: int, line: int) -> int:
        """Which line of the stream a line of a pipe is, both counted from 1."""
        dealt = [one for one in self._dealt[pipe] if one.line < line]
        return line + (dealt[-1].others if dealt else 0)

    def _blocks(self) -> Iterator[bytes]:
        """Whole lines; at the end, or where a line is too long, what there is."""
        kept = b""
        for chunk in self._chunks:
            end = chunk.rfind(b"\n") + 1
            if end:
                yield b"".join((kept, memoryview(chunk)[:end]))
                kept = chunk[end:]
            else:
                kept += chunk
            if len(kept) > _LONGEST_LINE:
                yield kept
                kept = b""
        if kept:
            yield kept

    def _give(self, block: bytes) -> None:
        if len(self._open) > 1 and self._is_odd(block):
            del self._open[1:]
        while not (ready := [pipe for pipe in self._open if not self._left[pipe]]):
            self._write()
        pipe = min(ready, key=self._lines.__getitem__)
        self._left[pipe] = memoryview(block)
        self._dealt[pipe].append(_Dealt(self._lines[pipe], self._total - self._lines[pipe]))
        lines = int(np.count_nonzero(np.frombuffer(block, dtype=np.uint8) == _LINE_END))
        self._lines[pipe] += lines
        self._total += lines

    def _is_odd(self, block: bytes) -> bool:
        return not block.endswith(b"\n") or any(byte in block for byte in self._odd)

    def _write(self) -> None:
        """Let the readers have what they take now."""
        busy = select.poll()
        for pipe, left in self._left.items():
            if left:
                busy.register(pipe, select.POLLOUT)
        for pipe, _ in busy.poll():
            self._left[pipe] = self._left[pipe][os.write(pipe, self._left[pipe]) :]

    def _finish(self) -> None:
        """Close each pipe as soon as all is taken: its reader may have others to read."""
        while self._left:
            for pipe in [pipe for pipe, left in self._left.items() if not left]:
                os.close(pipe)
                del self._left[pipe]
            if self._left:
                self._write()
