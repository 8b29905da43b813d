"""The drift verdict: every column of the current table against a profile of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from divcli.analysis.drift_options import DriftOptions, check_options
from divcli.analysis.findings import Findings
from divcli.analysis.verdicts import judged, rank
from divcli.counting.choice import engine_for
from divcli.model.drift import ColumnDrift, DriftReport
from divcli.model.profile import Profile
from divcli.sources.columns import Column

if TYPE_CHECKING:
    from divcli.counting.engine import Engine


def drift(
    reference: Profile,
    current: Profile | Sequence[Column],
    options: DriftOptions,
    engine: Engine | None = None,
) -> DriftReport:
    """The verdict on each column of the reference and of the current, and on the table.

    current: a profile, or columns that are counted on the cells of the reference.
    Raises DataError where a column cannot be counted, CommandLineError for unknown names.
    """
    check_options(options)
    if engine is None:
        engine = engine_for(() if isinstance(current, Profile) else current)
    findings = Findings(reference, current, options, engine)
    return reported(findings, judged(findings.all(), options))


def reported(findings: Findings, columns: Iterable[ColumnDrift]) -> DriftReport:
    """The report on columns with their verdicts, those that moved first."""
    ranked = tuple(sorted(columns, key=rank))
    of_columns = (note for one in ranked for note in one.notes)
    notes = dict.fromkeys([*findings.reference.notes, *findings.notes, *of_columns])
    options = findings.options
    return DriftReport(
        findings.reference.name, findings.name, options.unit, options.rules,
        ranked, tuple(notes), options.top,
    )  # fmt: skip
