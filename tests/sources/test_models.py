"""Models written in place and saved: what is read, and what is refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from divcli.errors import DataError
from divcli.model.family import Model, SavedModel
from divcli.sources.columns import Column, InputOptions
from divcli.sources.models import read_model, spells_model
from divcli.sources.resolve import open_source


def model(text: str) -> Model:
    column = open_source(text, InputOptions())
    assert isinstance(column, Column)
    assert column.model is not None
    return column.model


@pytest.mark.parametrize(
    ("text", "parameters"),
    [
        ("normal(0,1)", {"mu": 0, "sigma": 1}),
        (" normal( mu = -2.5e1 , sigma = 1 ) ", {"mu": -25.0, "sigma": 1}),
        ("normal(3,sigma=2)", {"mu": 3, "sigma": 2}),
        ("binomial(10,0.57)", {"n": 10, "p": 0.57}),
        ("uniform(0,10)", {"a": 0, "b": 10}),
        ("discrete_uniform(3,3)", {"a": 3, "b": 3}),
        ("diagnormal([0,1],[1,2])", {"mu": (0, 1), "sigma": (1, 2)}),
        ("mvnormal(mu=[0,0],cov=[[1,.5],[.5,2]])", {"mu": (0, 0), "cov": ((1, 0.5), (0.5, 2))}),
    ],
)
def test_parameters_are_taken_by_position_or_name(text: str, parameters: dict[str, object]) -> None:
    assert dict(model(text).parameters) == parameters


@pytest.mark.parametrize(
    "text", ["normal(0.1,2)", "student_t(3.5,0,1e-3)", "mvnormal([1.0,2.0],[[2.0,0.5],[0.5,1.0]])"]
)
def test_a_model_is_written_as_it_is_read(text: str) -> None:
    assert model(str(model(text))) == model(text)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("normal(0)", "lacks its sigma", None),
        ("normal(0,-1)", "sigma is a positive number, found -1", None),
        ("normal(0,1,2)", "takes 2 parameters", None),
        ("normal(0,mu=1)", "given twice", None),
        ("normal(mu=0,sgma=1)", "no parameter 'sgma'", "sigma"),
        ("normal(0,'a')", "found 'a'", None),
        ("normal(0,True)", "found True", None),
        ("normal(0,1e999)", "found inf", None),
        ("nrmal(0,1)", "nor a family", "normal"),
        ("uniform(5,5)", "above a", None),
        ("binomial(2.5,.5)", "whole number", None),
        ("binomial(0,.5)", "whole number", None),
        ("poisson(0)", "positive", None),
        ("geometric(0)", "probability", None),
        ("diagnormal([0,1],[1])", "as many as mu", None),
        ("diagnormal([0],[0])", "positive numbers", None),
        ("mvnormal([0,0],[[1,2],[2,1]])", "positive definite", None),
        ("mvnormal([0,0],[[1,0],[1,1]])", "symmetric", None),
        ("mvnormal([0,0],[[1],[0]])", "as wide as", None),
        ("normal(__import__('os').getcwd(),1)", "nor a model", None),
        ("normal(*[0,1])", "nor a model", None),
        ("normal(**{'mu':0})", "nor a model", None),
        ("normal(0,1)(2)", "nor a model", None),
        ("normal(" + "(" * 500 + ")" * 500 + ")", "nor a model", None),
        ("normal(0,1", "no such file", None),
        ("categorical()", "lacks|expected a probability", None),
    ],
)
def test_what_is_no_model_is_refused(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(DataError, match=message) as caught:
        open_source(text, InputOptions())
    if hint is not None:
        assert hint in str(caught.value.hint)


def test_nothing_is_evaluated(folder: Path) -> None:
    with pytest.raises(DataError):
        open_source("normal(open('made','w'),1)", InputOptions())
    assert not (folder / "made").exists()


def test_a_file_of_that_name_wins(folder: Path) -> None:
    (folder / "normal(0,1)").write_text("x\na\nb\n")
    source = open_source("normal(0,1)", InputOptions())
    assert not isinstance(source, Column)


def test_a_categorical_model_is_a_ready_distribution() -> None:
    column = read_model("categorical(A=0.25,B=0.75)", InputOptions())
    assert (column.values, column.weights) == (["A", "B"], [0.25, 0.75])


@pytest.mark.parametrize(
    "text", ["0.5,0.4,0.1", "A=0.5,B=0.5", "letters.csv", "(1)", "a(b", "2(3)"]
)
def test_weights_and_file_names_spell_no_model(text: str) -> None:
    assert not spells_model(text)


def test_a_saved_model_is_read_back_with_every_digit(folder: Path) -> None:
    saved = SavedModel(model("gamma(0.1,3.0000000000000004)"), "a.csv", "x", 12)
    (folder / "model.json").write_text(json.dumps(saved.to_dict()))
    column = open_source("model.json", InputOptions())
    assert isinstance(column, Column)
    assert column.model == saved.model
    assert "fitted to 12 rows of a.csv" in column.notes[0]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"schema": "divcli/model/1"}, "nor a family"),
        ({"schema": "divcli/model/1", "family": "normal"}, "without parameters"),
        ({"schema": "divcli/model/1", "family": "normal", "parameters": {"mu": 0}}, "lacks"),
        ({"schema": "divcli/fit/1", "fits": []}, "without a fitted family"),
    ],
)
def test_broken_documents_are_refused(
    folder: Path, document: dict[str, object], message: str
) -> None:
    (folder / "model.json").write_text(json.dumps(document))
    with pytest.raises(DataError, match=message):
        open_source("model.json", InputOptions())
