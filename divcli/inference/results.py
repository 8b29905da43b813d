"""What a test returns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of a test: its statistic, p-value, degrees of freedom, and how it was found."""

    statistic: float
    p_value: float
    freedom: int
    method: str
