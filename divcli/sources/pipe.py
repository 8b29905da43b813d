"""Standard input without a temporary copy: its beginning is looked at, and all of it handed on."""

from __future__ import annotations

import contextlib
import os
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import BinaryIO

from divcli.errors import DataError
from divcli.sources.dealer import Dealer
from divcli.sources.temporary import gone_at_the_end

_BLOCK = 1 << 20


class Pump:
    """Hands a stream on through a pipe of its own, once, and counts the bytes."""

    def __init__(self, beginning: bytes, stream: BinaryIO) -> None:
        self.beginning, self._stream = beginning, stream
        self._first: Iterable[bytes] = [beginning]
        self._used = False
        self._line: Callable[[str, int], int] | None = None
        self.moved = 0

    @property
    def descriptor(self) -> int | None:
        """Where the stream goes on behind its beginning, for whoever reads it as it comes."""
        try:
            return self._stream.fileno()
        except (AttributeError, OSError):
            return None

    def use(self, name: str) -> None:
        """Take note that the stream is read now; DataError where it was read before."""
        if self._used:
            raise DataError(
                "a pipe of this size can be read once only",
                where=name,
                hint="write it to a file first: … > file.csv",
            )
        self._used = True

    def put_back(self, first: Iterable[bytes]) -> None:
        """Let these bytes come before the rest, for another reader."""
        self._first, self._used = first, False

    def path(self, name: str) -> str:
        """Where the stream can be read from now on; DataError where it was read before."""
        self.use(name)
        read_end, write_end = self._pipe()
        threading.Thread(target=self._move, args=(write_end,), daemon=True).start()
        return f"/dev/fd/{read_end}"

    def _pipe(self) -> tuple[int, int]:
        """A wide pipe, whose read end can be found for as long as the stream is held."""
        read_end, write_end = os.pipe()
        weakref.finalize(self, os.close, read_end).atexit = False
        widen(write_end)
        return read_end, write_end

    def deal(self, name: str, pipes: int, header: bytes, odd: bytes) -> list[str]:
        """Where several readers find the lines of the stream from now on, in any order.

        header, odd: see `Dealer`.
        """
        self.use(name)
        ends = [self._pipe() for _ in range(pipes)]
        if self.descriptor is not None:
            widen(self.descriptor)
        dealer = Dealer(self._chunks(), [write_end for _, write_end in ends], header, odd)
        paths = {f"/dev/fd/{read_end}": write_end for read_end, write_end in ends}
        self._line = lambda path, line: dealer.line(paths[path], line)
        threading.Thread(target=dealer.deal, daemon=True).start()
        return list(paths)

    def line(self, path: str, line: int) -> int:
        """Which line of the stream a line in one of its pipes is, both counted from 1."""
        return line if self._line is None else self._line(path, line)

    def _chunks(self) -> Iterator[bytes]:
        bare = getattr(self._stream, "raw", self._stream)
        for chunk in chain(self._first, iter(lambda: bare.read(_BLOCK), b"")):
            self.moved += len(chunk)
            yield chunk

    def _move(self, target: int) -> None:
        # A reader that stops early has its reasons, and tells them itself.
        with contextlib.suppress(BrokenPipeError):
            for part in self._first:
                self._write(target, part)
            if not self._spliced(target):
                bare = getattr(self._stream, "raw", self._stream)
                while block := bare.read(_BLOCK):
                    self._write(target, block)
        os.close(target)

    def _write(self, target: int, block: bytes) -> None:
        left = memoryview(block)
        while left:
            left = left[os.write(target, left) :]
        self.moved += len(block)

    def _spliced(self, target: int) -> bool:
        """Let the system move the rest from pipe to pipe; false where it cannot."""
        try:
            source = self._stream.fileno()
            while moved := os.splice(source, target, _BLOCK):
                self.moved += moved
        except BrokenPipeError:
            raise
        except (AttributeError, OSError):
            return False
        return True


def widen(descriptor: int) -> None:
    """Let a pipe hold more, where the system can do so: whoever fills it waits less often."""
    with contextlib.suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _BLOCK)


def kept(data: bytes) -> str:
    """The path of a file with these bytes, gone when the process ends."""
    import tempfile

    handle, path = tempfile.mkstemp(prefix="divcli-")
    gone_at_the_end(partial(os.unlink, path))
    with open(handle, "wb") as file:
        file.write(data)
    return path
