"""Why samples cannot tell something: the reasons that stand where a number would mislead."""

from __future__ import annotations

import numpy as np

from divcli.inference.bounds import all_alike
from divcli.inference.evidence import Evidence
from divcli.inference.quantities import QUANTITIES

TOO_FEW = "one observation says nothing of its own chance"
ONE_SYMBOL = "a single symbol was seen: nothing varies"
ALL_ALIKE = "every resample of these samples gives the same value"
NOT_RESAMPLED = "nothing was resampled"
DISJOINT = "the samples share no symbol: nothing tells how far apart they are"
UNSEEN = "every symbol was seen once: nothing tells how many more there are"
MUCH_UNSEEN = "of every five observations one or more are symbols seen once: too much is unseen"
MORE_SYMBOLS = "there are more symbols than observations: resamples do not show what is unseen"
BEYOND_CHANCE = "chance is smaller than rounding in so many observations: the exact value stands"
UNDETECTABLE = "at these sizes no difference, however large, would be found reliably"
TOO_MANY = "the counts sum to more than 2^62"

# Share of singletons, which estimates the mass not seen, above which no interval held: the
# entropy of 300 symbols of Zipf's law is covered 58 % of the time at .23, 89 % at .08.
_UNSEEN_SHARE = 0.2
# From here on what chance does is of the size of the rounding of plug-ins.
IMMENSE = 10**12


def obstacle(evidence: Evidence, quantity: str) -> str | None:
    """Why the samples can tell nothing about the quantity, if they cannot."""
    sides = {"entropy_p": [evidence.x], "entropy_q": [evidence.y]}
    rows = sides.get(quantity, [evidence.x, evidence.y])
    if any(int(row.sum()) < 2 for row in rows):
        return TOO_FEW
    if np.count_nonzero(sum(rows)) < 2:
        return ONE_SYMBOL
    if any(row.max() == 1 for row in rows):
        return UNSEEN
    if evidence.n + evidence.m >= IMMENSE:
        return BEYOND_CHANCE
    null = evidence.resamples and evidence.resamples.null
    if null and QUANTITIES[quantity].divergence and all_alike(null.estimates[quantity]):
        return ALL_ALIKE
    return None


def unlimited(evidence: Evidence, quantity: str) -> str | None:
    """Why there is an estimate of the quantity but no interval, if there is none."""
    if evidence.resamples is None:
        return NOT_RESAMPLED
    side = {"entropy_p": evidence.x, "entropy_q": evidence.y}.get(quantity)
    if side is not None:
        return MUCH_UNSEEN if (side == 1).sum() > _UNSEEN_SHARE * side.sum() else None
    if not ((evidence.x > 0) & (evidence.y > 0)).any():
        return DISJOINT
    if min(evidence.n, evidence.m) < evidence.cells:
        return MORE_SYMBOLS
    return ALL_ALIKE if all_alike(evidence.resamples.bootstrap.estimates[quantity]) else None
