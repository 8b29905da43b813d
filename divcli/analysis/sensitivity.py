"""Does the verdict depend on the grid? The same samples on coarser, finer and other cells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from divcli.analysis.compare import MeasureOptions, compare_columns
from divcli.errors import CommandLineError
from divcli.model.comparison import Comparison, GridVerdict

if TYPE_CHECKING:
    from divcli.counting.align import CountingOptions
    from divcli.sources.columns import Column

# Of equal width, by rules that need no choice; the equal-frequency grids are tried at half and
# twice the cells of the comparison itself.
_RULES = ("sturges", "doane", "sqrt")


def with_sensitivity(
    comparison: Comparison,
    p: Column,
    q: Column,
    counting: CountingOptions,
    options: MeasureOptions,
) -> Comparison:
    """The comparison with its verdict on other grids; CommandLineError where there is no grid."""
    if comparison.p.grid is None or comparison.inference is None:
        raise CommandLineError(
            "--sensitivity repeats the verdict on other grids: it needs two samples of numbers or "
            "times"
        )
    cells = len(comparison.p)
    tried = [str(max(2, cells // 2)), str(2 * cells), *_RULES]
    js = _js_alone(options)
    others = (compare_columns(p, q, counting._replace(bins=bins), js) for bins in tried)
    return replace(comparison, sensitivity=tuple(_verdict(one) for one in (comparison, *others)))


def _js_alone(options: MeasureOptions) -> MeasureOptions:
    """The same options for JS alone, without its symbols."""
    return options._replace(measures=("js",), also=(), top=0)


def _verdict(comparison: Comparison) -> GridVerdict:
    assert comparison.p.grid is not None
    assert comparison.inference is not None
    told = comparison.inference.measures.get("js")
    return GridVerdict(
        comparison.p.grid.rule,
        len(comparison.p),
        None if told is None else told.estimate,
        comparison.inference.p_value,
        comparison.inference.more_than_chance,
    )
