"""Cases of the truth files, by kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Case = dict[str, Any]
_DATA = Path(__file__).parents[1] / "data"


def cases(file: str, kind: str) -> list[Case]:
    """Every case of one kind in tests/data/FILE.json."""
    everything: list[Case] = json.loads((_DATA / f"{file}.json").read_text())
    found = [case for case in everything if case["kind"] == kind]
    assert found
    return found
