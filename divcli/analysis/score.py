"""Predicted class probabilities against true labels."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from divcli.analysis.predictions import PredictionOptions, Predictions, predictions_of
from divcli.inference import scoring
from divcli.model.score import ClassScore, ReliabilityBin, ScoreReport, TorchLoss
from divcli.model.units import BITS, Unit
from divcli.sources.columns import Column, TwoSided
from divcli.sources.table import Table

# As many as in Guo et al. (2017).
_BINS = 15


class ScoreOptions(NamedTuple):
    """What to score and how to state it; bins: of the reliability of confidences."""

    predictions: PredictionOptions = PredictionOptions()
    unit: Unit = BITS
    bins: int = _BINS
    torch: bool = False


_DEFAULTS = ScoreOptions()


def score_table(
    source: Table | Column | TwoSided, options: ScoreOptions = _DEFAULTS
) -> ScoreReport:
    """The score of the predictions in a table, P the labels and Q the predictions."""
    found = predictions_of(source, options.predictions)
    q, t, w = found.q, found.t, found.shares
    terms = scoring.cross_entropy_terms(q, t)
    bins = scoring.reliability(q, t, w, options.bins)
    shares = w @ t
    measures: dict[str, float | None] = {
        **_losses(found, terms, options.unit),
        "entropy_of_shares": options.unit.amount(_entropy(shares)),
        "kl_of_shares": options.unit.amount(float(scoring.kl_rows((w @ q)[None], shares[None])[0])),
        "accuracy": float(t[np.arange(len(q)), q.argmax(axis=1)] @ w),
        "brier": scoring.brier(q, t, w),
        "calibration_error": scoring.calibration_error(bins),
    }
    losses = scoring.torch_losses(q, t) if options.torch else []
    return ScoreReport(
        found.source,
        found.column,
        len(q),
        found.left_out,
        options.unit,
        measures,
        _classes(found, terms, options.unit),
        tuple(ReliabilityBin(*one[:5]) for one in bins),
        tuple(TorchLoss(*one) for one in losses),
        (*found.notes, *_notes(found, terms), *(_torch_notes(found) if options.torch else [])),
    )


def _losses(found: Predictions, terms: np.ndarray, unit: Unit) -> dict[str, float | None]:
    rows = terms.sum(axis=1)
    nats = float(rows @ found.shares)
    return {
        "cross_entropy_pq": unit.amount(nats),
        "standard_error": _standard_error(rows, found.shares, unit),
        "kl_pq": unit.amount(float(scoring.kl_rows(found.q, found.t) @ found.shares)),
        "perplexity": math.exp(nats) if nats < 700 else math.inf,
    }


def _standard_error(rows: np.ndarray, shares: np.ndarray, unit: Unit) -> float | None:
    """Of the mean of the rows, None for one row or an infinite loss; of weighted rows, as Kish."""
    size = 1 / float(shares @ shares)
    if size <= 1.5 or not np.isfinite(rows).all():
        return None
    variance = float(((rows - float(rows @ shares)) ** 2) @ shares)
    return unit.amount(math.sqrt(variance / (size - 1)))


def _entropy(shares: np.ndarray) -> float:
    held = shares[shares > 0]
    return -float(held @ np.log(held))


def _classes(found: Predictions, terms: np.ndarray, unit: Unit) -> tuple[ClassScore, ...]:
    """Each class with its part of the loss; the parts sum to the whole."""
    weights, w = found.weights, found.shares
    chosen = np.bincount(found.q.argmax(axis=1), minlength=len(found.classes))
    rows = []
    for i, name in enumerate(found.classes):
        share, part = float(found.t[:, i] @ w), float(terms[:, i] @ w)
        rows.append(
            ClassScore(
                name,
                _whole(float(found.t[:, i] @ weights)),
                share,
                float(found.q[:, i] @ w),
                int(chosen[i]),
                unit.amount(part),
                unit.amount(part) / share if share > 0 else None,
            )
        )
    return tuple(sorted(rows, key=lambda row: -row.cross_entropy))


def _whole(n: float) -> float:
    return int(n) if n.is_integer() else n


def _notes(found: Predictions, terms: np.ndarray) -> list[str]:
    """Rows with an infinite loss, and classes that are never chosen or never true."""
    notes = []
    infinite = np.flatnonzero(np.isinf(terms.sum(axis=1)))
    if len(infinite):
        notes.append(
            f"{found.source}: {len(infinite):,} of {len(terms):,} rows give the true label "
            f"probability 0 (first: {found.places[infinite[0]]}): the loss is infinite"
        )
    chosen = set(found.q.argmax(axis=1).tolist())
    true = found.t.sum(axis=0) > 0
    never = [name for i, name in enumerate(found.classes) if true[i] and i not in chosen]
    absent = [name for i, name in enumerate(found.classes) if not true[i]]
    if never:
        notes.append(f"{found.source}: never the most probable class: {_listed(never)}")
    if absent:
        notes.append(f"{found.source}: predicted, but never the label: {_listed(absent)}")
    return notes


def _torch_notes(found: Predictions) -> list[str]:
    notes = ["torch's losses are in nats, whatever the unit; KLDivLoss takes the prediction first, "
             "in logarithms, and computes KL(target‖prediction)"]  # fmt: skip
    if not np.allclose(found.weights, 1.0):
        notes.append("torch's losses know no weights of rows: theirs count each row once")
    return notes


def _listed(names: list[str]) -> str:
    more = f", … ({len(names):,} in all)" if len(names) > 5 else ""
    return ", ".join(map(repr, names[:5])) + more
