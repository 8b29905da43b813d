"""Delete-one jackknives over two samples, in closed form: O(k) a pair, for R pairs at once.

For a divergence T of samples of n and m observations,
T - (n-1)(mean T₍₋ᵢ₎ - T) - (m-1)(mean T₍₋ⱼ₎ - T), deleting one observation of P, then one of Q.
Deleting one from cell i scales all of p by n/(n-1) and takes 1/(n-1) off cell i, so the mean over
the n deletions is a sum over cells. Every difference is written as a logarithm of a ratio: what
is multiplied by n - 1 never was a difference of two nearly equal numbers.
Source: Quenouille (1956), Efron & Stein (1981).
"""

from __future__ import annotations

import numpy as np

from divcli.inference.arrays import FloatArray, IntArray
from divcli.inference.tables import Samples, row_dot


def log_steps(x: IntArray) -> FloatArray:
    """Steps x ln x - (x-1) ln(x-1) for whole x from 0 on, any shape; 0 at 0 and 1."""
    above = np.maximum(x, 2)
    return np.where(x > 1, np.log(above) - (above - 1) * np.log1p(-1 / above), 0.0)


def entropy_jackknife(p: Samples) -> FloatArray:
    """Jackknifed plug-in entropy in nats, shape (R,). Source: Zahl (1977).

    In closed form D(n) - Σ x/n D(x), D(x) = x ln x - (x-1) ln(x-1).
    """
    return np.asarray(log_steps(np.array(p.n)) - row_dot(p.shares, log_steps(p.counts)))


def js_jackknife(p: Samples, q: Samples) -> FloatArray:
    """Jackknifed Jensen-Shannon divergence in nats, shape (R,), for n and m of at least 2."""
    mean = (p.shares + q.shares) / 2
    logs = np.log(np.where(mean > 0, mean, 1.0))
    mixture = -row_dot(mean, logs)
    steps = _mixture_step(p, q, mean, logs) + _mixture_step(q, p, mean, logs)
    return mixture - steps - (entropy_jackknife(p) + entropy_jackknife(q)) / 2


def hellinger_squared_jackknife(p: Samples, q: Samples) -> FloatArray:
    """Jackknifed squared Hellinger distance in nats, shape (R,), for n and m of at least 2."""
    roots = np.sqrt(p.shares * q.shares)
    affinity: FloatArray = roots.sum(axis=1)
    return 1 - affinity + _affinity_step(p, roots, affinity) + _affinity_step(q, roots, affinity)


def _mixture_step(p: Samples, q: Samples, mean: FloatArray, logs: FloatArray) -> FloatArray:
    """(n-1)(mean H₍₋ᵢ₎ - H) of the mixture ½(P+Q) when one of P's n observations is deleted."""
    n, off = p.n, 0.5 / (p.n - 1)
    seen = p.counts > 0
    scaled = np.where(seen, (p.shares * (n / (n - 1)) + q.shares) / 2, 1.0)
    left = np.maximum(scaled - off, 0.0)
    # A lone observation leaves nothing behind: 0 ln 0, kept finite by the floor.
    gone = left * np.log1p(-np.minimum(off / scaled, 1 - 1e-16))
    grown = scaled * np.log1p(p.shares * off / np.where(seen, mean, 1.0))
    up = 0.5 * p.shares * logs + (n - 1) * np.where(seen, grown, 0.0)
    down = p.shares * (0.5 * np.log(scaled) - (n - 1) * gone)
    return np.asarray((down - up).sum(axis=1))


def _affinity_step(p: Samples, roots: FloatArray, affinity: FloatArray) -> FloatArray:
    """(n-1)(mean BC₍₋ᵢ₎ - BC) of the affinity BC = Σ√(pq) when one observation of P is deleted."""
    n = p.n
    growth = np.sqrt(n / (n - 1))
    x = np.maximum(p.counts, 1)
    # 1 - √(1 - 1/x) without its cancellation; x times it is what the deletions of a cell cost.
    cost = roots / (1 + np.sqrt(1 - 1 / x))
    scaling = 1 / (1 + growth)
    return np.asarray(affinity * scaling - growth * (n - 1) / n * cost.sum(axis=1))
