"""Limits on what is measured in many places: of each, the place that comes nearest to breaking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.cli.values import Values, checks_of

if TYPE_CHECKING:
    from divcli.model.comparison import Check
    from divcli.model.inference import MeasureInference


class Place(NamedTuple):
    """A pair, a column or a candidate: its name, its measures, and what is inferred of them."""

    name: str
    measured: dict[str, float | None]
    inferred: Mapping[str, MeasureInference]


def worst_checks(
    limits: Sequence[tuple[str, float]], places: Sequence[Place]
) -> tuple[tuple[Check, ...], list[str]]:
    """Each limit with the greatest value of all places, and a note on where that is.

    A place without a value breaks no limit, and is named in the notes; DataError where none has
    one.
    """
    checks: list[Check] = []
    notes: list[str] = []
    for limit in limits:
        known = [place for place in places if _value(limit[0], place) is not None]
        at = max(known, key=lambda place: _value(limit[0], place) or 0.0, default=None)
        checks += checks_of([limit], at.measured if at else {}, at.inferred if at else {})
        if at is not None:
            notes.append(f"--fail-over {limit[0]}: greatest for {at.name}")
        left = [place.name for place in places if _value(limit[0], place) is None]
        if left:
            more = f" and {len(left) - 3:,} more" if len(left) > 3 else ""
            notes.append(f"--fail-over {limit[0]}: not measured for {', '.join(left[:3])}{more}")
    return tuple(checks), notes


def without_estimators(values: Values) -> list[str]:
    """The note on --estimator where no estimator of entropy, KL or JS is used."""
    if not values["estimators"]:
        return []
    return ["--estimator has no effect: entropy, KL and JS are not estimated here"]


def _value(name: str, place: Place) -> float | None:
    measure, _, part = name.partition(".")
    if not part:
        return place.measured.get(measure)
    value: float | None = getattr(place.inferred.get(measure), part, None)
    return value
