"""What the counts behind a comparison allow to be said, and that in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

from divcli.catalog import Measure, measure
from divcli.errors import CommandLineError, DataError
from divcli.model.inference import MeasureInference

if TYPE_CHECKING:
    from divcli.inference.arrays import Counts, IntArray
    from divcli.model.arrays import WeightArray
    from divcli.model.distribution import Distribution, Line
    from divcli.model.inference import Inference
    from divcli.model.units import Unit

# A known distribution stands in the two-sample machinery as a sample so large that its own chance
# does not count: 1/c = 1/n + 1/m differs from 1/n by less than a thousandth up to the second.
_MODEL_SIZE = 4 * 10**8
_MOST_AGAINST_MODEL = 4 * 10**5
# Measures of the known distribution alone, or exact averages of it.
_OF_P = frozenset({"entropy_p"})
_OF_Q = frozenset({"entropy_q"})
_TEST_ONLY = "a test statistic: its p-value says what it means"
_LARGEST_TOTAL = 2**53
_SAMPLE_TOO_LARGE = "a sample this large leaves nothing to chance: the exact value stands"


class InferenceOptions(NamedTuple):
    """How to infer; the options of the command line, by name. wanted: False leaves it all out."""

    wanted: bool = True
    confidence: float = 0.95
    resamples: int = 999
    seed: int = 0
    entropy: str = "chao-wang-jost"
    kl: str = "zhang-grabchak"
    js: str = "jackknife"
    subset: bool = False


def inference_of(
    p: Distribution,
    q: Distribution,
    rows: Sequence[Measure],
    unit: Unit,
    options: InferenceOptions,
) -> Inference | None:
    """What two samples, or a sample and a model, say; None where neither side is counted."""
    if not options.wanted:
        return None
    if p.n is None and q.n is None:
        _refuse_without_samples(options)
        return None
    names = [row.name for row in rows]
    if p.n is None or q.n is None:
        _refuse_without_samples(options)
        found = _against_model(p, q, names, options)
    else:
        infer = _of_subset if options.subset else _of_samples
        found = infer(p, q, names, options)
        if options.kl == "knn":
            from divcli.analysis.neighbours import with_neighbours

            found = with_neighbours(found, p, q)
    found = found.scaled(lambda name: size_of(measure(name), unit), unit.nats)
    return found._replace(verdict=_verdict(found, unit))


def _refuse_without_samples(options: InferenceOptions) -> None:
    """CommandLineError for what is asked of two samples where there are none."""
    asked = {"--subset": options.subset, "--estimator knn": options.kl == "knn"}
    for option in (name for name, wanted in asked.items() if wanted):
        raise CommandLineError(f"{option} needs samples or counts on both sides")


def _of_samples(
    p: Distribution, q: Distribution, names: Sequence[str], options: InferenceOptions
) -> Inference:
    found = _infer(counts_of(p), counts_of(q), names, options)
    return _with_line_tests(found, p, q, names, options)


def entropy_inference(
    side: Distribution, unit: Unit, options: InferenceOptions
) -> Inference | None:
    """What a sample says about the entropy behind it; None where nothing was counted."""
    if not options.wanted or side.n is None:
        return None
    counts = counts_of(side)
    found = _infer(counts, counts, ["entropy_p"], options)
    return found.scaled(lambda name: size_of(measure(name), unit), unit.nats)


def size_of(row: Measure, unit: Unit) -> float:
    """How many nats, or roots of nats, make one of the unit that the measure is stated in."""
    return {"information": unit.nats, "root": math.sqrt(unit.nats)}.get(row.unit, 1.0)


def _infer(x: Counts, y: Counts, names: Sequence[str], options: InferenceOptions) -> Inference:
    from divcli.inference.quantities import MEASURES
    from divcli.inference.summary import infer

    return infer(
        x,
        y,
        [name for name in names if name in MEASURES],
        confidence=options.confidence,
        resamples=options.resamples,
        seed=options.seed,
        kl_estimator="zhang-grabchak" if options.kl == "knn" else options.kl,
        js_estimator=options.js,
        entropy_estimator=options.entropy,
    )


def _against_model(
    p: Distribution, q: Distribution, names: Sequence[str], options: InferenceOptions
) -> Inference:
    """A sample against a known distribution: the p-value of the one-sample test, and the rest."""
    from divcli.inference.homogeneity import one_sample_test

    sample, model, known = (p, q, _OF_Q) if q.n is None else (q, p, _OF_P)
    x, shares = counts_of(sample), model.probabilities
    rng = np.random.default_rng(options.seed)
    test = one_sample_test(x, shares, resamples=options.resamples, rng=rng)
    stand_in = model_counts(model)
    wanted = [name for name in names if name not in known]
    small = (sample.n or 0) <= _MOST_AGAINST_MODEL
    left, right = (x, stand_in) if sample is p else (stand_in, x)
    found = _infer(left, right, wanted if small else [], options)
    if not small:
        nothing = MeasureInference(None, None, None, None, None, "none", _SAMPLE_TOO_LARGE)
        found = found._replace(measures=dict.fromkeys(wanted, nothing))
    return found._replace(p_value=test.p_value, method=test.method, reason=None)


def _of_subset(
    p: Distribution, q: Distribution, names: Sequence[str], options: InferenceOptions
) -> Inference:
    """P as a part of Q: what chance leaves of a draw without replacement from Q itself."""
    from divcli.inference.subset import infer_subset

    try:
        return infer_subset(
            counts_of(p), counts_of(q), names, confidence=options.confidence,
            resamples=options.resamples, seed=options.seed,
        )  # fmt: skip
    except ValueError as error:
        raise DataError(f"--subset: {error}", where=p.name) from error


def _with_line_tests(
    found: Inference,
    p: Distribution,
    q: Distribution,
    names: Sequence[str],
    options: InferenceOptions,
) -> Inference:
    """The same with the p-values of the tests on the values themselves, where there are values."""
    asked = [name for name in ("ks", "cvm") if name in names]
    lines = (p.line, q.line)
    if not asked or any(line is None or not line.weights.any() for line in lines):
        return found
    assert p.line is not None
    assert q.line is not None
    from divcli.inference import empirical_cdf as line

    pooled = line.pool_values(
        p.line.positions, q.line.positions, _line_counts(p, p.line), _line_counts(q, q.line)
    )
    tests = {"ks": line.kolmogorov_smirnov_test, "cvm": line.cramer_von_mises_test}
    measures = dict(found.measures)
    for name in asked:
        rng = np.random.default_rng(options.seed)
        outcome = tests[name](pooled, resamples=options.resamples, rng=rng)
        measures[name] = MeasureInference(
            None, None, None, None, None, outcome.method, _TEST_ONLY, outcome.p_value
        )
    return found._replace(measures=measures)


def _line_counts(side: Distribution, line: Line) -> IntArray:
    """Numbers of observations at each position; of weighted rows, of as many as they are worth."""
    if line.weights.dtype.kind == "f" or line.weights.sum() >= _LARGEST_TOTAL:
        from divcli.inference.weighted import effective_counts

        share = float(line.weights.sum() / side.weights.sum())
        size = min(share * float(side.n or 1), _LARGEST_TOTAL)
        return effective_counts(line.weights.astype(np.float64), size)
    return line.weights.astype(np.int64)


def model_counts(side: Distribution) -> IntArray:
    """A known distribution as counts of so many that their own chance does not matter."""
    counts: IntArray = np.ceil(side.probabilities * _MODEL_SIZE).astype(np.int64)
    return counts


def counts_of(side: Distribution) -> Counts:
    """Numbers of observations a cell; of weighted rows, of as many as they are worth."""
    if side.given == "samples" and side.weights.sum() != side.n:
        from divcli.inference.weighted import effective_counts

        return effective_counts(side.weights.astype(np.float64), float(side.n or 1))
    return _whole(side.weights)


def _whole(weights: WeightArray) -> Counts:
    """Counts in integers, of any size."""
    if weights.dtype.kind != "f":
        return cast("Counts", weights)
    return np.array([int(weight) for weight in weights.tolist()], dtype=object)


def _verdict(found: Inference, unit: Unit) -> str:
    """What the p-value and the sizes mean, in a sentence."""
    if found.p_value is None:
        return f"whether chance explains the difference cannot be told: {found.reason}"
    chance = f"p = {found.p_value:.3g}, {found.method}"
    if found.more_than_chance:
        return f"the difference is more than chance explains ({chance})"
    if found.minimum_detectable_effect is None:
        return f"the difference cannot be told from chance at these sizes ({chance})"
    least = f"{found.minimum_detectable_effect:.3g} {unit.name}"
    return (
        f"the difference cannot be told from chance at these sizes ({chance}); a JS divergence of "
        f"{least} would be found in 4 of 5 such samples"
    )
