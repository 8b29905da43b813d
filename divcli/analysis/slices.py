"""A table in slices, each against one reference: by the periods of dates, or by any values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from divcli.analysis.drift import reported
from divcli.analysis.drift_options import DriftOptions, check_options
from divcli.analysis.findings import Findings
from divcli.analysis.profile import selected
from divcli.analysis.verdicts import judged
from divcli.counting.python import PythonEngine
from divcli.counting.typing_policy import as_time, symbol_of
from divcli.errors import CommandLineError, DataError
from divcli.model.column_settings import ColumnSettings
from divcli.model.profile import Profile
from divcli.model.slices import Slice, SlicedReport
from divcli.sources.columns import Column, InputOptions, TwoSided, Value
from divcli.sources.profiles import ProfileTable
from divcli.sources.table import RowsOfTable, Table, require_column

if TYPE_CHECKING:
    from divcli.sources.columns import Source

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
    rows = rows_by(current, sliced, "--by", _MOST_SLICES)
    findings = [
        Findings(reference, selected(part, reading), options, PythonEngine())
        for part in parts(current, sliced, rows)
    ]
    found = [one.all() for one in findings]
    verdicts = judged([column for columns in found for column in columns], options)
    slices = tuple(
        Slice(name, len(rows[name]), reported(one, list(islice(verdicts, len(columns)))))
        for name, one, columns in zip(rows, findings, found, strict=True)
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


def rows_by(table: Table, by: By, option: str, most: int) -> dict[str, list[int]]:
    """The rows of each slice, in the order of their names, those without a value last.

    DataError, naming the option, where there are more slices than `most`, or none.
    """
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(table.values(by.column)):
        rows.setdefault(by.key(value, table.na), []).append(row)
    if not rows:
        raise DataError("no rows to slice", where=table.name)
    if len(rows) > most:
        raise DataError(
            f"{option} {by}: {len(rows):,} groups of rows, more than {most:,}",
            where=table.name,
            hint="name a column of fewer values, or a period: --by COL:week",
        )
    return {name: rows[name] for name in sorted(rows, key=lambda name: (name == NO_VALUE, name))}


def parts(table: Table, by: By, rows: Mapping[str, Sequence[int]]) -> Iterator[RowsOfTable]:
    """The table's rows slice by slice; what is read of it is read once."""
    rest = [label for label in table.header if label != by.column]
    read: dict[str, Sequence[Value]] = {}
    for name, kept in rows.items():
        yield RowsOfTable(f"{table.name} [{by}={name}]", rest, table, kept, read)


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
