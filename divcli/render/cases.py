"""A result as test cases, for CI systems that count them: one a column, or one a limit."""

from __future__ import annotations

from functools import singledispatch
from importlib import import_module
from typing import Any, Literal, NamedTuple

from divcli.catalog import PAGES
from divcli.model.comparison import Check
from divcli.render.page import name, number

Outcome = Literal["passed", "failed", "warned", "skipped"]


class Case(NamedTuple):
    """One thing that was checked, how it went, and why in a line; warned: it fails nothing."""

    name: str
    outcome: Outcome
    message: str


class Cases(NamedTuple):
    """All that was checked, and what it comes to in a sentence."""

    summary: str
    cases: tuple[Case, ...]


def cases_of(result: Any) -> Cases:
    """The cases of a result; each kind registers its own beside its page."""
    if (module := PAGES.get(type(result).__name__)) is not None:
        import_module(module)
    cases: Cases = cases_by_type(result)
    return cases


@singledispatch
def cases_by_type(result: Any) -> Cases:
    """The limits that a result was held to; none where it knows of none."""
    checks: tuple[Check, ...] = getattr(result, "checks", ())
    over = sum(not check.passed for check in checks)
    said = f"{over} of {len(checks)} limits exceeded" if checks else "no limits: nothing to fail"
    return Cases(said, tuple(map(_of_limit, checks)))


def _of_limit(check: Check) -> Case:
    sign = "≤" if check.passed else ">"
    message = f"{number(check.value)} {sign} {check.limit:g}"
    return Case(name(check.measure), "passed" if check.passed else "failed", message)
