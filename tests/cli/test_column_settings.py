"""Which settings a column has, by the patterns that match its name."""

from __future__ import annotations

import pytest

from divcli.model.column_settings import (
    ColumnRule,
    ColumnSettings,
    literals,
    rules_for,
    settings_by_column,
    settings_of,
    unmatched,
)


def rule(pattern: str, alpha: float) -> ColumnRule:
    return ColumnRule(pattern, ColumnSettings(alpha=alpha))


# Patterns in the order of the file, a name, and the patterns about it, the most specific first.
ORDERS: dict[str, tuple[list[str], str, list[str]]] = {
    "a longer literal goes first": (["price*", "*", "p*"], "price_eur", ["price*", "p*", "*"]),
    "a name goes before a pattern as long": (["price", "price*"], "price", ["price", "price*"]),
    "the later of two": (["a*", "*b"], "ab", ["*b", "a*"]),
    "the later of two, the other way": (["*b", "a*"], "ab", ["a*", "*b"]),
    "a set fixes nothing": (["[ab]x*", "x*x", "?x*"], "axx", ["?x*", "[ab]x*"]),
    "letter case matters": (["Price", "p*"], "price", ["p*"]),
    "none": (["a", "b*"], "c", []),
    "a name with wild cards is itself": (["a*", "a?"], "a*", ["a*", "a?"]),
    "a wild card in brackets is itself": (["a[*]", "a?"], "a*", ["a[*]", "a?"]),
    "an empty name": (["*", "?*", ""], "", ["", "*"]),
}


@pytest.mark.parametrize(("patterns", "name", "expected"), ORDERS.values(), ids=ORDERS)
def test_the_most_specific_rule_goes_first(
    patterns: list[str], name: str, expected: list[str]
) -> None:
    found = rules_for(name, [rule(pattern, 0.5) for pattern in patterns])
    assert [one.pattern for one in found] == expected


@pytest.mark.parametrize(
    ("pattern", "fixed"),
    [("abc", 3), ("a*c", 2), ("*", 0), ("a?c", 2), ("[abc]x", 1), ("[!a]x", 1), ("[*]x", 2),
     ("[?]", 1), ("[[]", 1), ("", 0)],
)  # fmt: skip
def test_literals_are_what_a_pattern_fixes(pattern: str, fixed: int) -> None:
    assert literals(pattern) == fixed


def test_each_setting_comes_from_the_most_specific_rule_that_has_it() -> None:
    rules = [
        ColumnRule("*", ColumnSettings(alpha=0.001, missing="drop", ignore=True)),
        ColumnRule("price*", ColumnSettings(kind="numeric", ignore=False)),
        ColumnRule("price_eur", ColumnSettings(min_effect=("tv", 0.1))),
    ]
    assert settings_of("price_eur", rules) == ColumnSettings(
        kind="numeric", min_effect=("tv", 0.1), alpha=0.001, ignore=False, missing="drop"
    )
    assert settings_of("city", rules) == ColumnSettings(alpha=0.001, ignore=True, missing="drop")


def test_without_rules_nothing_is_set() -> None:
    assert settings_by_column(["a", "b"], []) == {"a": ColumnSettings(), "b": ColumnSettings()}


def test_rules_about_no_column_are_told() -> None:
    rules = [rule("price*", 0.1), ColumnRule("prise*", ColumnSettings(), 'columns."prise*"')]
    told = unmatched(["price", "city"], rules, "a.csv")
    assert told == ('columns."prise*": a.csv has no such column',)


@pytest.mark.parametrize(("kind", "forced"), [(None, None), ("auto", None), ("numeric", "numeric")])
def test_only_a_kind_that_is_named_is_forced(kind: str | None, forced: str | None) -> None:
    assert ColumnSettings(kind=kind).forced == forced
