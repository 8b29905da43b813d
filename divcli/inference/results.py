"""What a test returns."""

from __future__ import annotations

from typing import NamedTuple


class Outcome(NamedTuple):
    """Outcome of a test: its statistic, p-value, degrees of freedom, and how it was found."""

    statistic: float
    p_value: float
    freedom: int
    method: str
