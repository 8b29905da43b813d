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

IsOver = Callable[[], bool]


class StoppedError(Exception):
    """Work that was stopped, or failed in another process."""


class Pieces:
    """Numbers from 0 on, each for one process: it takes the next as soon as it is ready."""

    def __init__(self, pieces: int) -> None:
        self._pieces = pieces
        self._at_once = pieces // _MOST_TOKENS + 1
        self.tokens = -(-pieces // self._at_once)
        self._source, sink = os.pipe()
        os.write(sink, b"".join(n.to_bytes(_TOKEN, "little") for n in range(self.tokens)))
        os.close(sink)
        self.reached = 0  # taken by any process, as far as this one knows

    def taken(self, is_over: IsOver) -> Iterator[int]:
        """Those of this process."""
        while token := os.read(self._source, _TOKEN):
            first = int.from_bytes(token, "little") * self._at_once
            for piece in range(first, min(first + self._at_once, self._pieces)):
                if is_over():
                    return
                self.reached = piece
                yield piece

    def close(self) -> None:
        """Once there are no copies any more."""
        os.close(self._source)


class _Copy(NamedTuple):
    """A process, and where its result comes from."""

    pid: int
    results: int

    @property
    def failed(self) -> bool:
        """Whether it has ended, without a result."""
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return ended is not None and ended.si_status != 0


def _forked(*pipe: int) -> int:
    try:
        return os.fork()
    except OSError:
        for end in pipe:
            os.close(end)
        raise


class Crew(Generic[T]):
    """Processes that do the same work, and agree among them who does what of it.

    work: is given what tells whether to end it before its time, and returns what can be pickled.
    More than one process is for Linux: libraries of other systems may not survive a copy.
    """

    def __init__(self, work: Callable[[IsOver], T], processes: int) -> None:
        self._work, self._processes = work, processes
        self._copies: list[_Copy] = []
        self._stopped = False

    def results(self) -> list[T]:
        """What each process returns; StoppedError where one has failed."""
        try:
            with suppress(OSError):  # fewer will do
                for _ in range(self._processes - 1):
                    self._copies.append(self._copied())
            found = [self._work(self._is_over), *map(self._found, self._copies)]
            if self._stopped:
                raise StoppedError
        finally:
            self.stop()
            for copy in self._copies:
                os.close(copy.results)
                os.waitpid(copy.pid, 0)
            self._copies.clear()
        return found

    def stop(self) -> None:
        """End all work: of this process, when it next asks."""
        self._stopped = True
        for copy in self._copies:
            with suppress(ProcessLookupError):
                os.kill(copy.pid, signal.SIGKILL)

    def _is_over(self) -> bool:
        return self._stopped or any(copy.failed for copy in self._copies)

    def _copied(self) -> _Copy:
        results, sink = os.pipe()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python warns where there are threads. A copy needs no lock that they may hold.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = _forked(results, sink)
        if pid:
            os.close(sink)
            return _Copy(pid, results)
        status = 1
        try:
            for held in (results, *(copy.results for copy in self._copies)):
                os.close(held)  # or nobody would tell that the first process is gone
            result = self._work(lambda: os.getppid() != parent)
            with open(sink, "wb") as out:
                pickle.dump(result, out)
            status = 0
        finally:
            os._exit(status)

    def _found(self, copy: _Copy) -> T:
        """What a copy returned."""
        with open(copy.results, "rb", closefd=False) as data:
            written = data.read()
        if not written:
            raise StoppedError
        found: T = pickle.loads(written)  # noqa: S301  # by a copy of this process
        return found
