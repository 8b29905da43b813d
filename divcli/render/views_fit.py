"""The page of fitted families."""

from __future__ import annotations

from divcli.model.fit import Fit, FitReport
from divcli.render.page import Heading, Page, Prose, Surface, Table, name, number
from divcli.render.views import check_table, page_of

_SHOWN = 3  # parameters of one model that a row has place for


@page_of.register
def _(report: FitReport, surface: Surface) -> Page:
    blocks: list[str | Prose | Table] = [_source(report)]
    if report.fits:
        blocks.append(_fits(report))
    if report.not_fitted:
        rows = tuple((one.family, name(one.reason)) for one in report.not_fitted)
        headings = (Heading("family", "left"), Heading("why not", "left"))
        blocks.append(Table(headings, rows, "Not fitted"))
    if report.checks:
        blocks.append(check_table(report.checks))
    return Page(tuple(blocks), report.notes)


def _source(report: FitReport) -> str:
    column = "" if report.column is None else f"  {name(report.column)}"
    size = "no sample size" if report.n is None else f"n = {report.n:,}"
    left = f", {report.left_out:,.12g} left out" if report.left_out else ""
    return f"{name(report.source)}{column}: {size}{left}"


def _fits(report: FitReport) -> Table:
    unit = report.unit.name
    headings = (
        Heading("model", "left"), Heading(f"−log L/n, {unit}"), Heading("AIC"), Heading("BIC"),
        Heading(f"KL(data‖model), {unit}"), Heading("KS"),
    )  # fmt: skip
    rows = tuple(
        (_model(fit), number(fit.nll), _criterion(fit.aic), _criterion(fit.bic), _kl(fit),
         number(fit.ks))
        for fit in report.fits
    )  # fmt: skip
    return Table(headings, rows, "Fitted, by AIC" if report.n is not None else "Fitted")


def _model(fit: Fit) -> str:
    parameters = fit.model.parameters
    if fit.ks is None:  # symbols, which have no order but that of their probabilities
        parameters = tuple(sorted(parameters, key=lambda one: -float(str(one[1]))))
    shown = [f"{name(key)}={value:.5g}" for key, value in parameters[:_SHOWN]]
    more = [f"… {len(parameters) - _SHOWN:,} more"] if len(parameters) > _SHOWN else []
    return f"{fit.model.family}({', '.join([*shown, *more])})"


def _criterion(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _kl(fit: Fit) -> str:
    if fit.kl is None:
        return ""
    error = "" if fit.kl.se is None else f" ± {number(fit.kl.se)}"
    return number(fit.kl.estimate) + error
