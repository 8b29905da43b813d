"""Pseudo-counts: opt-in, on counts, the same for every cell and both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from divcli.errors import CommandLineError
from divcli.model.distribution import Distribution

if TYPE_CHECKING:
    from divcli.model.arrays import WeightArray

NAMED = {"none": None, "kt": 0.5, "laplace": 1.0}


def parse_smoothing(text: str) -> float | None:
    """The pseudo-count of --smoothing: a name, or a positive number."""
    if text in NAMED:
        return NAMED[text]
    try:
        alpha = float(text)
    except ValueError:
        alpha = 0.0
    if not 0 < alpha < 1e6:
        raise CommandLineError(
            f"--smoothing {text}: expected {', '.join(NAMED)} or a positive number"
        )
    return alpha


def smoothed(
    p: Distribution, q: Distribution, alpha: float
) -> tuple[Distribution, Distribution, str]:
    """Both sides with alpha added to every cell of their common alphabet, and the note on it."""
    for side in (p, q):
        if side.n is None:
            raise CommandLineError(
                f"--smoothing adds to counts; {side.name} has {side.given}", hint="--as counts"
            )
    note = f"smoothed: {alpha:g} added to each of {len(p)} cells on both sides, then renormalised"
    return _raised(p, alpha), _raised(q, alpha), note


def _raised(side: Distribution, alpha: float) -> Distribution:
    # Whole pseudo-counts keep integer counts of any size exact.
    more: float = int(alpha) if alpha.is_integer() else alpha
    weights: WeightArray = np.asarray(side.weights + more)
    return replace(side, weights=weights)
