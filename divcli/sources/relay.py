"""The lines of a pipe for several processes, which read it in turn, block by block."""

from __future__ import annotations

import mmap
import os
import select
import time
from collections.abc import Callable
from typing import NamedTuple

from divcli.sources.plain_text import LINE_END, LONGEST_LINE, ROOM, ended

_BEAT = 100  # milliseconds between looks whether to wait any longer
_MOMENT = 0.0002  # seconds
_READ, _BLOCKS, _SURE, _STOPPED, _KEPT = range(5)  # the counts that all processes share


class Lines(NamedTuple):
    """Some lines of a stream: which block they are, and the part of a buffer they are in.

    whole: whether that is so; else a line is too long, and what is there is a part of it.
    """

    number: int
    first: int
    last: int
    whole: bool = True


class Relay:
    """A stream of lines that begins with known bytes and goes on in a descriptor, for copies too.

    blank: whether blank lines at the end count.
    """

    def __init__(self, beginning: bytes, start: int, descriptor: int, *, blank: bool) -> None:
        self._beginning, self._descriptor, self._blank = beginning, descriptor, blank
        self._counts = memoryview(mmap.mmap(-1, mmap.PAGESIZE)).cast("q")
        self._kept = mmap.mmap(-1, LONGEST_LINE)  # the beginning of the next block
        self._turn = os.memfd_create("turn")
        self._counts[_READ] = start

    @property
    def moved(self) -> int:
        """Bytes read so far."""
        return self._counts[_READ]

    @property
    def counted(self) -> int:
        """Blocks that all agreed to count: the first ones of the stream."""
        return self._counts[_SURE]

    @property
    def stopped(self) -> bool:
        """Whether somebody has stopped before the end."""
        return bool(self._counts[_STOPPED])

    def stop(self) -> None:
        """Count no blocks but those that were agreed on."""
        self._counts[_STOPPED] = 1

    def take(self, buffer: bytearray, is_over: Callable[[], bool]) -> Lines | None:
        """Read the next lines into a buffer, with a line end before them; None at the end."""
        import fcntl

        fcntl.lockf(self._turn, fcntl.LOCK_EX)  # given up by whoever dies
        try:
            return None if self.stopped else self._next(buffer, is_over)
        finally:
            fcntl.lockf(self._turn, fcntl.LOCK_UN)

    def _next(self, buffer: bytearray, is_over: Callable[[], bool]) -> Lines | None:
        buffer[0] = LINE_END
        end = 1 + self._counts[_KEPT]
        buffer[1:end] = self._kept[: end - 1]
        most = len(buffer) - ROOM
        space = memoryview(buffer)
        while end < most and (read := self._filled(space[end:most], is_over)):
            end += read
        if end < most:
            last = end = ended(buffer, end, blank=self._blank)
        else:
            last = buffer.rfind(b"\n", 0, end) + 1
        whole = last > 1 and end - last <= len(self._kept)
        last = last if whole else end
        kept = end - last
        self._kept[:kept] = buffer[last : last + kept]
        self._counts[_KEPT] = kept
        if last == 1:
            return None
        self._counts[_BLOCKS] += 1
        return Lines(self._counts[_BLOCKS] - 1, 0, last, whole)

    def _filled(self, space: memoryview, is_over: Callable[[], bool]) -> int:
        """Read into some space; how many bytes, 0 at the end."""
        reached = self._counts[_READ]
        if part := self._beginning[reached : reached + len(space)]:
            space[: len(part)] = part
            read = len(part)
        else:
            coming = select.poll()
            coming.register(self._descriptor, select.POLLIN)
            while not coming.poll(_BEAT):
                if is_over():
                    return 0
            read = os.readv(self._descriptor, [space])
        self._counts[_READ] += read
        return read

    def agreed(self, number: int, is_over: Callable[[], bool], *, sure: bool) -> bool:
        """Whether to count a block: where it and all before it are sure, and nobody has stopped."""
        while self._counts[_SURE] != number and not self.stopped:
            if is_over():
                return False
            time.sleep(_MOMENT)
        if not sure:
            self.stop()
        if self.stopped:
            return False
        self._counts[_SURE] = number + 1
        return True

    def rest(self) -> bytes:
        """What was read behind the last block, or is known of what follows."""
        return self._kept[: self._counts[_KEPT]] + self._beginning[self._counts[_READ] :]

    def close(self) -> None:
        """Once there are no copies any more."""
        os.close(self._turn)
