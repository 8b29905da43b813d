"""`divcli entropy SOURCE -c X -c Y`: columns of one table taken together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from divcli.cli import output
from divcli.cli import values as given
from divcli.cli.gates import without_estimators
from divcli.cli.sides import sources_or_stdin
from divcli.errors import CommandLineError, DataError

if TYPE_CHECKING:
    from divcli.model.inference import MeasureInference
    from divcli.model.joint import JointEntropy
    from divcli.sources.columns import Column


def joint(values: given.Values) -> int:
    """The quantities of several columns together."""
    for option in ("by", "every_column", "alpha_order"):
        if values[option]:
            name = {"every_column": "all"}.get(option, option).replace("_", "-")
            raise CommandLineError(f"--{name} does not go with several columns")
    if not values["measures"] or values["measures"] == ("all",):
        values = values | {"measures": ("all",)}
    from dataclasses import replace

    from divcli.analysis.joint import joint_entropy

    measuring = given.measuring_of(values, given.JOINT_NAMES)
    limits = given.limits_of(values, given.JOINT_NAMES)
    result = joint_entropy(*_columns(values), given.counting_of(values), measuring)
    told = {} if result.inference is None else {"mutual_information": _bounds(result)}
    checks = given.checks_of(limits, result.quantities, told)
    result = replace(result, checks=checks, notes=(*result.notes, *without_estimators(values)))
    return _print_value(result, values) if values["value"] else output.deliver(result, values)


def _columns(values: given.Values) -> tuple[list[Column], Column | None]:
    """The columns of the one table, and that of the rows' weights where there is one."""
    from divcli.sources.joint import joint_columns
    from divcli.sources.resolve import open_source

    sources = sources_or_stdin(values)
    if len(sources) != 1:
        raise click.UsageError("several columns together are those of one table; name one source")
    reading = given.side_input(values)
    return joint_columns(open_source(sources[0], reading), reading)


def _bounds(result: JointEntropy) -> MeasureInference:
    """The estimate of the mutual information, as limits ask for it."""
    from divcli.model.inference import MeasureInference

    assert result.inference is not None
    told = result.inference
    return MeasureInference(
        told.estimate, None, None, told.noise_floor, told.noise_mean, told.estimator,
        "no interval comes with mutual information", told.p_value,
    )  # fmt: skip


def _print_value(result: JointEntropy, values: given.Values) -> int:
    """The bare number of one quantity, and the status of the limits."""
    names: tuple[str, ...] = values["measures"]
    if len(names) != 1 or names[0] == "all":
        raise click.UsageError("--value prints one quantity: name it with -m")
    value = result.quantities.get(names[0])
    if value is None:
        raise DataError(f"{names[0]} cannot be measured here")
    output.write(f"{value!r}\n", None)
    if not values["quiet"]:
        output.say_notes(result.notes)
    return result.exit_status
