"""What every program is asked, and how it answers: one total variation a column, as JSON.

`python -m tests.benchmarks.large.programs.NAME FORM P Q COLUMN...`; P may be /dev/stdin.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tests.benchmarks.large.layout import NUMBERS


class Question(NamedTuple):
    """Two tables in one form, and the columns to compare."""

    form: str
    p: str
    q: str
    columns: Sequence[str]

    @property
    def texts(self) -> list[str]:
        """The columns counted by their symbols."""
        return [column for column in self.columns if column not in NUMBERS]

    @property
    def numbers(self) -> list[str]:
        """The columns counted on a grid."""
        return [column for column in self.columns if column in NUMBERS]


def answer(program: Callable[[Question], Mapping[str, float]]) -> None:
    """Ask the program what the arguments say, and print its answer."""
    form, p, q, *columns = sys.argv[1:]
    print(json.dumps(program(Question(form, p, q, columns))))
