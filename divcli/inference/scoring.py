"""Predicted probabilities against labels: log loss, calibration, and what torch makes of both.

Throughout: q, predicted probabilities, shape (n, k), rows summing to 1; t, the same for the labels
(one-hot where they are certain); w, the weight of each row, shape (n,), summing to 1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import FloatArray


class Bin(NamedTuple):
    """Predictions whose confidence is in (low, high]: mean confidence, and share that is right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float
    share: float

    @property
    def gap(self) -> float:
        """Confidence over accuracy: above 0 where predictions are too sure."""
        return self.confidence - self.accuracy


class Reduction(NamedTuple):
    """What one of torch's losses returns; reason: why it is nan to torch, and None here."""

    loss: str
    reduction: str
    value: float | None
    meaning: str
    reason: str | None = None


def cross_entropy_terms(q: FloatArray, t: FloatArray) -> FloatArray:
    """−t ln q, in nats, shape (n, k); 0 where t is 0, ∞ where q is 0 and t is not."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(t > 0, -t * np.log(q), 0.0)


def kl_rows(q: FloatArray, t: FloatArray) -> FloatArray:
    """KL(t‖q) of each row in nats, shape (n,); the cross-entropy itself where t is one-hot."""
    with np.errstate(divide="ignore", invalid="ignore"):
        entropies = np.where(t > 0, t * np.log(t), 0.0).sum(axis=1)
    found: FloatArray = np.maximum(cross_entropy_terms(q, t).sum(axis=1) + entropies, 0.0)
    return found


def brier(q: FloatArray, t: FloatArray, w: FloatArray) -> float:
    """Mean squared distance Σ(q − t)² of the rows, in [0, 2]. Source: Brier (1950)."""
    return float(((q - t) ** 2).sum(axis=1) @ w)


def reliability(q: FloatArray, t: FloatArray, w: FloatArray, bins: int) -> list[Bin]:
    """Bins of equal width of the greatest probability of each row; empty ones are left out.

    Source: Guo, Pleiss, Sun & Weinberger (2017), section 2.
    """
    rows = np.arange(len(q))
    chosen = q.argmax(axis=1)
    confidence, right = q[rows, chosen], t[rows, chosen]
    place = np.clip(np.ceil(confidence * bins).astype(np.int64) - 1, 0, bins - 1)
    found = []
    for i in np.unique(place).tolist():
        held = place == i
        share = float(w[held].sum())
        if share > 0:
            sure, true = (float(values[held] @ w[held]) / share for values in (confidence, right))
            found.append(Bin(i / bins, (i + 1) / bins, int(held.sum()), sure, true, share))
    return found


def calibration_error(bins: list[Bin]) -> float:
    """Expected calibration error: the mean distance of confidence and accuracy over the bins.

    Source: Guo, Pleiss, Sun & Weinberger (2017), eq. 3.
    """
    return math.fsum(one.share * abs(one.gap) for one in bins)


def torch_losses(q: FloatArray, t: FloatArray) -> list[Reduction]:
    """What CrossEntropyLoss and KLDivLoss return for ln q and t, in nats, under each reduction.

    As documented for torch 2: CrossEntropyLoss(input=ln q, target=t) is −t·input; KLDivLoss(
    input=ln q, target=t) is t·(ln t − input), its first argument the prediction in logarithms.
    """
    n, k = q.shape
    loss = _sum(cross_entropy_terms(q, t), q, t, of_classes=bool((t.max(axis=1) == 1).all()))
    forward = _sum(_kl_elements(q, t), q, t)
    backward = _sum(_kl_elements(t, q), t, q)
    return [
        *_reductions("CrossEntropyLoss()(ln q, t)", loss, {"mean": n}),
        *_reductions("KLDivLoss()(ln q, t)", forward, {"mean": n * k, "batchmean": n}),
        *_reductions("KLDivLoss()(ln t, q)", backward, {"mean": n * k, "batchmean": n}),
    ]


def _kl_elements(q: FloatArray, t: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(t > 0, t * (np.log(t) - np.log(q)), 0.0)


def _sum(
    elements: FloatArray, q: FloatArray, t: FloatArray, *, of_classes: bool = False
) -> float | None:
    """The sum of the elements, None where torch multiplies 0 by the infinite logarithm of a 0."""
    if not of_classes and ((q == 0) & (t == 0)).any():
        return None
    return float(elements.sum())


_MEANINGS = {
    ("CrossEntropyLoss", "mean"): "the sum over the rows: the log loss",
    ("KLDivLoss", "mean"): "the sum over rows times classes: no KL",
    ("KLDivLoss", "batchmean"): "the sum over the rows: the mean {kl}",
}


def _reductions(loss: str, total: float | None, divisors: dict[str, int]) -> list[Reduction]:
    """The loss under each of its reductions."""
    wrong = None if total is not None else "nan: 0 times the logarithm of 0"
    kl = "KL(t‖q)" if loss.endswith("(ln q, t)") else "KL(q‖t), arguments swapped"
    found = []
    for reduction in ("none", "mean", "batchmean", "sum"):
        meaning = _MEANINGS.get((loss.partition("(")[0], reduction))
        if meaning is None and reduction == "batchmean":
            continue
        value = None if total is None else total / divisors.get(reduction, 1)
        meaning = meaning or (
            "one number each; here their sum" if reduction == "none" else "the sum"
        )
        found.append(Reduction(loss, reduction, value, meaning.format(kl=kl), wrong))
    return found
