"""Where a source lies: files, globs, folders, a table of a database file, or a pipe."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from divcli.errors import CommandLineError, DataError, did_you_mean

if TYPE_CHECKING:
    from divcli.sources.pipe import Pump

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class Place(NamedTuple):
    """Where a source lies: one or several files, or a pipe; inner: the table of a database file."""

    name: str
    paths: tuple[str, ...]
    inner: str | None = None
    pump: Pump | None = None
    beginning: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes on disk."""
        try:
            return sum(os.path.getsize(path) for path in self.paths)
        except OSError:
            return 0  # whoever opens it says what is wrong

    @property
    def ending(self) -> str:
        """The ending of the file names, without that of a compression."""
        base, ending = os.path.splitext(self.paths[0].lower() if self.paths else "")
        return os.path.splitext(base)[1] if ending in _COMPRESSIONS else ending

    @property
    def compressed(self) -> bool:
        """Whether the data are compressed as a whole."""
        return self.compression is not None

    @property
    def serial(self) -> bool:
        """Whether one thread alone can read it: a single file, compressed as a whole."""
        return self.compressed and self.pump is None and len(self.paths) == 1

    @property
    def compression(self) -> str | None:
        """How they are compressed: by the name of the files, in a pipe by the first bytes."""
        if self.beginning is not None:
            return next((n for m, n in _MAGIC.items() if self.beginning.startswith(m)), None)
        return _COMPRESSIONS.get(os.path.splitext(self.paths[0].lower())[1])


def place_of(text: str) -> Place | None:
    """The files that a text names: a file, a glob, a folder, or a table of a database file."""
    path, mark, inner = text.partition("#")
    if _is_file(text):
        return Place(text, (text,))
    if mark and _is_file(path):
        return Place(text, (path,), inner)
    if os.path.isdir(text):
        import glob

        return _several(text, glob.glob(os.path.join(glob.escape(text), "**", "*"), recursive=True))
    if any(character in text for character in "*?["):
        import glob

        found = glob.glob(text, recursive=True)
        return _several(text, found) if found else None
    return None


def _is_file(text: str) -> bool:
    try:
        return os.path.lexists(text) and not os.path.isdir(text)
    except ValueError:
        return False


def _several(name: str, found: Sequence[str]) -> Place:
    paths = tuple(sorted(path for path in found if _is_data(path)))
    if not paths:
        raise DataError("a folder without data", where=name, hint="name a file or a glob")
    endings = sorted({Place(name, (path,)).ending for path in paths})
    if len(endings) > 1:
        raise DataError(
            f"files of several kinds: {', '.join(ending or 'no ending' for ending in endings)}",
            where=name,
            hint=f"name one kind in a glob: '{os.path.join(name, '*' + endings[-1])}'",
        )
    return Place(name, paths)


def _is_data(path: str) -> bool:
    """Whether a file of a folder is data: not hidden, not a mark such as _SUCCESS."""
    return os.path.isfile(path) and not os.path.basename(path).startswith((".", "_"))


def inner_table(place: Place, known: Sequence[str]) -> str:
    """The table asked for, or the only one."""
    if place.inner is None and len(known) == 1:
        return known[0]
    if place.inner is None:
        raise CommandLineError(
            f"{place.name} has {len(known)} tables",
            hint=f"name one: {place.name}#{known[0]} of {', '.join(known[:20])}" if known else None,
        )
    if place.inner not in known:
        raise DataError(
            f"no table {place.inner!r}", where=place.paths[0],
            hint=did_you_mean(place.inner, list(known)),
        )  # fmt: skip
    return place.inner
