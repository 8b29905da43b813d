"""What samples say about the populations behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from divcli.model.units import json_number


class MeasureInference(NamedTuple):
    """What samples say about one measure of the populations behind them.

    estimate: corrected for bias, and therefore below 0 now and then for a divergence near 0.
    low, high: limits of the confidence interval, within the range of the measure; inf where no
    limit can be set. noise_floor, noise_mean: quantile at the confidence, and mean, of the exact
    measure of two samples of these sizes from one distribution; None for entropies.
    p_value: where the measure is a test statistic too. Whatever is None has its reason.
    """

    estimate: float | None
    low: float | None
    high: float | None
    noise_floor: float | None
    noise_mean: float | None
    estimator: str
    reason: str | None = None
    p_value: float | None = None

    def scaled(self, size: float) -> MeasureInference:
        """The same amounts in a unit of this size."""
        amounts = (None if one is None else one / size for one in self[:5])
        estimate, low, high, floor, mean = amounts
        return MeasureInference(
            estimate, low, high, floor, mean, self.estimator, self.reason, self.p_value
        )

    def to_dict(self) -> dict[str, Any]:
        """The entry of the measure in a document; the reason only where there is one."""
        document: dict[str, Any] = {
            name: value if isinstance(value, str) else json_number(value)
            for name, value in self._asdict().items()
            if value is not None or name not in ("reason", "p_value")
        }
        return document


class Inference(NamedTuple):
    """What two samples, or one and a model, say about the populations behind them.

    p_value: of homogeneity, found as method says. minimum_detectable_effect: JS divergence that
    this test finds with power 0.8. resamples: those made, of the permutation and of the bootstrap
    each. reason: why p_value or minimum_detectable_effect is None. verdict: what it means, in
    words.
    """

    measures: Mapping[str, MeasureInference]
    p_value: float | None
    method: str
    minimum_detectable_effect: float | None
    confidence: float
    resamples: int
    seed: int | None
    warnings: tuple[str, ...] = ()
    reason: str | None = None
    verdict: str = ""

    @property
    def more_than_chance(self) -> bool | None:
        """Whether chance is ruled out at the confidence; None where that cannot be told."""
        return None if self.p_value is None else self.p_value <= 1 - self.confidence

    def scaled(self, size_of: Callable[[str], float], information: float) -> Inference:
        """The same amounts, each measure in a unit of its size, effects in one of information."""
        effect = self.minimum_detectable_effect
        return self._replace(
            measures={name: one.scaled(size_of(name)) for name, one in self.measures.items()},
            minimum_detectable_effect=None if effect is None else effect / information,
        )

    def to_dict(self) -> dict[str, Any]:
        """The part `inference` of a document."""
        document = {name: one.to_dict() for name, one in self.measures.items()}
        facts = {
            "p_value": self.p_value,
            "method": self.method,
            "minimum_detectable_effect": json_number(self.minimum_detectable_effect),
            "confidence": self.confidence,
            "resamples": self.resamples,
            "seed": self.seed,
            "verdict": self.verdict,
        }
        return document | facts | ({} if self.reason is None else {"reason": self.reason})
