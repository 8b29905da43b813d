"""Option groups that commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import click

from divcli.catalog import READERS, RENDERERS
from divcli.cli import completion
from divcli.cli.configuration import configured

F = TypeVar("F", bound=Callable[..., Any])


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """A click option that the environment can set too, as DIVCLI_NAME."""
    long = next(name for name in names if name.startswith("--"))
    variable = long.partition("/")[0].removeprefix("--").upper().replace("-", "_")
    return click.option(*names, envvar=f"DIVCLI_{variable}", **attributes)


class InputOption(NamedTuple):
    """One option about how a source is read: names, the field it sets, and click's attributes."""

    names: tuple[str, ...]
    attributes: dict[str, Any]

    @property
    def parameter(self) -> str:
        """The name of click's parameter."""
        return self.names[-1].partition("/")[0].removeprefix("--").replace("-", "_")


_GIVEN = ("auto", "samples", "counts", "probabilities", "weights")

INPUT_OPTIONS: tuple[InputOption, ...] = (
    InputOption(("-c", "--column"), {"metavar": "COL", "multiple": True, "help": "The sample or "
                "symbol column; several of a table are taken together.",
                "shell_complete": completion.columns}),
    InputOption(("-w", "--weights"), {"metavar": "COL", "help": "The column of counts, "
                "probabilities or weights of each symbol.",
                "shell_complete": completion.columns}),
    InputOption(("--sample-weight",), {"metavar": "COL", "help": "The column with the weight of "
                "each row of raw samples.", "shell_complete": completion.columns}),
    InputOption(("--as",), {"type": click.Choice(_GIVEN), "help": "What the numbers are; "
                "auto decides and says so in the notes."}),
    InputOption(("-i", "--input-format"), {"metavar": "FORMAT", "help": "The format, where the "
                "file name does not tell: " + ", ".join(row.name for row in READERS) + "."}),
    InputOption(("--path",), {"metavar": "A.B.C", "help": "Reach inside a JSON document."}),
    InputOption(("-d", "--delimiter"), {"metavar": "CHAR", "help": "The delimiter; \\t is a tab."}),
    InputOption(("--header/--no-header",), {"default": None, "help": "Whether the first row names "
                "the columns."}),
    InputOption(("--where",), {"metavar": "EXPR", "help": "Only the rows for which an SQL "
                "expression over the columns holds."}),
    InputOption(("--sample",), {"type": click.IntRange(min=1), "metavar": "N", "help": "Only N "
                "rows, drawn at random by --seed."}),
    InputOption(("--na",), {"metavar": "TOKENS", "help": "Texts that mean missing, "
                "comma-separated (default: the empty text)."}),
)  # fmt: skip


def input_options(function: F) -> F:
    """Each input option, for both sides at once and, hidden, as --p-… and --q-… for one."""
    return _sided_options(function)


def candidate_options(function: F) -> F:
    """The same where Q are several: --q-weights and --q-column name one after the other."""
    return _sided_options(function, several="--q-weights")


def _sided_options(function: F, several: str = "") -> F:
    for row in reversed(INPUT_OPTIONS):
        for side in ("q-", "p-"):
            names = _sided(row, side)
            more = {"multiple": True} if several in names else {}
            function = click.option(*names, **row.attributes | more, hidden=True)(function)
        function = option(*row.names, **row.attributes)(function)
    return function


def one_side_options(function: F) -> F:
    """Each input option, for commands whose sources are all read alike."""
    for row in reversed(INPUT_OPTIONS):
        function = option(*row.names, **row.attributes)(function)
    return function


def _sided(row: InputOption, side: str) -> list[str]:
    long = row.names[-1].replace("--", f"--{side}")
    return [long]


def by_option(function: F) -> F:
    """The options that split a table into groups, and say which two to compare."""
    for side in ("q", "p"):
        help_text = f"The group that is {side.upper()}, by its value in that column."
        function = click.option(f"--{side}-group", metavar="VALUE", help=help_text)(function)
    return option("--by", metavar="COL", help="Split a table by the values of a column.")(function)


def engine_options(function: F) -> F:
    """What reads and counts, and what it may use."""
    for decorator in reversed((
        option("--engine", type=click.Choice(["auto", "python", "duckdb"]), default="auto",
               help="What reads and counts: in memory, or where the data are."),
        option("--threads", type=click.IntRange(min=1), metavar="N", help="Threads of duckdb."),
        option("--memory-limit", metavar="SIZE",
               help="What duckdb holds before it writes to disk, as in 600MB."),
        click.option("--progress/--no-progress", default=None,
                     help="A line of progress on a terminal, for long work."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def counting_options(function: F) -> F:
    """How values become symbols or cells, for both sides together."""
    for decorator in reversed((
        option("--kind", type=click.Choice(["auto", "categorical", "numeric", "datetime"]),
               default="auto", help="What the column holds."),
        option("--bins", metavar="N|RULE|EDGES", help="Cells of a numeric column: how many of "
               "equal frequency, a rule of numpy's, or edges e0,e1,…"),
        option("--missing", type=click.Choice(["symbol", "drop", "error"]), default="symbol",
               help="What missing values are."),
        option("--limit-symbols", type=click.IntRange(min=1), metavar="K",
               help="Keep the K most frequent symbols; the rest is one cell."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def column_options(function: F) -> F:
    """How each of several columns becomes symbols or cells."""
    for decorator in reversed((
        option("--kind", multiple=True, metavar="[COL=]KIND", help="What a column holds, or all "
               "do: auto, categorical, numeric, datetime; repeatable."),
        option("--bins", metavar="N|EDGES", help="Cells of numeric columns: how many of equal "
               "frequency, or edges e0,e1,…"),
        option("--missing", type=click.Choice(["symbol", "drop", "error"]), default="symbol",
               help="What missing values are."),
        option("--ignore", multiple=True, metavar="COL", help="Leave a column out; repeatable."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def measure_options(function: F) -> F:
    """What to measure, and in which unit."""
    for decorator in reversed((
        option("-m", "--measure", "measures", multiple=True, metavar="NAME",
               shell_complete=completion.measures,
               help="A measure by name, or all; repeatable. See divcli measures."),
        option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
               help="The unit of information."),
        option("--base", type=float, metavar="B", help="The base of logarithms, for a unit."),
        option("--alpha-order", type=click.FloatRange(min=0), metavar="ALPHA",
               help="The order of Rényi and Tsallis measures."),
        option("--top", type=click.IntRange(min=0), metavar="N",
               help="List the N largest symbols (default: 20 in tables, all elsewhere)."),
        option("--fail-over", multiple=True, metavar="MEASURE=LIMIT",
               help="Exit with status 1 where a measure, or a part of its estimate (js.low), "
               "is above a limit; repeatable."),
        click.option("--value", is_flag=True, help="Print the bare number of one measure."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def unit_options(function: F) -> F:
    """The unit and the limits, where what is measured is fixed."""
    for decorator in reversed((
        option("-u", "--unit", type=click.Choice(["bits", "nats", "bans"]), default="bits",
               help="The unit of information."),
        option("--base", type=float, metavar="B", help="The base of logarithms, for a unit."),
        option("--fail-over", multiple=True, metavar="MEASURE=LIMIT",
               help="Exit with status 1 where a measure, or a part of its estimate, is above a "
               "limit; repeatable."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def inference_options(function: F) -> F:
    """What is inferred from counts, and how."""
    for decorator in reversed((
        option("--estimator", "estimators", multiple=True, metavar="NAME",
               help="An estimator of entropy, KL or JS by name, or as kl=plugin; repeatable."),
        option("--confidence", type=click.FloatRange(0, 1, min_open=True, max_open=True),
               default=0.95, help="Of intervals, noise floors and the verdict."),
        option("--resamples", type=click.IntRange(min=0), default=999, metavar="N",
               help="Permutations, and as many bootstrap samples; 0 for closed forms."),
        option("--seed", type=click.IntRange(min=0), default=0, help="Of all resampling."),
        option("--no-inference", is_flag=True, help="The exact values alone."),
    )):  # fmt: skip
        function = decorator(function)
    return function


def output_options(function: F) -> F:
    """Where the result goes, in which format; and where options are read beside those typed."""
    function = configured(function)
    formats = ", ".join(row.name for row in RENDERERS)
    for decorator in reversed((
        option("-f", "--format", "formats", multiple=True, metavar="FORMAT[:FILE]",
               help=f"The output format: {formats}; repeatable with files."),
        click.option("--json", "as_json", is_flag=True, help="The same as -f json."),
        click.option("-o", "--output", metavar="FILE",
                     help="Write to a file, whole or not at all."),
        option("-q", "--quiet", is_flag=True, help="No notes on standard error."),
        option("-v", "--verbose", is_flag=True, help="Show the traceback of a fault."),
        option("--color", type=click.Choice(["auto", "always", "never"]), default="auto",
               help="Colour in tables."),
        option("--config", metavar="FILE", help="Read this configuration, and not the nearest "
               "divcli.toml or pyproject.toml."),
        option("--no-config", is_flag=True, help="Read no configuration."),
    )):  # fmt: skip
        function = decorator(function)
    return function
