"""What the data suggest for a first configuration of a drift check."""

from __future__ import annotations

from typing import NamedTuple


class StarterColumn(NamedTuple):
    """One column of the reference: its kind, and why; or why it should be left out.

    missing: mass of missing values. cells: in how many cells a check would count it. detectable:
    the JS divergence in bits that a check at these sizes finds in 4 of 5 cases, None where none
    is. ignored: why the column is no matter of drift, None where it is. current: whether the
    current table has it, None where there is none.
    """

    name: str
    kind: str
    reasons: tuple[str, ...]
    missing: float
    cells: int
    detectable: float | None
    ignored: str | None = None
    current: bool | None = None


class Starter(NamedTuple):
    """The columns of a reference, in its order.

    n, m: rows of the reference and of what will be compared with it. alpha: the level of the whole
    table, which its columns share.
    """

    reference: str
    current: str | None
    n: int
    m: int
    alpha: float
    min_effect: float
    columns: tuple[StarterColumn, ...]
    notes: tuple[str, ...] = ()
