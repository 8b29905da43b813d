"""Workflow commands of GitHub Actions: an annotation a failure, and one that sums up.

Escaped as the runner unescapes: %, line ends, and in properties colons and commas.
"""

from __future__ import annotations

from typing import Any

from divcli.inert import inert
from divcli.render.cases import cases_of
from divcli.render.page import Surface

_LEVELS = {"failed": "error", "warned": "warning"}


def render(result: Any, surface: Surface) -> str:
    """One line an annotation; what passed has none."""
    found = cases_of(result)
    lines = [
        _command(_LEVELS[case.outcome], f"divcli: {case.name}", f"{case.name}: {case.message}")
        for case in found.cases
        if case.outcome in _LEVELS
    ]
    return "\n".join([*lines, _command("notice", "divcli", found.summary)]) + "\n"


def _command(level: str, title: str, message: str) -> str:
    title = _escaped(title).replace(":", "%3A").replace(",", "%2C")
    return f"::{level} title={title}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return inert(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
