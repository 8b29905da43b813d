"""What is set for single columns of a table, by patterns of their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from divcli.model.distribution import Kind


class ColumnSettings(NamedTuple):
    """What is set for a column; None where it is as for the rest of the table.

    kind, bins, missing: as the options of these names. min_effect: a measure and the smallest
    value of it that matters, in the unit of the report. alpha: the level of the column's test.
    ignore: whether the column is left out.
    """

    kind: str | None = None
    min_effect: tuple[str, float] | None = None
    alpha: float | None = None
    ignore: bool | None = None
    bins: str | None = None
    missing: str | None = None

    @property
    def forced(self) -> Kind | None:
        """The kind that the column is of, whatever its values; None where they decide."""
        return None if self.kind in (None, "auto") else cast("Kind", self.kind)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """Settings for the columns whose names match a pattern, and the key that holds them.

    pattern: a name, or a glob of *, ? and [...]; letter case matters.
    """

    pattern: str
    settings: ColumnSettings
    key: str = ""
    # Kept, for a table of a thousand columns has as many rules when all are written down.
    is_glob: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_glob", any(sign in self.pattern for sign in "*?["))

    def matches(self, name: str) -> bool:
        """Whether the rule is about the column of this name."""
        return name == self.pattern or (self.is_glob and fnmatchcase(name, self.pattern))

    def without(self, settings: Iterable[str]) -> ColumnRule:
        """The same rule without settings of these names."""
        return replace(self, settings=self.settings._replace(**dict.fromkeys(settings)))


# One character of a glob that stands for others: a set of several, the negation of any, or a wild
# card. A set of one, as in [*], is how that character itself is written.
_WILD = re.compile(r"\[![^\]]+\]|\[[^\]]{2,}\]|[*?](?!\])")


def literals(pattern: str) -> int:
    """How many characters of a name the pattern fixes."""
    fixed = re.sub(r"\[([^\]!])\]", r"\1", _WILD.sub("", pattern))
    return len(fixed)


def rules_for(name: str, rules: Sequence[ColumnRule]) -> list[ColumnRule]:
    """The rules about a column, the most specific first.

    A name to the letter goes before any pattern, then the pattern that fixes the most characters,
    then the later of two.
    """
    found = [(rule, i) for i, rule in enumerate(rules) if rule.matches(name)]
    found.sort(key=lambda one: (one[0].pattern == name, literals(one[0].pattern), one[1]))
    return [rule for rule, _ in reversed(found)]


def settings_of(name: str, rules: Sequence[ColumnRule]) -> ColumnSettings:
    """What is set for a column: each setting by the most specific rule that has it."""
    merged = ColumnSettings()
    for rule in reversed(rules_for(name, rules)):
        given = {key: value for key, value in rule.settings._asdict().items() if value is not None}
        merged = merged._replace(**given)
    return merged


def settings_by_column(
    names: Iterable[str], rules: Sequence[ColumnRule]
) -> dict[str, ColumnSettings]:
    """What is set for each of these columns."""
    return {name: settings_of(name, rules) for name in names}


def unmatched(names: Sequence[str], rules: Sequence[ColumnRule], where: str) -> tuple[str, ...]:
    """Notes on the rules that are about none of a table's columns: perhaps misspelt.

    where: the table, as people know it.
    """
    lost = (rule for rule in rules if not any(rule.matches(name) for name in names))
    return tuple(f"{rule.key}: {where} has no such column" for rule in lost)
