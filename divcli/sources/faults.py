"""What a database says went wrong, in divcli's words."""

from __future__ import annotations

import re
from collections.abc import Callable

from divcli.errors import DataError

_LINE = re.compile(r"CSV Error on Line: (\d+)")
_PATH = re.compile(r"^  file = (.+)$", re.MULTILINE)
_FIELDS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_JSON_LINE = re.compile(r"in record/value (\d+)|in line (\d+)", re.IGNORECASE)
_QUOTES = "a quote is not closed, or is followed by text; -i lines takes lines as they are"
_FIELD_HINT = (
    "quote fields that hold the delimiter, name it with --delimiter, or take whole lines with "
    "-i lines"
)


def told(
    error: BaseException, name: str, line_of: Callable[[str, int], int] | None = None
) -> DataError:
    """What the engine says went wrong, in divcli's words where the place is known.

    line_of: which line of the source a line in a file of this path is.
    """
    text = str(error)
    line, path, fields = _LINE.search(text), _PATH.search(text), _FIELDS.search(text)
    number = int(line[1]) if line is not None else 0
    if line_of is not None and path is not None and number:
        number = line_of(path[1], number)
    where = f"{name}:{number}" if number else name
    if fields is not None:
        width, found = fields.groups()
        said = f"expected {width} field{'s' * (width != '1')}, found {found}"
        return DataError(said, where=where, hint=_FIELD_HINT)
    if "Maximum line size" in text or "Parallel CSV Reader" in text:
        hint = "--engine python reads them, in memory"
        return DataError("lines of more than 2 MB", where=where, hint=hint)
    if "unterminated quote" in text:
        return DataError("not well-formed CSV", where=where, hint=_QUOTES)
    if "unicode" in text.lower():
        hint = "convert it: iconv -f ISO-8859-1 -t UTF-8"
        return DataError("invalid UTF-8", where=where, hint=hint)
    if "state machine" in text:
        hint = "line ends that change within the file? --engine python reads them"
        return DataError("not well-formed CSV", where=where, hint=hint)
    if "INTERRUPT" in text:
        raise KeyboardInterrupt from error
    if "Out of Memory" in text:
        hint = "--memory-limit 4GB allows more; --limit-symbols keeps fewer"
        return DataError("out of memory", where=where, hint=hint)
    record = _JSON_LINE.search(text)
    if "Malformed JSON" in text or "JSON" in text:
        where = name if record is None else f"{name}:{record[1] or record[2]}"
        return DataError(f"not JSON: {first_sentence(error)}", where=where)
    return DataError(first_sentence(error), where=where)


def first_sentence(error: BaseException) -> str:
    """The first sentence of a message of the engine's, without the class of the error."""
    line = str(error).strip().partition("\n")[0]
    head, colon, rest = line.partition(": ")
    return rest if colon and head.endswith("Error") else line
