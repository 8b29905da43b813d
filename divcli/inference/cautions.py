"""Sentences that go with the numbers: when to trust them less."""

from __future__ import annotations

import math

from divcli.inference.evidence import Evidence
from divcli.inference.obstacles import IMMENSE

# Observations a cell, in the smaller sample, below which estimates and intervals are rough.
_ENOUGH_PER_CELL = 10


def cautions(evidence: Evidence, asked: int, made: int) -> tuple[str, ...]:
    """Warnings about two samples, each a sentence; asked, made: resamples."""
    found = (_few_per_cell(evidence), _saturated(evidence))
    fewer = f"{made} resamples instead of {asked}, because there are {evidence.cells:,} symbols"
    few = made < asked and evidence.cells > 1 and evidence.n + evidence.m < IMMENSE
    return tuple(text for text in (*found, fewer if few else "") if text)


def _few_per_cell(evidence: Evidence) -> str:
    """min(n, m)/k below 10."""
    ratio = min(evidence.n, evidence.m) / evidence.cells
    if ratio >= _ENOUGH_PER_CELL:
        return ""
    return (
        f"observations per symbol in the smaller sample: {ratio:.2g}, below "
        f"{_ENOUGH_PER_CELL}; estimates and intervals are rough"
    )


def _saturated(evidence: Evidence) -> str:
    """Whether chance alone nearly reaches the largest JS divergence there is."""
    resamples = evidence.resamples
    if resamples is None or "js" not in resamples.null.plugins:
        return ""
    share = float(resamples.null.plugins["js"].mean()) / math.log(2)
    if share < 0.5:
        return ""
    return (
        f"two samples of one distribution at these sizes would show {share:.0%} of the largest JS "
        "divergence there is: far too many symbols for far too few observations"
    )
