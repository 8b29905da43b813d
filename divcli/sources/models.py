"""Models as sources: `normal(0,1)` on the command line, and the documents that `fit` saves."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from divcli.catalog import FAMILIES, Family
from divcli.errors import DataError, did_you_mean
from divcli.model.family import Model, Parameter
from divcli.sources.columns import Column, InputOptions
from divcli.sources.weights import as_weight, weighted_column

_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*\(.*\)\s*", re.DOTALL)
_LONGEST = 10**6  # characters: a covariance of two hundred dimensions
_MOST_TRIALS = 2**53
_ROWS = {row.name: row for row in FAMILIES}
_DOMAINS = {
    "number": "a finite number",
    "positive": "a positive number",
    "above": "a number above {before}",
    "probability": "a probability above 0 and at most 1",
    "whole": "a whole number from 1 on",
    "integer": "a whole number",
    "from": "a whole number from {before} on",
    "vector": "a list of numbers",
    "positive vector": "a list of positive numbers, as many as {before}",
    "covariance": "a symmetric positive definite matrix as wide as {before}",
}


def spells_model(text: str) -> bool:
    """Whether a text is written as a model is: a name, and something in parentheses."""
    return len(text) <= _LONGEST and _CALL.fullmatch(text) is not None


def read_model(text: str, options: InputOptions) -> Column:
    """The model that a text spells, `normal(0,1)` or `normal(mu=0,sigma=1)`; DataError otherwise.

    Only numbers, strings and lists are read; nothing is evaluated.
    """
    name, positional, named = _parsed(text)
    if name == "categorical" and not positional:
        return categorical(text, named, options)
    row = _row(name, text)
    known = [one for one, _ in row.parameters]
    if len(positional) > len(known):
        raise DataError(f"{row} takes {len(known)} parameters", where=repr(text))
    given = dict(zip(known, positional, strict=False))
    twice = next((one for one in named if one in given), None)
    if twice is not None:
        raise DataError(f"the parameter {twice!r} is given twice", where=repr(text))
    return model_column(text, model_of(row, given | named, repr(text)))


def model_column(name: str, model: Model, notes: tuple[str, ...] = ()) -> Column:
    """A column that holds a model instead of values."""
    return Column(name, None, (), True, (), "probabilities", notes=notes, model=model)


def column_of_model(model: Model, options: InputOptions) -> Column:
    """The column of a model that a caller has; symbols with weights where it is categorical."""
    if model.family == "categorical":
        return categorical(str(model), dict(model.parameters), options)
    return model_column(str(model), model)


def categorical(name: str, weights: Mapping[str, Any], options: InputOptions) -> Column:
    """A categorical model: symbols with their probabilities, as any other ready distribution."""
    numbers = [as_weight(weight) for weight in weights.values()]
    known = [number for number in numbers if number is not None]
    if not known or len(known) < len(numbers):
        hint = "categorical(A=0.5,B=0.5)"
        raise DataError("expected a probability for each symbol", where=repr(name), hint=hint)
    return weighted_column(name, None, list(weights), known, options.given)


def model_of(row: Family, given: Mapping[str, Any], where: str) -> Model:
    """The model with these parameters; DataError at the first that is wrong."""
    known = [one for one, _ in row.parameters]
    odd = next((one for one in given if one not in known), None)
    if odd is not None:
        raise DataError(f"{row} has no parameter {odd!r}", where=where,
                        hint=did_you_mean(odd, known))  # fmt: skip
    lacking = [one for one in known if one not in given]
    if lacking:
        raise DataError(f"{row} lacks its {' and '.join(lacking)}", where=where)
    values: list[Parameter] = []
    for one, domain in row.parameters:
        value = _checked(given[one], domain, values)
        if value is None:
            told = _DOMAINS[domain].format(before=known[len(values) - 1])
            raise DataError(f"{one} is {told}, found {_shown(given[one])}", where=where)
        values.append(value)
    return Model(row.name, tuple(zip(known, values, strict=True)))


def family_of(text: str) -> tuple[str, dict[str, float]]:
    """The family that a text names, and parameters taken as known: `binomial(n=10)`."""
    if not spells_model(text):
        return text, {}
    name, positional, named = _parsed(text)
    row = _row(name, text)
    wrong = [one for one in named if one not in row.known]
    if positional or wrong:
        known = f"{name}({row.known[0]}=10)" if row.known else f"{name} has none"
        raise DataError("a fit cannot take these parameters as known", where=repr(text),
                        hint=f"by name, and only: {known}")  # fmt: skip
    domains = dict(row.parameters)
    values = {one: _checked(value, domains[one], []) for one, value in named.items()}
    for one, value in values.items():
        if value is None:
            told = _DOMAINS[domains[one]]
            raise DataError(f"{one} is {told}, found {_shown(named[one])}", where=repr(text))
    return name, {one: value for one, value in values.items() if isinstance(value, (int, float))}


def document_column(document: Mapping[str, Any], name: str, options: InputOptions) -> Column | None:
    """The model in a document of `fit`, saved or printed; None where it is another document."""
    schema = str(document.get("schema", ""))
    if schema == "divcli/fit/1":
        fits = document.get("fits")
        if not isinstance(fits, list) or not fits or not isinstance(fits[0], dict):
            raise DataError("a document of fit without a fitted family", where=name)
        document = {**document, **fits[0]}
        note = f"{name}: the first of {len(fits)} fitted families, {document.get('family')}"
        return _saved(document, name, options, note)
    return _saved(document, name, options) if schema == "divcli/model/1" else None


def _saved(document: Mapping[str, Any], name: str, options: InputOptions, *notes: str) -> Column:
    row = _row(str(document.get("family")), name)
    parameters = document.get("parameters")
    if not isinstance(parameters, dict):
        raise DataError("a model without parameters", where=name)
    if row.name == "categorical":
        return categorical(name, parameters, options).noting(*notes)
    model = model_of(row, parameters, name)
    rows = f" to {document['n']} rows of {document.get('source')}" if "n" in document else ""
    return model_column(name, model, (*notes, f"{name}: {model}, fitted{rows}"))


def _row(name: str, text: str) -> Family:
    if name not in _ROWS:
        raise DataError(
            f"no such file, nor a family of distributions named {name!r}",
            where=repr(text),
            hint=did_you_mean(name, list(_ROWS)),
        )
    return _ROWS[name]


def _parsed(text: str) -> tuple[str, list[Any], dict[str, Any]]:
    """Name, positional and named parameters of what looks like a call."""
    import ast

    try:
        call = ast.parse(text.strip(), mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            positional = [ast.literal_eval(one) for one in call.args]
            named = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords if one.arg}
            if len(named) == len(call.keywords):
                return call.func.id, positional, named
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
        pass
    raise DataError(
        "no such file, nor a model such as normal(0,1) or normal(mu=0,sigma=1)", where=repr(text)
    )


def _checked(value: Any, domain: str, before: Sequence[Parameter]) -> Parameter | None:
    """The value as a parameter of this kind, None where it is none; before: those to its left."""
    if domain in ("vector", "positive vector", "covariance"):
        return _array(value, domain, before)
    number = _number(value)
    if number is None:
        return None
    if domain in ("whole", "integer", "from") and number != math.trunc(number):
        return None
    if domain in ("whole", "integer", "from"):
        number = int(number)
    first = before[-1] if before and isinstance(before[-1], (int, float)) else 0.0
    fits = {
        "number": True,
        "integer": abs(number) <= _MOST_TRIALS,
        "positive": number > 0,
        "above": number > first,
        "from": number >= first,
        "probability": 0 < number <= 1,
        "whole": 1 <= number <= _MOST_TRIALS,
    }
    return number if fits[domain] else None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return value if math.isfinite(float(value)) else None
    except OverflowError:
        return None


def _array(value: Any, domain: str, before: Sequence[Parameter]) -> Parameter | None:
    if not isinstance(value, (list, tuple)) or not value:
        return None
    width = len(before[0]) if before and isinstance(before[0], tuple) else len(value)
    if len(value) != width:
        return None
    if domain == "covariance":
        rows = [_vector(row) for row in value]
        matrix = tuple(row for row in rows if row is not None and len(row) == width)
        return matrix if len(matrix) == width and _is_covariance(matrix) else None
    vector = _vector(value)
    return None if vector is None or (domain != "vector" and min(vector) <= 0) else vector


def _vector(value: Any) -> tuple[float, ...] | None:
    if not isinstance(value, (list, tuple)):
        return None
    numbers = [_number(one) for one in value]
    known = tuple(float(one) for one in numbers if one is not None)
    return known if len(known) == len(numbers) else None


def _is_covariance(matrix: Any) -> bool:
    import numpy as np

    array = np.array(matrix)
    if array.shape[0] != array.shape[1] or not np.allclose(array, array.T, rtol=1e-9, atol=0):
        return False
    try:
        np.linalg.cholesky(array)
    except np.linalg.LinAlgError:
        return False
    return True


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
