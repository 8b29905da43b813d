"""What decides whether a column drifts."""

from __future__ import annotations

from typing import Literal, NamedTuple

from divcli.analysis.profile import Settings
from divcli.errors import CommandLineError, did_you_mean
from divcli.inference.multiplicity import CORRECTIONS
from divcli.inference.shift import effect_measures
from divcli.model.drift import Rules
from divcli.model.units import BITS, Unit


class DriftOptions(NamedTuple):
    """What decides; the options of the command line, by name.

    min_effect: a measure and the smallest value of it that matters, in unit. alpha: the level.
    correction: holm, bh or none. max_drifted: how many columns may drift. settings: of columns,
    which go before these. top: how many cells of a column documents list.
    """

    min_effect: tuple[str, float] = ("js", 0.01)
    alpha: float = 0.01
    correction: str = "holm"
    max_drifted: int = 0
    on_insufficient: Literal["pass", "fail"] = "pass"
    unit: Unit = BITS
    settings: Settings = Settings()
    seed: int = 0
    top: int | None = None

    @property
    def rules(self) -> Rules:
        """The same as reports state it."""
        measure, least = self.min_effect
        return Rules(
            measure, least, self.alpha, self.correction, self.max_drifted, self.on_insufficient
        )


def check_options(options: DriftOptions) -> None:
    """Refuse measures that cannot be an effect, and corrections that are not known."""
    settings = options.settings
    single = [*settings.columns.values(), *(one.settings for one in settings.rules)]
    limits = [options.min_effect, *(one.min_effect for one in single)]
    for name in (limit[0] for limit in limits if limit is not None):
        known = effect_measures()
        if name not in known:
            raise CommandLineError(
                f"--min-effect: no effect is estimated of {name!r}", hint=did_you_mean(name, known)
            )
    if options.correction not in CORRECTIONS:
        hint = did_you_mean(options.correction, list(CORRECTIONS))
        raise CommandLineError(f"--correction: no correction {options.correction!r}", hint=hint)
