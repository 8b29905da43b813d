"""Waiting for long work: Ctrl-C at once, and a line of progress for those who watch."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

from divcli.inert import inert

_PATIENCE = 1.0  # seconds without a word
_BEAT = 0.2  # seconds between looks
_FAREWELL = 1.0  # seconds that interrupted work has to end


class Turn:
    """A lock that goes to whoever has waited for it longest."""

    def __init__(self) -> None:
        self._next, self._now = threading.Lock(), threading.Lock()

    def __enter__(self) -> None:
        with self._next:
            self._now.acquire()

    def __exit__(self, *_: object) -> None:
        self._now.release()


def finished(
    work: Callable[[], Any], interrupt: Callable[[], None], watch: Callable[[], str] | None
) -> Any:
    """What the work returns, done in a thread so that the main one hears signals.

    interrupt: stops the work. watch: tells how far it is, None where nobody wants to know.
    """
    if watch is None and threading.current_thread() is not threading.main_thread():
        return work()  # others hear none
    outcome: list[Any] = []
    failure: list[BaseException] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:  # raised again where the result is awaited
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        _await(thread, watch)
    except BaseException:
        interrupt()
        thread.join(_FAREWELL)
        raise
    if failure:
        raise failure[0]
    return outcome[0]


def _await(thread: threading.Thread, watch: Callable[[], str] | None) -> None:
    if watch is None:
        thread.join()
        return
    thread.join(_PATIENCE)
    shown = False
    while thread.is_alive():
        print(f"\r\x1b[K{inert(watch())}", end="", file=sys.stderr, flush=True)
        shown = True
        thread.join(_BEAT)
    if shown:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
