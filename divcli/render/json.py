"""The document of a result: every digit, infinities as strings, nothing that acts on a screen."""

from __future__ import annotations

import json
from typing import Any

from divcli.inert import inert_json
from divcli.render.page import Surface


def render(result: Any, surface: Surface) -> str:
    """One JSON document (RFC 8259), indented."""
    document = json.dumps(result.to_dict(), ensure_ascii=False, indent=2, allow_nan=False)
    return inert_json(document) + "\n"
