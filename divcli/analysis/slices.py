"""A table in slices, each against one reference: by the periods of dates, or by any values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from divcli.analysis.drift import reported
from divcli.analysis.drift_options import DriftOptions, check_options
from divcli.analysis.findings import Findings, engine_of
from divcli.analysis.profile import selected
from divcli.analysis.verdicts import judged
from divcli.counting.typing_policy import as_time, symbol_of
from divcli.errors import CommandLineError, DataError
from divcli.model.column_settings import ColumnSettings
from divcli.model.profile import Profile
from divcli.model.slices import Slice, SlicedReport
from divcli.sources.columns import Column, InputOptions, TwoSided, Value
from divcli.sources.parts import Part, parts_of
from divcli.sources.profiles import ProfileTable
from divcli.sources.table import Table, group_text, require_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source
    from divcli.sources.stored import Form

_EPOCH = datetime(1970, 1, 1)
NO_VALUE = "(missing)"
_TRIED = 100  # values that show whether a column holds dates
_MOST_SLICES = 1000


def _month(time: datetime) -> str:
    return f"{time:%Y-%m}"


PERIODS: Mapping[str, Callable[[datetime], str]] = MappingProxyType(
    {
        "hour": lambda time: f"{time:%Y-%m-%dT%H}",
        "day": lambda time: f"{time:%Y-%m-%d}",
        "week": lambda time: f"{time - timedelta(days=time.weekday()):%Y-%m-%d}",
        "month": _month,
        "quarter": lambda time: f"{time.year}-Q{(time.month + 2) // 3}",
        "year": lambda time: f"{time:%Y}",
    }
)


class By(NamedTuple):
    """What a table is sliced by: a column, and the period of its times if it is by one."""

    column: str
    period: str | None

    def __str__(self) -> str:
        return self.column if self.period is None else f"{self.column}:{self.period}"

    def key(self, value: Value, na: tuple[str, ...]) -> str:
        """The slice of a value; weeks by their Monday."""
        if value is None or (isinstance(value, str) and value.strip(" \t") in na):
            return NO_VALUE
        if self.period is None:
            return str(symbol_of(value))
        since = as_time(value)
        if since is None:
            return NO_VALUE
        return PERIODS[self.period](_EPOCH + timedelta(seconds=since))

    def named(self, na: tuple[str, ...]) -> Callable[[str, Form], str] | None:
        """The slice of a time in SQL, NULL where a value has to be looked at; None for values."""
        period = self.period
        if period is None:
            return None
        from divcli.counting.judged import period_sql

        return lambda raw, form: period_sql(period, raw, form, na)


def drift_by(
    reference: Profile, current: Table, by: str, reading: InputOptions, options: DriftOptions
) -> SlicedReport:
    """The verdict on each slice of the current; p-values are adjusted for all slices together.

    by: a column, a column and a period as in day:week, or a period of the one column of dates.
    """
    check_options(options)
    sliced = parse_by(by, current)
    reading = reading._replace(by=None)
    columns = dict(options.settings.columns)
    if reference.column(sliced.column) is not None:
        columns[sliced.column] = ColumnSettings(ignore=True)
    options = options._replace(settings=options.settings._replace(columns=columns))
    parts = slices_of(current, sliced, "--by", _MOST_SLICES)
    columns_of_parts = [selected(part.table, reading) for part in parts.values()]
    engine = engine_of(reference, columns_of_parts, options)
    findings = [Findings(reference, one, options, engine) for one in columns_of_parts]
    found = [one.all() for one in findings]
    verdicts = judged([column for columns in found for column in columns], options)
    slices = tuple(
        Slice(name, part.rows, reported(one, list(islice(verdicts, len(columns)))))
        for (name, part), one, columns in zip(parts.items(), findings, found, strict=True)
    )
    return SlicedReport(current.name, str(sliced), slices)


def table_of(source: Source, option: str) -> Table:
    """The table that a source is; CommandLineError where it has no rows, which an option needs."""
    if isinstance(source, (Column, TwoSided, ProfileTable)):
        raise CommandLineError(
            f"{option} takes the rows of a table, and {source.name} has none",
            hint="name the table that it was made of",
        )
    return source


def slices_of(table: Table, by: By, option: str, most: int) -> dict[str, Part]:
    """The table's rows slice by slice, in the order of their names, those without a value last.

    DataError, naming the option, where there are more slices than `most`, or none.
    """
    key = partial(by.key, na=table.na)
    found = parts_of(table, by.column, key, str(by), named=by.named(table.na))
    if not found:
        raise DataError("no rows to slice", where=table.name)
    if len(found) > most:
        raise DataError(
            f"{option} {by}: {len(found):,} groups of rows, more than {most:,}",
            where=table.name,
            hint="name a column of fewer values, or a period: --by COL:week",
        )
    named = {group_text(group): part for group, part in found.items()}
    return {name: named[name] for name in sorted(named, key=lambda name: (name == NO_VALUE, name))}


def parse_by(text: str, table: Table) -> By:
    """The column of --by, and its period: COL, COL:PERIOD, or PERIOD alone."""
    column, colon, period = text.rpartition(":")
    if text in table.header:
        return By(text, None)
    if colon and period in PERIODS:
        return By(require_column(table, column), period)
    if text in PERIODS:
        return By(_dates(table, text), text)
    return By(require_column(table, text), None)


def _dates(table: Table, period: str) -> str:
    """The one column of dates; an error that names how to say which."""
    dated = [
        label for label in table.header
        if any(values := [v for v in table.values(label)[:_TRIED] if v not in (None, *table.na)])
        and all(as_time(value) is not None for value in values)
    ]  # fmt: skip
    if len(dated) == 1:
        return dated[0]
    found = f"{len(dated)} columns of dates" if dated else "no column of dates"
    hint = f"--by {dated[0]}:{period}" if dated else f"--by COL:{period}"
    raise CommandLineError(f"--by {period}: {table.name} has {found}", hint=hint)
