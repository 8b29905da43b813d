"""The Python interface to what takes many distributions, or many columns of a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Unpack, get_args

from divcli.analysis.dependence import dependence as dependence_of
from divcli.analysis.gather import Labelled, candidates, gathered
from divcli.analysis.joint import joint_entropy as joint_of
from divcli.analysis.matrix import MatrixOptions
from divcli.analysis.matrix import matrix as matrix_of
from divcli.analysis.rank import rank as rank_of
from divcli.analysis.sample_check import SampleOptions
from divcli.analysis.sample_check import sample_check as checked
from divcli.api import Options, _counting, _measuring, _one_of, _reading
from divcli.errors import CommandLineError
from divcli.sources.joint import joint_columns, target_columns
from divcli.sources.matched import matched_columns
from divcli.sources.objects import source_of

if TYPE_CHECKING:
    from divcli.api import Data
    from divcli.model.dependence import DependenceReport
    from divcli.model.joint import JointEntropy
    from divcli.model.matrix import Matrix
    from divcli.model.ranking import Ranking
    from divcli.model.sample import SampleReport

Order = Literal["given", "similarity"]


def rank(
    p: Data,
    *others: Data,
    measure: str = "kl_pq",
    names: Sequence[str] | None = None,
    p_column: str | None = None,
    q_columns: Sequence[str] = (),
    p_weights: str | None = None,
    q_weights: Sequence[str] = (),
    **options: Unpack[Options],
) -> Ranking:
    """Which of several candidates is nearest to p, and whether that can be told.

    p, others: as in `compare`; one table that holds all is given as p alone, with p_column and
    q_columns, or column, p_weights and q_weights. names: of the candidates, in order.
    Raises DivcliError where the options or the data are wrong.

    >>> rank([5, 5], [1, 3], [1, 7], given="weights").nearest
    ('q1',)
    """
    base = _reading(options, p_column, p_weights)
    reading = _reading(options, None, None)._replace(columns=tuple(q_columns))
    given = [source_of(p, "p", base)]
    given += [source_of(one, f"q{i}", reading) for i, one in enumerate(others, start=1)]
    column, found = candidates(given, base, reading, q_weights)
    measuring = _measuring(options, measure)
    return rank_of(column, _named(found, names), _counting(options), measuring)


def matrix(
    *sources: Data,
    measure: str = "js",
    names: Sequence[str] | None = None,
    columns: Sequence[str] = (),
    by: str | None = None,
    order: Order = "given",
    mixture: str | Sequence[float] = "equal",
    **options: Unpack[Options],
) -> Matrix:
    """One measure between every two of several distributions.

    sources: as in `compare`, or one table with columns, or with the column whose groups of rows
    are compared (by). names: of the distributions, in order. mixture: equal, size, or weights of
    the generalised JS divergence of all.
    Raises DivcliError where the options or the data are wrong.

    >>> matrix([1, 1], [1, 1], [1, 0], given="weights").values.round(3).tolist()
    [[0.0, 0.0, 0.311], [0.0, 0.0, 0.311], [0.311, 0.311, 0.0]]
    """
    reading = _reading(options, None, None)._replace(columns=tuple(columns), by=by)
    opened = [source_of(one, f"d{i}", reading) for i, one in enumerate(sources, start=1)]
    measuring = _measuring(options, measure)
    choices = MatrixOptions(
        measure, measuring.unit, measuring.order, _one_of(order, get_args(Order), "order"),
        mixture if isinstance(mixture, str) else ",".join(map(repr, map(float, mixture))),
        pooled=by is not None, inference=measuring.inference,
    )  # fmt: skip
    found = _named(gathered(opened, reading, every=False), names)
    return matrix_of(found, _counting(options), choices)


def sample_check(
    sample: Data,
    population: Data,
    *,
    columns: Sequence[str] = (),
    min_effect: float = 0.05,
    **options: Unpack[Options],
) -> SampleReport:
    """Does a sample represent the population it was drawn from, column by column?

    sample, population: as in `compare`; of tables all columns, or those named. min_effect: the JS
    divergence, in the unit, that a sample must be able to show.
    Raises DivcliError where the options or the data are wrong.
    """
    reading = _reading(options, None, None)
    names = tuple(columns) or (() if reading.column is None else (reading.column,))
    sides = (source_of(sample, "sample", reading), source_of(population, "population", reading))
    measuring = _measuring(options, ())
    judging = SampleOptions(measuring.unit, min_effect, inference=measuring.inference)
    return checked(*matched_columns(*sides, reading, names), _counting(options), judging)


def dependence(
    source: Data, target: str, *, columns: Sequence[str] = (), **options: Unpack[Options]
) -> DependenceReport:
    """Which columns of a table tell most of one of them.

    source: a table. target: the column to learn about; columns: those to rank, all if none.
    Raises DivcliError where the options or the data are wrong.
    """
    reading = _reading(options, None, None)._replace(column=None, columns=tuple(columns))
    known, others, weights = target_columns(source_of(source, "source", reading), target, reading)
    return dependence_of(known, others, weights, _counting(options), _measuring(options, ()))


def joint_entropy(source: Data, columns: Sequence[str], **options: Unpack[Options]) -> JointEntropy:
    """Joint and conditional entropies and mutual information of columns of one table.

    source: a table; with weights, of joint cells with their counts or probabilities.
    Raises DivcliError where the options or the data are wrong.
    """
    reading = _reading(options, None, None)._replace(column=None, columns=tuple(columns))
    given, weights = joint_columns(source_of(source, "source", reading), reading)
    return joint_of(given, weights, _counting(options), _measuring(options, ()))


def _named(found: list[Labelled], names: Sequence[str] | None) -> list[Labelled]:
    if names is None:
        return found
    if len(names) != len(found):
        raise CommandLineError(f"{len(names)} names for {len(found)} distributions")
    return [one._replace(label=name) for one, name in zip(found, names, strict=True)]
