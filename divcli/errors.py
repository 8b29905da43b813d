"""What divcli says when it cannot go on: one class per exit status."""

from __future__ import annotations

from enum import IntEnum

_MOST_LISTED = 30


class Status(IntEnum):
    """Exit statuses of the command line; 1 never means anything but a limit exceeded."""

    OK = 0
    OVER_LIMIT = 1
    USAGE = 2
    DATA = 3
    FAULT = 4
    INTERRUPTED = 130


class DivcliError(Exception):
    """An error that names what is wrong, where it was found, and the way out."""

    status = Status.FAULT

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message if where is None else f"{where}: {message}")
        self.hint = hint


class CommandLineError(DivcliError):
    """The command line or the configuration is wrong."""

    status = Status.USAGE


class DataError(DivcliError):
    """The data could not be read or measured, or the result not written."""

    status = Status.DATA


def did_you_mean(word: str, known: list[str]) -> str:
    """A question naming the closest known words, or the list of all of them."""
    from difflib import get_close_matches

    longer = [one for one in known if word and one.startswith(word)]
    close = longer[:3] or get_close_matches(word, known, n=1)
    if not close:
        more = f", … ({len(known)} in all)" if len(known) > _MOST_LISTED else ""
        return f"one of: {', '.join(known[:_MOST_LISTED])}{more}"
    return f"did you mean {' or '.join(map(repr, close))}?"
