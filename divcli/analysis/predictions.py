"""A table as predictions: which column holds labels, which the probability of which class.

A label column is the one that is named, or called so, or the only one that holds no numbers. The
others hold probabilities, one a class: named like the labels, perhaps after a common beginning
such as p_. A single column of probabilities is that of the second of two classes. In a document
predictions, and labels too, may be arrays of probabilities.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from divcli.counting.typing_policy import symbol_of
from divcli.errors import CommandLineError, DataError
from divcli.model.distribution import Special
from divcli.sources.columns import Column, TwoSided, Value
from divcli.sources.table import Table, require_column
from divcli.sources.weights import as_weight, parse_weights

if TYPE_CHECKING:
    from divcli.model.arrays import FloatArray

LABEL_NAMES = (
    "label", "labels", "y", "y_true", "true", "truth", "target", "targets", "class", "actual",
)  # fmt: skip
_ROUNDING = 1e-6  # of each probability, as in files that give six decimals
_MOST_ROUNDING = 1e-3
_SEPARATOR = re.compile(r"^(.*[_ .:/-])[^_ .:/-]*$")
_POSITIVE = (("0", "1"), ("false", "true"), ("no", "yes"), ("negative", "positive"))


class PredictionOptions(NamedTuple):
    """Which columns; label: of labels; classes: of probabilities. normalize: rescale rows."""

    label: str | None = None
    classes: tuple[str, ...] = ()
    sample_weight: str | None = None
    na: tuple[str, ...] | None = None
    normalize: bool = False


class Predictions(NamedTuple):
    """Rows that can be scored: q, predicted, and t, true probabilities, shape (n, k)."""

    source: str
    column: str
    classes: tuple[str, ...]
    q: FloatArray
    t: FloatArray
    weights: FloatArray
    places: Sequence[str]
    left_out: int
    notes: tuple[str, ...]

    @property
    def shares(self) -> FloatArray:
        """The weights of the rows, summing to 1."""
        return np.asarray(self.weights / self.weights.sum())


class _Given(NamedTuple):
    """Columns as they stand: q may hold NaN; labels are texts, None where missing, or arrays."""

    classes: list[str]
    q: FloatArray
    labels: list[str | list[float] | None]
    notes: list[str]


def predictions_of(source: Table | Column | TwoSided, options: PredictionOptions) -> Predictions:
    """The predictions in a table; DataError where no row can be scored."""
    if isinstance(source, (Column, TwoSided)):
        raise DataError(
            "expected a table with labels and the probability of each class",
            where=source.name,
            hint="one row a prediction: label,cat,dog and then cat,0.9,0.1",
        )
    label = _label_column(source, options)
    given = _given(source, label, options)
    weights = _weights(source, options)
    problems, q, t = _checked(given, options)
    kept = np.array([problem is None for problem in problems]) & (weights > 0)
    notes = [*source.notes, *given.notes, *_told(problems, source)]
    if not kept.any():
        hint = "--normalize rescales rows that sum to something else; logits need a softmax first"
        why = Counter(one for one in problems if one is not None).most_common(1)
        raise DataError(f"no row can be scored: {why[0][0] if why else 'no weight'}",
                        where=source.name, hint=hint)  # fmt: skip
    return Predictions(
        source.name, label, tuple(given.classes), q[kept], t[kept], weights[kept],
        _Places(source, np.flatnonzero(kept)), int((~kept).sum()), tuple(notes),
    )  # fmt: skip


class _Places(Sequence[str]):
    """Where the rows that were kept stand in the table, told when asked for."""

    def __init__(self, table: Table, rows: np.ndarray) -> None:
        self._table, self._rows = table, rows

    def __len__(self) -> int:
        return len(self._rows)

    # The two overloads of a sequence would be longer than what they say; rows alone are asked for.
    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        return self._table.locate(int(self._rows[row]))


def _label_column(table: Table, options: PredictionOptions) -> str:
    if options.label is not None:
        return require_column(table, options.label)
    named = [label for label in table.header if label.strip().lower() in LABEL_NAMES]
    if len(named) == 1:
        return named[0]
    texts = [label for label in table.header if not _numbers(table.values(label)).any()]
    if len(texts) == 1:
        return texts[0]
    raise CommandLineError(
        f"{table.name}: which column holds the true labels?",
        hint=f"pick one with -c: {', '.join(table.header[:20])}",
    )


def _numbers(values: Sequence[Value]) -> np.ndarray:
    """Which of the first values are numbers, or arrays of them."""
    some = list(values[:100])
    return np.array([as_weight(one) is not None or _array(one) is not None for one in some])


def _array(value: Value) -> list[float] | None:
    """The numbers of an array, which a table holds as its JSON text."""
    if not isinstance(value, str) or not value.startswith("["):
        return None
    try:
        items = json.loads(value)
    except ValueError:
        return None
    numbers = [as_weight(item) for item in items if not isinstance(item, str)]
    known = [float(number) for number in numbers if number is not None]
    return known if len(known) == len(items) else None


def _given(table: Table, label: str, options: PredictionOptions) -> _Given:
    na = table.na if options.na is None else options.na
    labels = [_label(value, na) for value in table.values(label)]
    columns = [require_column(table, one) for one in options.classes]
    rest = [one for one in table.header if one not in (label, options.sample_weight)]
    columns = columns or rest
    if not columns:
        raise DataError("no column with probabilities", where=table.name)
    if len(columns) == 1:
        arrays = [_array(value) for value in table.values(columns[0])]
        if any(one is not None for one in arrays):
            return _of_arrays(arrays, labels, columns[0])
    notes: list[str] = []
    texts = {one for one in labels if isinstance(one, str)}
    numbers = {one: _as_floats(table.values(one)) for one in columns}
    if not options.classes:
        columns = _probable(columns, numbers, texts, notes, table.name)
    if len(columns) == 1:
        return _of_two(columns[0], numbers[columns[0]], labels, texts, notes)
    classes = _class_names(columns, texts, notes, table.name)
    return _Given(classes, np.stack([numbers[one] for one in columns], axis=1), labels, notes)


def _label(value: Value, na: tuple[str, ...]) -> str | list[float] | None:
    if value is None or (isinstance(value, str) and value.strip(" \t") in na):
        return None
    array = _array(value)
    if array is not None:
        return array
    symbol = symbol_of(value)
    return None if isinstance(symbol, Special) else symbol


def _as_floats(values: Sequence[Value]) -> FloatArray:
    numbers = (as_weight(value) for value in values)
    return np.array([np.nan if one is None else one for one in numbers], dtype=np.float64)


def _probable(
    columns: list[str],
    numbers: dict[str, FloatArray],
    texts: set[str],
    notes: list[str],
    name: str,
) -> list[str]:
    """The columns that hold probabilities: named as a label, or mostly between 0 and 1."""
    kept = [
        one
        for one in columns
        if one in texts or np.mean((numbers[one] >= 0) & (numbers[one] <= 1)) > 1 / 2
    ]
    others = [one for one in columns if one not in kept]
    if others and kept:
        notes.append(
            f"{name}: no probabilities of classes, left out: {', '.join(map(repr, others))}"
        )
    return kept or columns


def _class_names(columns: list[str], texts: set[str], notes: list[str], name: str) -> list[str]:
    """The class of each column: its name, without what all begin with where labels lack it."""
    if texts & set(columns):
        return columns
    least, greatest = min(columns), max(columns)
    same = next((i for i, c in enumerate(least) if greatest[i : i + 1] != c), len(least))
    found = _SEPARATOR.match(least[:same])
    common = found.group(1) if found else least[:same]
    short = [one.removeprefix(common) for one in columns]
    if common and texts & set(short):
        notes.append(f"{name}: columns {common}… taken as the classes {', '.join(short[:5])}")
        return short
    return columns


def _of_two(
    column: str,
    numbers: FloatArray,
    labels: list[str | list[float] | None],
    texts: set[str],
    notes: list[str],
) -> _Given:
    """One column of probabilities: of the class of its name, or of the second of two classes."""
    pair = next((two for two in _POSITIVE if {one.lower() for one in texts} <= set(two)), None)
    if column in texts and len(texts) <= 2:
        others = sorted(texts - {column})
        classes = [others[0] if others else f"not {column}", column]
    elif pair is not None:
        classes = [next((one for one in texts if one.lower() == name), name) for name in pair]
    elif len(texts) == 2:
        classes = sorted(texts)
    else:
        raise DataError(
            f"one column of probabilities, {column!r}, for {len(texts)} labels",
            hint="give a column for each class",
        )
    notes.append(f"column {column!r} taken as the probability of {classes[1]!r}")
    return _Given(classes, np.stack([1 - numbers, numbers], axis=1), labels, notes)


def _of_arrays(
    arrays: list[list[float] | None], labels: list[str | list[float] | None], column: str
) -> _Given:
    """Predictions as arrays: classes are numbered from 0."""
    width = max(len(one) for one in arrays if one is not None)
    rows = [one if one is not None and len(one) == width else [np.nan] * width for one in arrays]
    note = f"column {column!r} holds arrays of {width} probabilities: classes 0 to {width - 1}"
    return _Given([str(i) for i in range(width)], np.array(rows), labels, [note])


def _weights(table: Table, options: PredictionOptions) -> FloatArray:
    if options.sample_weight is None:
        return np.ones(len(table.values(table.header[0])))
    label = require_column(table, options.sample_weight)
    return np.array(parse_weights(table.values(label), label, table.locate), dtype=np.float64)


def _checked(
    given: _Given, options: PredictionOptions
) -> tuple[list[str | None], FloatArray, FloatArray]:
    """Why each row cannot be scored, None where it can; probabilities; labels as probabilities."""
    n, k = given.q.shape
    problems: list[str | None] = [None] * n
    place = {name: i for i, name in enumerate(given.classes)}
    t = np.zeros((n, k))
    for row, label in enumerate(given.labels):
        if label is None:
            problems[row] = "no label"
        elif isinstance(label, list):
            if len(label) != k or abs(sum(label) - 1) > _rounding(k) or min(label) < 0:
                problems[row] = f"the label is no array of {k} probabilities"
            else:
                t[row] = np.array(label) / sum(label)
        elif label in place:
            t[row, place[label]] = 1.0
        else:
            problems[row] = f"the label {label!r} has no column"
    sums = given.q.sum(axis=1)
    _note_rows(problems, np.isnan(sums), "a probability is missing or no number")
    _note_rows(problems, np.asarray((given.q < 0).any(axis=1)), "a probability is negative")
    _note_rows(problems, ~np.isfinite(sums) | (sums == 0), "probabilities without a finite sum")
    if not options.normalize:
        _note_rows(problems, np.abs(sums - 1) > _rounding(k), "probabilities do not sum to 1")
    with np.errstate(all="ignore"):
        return problems, given.q / sums[:, None], t


def _rounding(k: int) -> float:
    return min(_ROUNDING * k, _MOST_ROUNDING)


def _note_rows(problems: list[str | None], wrong: np.ndarray, word: str) -> None:
    for row in np.flatnonzero(wrong).tolist():
        problems[row] = problems[row] or word


def _told(problems: Sequence[str | None], table: Table) -> list[str]:
    """One note for each reason, with the first row that it holds for."""
    first: dict[str, int] = {}
    for row, problem in enumerate(problems):
        if problem is not None:
            first.setdefault(problem, row)
    times = Counter(problem for problem in problems if problem is not None)
    shown = [
        f"{table.name}: {times[problem]:,} of {len(problems):,} rows left out: {problem} "
        f"(first: {table.locate(row)})"
        for problem, row in list(first.items())[:10]
    ]
    if len(first) > len(shown):
        rest = sum(times[problem] for problem in list(first)[len(shown) :])
        shown.append(f"{table.name}: {rest:,} further rows left out for {len(first) - 10} reasons")
    return shown
