"""What is temporary, and gone when the process ends."""

from __future__ import annotations

import atexit
import contextlib
from collections.abc import Callable

_REMOVALS: list[Callable[[], object]] = []


def gone_at_the_end(removal: Callable[[], object]) -> None:
    """Have something removed when the process ends; what was made last goes first."""
    if not _REMOVALS:
        atexit.register(remove_all)
    _REMOVALS.append(removal)


def remove_all() -> None:
    """Remove all that is temporary now: for a process that ends while others still work in it."""
    while _REMOVALS:
        with contextlib.suppress(OSError):
            _REMOVALS.pop()()
