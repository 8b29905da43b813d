"""The registries: one row each for measures, commands, renderers and file readers.

Everything that lists any of them (help, completion, documents, README, tests) iterates these rows.
Nothing is imported here but the standard library and the errors; a row names its code as
"module:function", and `resolve` loads it when it is used.
"""

from __future__ import annotations

import importlib
import math
from typing import Any, Literal, NamedTuple

from divcli.errors import CommandLineError, did_you_mean

UnitRule = Literal["information", "root", "nats", "data", "root data", "none"]


def resolve(target: str) -> Any:
    """The object that a row's "module:name" points to."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


class Measure(NamedTuple):
    """One measure: what it is called, how it is defined and computed, and what it is good for.

    terms: per-symbol terms whose sum is the value, or its square where root is set; signed: the
    terms textbooks print where they differ, as the column and the sign that log p/q is multiplied
    by; whole: a function of the whole pair, where a sum of terms will not do. unit: "information"
    follows --unit, "root" its square root, "nats" is fixed, "data" is the unit of the column.
    greatest: the upper end of the range in nats, if finite. symmetric: P and Q may be swapped.
    """

    name: str
    label: str
    formula: str
    range: str
    unit: UnitRule
    properties: str
    source: str
    terms: str | None = None
    signed: tuple[str, int] | None = None
    whole: str | None = None
    root: bool = False
    greatest: float | None = None
    ordered: bool = False
    asked: bool = False
    takes_order: bool = False
    symmetric: bool = False

    @property
    def additive(self) -> bool:
        """Whether the value itself is the sum of non-negative per-symbol terms."""
        return self.terms is not None and not self.root


_T = "divcli.measures.terms:"
_W = "divcli.measures.totals:"
_COVER = "Cover & Thomas (2006), ch. 2"

MEASURES: tuple[Measure, ...] = (
    Measure("entropy_p", "H(P)", "−Σ p log p", "[0, log k]", "information",
            "average code length of P with its own best code", _COVER,
            terms=_T + "entropy_p_terms"),
    Measure("entropy_q", "H(Q)", "−Σ q log q", "[0, log k]", "information",
            "average code length of Q with its own best code", _COVER,
            terms=_T + "entropy_q_terms"),
    Measure("cross_entropy_pq", "H(P,Q)", "−Σ p log q", "[H(P), ∞]", "information",
            "average code length of P with the code of Q; not symmetric; H(P,P) = H(P)",
            "Murphy (2012), 2.8.2", terms=_T + "cross_entropy_pq_terms"),
    Measure("cross_entropy_qp", "H(Q,P)", "−Σ q log p", "[H(Q), ∞]", "information",
            "average code length of Q with the code of P; not symmetric; H(Q,Q) = H(Q)",
            "Murphy (2012), 2.8.2", terms=_T + "cross_entropy_qp_terms"),
    Measure("kl_pq", "KL(P‖Q)", "Σ p log(p/q)", "[0, ∞]", "information",
            "extra code length for P with the code of Q; Q is the reference; infinite where Q "
            "lacks a symbol of P; not symmetric, not a metric", "Kullback & Leibler (1951)",
            terms=_T + "kl_pq_terms", signed=("p", 1)),
    Measure("kl_qp", "KL(Q‖P)", "Σ q log(q/p)", "[0, ∞]", "information",
            "extra code length for Q with the code of P; P is the reference; infinite where P "
            "lacks a symbol of Q; not symmetric, not a metric", "Kullback & Leibler (1951)",
            terms=_T + "kl_qp_terms", signed=("q", -1)),
    Measure("jeffreys", "Jeffreys", "Σ (p−q) log(p/q)", "[0, ∞]", "information",
            "KL(P‖Q) + KL(Q‖P); symmetric, not a metric", "Jeffreys (1946)",
            terms=_T + "jeffreys_terms",
            symmetric=True),
    Measure("psi", "PSI", "Σ (p−q) ln(p/q)", "[0, ∞]", "nats",
            "population stability index: Jeffreys in nats, whatever the unit", "Siddiqi (2006)",
            terms=_T + "jeffreys_terms",
            symmetric=True),
    Measure("js", "JS divergence", "H(M) − ½H(P) − ½H(Q), M = ½(P+Q)", "[0, log 2]",
            "information", "symmetric, finite for any two distributions; not a metric, its "
            "square root is", "Lin (1991)", terms=_T + "js_terms", greatest=math.log(2),
            symmetric=True),
    Measure("js_distance", "JS distance", "√JS", "[0, √log 2]", "root",
            "symmetric; a metric", "Endres & Schindelin (2003)", terms=_T + "js_terms",
            root=True, greatest=math.log(2),
            symmetric=True),
    Measure("tv", "Total variation", "½Σ|p−q|", "[0, 1]", "none",
            "greatest difference in probability of any event; a metric; "
            "at most √(KL/2) and √(1−e^−KL), KL in nats",
            "Pinsker (1964); Bretagnolle & Huber (1979)",
            terms=_T + "tv_terms", greatest=1.0,
            symmetric=True),
    Measure("hellinger", "Hellinger", "√(1 − Σ√(pq))", "[0, 1]", "none",
            "symmetric; a metric", "Hellinger (1909)", terms=_T + "hellinger_terms",
            root=True, greatest=1.0,
            symmetric=True),
    Measure("bhattacharyya", "Bhattacharyya", "−ln Σ√(pq)", "[0, ∞]", "nats",
            "distance in nats, whatever the unit; symmetric, not a metric; infinite where P and "
            "Q share no symbol", "Bhattacharyya (1943)", whole=_W + "bhattacharyya",
            symmetric=True),
    Measure("chi2", "χ² divergence", "Σ (p−q)²/q", "[0, ∞]", "none",
            "Pearson's, with Q as the reference; not symmetric; no test statistic: it knows no "
            "sample size", "Pearson (1900)", terms=_T + "chi2_terms", whole=_W + "chi2"),
    Measure("renyi_pq", "Rényi D_α(P‖Q)", "log(Σ p^α q^(1−α)) / (α−1)", "[0, ∞]", "information",
            "grows with α; KL at α = 1; order by --alpha-order", "van Erven & Harremoës (2014)",
            whole=_W + "renyi", takes_order=True, asked=True),
    Measure("tsallis_pq", "Tsallis D_α(P‖Q)", "(Σ p^α q^(1−α) − 1) / (α−1)", "[0, ∞]", "nats",
            "KL in nats at α = 1, whatever the unit; order by --alpha-order", "Tsallis (1998)",
            whole=_W + "tsallis", takes_order=True, asked=True),
    Measure("wasserstein", "Wasserstein-1", "∫|F − G| dx", "[0, ∞)", "data",
            "how far mass must move, in the unit of the data; a metric; needs ordered cells",
            "Vallender (1974)", whole="divcli.measures.ordered:wasserstein", ordered=True,
            symmetric=True),
    Measure("ks", "Kolmogorov–Smirnov", "max|F − G|", "[0, 1]", "none",
            "greatest distance of the distribution functions; a metric; needs ordered cells",
            "Smirnov (1939)", whole="divcli.measures.ordered:kolmogorov_smirnov", ordered=True,
            greatest=1.0,
            symmetric=True),
    Measure("energy", "Energy distance", "√(2∫(F − G)² dx)", "[0, ∞)", "root data",
            "in the root of the unit of the data; a metric; needs ordered cells",
            "Székely & Rizzo (2013)", whole="divcli.measures.ordered:energy", ordered=True,
            symmetric=True),
    Measure("cvm", "Cramér–von Mises", "∫(F − G)² d½(F + G)", "[0, ⅓]", "none",
            "as Kolmogorov–Smirnov, but over the whole line; needs ordered cells",
            "Anderson (1962)", whole="divcli.measures.ordered:cramer_von_mises", ordered=True,
            greatest=1 / 3,
            symmetric=True),
)  # fmt: skip


class Quantity(NamedTuple):
    """One quantity of a single distribution; joint: of several columns together."""

    name: str
    label: str
    formula: str
    range: str
    unit: UnitRule
    properties: str
    source: str
    takes_order: bool = False
    joint: bool = False


QUANTITIES: tuple[Quantity, ...] = (
    Quantity("entropy", "Entropy H(P)", "−Σ p log p", "[0, log k]", "information",
             "average self-information; average code length of the best code", "Shannon (1948)"),
    Quantity("perplexity", "Perplexity", "exp H, H in nats", "[1, k]", "none",
             "the number of equally likely symbols with the same entropy", "Jelinek et al. (1977)"),
    Quantity("normalized", "Normalized entropy", "H / log k", "[0, 1]", "none",
             "1 for equally likely symbols; not measurable for a single symbol", "Shannon (1948)"),
    Quantity("redundancy", "Redundancy", "1 − H / log k", "[0, 1]", "none",
             "the share of code length that the best code saves over equal lengths",
             "Shannon (1948)"),
    Quantity("renyi_entropy", "Rényi entropy H_α", "log(Σ p^α) / (1−α)", "[0, log k]",
             "information", "falls with α; H at α = 1; order by --alpha-order", "Rényi (1961)",
             takes_order=True),
    Quantity("tsallis_entropy", "Tsallis entropy S_α", "(1 − Σ p^α) / (α−1)", "[0, ∞)", "nats",
             "H in nats at α = 1, whatever the unit; order by --alpha-order", "Tsallis (1988)",
             takes_order=True),
    Quantity("differential_entropy", "Differential entropy h(P)", "−∫ p log p dx", "(−∞, ∞)",
             "information", "of continuous values, by their nearest neighbours; may be negative, "
             "and changes with the unit of the data; where asked", "Kozachenko & Leonenko (1987)"),
    Quantity("joint_entropy", "Joint entropy H(X,Y)", "−Σ p(x,y) log p(x,y)",
             "[max H, Σ H]", "information", "of the columns taken together, with several -c",
             _COVER, joint=True),
    Quantity("entropy_x", "Entropy H(X)", "−Σ p(x) log p(x)", "[0, log k]", "information",
             "of the first column alone", _COVER, joint=True),
    Quantity("entropy_y", "Entropy H(Y)", "−Σ p(y) log p(y)", "[0, log k]", "information",
             "of the second column alone", _COVER, joint=True),
    Quantity("conditional_entropy_xy", "Conditional entropy H(X|Y)", "H(X,Y) − H(Y)", "[0, H(X)]",
             "information", "what is left to learn of X when Y is known", _COVER, joint=True),
    Quantity("conditional_entropy_yx", "Conditional entropy H(Y|X)", "H(X,Y) − H(X)", "[0, H(Y)]",
             "information", "what is left to learn of Y when X is known", _COVER, joint=True),
    Quantity("mutual_information", "Mutual information I(X;Y)", "Σ p(x,y) log p(x,y)/(p(x)p(y))",
             "[0, min H]", "information", "what either column tells of the other; 0 where they are "
             "independent; symmetric", _COVER, joint=True),
    Quantity("normalized_mutual_information", "Normalized mutual information",
             "I(X;Y) / ½(H(X) + H(Y))", "[0, 1]", "none",
             "grows with the number of cells by chance alone", "Strehl & Ghosh (2002)",
             joint=True),
    Quantity("adjusted_mutual_information", "Adjusted mutual information",
             "(I − E I) / (½(H(X) + H(Y)) − E I)", "(−∞, 1]", "none",
             "0 in the mean where the columns are independent; E is over all tables with these "
             "margins; counts only", "Vinh, Epps & Bailey (2010)", joint=True),
    Quantity("total_correlation", "Total correlation", "Σ H − joint H", "[0, ∞)", "information",
             "mutual information of more than two columns", "Watanabe (1960)", joint=True),
    Quantity("self_information", "Self-information", "−log p", "[0, ∞]", "information",
             "of each symbol: how surprising it is", "Shannon (1948)"),
)  # fmt: skip


class Estimator(NamedTuple):
    """One estimator of a quantity from samples; the first of each quantity is the default.

    target: a function of counts, or where `counts` is False of the values themselves.
    """

    quantity: Literal["entropy", "kl", "js"]
    name: str
    target: str
    source: str
    counts: bool = True


_E = "divcli.inference.entropy_estimators:"
_D = "divcli.inference.divergence_estimators:"

ESTIMATORS: tuple[Estimator, ...] = (
    Estimator("entropy", "chao-wang-jost", _E + "chao_wang_jost", "Chao, Wang & Jost (2013)"),
    Estimator("entropy", "plugin", _E + "plugin", "the empirical distribution"),
    Estimator("entropy", "miller-madow", _E + "miller_madow", "Miller (1955)"),
    Estimator("entropy", "chao-shen", _E + "chao_shen", "Chao & Shen (2003)"),
    Estimator("entropy", "grassberger", _E + "grassberger", "Grassberger (2003)"),
    Estimator("entropy", "james-stein", _E + "james_stein", "Hausser & Strimmer (2009)"),
    Estimator("entropy", "jackknife", _E + "jackknife", "Zahl (1977)"),
    Estimator("entropy", "nsb", "divcli.inference.nsb:nemenman_shafee_bialek",
              "Nemenman, Shafee & Bialek (2002)"),
    Estimator("entropy", "dirichlet-jeffreys", _E + "dirichlet_jeffreys", "pseudo-count ½"),
    Estimator("entropy", "dirichlet-laplace", _E + "dirichlet_laplace", "pseudo-count 1"),
    Estimator("entropy", "dirichlet-perks", _E + "dirichlet_perks", "pseudo-count 1/k"),
    Estimator("entropy", "dirichlet-minimax", _E + "dirichlet_minimax", "pseudo-count √n/k"),
    Estimator("kl", "zhang-grabchak", _D + "kl_zhang_grabchak", "Zhang & Grabchak (2014)"),
    Estimator("kl", "plugin", _D + "kl_plugin", "the empirical distributions"),
    Estimator("kl", "knn", "divcli.inference.neighbours:kl_nearest_neighbours",
              "Wang, Kulkarni & Verdú (2009)", counts=False),
    Estimator("js", "jackknife", _D + "js_jackknife", "two-sample delete-one jackknife"),
    Estimator("js", "plugin", _D + "js_plugin", "the empirical distributions"),
)  # fmt: skip


def measure(name: str) -> Measure:
    """The row of a measure; CommandLineError with the closest name when there is none."""
    if name not in _BY_NAME:
        raise CommandLineError(f"no measure {name!r}", hint=did_you_mean(name, list(_BY_NAME)))
    return _BY_NAME[name]


_BY_NAME = {row.name: row for row in MEASURES}


class Command(NamedTuple):
    """One command of the command line."""

    name: str
    summary: str
    target: str


COMMANDS: tuple[Command, ...] = (
    Command("compare", "Every measure between two distributions, symbol by symbol.",
            "divcli.cli.compare:compare"),
    Command("entropy", "Entropy, perplexity and self-information of one or several sources.",
            "divcli.cli.entropy:entropy"),
    Command("explain", "The calculation of KL and JS shown step by step.",
            "divcli.cli.explain:explain"),
    Command("rank", "Which candidate is nearest P, with the uncertainty of the order.",
            "divcli.cli.rank:rank"),
    Command("matrix", "Pairwise measures of files, of columns, or of the groups of a column.",
            "divcli.cli.matrix:matrix"),
    Command("sample-check", "Does a sample represent the population it was drawn from?",
            "divcli.cli.sample_check:sample_check"),
    Command("dependence", "Which columns of a table tell most of one of them.",
            "divcli.cli.dependence:dependence"),
    Command("fit", "Families of distributions fitted to a sample, the nearest first.",
            "divcli.cli.fit:fit"),
    Command("score", "Predicted probabilities against labels: log loss, KL, calibration.",
            "divcli.cli.score:score"),
    Command("drift", "Every column of two tables, with a verdict and an exit status for CI.",
            "divcli.cli.drift:drift"),
    Command("profile", "A small baseline of a table, to be used wherever a source is.",
            "divcli.cli.profile:profile"),
    Command("measures", "Each measure's formula, range, unit, properties and source.",
            "divcli.cli.measures:measures"),
    Command("config", "Each option's value, and the flag, variable or file that it comes from.",
            "divcli.cli.config:config"),
)  # fmt: skip


class Family(NamedTuple):
    """One family of distributions: its parameters, and where its mathematics stand.

    parameters: names in the order of their writing, each with what it may be (see
    sources/models.py). dimensions: 1, or 0 where the parameters tell. law: log-density and
    distribution function of given parameters; fit: maximum likelihood from values with weights; kl:
    closed form of KL between two of the family, in nats; None where there is none. known: the
    parameters that a fit can take as given.
    """

    name: str
    parameters: tuple[tuple[str, str], ...]
    support: str
    discrete: bool
    source: str
    law: str | None = None
    fit: str | None = None
    kl: str | None = None
    dimensions: int = 1
    known: tuple[str, ...] = ()

    def __str__(self) -> str:
        """How the family is written, as in normal(mu,sigma)."""
        return f"{self.name}({','.join(name for name, _ in self.parameters)})"


_L = "divcli.families.laws:"
_F = "divcli.families.estimates:"
_K = "divcli.families.closed_forms:"
_LINE = "all numbers"
_SPREAD = (("mu", "number"), ("sigma", "positive"))

FAMILIES: tuple[Family, ...] = (
    Family("normal", _SPREAD, _LINE, False, "Johnson, Kotz & Balakrishnan (1994), ch. 13",
           _L + "normal", _F + "normal", _K + "normal"),
    Family("lognormal", _SPREAD, "x > 0", False, "Johnson, Kotz & Balakrishnan (1994), ch. 14",
           _L + "lognormal", _F + "lognormal", _K + "normal"),
    Family("exponential", (("scale", "positive"),), "x ≥ 0", False,
           "Johnson, Kotz & Balakrishnan (1994), ch. 19",
           _L + "exponential", _F + "exponential", _K + "exponential"),
    Family("gamma", (("shape", "positive"), ("scale", "positive")), "x > 0", False,
           "Johnson, Kotz & Balakrishnan (1994), ch. 17", _L + "gamma", _F + "gamma", _K + "gamma"),
    Family("beta", (("a", "positive"), ("b", "positive")), "0 < x < 1", False,
           "Johnson, Kotz & Balakrishnan (1995), ch. 25", _L + "beta", _F + "beta", _K + "beta"),
    Family("laplace", (("mu", "number"), ("b", "positive")), _LINE, False,
           "Johnson, Kotz & Balakrishnan (1995), ch. 24",
           _L + "laplace", _F + "laplace", _K + "laplace"),
    Family("uniform", (("a", "number"), ("b", "above")), "a ≤ x ≤ b", False,
           "Johnson, Kotz & Balakrishnan (1995), ch. 26",
           _L + "uniform", _F + "uniform", _K + "uniform"),
    Family("weibull", (("k", "positive"), ("scale", "positive")), "x > 0", False,
           "Johnson, Kotz & Balakrishnan (1994), ch. 21; KL: Bauckhage (2013)",
           _L + "weibull", _F + "weibull", _K + "weibull"),
    Family("logistic", (("mu", "number"), ("s", "positive")), _LINE, False,
           "Johnson, Kotz & Balakrishnan (1995), ch. 23", _L + "logistic", _F + "logistic"),
    Family("student_t", (("nu", "positive"), *_SPREAD), _LINE, False,
           "Johnson, Kotz & Balakrishnan (1995), ch. 28", _L + "student_t", _F + "student_t"),
    Family("pareto", (("alpha", "positive"), ("scale", "positive")), "x ≥ scale", False,
           "Johnson, Kotz & Balakrishnan (1994), ch. 20",
           _L + "pareto", _F + "pareto", _K + "pareto"),
    Family("poisson", (("rate", "positive"),), "0, 1, 2, …", True,
           "Johnson, Kemp & Kotz (2005), ch. 4", _L + "poisson", _F + "poisson", _K + "poisson"),
    Family("binomial", (("n", "whole"), ("p", "probability")), "0, 1, …, n", True,
           "Johnson, Kemp & Kotz (2005), ch. 3",
           _L + "binomial", _F + "binomial", _K + "binomial", known=("n",)),
    Family("geometric", (("p", "probability"),), "1, 2, 3, …: trials to the first success", True,
           "Johnson, Kemp & Kotz (2005), ch. 5",
           _L + "geometric", _F + "geometric", _K + "geometric"),
    Family("negative_binomial", (("r", "positive"), ("p", "probability")),
           "0, 1, 2, …: failures before the r-th success", True,
           "Johnson, Kemp & Kotz (2005), ch. 5",
           _L + "negative_binomial", _F + "negative_binomial"),
    Family("discrete_uniform", (("a", "integer"), ("b", "from")), "a, a+1, …, b", True,
           "Johnson, Kemp & Kotz (2005), ch. 6",
           _L + "discrete_uniform", _F + "discrete_uniform", _K + "discrete_uniform"),
    Family("categorical", (), "symbols, each with its probability", True,
           "the empirical distribution"),
    Family("diagnormal", (("mu", "vector"), ("sigma", "positive vector")), "points", False,
           "Kingma & Welling (2014), appendix B", dimensions=0),
    Family("mvnormal", (("mu", "vector"), ("cov", "covariance")), "points", False,
           "Kullback (1959), ch. 9", dimensions=0),
)  # fmt: skip


def family(name: str) -> Family:
    """The row of a family; CommandLineError with the closest name when there is none."""
    known = {row.name: row for row in FAMILIES}
    if name not in known:
        raise CommandLineError(f"no family {name!r}", hint=did_you_mean(name, list(known)))
    return known[name]


class Renderer(NamedTuple):
    """One output format: `target(result, surface) -> str`; whether the text holds the notes.

    page_in: a variable of the environment that names a file, to which the Markdown page is added.
    """

    name: str
    summary: str
    target: str
    carries_notes: bool
    for_programs: bool
    page_in: str | None = None


RENDERERS: tuple[Renderer, ...] = (
    Renderer("table", "for people, on a terminal", "divcli.render.table:render", False, False),
    Renderer("json", "one document, every digit", "divcli.render.json:render", True, True),
    Renderer("csv", "one row a symbol, the measures in the last", "divcli.render.csv:render",
             False, True),
    Renderer("markdown", "for a page or a pull request", "divcli.render.markdown:render",
             True, False),
    Renderer("junit", "test cases for CI, one a column or a limit", "divcli.render.junit:render",
             True, False),
    Renderer("github", "annotations and the step summary of GitHub Actions",
             "divcli.render.github:render", False, False, "GITHUB_STEP_SUMMARY"),
)  # fmt: skip


# Pages in modules of their own, by the type of result that they show.
PAGES = {
    "DependenceReport": "divcli.render.views_joint",
    "JointEntropy": "divcli.render.views_joint",
    "Matrix": "divcli.render.views_matrix",
    "Ranking": "divcli.render.views_rank",
    "SampleReport": "divcli.render.views_sample",
    "SettingsReport": "divcli.render.views_settings",
    "FitReport": "divcli.render.views_fit",
    "ScoreReport": "divcli.render.views_score",
    "DriftReport": "divcli.render.views_drift",
    "Profile": "divcli.render.views_profile",
    "SlicedReport": "divcli.render.views_slices",
}

# The table renderer's page as one object for rich, behind `__rich__` of the results.
TABLES = "divcli.render.table:renderables"


class Reader(NamedTuple):
    """One input format; endings are of file names.

    target: `function(stream, options) -> Source`, which holds the whole in memory. stored:
    `function(place, options) -> StoredTable`, which reads it where it is, however large.
    """

    name: str
    endings: tuple[str, ...]
    target: str | None
    stored: str | None = None


_TEXT, _TYPED = "divcli.sources.large:", "divcli.sources.typed:"

READERS: tuple[Reader, ...] = (
    Reader("csv", (".csv",), "divcli.sources.delimited:read_csv", _TEXT + "store_csv"),
    Reader("tsv", (".tsv", ".tab"), "divcli.sources.delimited:read_tsv", _TEXT + "store_tsv"),
    Reader("json", (".json",), "divcli.sources.documents:read_json"),
    Reader(
        "ndjson",
        (".ndjson", ".jsonl"),
        "divcli.sources.documents:read_ndjson",
        _TEXT + "store_ndjson",
    ),
    Reader("lines", (".txt",), "divcli.sources.delimited:read_lines", _TEXT + "store_lines"),
    Reader("parquet", (".parquet", ".pq"), None, _TYPED + "store_parquet"),
    Reader("arrow", (".arrow", ".feather", ".ipc"), None, _TYPED + "store_arrow"),
    Reader("duckdb", (".duckdb", ".ddb"), None, _TYPED + "store_duckdb"),
    Reader("sqlite", (".sqlite", ".sqlite3", ".db"), None, "divcli.sources.sqlite:store_sqlite"),
    Reader("excel", (".xlsx", ".xls", ".ods"), "divcli.sources.frames:read_excel"),
    Reader("stata", (".dta",), "divcli.sources.frames:read_stata"),
    Reader("spss", (".sav", ".zsav"), "divcli.sources.frames:read_spss"),
    Reader("sas", (".sas7bdat", ".xpt"), "divcli.sources.frames:read_sas"),
)
