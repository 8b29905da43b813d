"""Entropies of several variables together, in nats, none by a difference of two entropies."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from divcli.measures.pair import normalise
from divcli.measures.terms import entropy_p_terms, kl_pq_terms
from divcli.measures.totals import all_terms

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray, WeightArray

_WHOLE = 2**62


def entropy(weights: WeightArray) -> float:
    """Entropy H of weights, shape (c,), not all zero."""
    return float(all_terms(normalise(weights, weights), entropy_p_terms).sum())


def conditional_entropy(joint: WeightArray, given: WeightArray) -> float:
    """H(X|Y) = -Σ p(x,y) ln p(x|y), each term from 0 on.

    joint: weights of the occupied cells, shape (c,), above 0. given: of each such cell the weight
    of its y, shape (c,). Source: Cover & Thomas (2006), ch. 2.
    """
    both, one = joint.astype(np.float64), given.astype(np.float64)
    # Near 1 the share is taken through what is left over, an exact difference of counts.
    left = np.asarray(given - joint).astype(np.float64) / one
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(left < 0.5, np.log1p(-np.minimum(left, 0.5)), np.log(both / one))
    return max(0.0, -float(((both / both.sum()) * logs).sum()))


def shared_information(joint: WeightArray, margins: Sequence[WeightArray]) -> FloatArray:
    """Non-negative terms of the divergence from independence, shape (c + 1,).

    Their sum is KL(joint ‖ product of the margins): the mutual information of two variables, the
    total correlation of more. joint: weights of the occupied cells, shape (c,). margins: of each
    such cell the weight of its value in one variable, shape (c,) each. The last term is of all
    cells that are empty. Source: Cover & Thomas (2006), ch. 2; Watanabe (1960) for more than two.
    """
    product, total = _product(joint, margins)
    empty = total - sum(product.tolist())
    p = np.append(joint, np.zeros(1, dtype=joint.dtype))
    q = np.append(product, max(empty, 0) if product.dtype == object else max(float(empty), 0.0))
    return all_terms(normalise(p, _narrow(q)), kl_pq_terms)


def _product(joint: WeightArray, margins: Sequence[WeightArray]) -> tuple[WeightArray, float]:
    """The product of the margins at each cell, and its sum over all cells, occupied or not."""
    if joint.dtype.kind != "f":
        product = np.ones(len(joint), dtype=object)
        for margin in margins:
            product = product * margin.astype(object)
        return product, sum(joint.tolist()) ** len(margins)
    whole = math.fsum(joint.tolist())
    shares = np.ones(len(joint))
    for margin in margins:
        shares = shares * (margin.astype(np.float64) / whole)
    return shares, 1.0


def _narrow(weights: WeightArray) -> WeightArray:
    """Integers as int64 where their sum fits."""
    if weights.dtype == object and sum(weights.tolist()) < _WHOLE:
        return weights.astype(np.int64)
    return weights
