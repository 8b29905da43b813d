"""Sequences of what is made when it is looked at: of thousands of labels few are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Made(Sequence[T]):
    """So many items, each made from its place."""

    def __init__(self, size: int, make: Callable[[int], T]) -> None:
        self._size, self._make = size, make

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        found = range(self._size)[place]
        return self._make(found) if isinstance(found, int) else tuple(map(self._make, found))

    def __iter__(self) -> Iterator[T]:
        return map(self._make, range(self._size))

    def __eq__(self, other: object) -> bool:
        """Whether all items are equal to those of a tuple, or of another of these."""
        return isinstance(other, (Made, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[T, ...]]]:
        return tuple, (tuple(self),)  # a copy elsewhere needs nothing that they are made from
