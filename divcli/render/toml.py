"""A first configuration as TOML, with the reasons as comments; and keys as TOML writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from glob import escape

from divcli.inert import inert, inert_json
from divcli.model.starter import Starter, StarterColumn

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WIDTH = 100


def key(name: str) -> str:
    """A key: bare where it can be, else a quoted text without anything that acts on a screen."""
    if _BARE.fullmatch(name):
        return name
    # The escapes of JSON are those of TOML; half a character is none in either.
    return inert_json(json.dumps(_SURROGATE.sub("?", name), ensure_ascii=False))


def starter(found: Starter) -> str:
    """The configuration file, with what each column is and what could be found in it."""
    lines = [*_head(found)]
    written: set[str] = set()
    for one in found.columns:
        pattern = key(escape(one.name))
        if pattern not in written:
            lines += ["", *_column(one, pattern, found.min_effect)]
        written.add(pattern)
    return "\n".join(lines) + "\n"


def _head(found: Starter) -> Iterator[str]:
    against = f"{found.m:,} rows" if found.current is None else inert(found.current)
    size = "" if found.current is None else f" ({found.m:,} rows)"
    yield from _comment(f"Drift from {inert(found.reference)} ({found.n:,} rows), checked against "
                        f"{against}{size}.")  # fmt: skip
    yield from _comment("`divcli config drift` shows what applies. A flag goes before a DIVCLI_* "
                        "variable, and that before this file.")  # fmt: skip
    yield ""
    yield from _comment("The two keys: how improbable chance must be, for the table as a whole, "
                        "and the smallest effect that matters.")  # fmt: skip
    yield f"# drift.alpha = {found.alpha!r}"
    yield f'# drift.min-effect = "js={found.min_effect!r}"'
    yield ""
    yield from _comment("A name may be a pattern, as in [columns.\"price*\"]. Each column can set "
                        "kind, min-effect, alpha, ignore, bins and missing.")  # fmt: skip


def _column(one: StarterColumn, pattern: str, min_effect: float) -> Iterator[str]:
    yield f"[columns.{pattern}]"
    missing = f"; {one.missing:,} missing" if one.missing else ""
    yield from _comment(f"{inert('; '.join(one.reasons))}{missing}")
    if one.current is False:
        yield from _comment("not in the current table")
    if one.ignored is not None:
        yield from _comment(one.ignored)
        yield "ignore = true"
        return
    yield from _comment(_power(one, min_effect))
    yield f'kind = "{one.kind}"'


def _power(one: StarterColumn, min_effect: float) -> str:
    cells = f"{one.cells:,} cell{'s' * (one.cells != 1)}"
    if one.cells < 2:
        return "one value: only others could be told from it"
    if one.detectable is None:
        return f"too few rows for {cells}: no difference would be found"
    found = f"a JS divergence of {one.detectable:.2g} bits would be found in 4 of 5 ({cells})"
    if one.detectable > min_effect:
        found += f": above {min_effect:g}, so that finding nothing is 'insufficient'"
    return found


def _comment(text: str) -> list[str]:
    from textwrap import wrap

    lines = wrap(text, _WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return [f"# {line}" for line in lines]
