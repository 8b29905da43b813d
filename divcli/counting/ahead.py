"""Results made while others use the first of them."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
_FAREWELL, _BEAT = 20, 0.05  # how often, and how many seconds each time, stopped work is waited for
# Seconds after which a thread lets others go on, where they ask: between two long queries there are
# short ones, and each would wait some milliseconds for those who compute.
_TURN = 0.0005


class _End(NamedTuple):
    """What follows the last result: why there are no more, if that is a failure."""

    failure: BaseException | None


class Ahead(Iterator[T], Generic[T]):
    """The results of some work in their order, made in a thread that waits for nobody."""

    def __init__(self, work: Iterable[T]) -> None:
        self._made: SimpleQueue[T | _End] = SimpleQueue()
        self._end: _End | None = None
        self._stopped = False
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(min(_TURN, self._turn))
        self._thread = threading.Thread(
            target=self._make, args=(work,), name="divcli ahead", daemon=True
        )
        self._thread.start()

    def _make(self, work: Iterable[T]) -> None:
        failure = None
        try:
            for result in work:
                self._made.put(result)
                if self._stopped:
                    break
        except BaseException as error:  # raised again where results are awaited
            failure = error
        sys.setswitchinterval(self._turn)
        self._made.put(_End(failure))

    def __next__(self) -> T:
        """The next result, once it is there; what went wrong with the work, as often as asked."""
        if self._end is None:
            result = self._made.get()
            if not isinstance(result, _End):
                return result
            self._end = result
        if self._end.failure is not None:
            raise self._end.failure
        raise StopIteration

    def stop(self, interrupt: Callable[[], object]) -> None:
        """End it, done or not. interrupt: ends what it does now, as often as called."""
        self._stopped = True
        self._thread.join(_BEAT)
        for _ in range(_FAREWELL):
            if self._thread.is_alive():
                interrupt()
                self._thread.join(_BEAT)
