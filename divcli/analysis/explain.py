"""The calculation of a comparison, told the way a teacher would, on the numbers given."""

from __future__ import annotations

import math
from dataclasses import dataclass

from divcli.model.comparison import Comparison, Contributions
from divcli.model.explanation import Explanation, Step
from divcli.model.units import Unit

ROWS = 10
MEASURES = (
    "entropy_p", "entropy_q", "cross_entropy_pq", "cross_entropy_qp", "kl_pq", "kl_qp", "js",
    "js_distance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the sentences need: the values by name, the unit, and the symbols by contribution."""

    value: dict[str, float]
    unit: Unit
    names: tuple[str, ...]
    shown: Contributions

    def says(self, measure: str) -> str:
        """A value with its unit."""
        return f"{_number(self.value[measure])} {self.unit.name}"

    def column(self, name: str) -> list[float]:
        """A column of the contributions."""
        values: list[float] = self.shown.columns[name].tolist()
        return values


def explain(comparison: Comparison, rows: int = ROWS) -> Explanation:
    """The steps from two distributions to KL in both directions and to JS.

    The comparison must hold the measures in `MEASURES`.
    """
    shown = comparison.contributions.head(rows)
    names = tuple(comparison.p.texts_of(shown.index))
    values = {name: value for name, value in comparison.measures.items() if value is not None}
    facts = _Facts(values, comparison.unit, names, shown)
    steps = (
        _ratios(facts),
        _logarithms(facts),
        _averages(facts),
        _cross_entropy(facts),
        _code_length(facts),
        _other_direction(facts),
        _mixture(facts),
    )
    return Explanation(comparison.unit.name, steps, comparison.notes)


def _ratios(facts: _Facts) -> Step:
    top = _first_with_ratio(facts)
    text = (
        "Take each symbol's probability in P and in Q and divide: p/q says how many times more "
        "often P produces it than Q. A ratio of 1 means that the symbol does not tell the two "
        "apart."
    )
    if top is not None:
        name, ratio = top
        more, less, times = ("P", "Q", ratio) if ratio > 1 else ("Q", "P", 1 / ratio)
        text += f" Here {name!r} is {_number(times)} times as likely under {more} as under {less}."
    rows = _rows(facts, "p", "q", "ratio")
    return Step("Compare symbol by symbol: the ratio p/q", text, ("symbol", "p", "q", "p/q"), rows)


def _logarithms(facts: _Facts) -> Step:
    log = facts.unit.log
    text = (
        "Independent observations multiply their ratios; logarithms turn the product into a sum, "
        f"so that evidence adds up. {log} p/q is the evidence, in {facts.unit.name}, that one "
        "occurrence of the symbol gives for P over Q: positive where P makes it more likely, "
        "negative where Q does, 0 where they agree. It is also the difference of two code "
        f"lengths, −{log} q − (−{log} p)."
    )
    rows = _rows(facts, "ratio", "log_ratio")
    return Step("Take the logarithm", text, ("symbol", "p/q", f"{log} p/q"), rows)


def _averages(facts: _Facts) -> Step:
    log = facts.unit.log
    text = (
        "Which symbols occur is up to P, so each piece of evidence counts as often as P produces "
        f"its symbol: p·{log} p/q. The sum is KL(P‖Q) = {facts.says('kl_pq')}. Single terms may be "
        "negative, the sum is not: the last column adds q − p to each term, which sums to nothing "
        "over all symbols and leaves no term below 0."
    )
    if math.isinf(facts.value["kl_pq"]):
        text += (
            " It is infinite because P produces a symbol that is impossible under Q: one "
            "occurrence would refute Q for good."
        )
    rows = (
        *_rows(facts, "p", "log_ratio", "kl_pq", "kl_pq_nonnegative"),
        *_sum_row(facts, 1.0, None, facts.value["kl_pq"], facts.value["kl_pq"]),
    )
    header = ("symbol", "p", f"{log} p/q", f"p·{log} p/q", "+ q − p")
    return Step("Average over what P produces", text, header, rows)


def _cross_entropy(facts: _Facts) -> Step:
    log = facts.unit.log
    text = (
        f"The same number in two parts. H(P,Q) = −Σ p {log} q = {facts.says('cross_entropy_pq')} "
        f"is the cross-entropy of P relative to Q; H(P) = −Σ p {log} p = "
        f"{facts.says('entropy_p')} is the entropy of P itself. Their difference H(P,Q) − H(P) is "
        f"KL(P‖Q) = {facts.says('kl_pq')}. The cross-entropy of P with itself is H(P), not 0."
    )
    rows: tuple[tuple[str | float, ...], ...] = (
        ("H(P,Q)", facts.value["cross_entropy_pq"]),
        ("− H(P)", 0.0 - facts.value["entropy_p"]),
        ("KL(P‖Q)", facts.value["kl_pq"]),
    )
    return Step("Cross-entropy minus entropy", text, ("", facts.unit.name), rows)


def _code_length(facts: _Facts) -> Step:
    log, unit = facts.unit.log, facts.unit.name
    text = (
        f"A code that suits P best spends −{log} p on a symbol, {facts.says('entropy_p')} on "
        f"average. A code made for Q spends −{log} q instead. Data from P then costs "
        f"{facts.says('cross_entropy_pq')} a symbol"
    )
    if math.isinf(facts.value["kl_pq"]):
        text += ": without limit, as Q's code has no word for some symbol that P produces."
        return Step("What it means: extra code length", text)
    kl, entropy = facts.value["kl_pq"], facts.value["entropy_p"]
    text += f": KL(P‖Q) = {_number(kl)} {unit} too much"
    text += f", {kl / entropy:.1%} more than need be." if entropy > 0 else "."
    return Step("What it means: extra code length", text)


def _other_direction(facts: _Facts) -> Step:
    log = facts.unit.log
    forth, back = facts.value["kl_pq"], facts.value["kl_qp"]
    text = (
        f"KL(Q‖P) weighs the opposite evidence, {log} q/p, by q: what it costs to describe data "
        f"from Q with P's code. It is {facts.says('kl_qp')}; KL(P‖Q) is {facts.says('kl_pq')}. "
    )
    if forth == back or math.isclose(forth, back, rel_tol=1e-9):
        text += "Here the two agree, which is chance or symmetry of these numbers: in general "
    else:
        text += "They differ because "
    text += "each direction averages over its own distribution, so that each counts other symbols."
    rows = (
        *_rows(facts, "q", "log_ratio", "kl_qp", sign={"log_ratio": -1.0}),
        *_sum_row(facts, 1.0, None, back),
    )
    return Step("The other direction", text, ("symbol", "q", f"{log} q/p", f"q·{log} q/p"), rows)


def _mixture(facts: _Facts) -> Step:
    most = facts.unit.amount(math.log(2))
    text = (
        "The Jensen–Shannon divergence compares both with their mixture M = ½(P + Q), which has "
        "every symbol of either, so nothing is infinite: JS = ½KL(P‖M) + ½KL(Q‖M) = "
        f"{facts.says('js')}. It is the same in both directions, 0 only where P and Q are equal, "
        f"and at most {_number(most)} {facts.unit.name}, where they share no symbol; here it is "
        f"{facts.value['js'] / most:.1%} of that. Its square root, "
        f"{_number(facts.value['js_distance'])}, is a distance in the strict sense: it obeys the "
        "triangle inequality, which KL and JS do not."
    )
    rows = (*_rows(facts, "p", "q", "js"), *_sum_row(facts, 1.0, 1.0, facts.value["js"]))
    return Step("What JS adds", text, ("symbol", "p", "q", "JS term"), rows)


def _rows(
    facts: _Facts, *columns: str, sign: dict[str, float] | None = None
) -> tuple[tuple[str | float, ...], ...]:
    signs = sign or {}
    lists = [[signs.get(name, 1.0) * v + 0.0 for v in facts.column(name)] for name in columns]
    rows: list[tuple[str | float, ...]] = [
        (name, *values) for name, *values in zip(facts.names, *lists, strict=True)
    ]
    if facts.shown.rest is not None:
        rest = facts.shown.rest
        values = [rest.get(name, "") for name in columns]
        rows.append((f"({facts.shown.left_out} more)", *values))
    return tuple(rows)


def _sum_row(facts: _Facts, *sums: float | None) -> tuple[tuple[str | float, ...], ...]:
    return (("sum", *("" if value is None else value for value in sums)),)


def _first_with_ratio(facts: _Facts) -> tuple[str, float] | None:
    """The symbol that contributes most among those with a finite ratio other than 1."""
    for name, ratio in zip(facts.names, facts.column("ratio"), strict=True):
        if 0 < ratio < math.inf and ratio != 1:
            return name, ratio
    return None


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞"
    return f"{value:.4f}" if value == 0 or 1e-3 <= value < 1e6 else f"{value:.3e}"
