"""Weights written on the command line: `0.5,0.4,0.1` or `A=0.5,B=0.4,C=0.1`."""

from __future__ import annotations

from divcli.errors import DataError
from divcli.sources.columns import Column, InputOptions
from divcli.sources.weights import parse_weight, weighted_column

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def is_inline(text: str) -> bool:
    """Whether an argument that names no file reads as inline weights."""
    parts = text.split(",")
    return all(_reads_as_weight(part) for part in parts) and any(part.strip() for part in parts)


def read_inline(text: str, options: InputOptions) -> Column:
    """The distribution that the argument spells out."""
    parts = [part.strip() for part in text.split(",")]
    if any("=" in part for part in parts):
        pairs = [part.rpartition("=") for part in parts]
        symbols = [symbol.strip() for symbol, _, _ in pairs]
        _refuse_repeats(symbols, text)
        weights = [_weight(part, text) for _, _, part in pairs]
        return weighted_column(text, None, symbols, weights, options.given)
    return positional_column(text, [_weight(part, text) for part in parts], options)


def positional_column(name: str, weights: list[float], options: InputOptions) -> Column:
    """Weights without symbols: A, B, C … by position, or numbers from 1 above 26."""
    k = len(weights)
    symbols = list(_LETTERS[:k]) if k <= 26 else [str(i) for i in range(1, k + 1)]
    return weighted_column(name, None, symbols, weights, options.given, positional=True)


def _reads_as_weight(part: str) -> bool:
    symbol, equals, weight = part.rpartition("=")
    return (bool(equals) and bool(symbol.strip())) or parse_weight(weight.strip()) is not None


def _weight(part: str, text: str) -> float:
    weight = parse_weight(part.strip())
    if weight is None:
        raise DataError(f"expected a number, found {part!r}", where=repr(text))
    return weight


def _refuse_repeats(symbols: list[str], text: str) -> None:
    for symbol in symbols:
        if not symbol or symbols.count(symbol) > 1:
            word = f"{symbol!r} stands twice" if symbol else "a weight without a symbol"
            raise DataError(word, where=repr(text), hint="give each symbol one weight: A=0.5,B=0.5")
