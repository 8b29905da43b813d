"""Symbols, names and file names are data: text that no terminal or program acts upon."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, directional marks and overrides, zero-width
# spaces and byte-order marks, lone surrogates (undecodable bytes in file names).
_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_COMMANDS = ("::", "##[")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def inert(text: str) -> str:
    """The text with control, bidirectional and invisible characters spelled as escapes.

    So is the start of what a build log would take for a command, as in ::error or ##[error].
    """
    text = _ACTIVE.sub(_spelled, text)
    if text.lstrip(" ").startswith(_COMMANDS):
        at = len(text) - len(text.lstrip(" "))
        text = f"{text[:at]}\\x{ord(text[at]):02x}{text[at + 1 :]}"
    return text


def inert_json(document: str) -> str:
    r"""A JSON document with the same characters as \u escapes: equal data, and no effect."""
    return _ACTIVE.sub(_escaped, document)


def _spelled(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _escaped(match: re.Match[str]) -> str:
    # Outside strings a JSON document holds no active character but the line feeds of its layout.
    character = match.group()
    return character if character == "\n" else f"\\u{ord(character):04x}"
