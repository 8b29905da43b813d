"""p-values adjusted for how many hypotheses are tested at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from divcli.inference.arrays import FloatArray


def holm(p_values: FloatArray) -> FloatArray:
    """Adjusted p-values, shape (k,), that keep the chance of any false alarm at its level.

    p_values: shape (k,), however dependent. Source: Holm (1979).
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    return _in_place(np.maximum.accumulate(p_values[order] * factors), order)


def benjamini_hochberg(p_values: FloatArray) -> FloatArray:
    """Adjusted p-values, shape (k,), that keep the share of false ones among the alarms.

    p_values: shape (k,), independent or positively dependent. Source: Benjamini & Hochberg (1995).
    """
    order = np.argsort(p_values, kind="stable")
    scaled = p_values[order] * len(p_values) / np.arange(1, len(p_values) + 1)
    return _in_place(np.minimum.accumulate(scaled[::-1])[::-1], order)


def unadjusted(p_values: FloatArray) -> FloatArray:
    """The p-values as they are, each column by itself."""
    return p_values.copy()


def _in_place(ranked: FloatArray, order: np.ndarray) -> FloatArray:
    """Values of sorted p-values, at most 1, back in the order that the p-values were given in."""
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(ranked, 1.0)
    return adjusted


CORRECTIONS: Mapping[str, Callable[[FloatArray], FloatArray]] = MappingProxyType(
    {"holm": holm, "bh": benjamini_hochberg, "none": unadjusted}
)
