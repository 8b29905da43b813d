"""The document of a result: every digit, infinities as strings, nothing that acts on a screen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from divcli.inert import inert_json
from divcli.render.page import Surface


def render(result: Any, surface: Surface) -> str:
    """One JSON document (RFC 8259): a line for each of its parts, and for each record of a list."""
    # Only an encoder without indentation is written in C: it is fifty times as fast.
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    document: dict[str, Any] = result.to_dict()
    parts = (f"  {encode(key)}: {_lines(value, encode)}" for key, value in document.items())
    return inert_json("{\n" + ",\n".join(parts) + "\n}\n")


def _lines(value: Any, encode: Callable[[Any], str]) -> str:
    """A value on one line, but for records: one a line, those of a list and those of a mapping."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"    {encode(record)}" for record in value) + "\n  ]"
    if isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
        records = (f"    {encode(key)}: {encode(one)}" for key, one in value.items())
        return "{\n" + ",\n".join(records) + "\n  }"
    return encode(value)
