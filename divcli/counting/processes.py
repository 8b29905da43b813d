"""Work shared out among copies of this process, where threads would wait for each other."""

from __future__ import annotations

import os
import pickle
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_TOKEN = 4  # bytes
_MOST_TOKENS = 10_000  # in a pipe, to which Linux gives 64 KiB


class StoppedError(Exception):
    """Work that was stopped, or failed in another process."""


class _Copy(NamedTuple):
    """A process, and where its result comes from."""

    pid: int
    results: int


class Crew(Generic[T]):
    """Processes that do what there is to do, each the next piece as soon as it is ready.

    work: does the pieces whose numbers an iterator yields, and returns what can be pickled. pieces:
    how many there are. More than one process is for Linux: libraries of other systems may not
    survive a copy.
    """

    def __init__(self, work: Callable[[Iterator[int]], T], pieces: int, processes: int) -> None:
        self._work, self._pieces = work, pieces
        self._at_once = pieces // _MOST_TOKENS + 1
        self._tokens = -(-pieces // self._at_once)
        self._processes = min(processes, self._tokens)
        self._copies: list[_Copy] = []
        self._stopped = False
        self.reached = 0  # pieces taken by any process, as far as this one knows
        self._done = 0  # by this process

    def results(self) -> list[T]:
        """What each process returns; StoppedError where a piece is missing."""
        source, sink = os.pipe()
        os.write(sink, b"".join(n.to_bytes(_TOKEN, "little") for n in range(self._tokens)))
        os.close(sink)
        try:
            for _ in range(self._processes - 1):
                self._copies.append(self._copied(source))
            found = [(self._work(self._taken(source)), self._done)]
            found += map(self._found, self._copies)
        finally:
            self.stop()
            os.close(source)
            for copy in self._copies:
                os.close(copy.results)
                os.waitpid(copy.pid, 0)
            self._copies.clear()
        if sum(done for _, done in found) != self._pieces:
            raise StoppedError
        return [result for result, _ in found]

    def stop(self) -> None:
        """End all work: of this process, after the piece it is at."""
        self._stopped = True
        for copy in self._copies:
            with suppress(ProcessLookupError):
                os.kill(copy.pid, signal.SIGKILL)

    def _taken(self, source: int, parent: int | None = None) -> Iterator[int]:
        """The pieces of this process; of a copy, for as long as the other one lives."""
        while token := os.read(source, _TOKEN):
            first = int.from_bytes(token, "little") * self._at_once
            for piece in range(first, min(first + self._at_once, self._pieces)):
                if self._stopped or parent not in (None, os.getppid()):
                    return
                self.reached = piece
                yield piece
                self._done += 1

    def _copied(self, source: int) -> _Copy:
        results, sink = os.pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python warns where there are threads. A copy needs no lock that they may hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            os.close(sink)
            return _Copy(pid, results)
        status = 1
        try:
            for held in (results, *(copy.results for copy in self._copies)):
                os.close(held)  # or nobody would tell that the first process is gone
            result = self._work(self._taken(source, parent))
            with open(sink, "wb") as out:
                pickle.dump((result, self._done), out)
            status = 0
        finally:
            os._exit(status)

    def _found(self, copy: _Copy) -> tuple[T, int]:
        """What a copy returned, with the number of pieces it has done."""
        with open(copy.results, "rb", closefd=False) as data:
            written = data.read()
        if not written:
            raise StoppedError
        found: tuple[T, int] = pickle.loads(written)  # noqa: S301  # by a copy of this process
        return found
