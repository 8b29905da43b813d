"""Two columns of weights on one alphabet, normalised without losing what tells them apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from divcli.measures.exact import ExactPair, exact_pair
from divcli.measures.terms import js_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from divcli.measures.twofold import TwofoldPair
    from divcli.model.arrays import WeightArray

    Pair = ExactPair | TwofoldPair

_EXACT_CELLS = 1000  # 5 ms in exact arithmetic
_EXACT_INTEGERS = 2**53
_WIDEST = 2.0**-900  # below this share of the greatest weight, products would underflow
# Double-double leaves an error of 2**-104 in (p-q)/(p+q); a Jensen-Shannon divergence below this
# means relative differences below 2**-50, of which fewer than 50 bits would be right.
_RESOLVED = 2.0**-102


def normalise(p: WeightArray, q: WeightArray) -> Pair:
    """The pair of these weights, shape (k,) each, finite, non-negative, not all zero.

    Exact rational arithmetic for small alphabets and hard cases, double-double for the rest;
    either way every quantity in the cells is right to a few units in its last place.
    """
    if len(p) <= _EXACT_CELLS or not (_fits(p) and _fits(q)):
        return exact_pair(_numbers(p), _numbers(q))
    from divcli.measures.twofold import twofold_pair

    pair = twofold_pair(p, q)
    return exact_pair(_numbers(p), _numbers(q)) if _is_hard(pair) else pair


def _is_hard(pair: TwofoldPair) -> bool:
    """Whether the two differ by less than double-double resolves; not where they are equal."""
    divergence = 0.0
    for cells in pair.blocks():
        divergence += float(js_terms(cells).sum())
        if divergence >= _RESOLVED:
            return False
    return divergence > 0


def _numbers(weights: WeightArray) -> Sequence[float]:
    numbers: list[float] = weights.tolist()
    return numbers


def _fits(weights: WeightArray) -> bool:
    """Whether the weights are doubles without loss, and near enough to each other to multiply."""
    if weights.dtype == object:
        return False
    greatest = float(weights.max())
    if weights.dtype.kind in "iu":
        return greatest <= _EXACT_INTEGERS
    positive = weights[weights > 0]
    return float(positive.min()) > greatest * _WIDEST
