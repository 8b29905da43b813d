"""What kind several columns are together: text, numbers or times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from divcli.counting.side import Side
from divcli.model.distribution import Kind

# A column nine tenths of which are numbers or times was meant to be of that kind.
_NEARLY = 0.9
_AXES: tuple[tuple[str, Kind], ...] = (("number", "numeric"), ("time", "datetime"))


def common_kind(sides: Sequence[Side], wanted: Kind | None) -> tuple[Kind, list[str]]:
    """The kind that fits all columns, with notes on values that kept it from being another."""
    if wanted is not None:
        return wanted, []
    pooled: Counter[str] = Counter()
    for side in sides:
        pooled.update(side.scan.kinds)
    kind = _kind(pooled)
    if kind != "categorical":
        return kind, []
    kinds = [_kind(side.scan.kinds) for side in sides]
    if any(one != "categorical" for one in kinds):
        each = dict.fromkeys(_described(side, one) for side, one in zip(sides, kinds, strict=True))
        return kind, [f"{', '.join(each)}: compared as text; --kind forces another"]
    return kind, [note for side in sides for note in _nearly(side)]


def _kind(kinds: Mapping[str, int]) -> Kind:
    present = {kind for kind, n in kinds.items() if n}
    if present == {"time"}:
        return "datetime"
    if "number" in present and present <= {"number", "not finite"}:
        return "numeric"
    return "categorical"


def _described(side: Side, kind: Kind) -> str:
    odd = f" ({side.scan.odd!r})" if kind == "categorical" and side.scan.odd is not None else ""
    return f"{side.place} is {kind}{odd}"


def _nearly(side: Side) -> list[str]:
    """The note on a column of numbers or times but for a few values."""
    masses = side.scan.masses
    total = sum(masses.values())
    return [
        f"{side.place}: {total - masses[kind]:,} of {total:,} values are no plain {kind}"
        f"{'' if side.scan.odd is None else f' (first {side.scan.odd!r})'}, taken as text; "
        f"--kind {option} counts them apart"
        for kind, option in _AXES
        if masses.get(kind, 0) > _NEARLY * total and not side.column.is_ready
    ]
