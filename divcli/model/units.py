"""Units of information, and numbers as documents write them."""

from __future__ import annotations

import math
from typing import NamedTuple

from divcli.errors import CommandLineError


class Unit(NamedTuple):
    """A unit of information: its name, the base of its logarithm, and its size in nats."""

    name: str
    base: float
    nats: float

    def amount(self, nats: float) -> float:
        """An amount given in nats, in the unit."""
        return nats / self.nats

    @property
    def log(self) -> str:
        """How the logarithm is written: log₂, ln, log₁₀, or log with its base."""
        written = {2.0: "log₂", math.e: "ln", 10.0: "log₁₀"}
        return written.get(self.base, f"log_{self.base:g}")


BITS = Unit("bits", 2.0, math.log(2))
NATS = Unit("nats", math.e, 1.0)
BANS = Unit("bans", 10.0, math.log(10))
UNITS = {unit.name: unit for unit in (BITS, NATS, BANS)}


def unit_of_base(base: float) -> Unit:
    """The unit whose logarithm has this base; bits, nats and bans keep their names."""
    if not 1 < base < math.inf:
        raise CommandLineError(f"a base of logarithms is a number above 1, found {base:g}")
    named = {unit.base: unit for unit in UNITS.values()}
    return named.get(base) or Unit(f"base {base:g}", base, math.log(base))


JsonNumber = float | int | str | None


def json_number(value: float | None) -> JsonNumber:
    """A number for a document: infinities as the strings that float() and Number() read."""
    if value is None or math.isfinite(value):
        return value
    return "Infinity" if value > 0 else "-Infinity"
