"""Two samples and what resampling made of them: what estimates and limits are derived from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from divcli.inference.arrays import IntArray
from divcli.inference.divergence_estimators import JS_ESTIMATORS, KL_ESTIMATORS
from divcli.inference.entropy_estimators import ENTROPY_ESTIMATORS
from divcli.inference.homogeneity import LEAST_EXPECTED, least_expected
from divcli.inference.quantities import QUANTITIES
from divcli.inference.resampling import Draws
from divcli.inference.tables import Samples, likelihood_ratio


@dataclass(frozen=True, slots=True)
class Estimators:
    """Names of the estimators in use, keys of the registries."""

    entropy: str
    kl: str
    js: str

    def __post_init__(self) -> None:
        """ValueError where a registry does not have the name."""
        known = (
            (self.entropy, ENTROPY_ESTIMATORS),
            (self.kl, KL_ESTIMATORS),
            (self.js, JS_ESTIMATORS),
        )
        for name, registry in known:
            if name not in registry:
                raise ValueError(f"estimator: expected one of {', '.join(registry)}, found {name}")


class Resamples(NamedTuple):
    """What chance alone gives where P = Q, and where P and Q are the empirical distributions."""

    null: Draws
    bootstrap: Draws


@dataclass(frozen=True)
class Evidence:
    """Counts x of P and y of Q on one alphabet, shape (k,), and their resamples, if any."""

    x: IntArray
    y: IntArray
    estimators: Estimators
    confidence: float
    resamples: Resamples | None = None

    @cached_property
    def n(self) -> int:
        """Observations behind P."""
        return int(self.x.sum())

    @cached_property
    def m(self) -> int:
        """Observations behind Q."""
        return int(self.y.sum())

    @cached_property
    def cells(self) -> int:
        """Cells occupied on either side."""
        return int(np.count_nonzero(self.x + self.y))

    @cached_property
    def is_sparse(self) -> bool:
        """Whether some expected count is too small for asymptotic laws."""
        return least_expected(self.x, self.y) < LEAST_EXPECTED

    @cached_property
    def likelihood_ratio(self) -> float:
        """G, the test statistic."""
        return float(likelihood_ratio(Samples(self.x[None]), Samples(self.y[None]))[0])

    def lacking(self, side: str) -> int:
        """How many symbols one side, "p" or "q", has never shown and the other has."""
        here, there = (self.x, self.y) if side == "p" else (self.y, self.x)
        return int(np.count_nonzero((here == 0) & (there > 0)))

    def plugin(self, quantity: str) -> float:
        """The quantity of the empirical distributions, in nats."""
        p, q = Samples(self.x[None]), Samples(self.y[None])
        return float(QUANTITIES[quantity].plugin(p, q)[0])
