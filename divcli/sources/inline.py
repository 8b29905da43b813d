"""Weights written on the command line: `0.5,0.4,0.1` or `A=0.5,B=0.4,C=0.1`."""

from __future__ import annotations

from collections import Counter

from divcli.errors import DataError
from divcli.sources.columns import Column, InputOptions
from divcli.sources.models import read_model, spells_model
from divcli.sources.weights import parse_weight, weighted_column

_HINT = "give each symbol one weight: A=0.5,B=0.5"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read_inline(text: str, options: InputOptions) -> Column:
    """The distribution that the argument spells out; DataError where it spells none."""
    if spells_model(text):
        return read_model(text, options)
    parts = [part.strip() for part in text.split(",")]
    pairs = [part.rpartition("=") for part in parts]
    weights = _weights([weight.strip() for _, _, weight in pairs], text)
    if "=" not in text:
        return positional_column(text, None, weights, options)
    symbols = [symbol.strip() for symbol, _, _ in pairs]
    _refuse_repeats(symbols, text)
    return weighted_column(text, None, symbols, weights, options.given)


def positional_column(
    name: str, label: str | None, weights: list[float], options: InputOptions
) -> Column:
    """Weights without symbols: A, B, C … by position, or numbers from 1 above 26."""
    k = len(weights)
    symbols = list(_LETTERS[:k]) if k <= 26 else [str(i) for i in range(1, k + 1)]
    return weighted_column(
        name, label, symbols, weights, options.given, typed=True, positional=True
    )


def _weights(parts: list[str], text: str) -> list[float]:
    parsed = [parse_weight(part) for part in parts]
    weights = [weight for weight in parsed if weight is not None]
    if len(weights) == len(parts):
        return weights
    # Where nothing in it is a number, the text was meant as a file.
    which = f": {parts[parsed.index(None)]!r} is no number" if weights else ""
    raise DataError(
        f"no such file, nor inline weights such as 0.5,0.4,0.1 or A=0.5,B=0.5{which}",
        where=repr(text),
    )


def _refuse_repeats(symbols: list[str], text: str) -> None:
    if "" in symbols:
        raise DataError("a weight without a symbol", where=repr(text), hint=_HINT)
    symbol, times = Counter(symbols).most_common(1)[0]
    if times > 1:
        raise DataError(f"{symbol!r} stands twice", where=repr(text), hint=_HINT)
