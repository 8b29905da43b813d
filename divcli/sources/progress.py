"""How far a reading has come: bytes, rate and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable


class Reading:
    """Tells how much of so many bytes is read; total 0 where nobody knows how many come."""

    def __init__(self, name: str, total: int, moved: Callable[[], int]) -> None:
        self._name, self._total, self._moved = name, total, moved
        self._begun, self._before = time.monotonic(), moved()

    def __call__(self) -> str:
        """One line."""
        elapsed = max(time.monotonic() - self._begun, 1e-3)
        moved = self._moved() - self._before
        rate = moved / elapsed
        if not self._total:
            return f"{self._name}: {_megabytes(moved)}, {_megabytes(rate)}/s"
        moved = min(moved, self._total)
        left = f", {(self._total - moved) / rate:.0f} s left" if rate else ""
        of_all = f"{_megabytes(moved)} of {_megabytes(self._total)}"
        return f"{self._name}: {of_all}, {_megabytes(rate)}/s{left}"


def _megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def read_so_far() -> int:
    """Bytes that this process has read from anywhere; 0 where the system does not tell."""
    try:
        with open("/proc/self/io", encoding="ascii") as file:
            return int(next(file).split()[1])
    except (OSError, ValueError, IndexError):
        return 0
