"""The two integrals that the purchase models need, by the trapezoidal rule on a stretched scale.

Both integrands are v g(v) with g completely monotone after v = exp(w), or tame on the logit scale, so the rule converges
geometrically (L. N. Trefethen and J. A. C. Weideman, SIAM Review 56:3, 2014); w = k sinh(y / k) spares the nodes of long
tails. The hypergeometric functions of the literature are these integrals, but lose digits or fail where a = 1, s = 1, z
is near 1 or x is in the thousands. Relative errors are about 1e-12, and below 1e-8 where two scales are a thousandfold
apart (tests/prediction/purchase/test_quadrature.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, expit

Floats = npt.NDArray[np.float64]

_STEP, _STRETCH, _TAIL = 0.3, 3.0, 29.0
_LARGE = 680.0  # exp of more overflows
_BLOCK = 512  # rows at once: a few arrays of (rows, nodes) stay in the processor's cache
_NODES, _LOGIT_STRETCH, _LOGIT_TAIL = 64, 2.0, 36.0


@dataclass(frozen=True)
class Tail:
    """log G, and under the normalised integrand the means of log(A + u), log(B + u), 1 / (A + u) and 1 / (B + u)."""

    log: Floats
    log_a: Floats
    log_b: Floats
    inverse_a: Floats
    inverse_b: Floats


def tail(a: Floats, b: Floats, p: Floats, q: Floats, *, means: bool = False) -> Tail:
    """G = integral from 0 to infinity of (a + u)^-p (b + u)^-q du, for arrays (n,) with a, b, p, q > 0 and p + q > 1.

    It is Fader's and Hardie's (a - b)-free form of the 2F1 in the Pareto/NBD likelihood. `means`: also the means,
    which are its derivatives; else they are empty.
    """
    a, b, p, q = np.broadcast_arrays(a, b, p, q)
    found = np.empty((5 if means else 1, len(a)))
    for start in range(0, len(a), _BLOCK):
        block = slice(start, start + _BLOCK)
        found[:, block] = _tail(a[block], b[block], p[block], q[block], means)
    empty = np.zeros(0)
    return Tail(found[0], *found[1:]) if means else Tail(found[0], empty, empty, empty, empty)


def _tail(a: Floats, b: Floats, p: Floats, q: Floats, means: bool) -> Floats:
    kappa = p + q - 1
    scale = _mode(a, b, p, q, kappa)
    apart = float(np.abs(np.log(a / b)).max())
    width = np.array([_TAIL, max((_TAIL + apart) / float(kappa.min()), 5 + apart)])
    left, right = _STRETCH * np.arcsinh(width / _STRETCH)
    nodes = np.linspace(-left, right, int(np.ceil((left + right) / _STEP)) + 1)
    w = _STRETCH * np.sinh(nodes / _STRETCH)
    v = np.exp(np.minimum(w, _LARGE))
    beyond = np.maximum(w - _LARGE, 0.0)  # log(1 + e^w) = w there
    in_a, in_b = (scale / a)[:, None] * v, (scale / b)[:, None] * v
    in_a += 1
    in_b += 1
    log_a, log_b = np.log(in_a), np.log(in_b)
    if beyond.any():
        log_a += beyond
        log_b += beyond
    weight = -p[:, None] * log_a
    weight -= q[:, None] * log_b
    weight += w + np.log(np.cosh(nodes / _STRETCH))
    most = weight.max(axis=1)
    weight -= most[:, None]
    np.exp(weight, out=weight)
    total = weight.sum(axis=1)
    log = most + np.log(total * (nodes[1] - nodes[0]) * scale) - p * np.log(a) - q * np.log(b)
    if not means:
        return log[None]  # type: ignore[no-any-return]
    weight /= total[:, None]
    return np.stack(
        (
            log,
            np.log(a) + np.einsum("ij,ij->i", weight, log_a),
            np.log(b) + np.einsum("ij,ij->i", weight, log_b),
            np.einsum("ij,ij->i", weight, 1 / in_a) / a,
            np.einsum("ij,ij->i", weight, 1 / in_b) / b,
        )
    )


def _mode(a: Floats, b: Floats, p: Floats, q: Floats, kappa: Floats) -> Floats:
    """Where v (1 + v/a)^-p (1 + v/b)^-q is largest: the positive root of a quadratic, without cancellation."""
    linear = p * b + q * a - a - b
    root = np.sqrt(linear * linear + 4 * kappa * a * b)
    return np.where(linear > 0, 2 * a * b / (linear + root), (root - linear) / (2 * kappa))


def mean_until_dropout(a: Floats, b: Floats, s: Floats, c: Floats) -> Floats:
    """E[(1 - (1 + p c)^-s) / p] for p ~ Beta(a, b): purchases expected until dropout with probability p after each.

    Arrays (n,), or numbers. The straight line through the values at p = 0 and p = 1 is taken out (its mean is known),
    so that what is left fades at both ends however small a and b are; the nodes lie on the logit scale.
    """
    a, b, s, c = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, np.float64)) for v in (a, b, s, c)))
    found = np.empty(len(a))
    for start in range(0, len(a), _BLOCK):
        block = slice(start, start + _BLOCK)
        found[block] = _until_dropout(a[block], b[block], s[block], c[block])
    return found


def _until_dropout(a: Floats, b: Floats, s: Floats, c: Floats) -> Floats:
    spread = np.sqrt(1 / (a + 1) + 1 / (b + 1))
    low = np.maximum(_LOGIT_TAIL / ((1 + a) * spread), 9.0)
    high = np.maximum(_LOGIT_TAIL / ((1 + b) * spread), 9.0)
    low, high = (_LOGIT_STRETCH * np.arcsinh(end / _LOGIT_STRETCH) for end in (low, high))
    step = (low + high) / (_NODES - 1)
    nodes = -low[:, None] + step[:, None] * np.arange(_NODES)
    logit = np.log((a + 1) / (b + 1))[:, None] + spread[:, None] * _LOGIT_STRETCH * np.sinh(
        nodes / _LOGIT_STRETCH
    )
    p = np.maximum(expit(logit), 1e-300)
    log_q = -np.maximum(logit, 0) - np.log1p(np.exp(-np.abs(logit)))
    density = np.exp(a[:, None] * (log_q + logit) + b[:, None] * log_q - betaln(a, b)[:, None])
    density *= np.cosh(nodes / _LOGIT_STRETCH)
    at_zero, at_one = s * c, -np.expm1(-s * np.log1p(c))
    value = -np.expm1(-s[:, None] * np.log1p(p * c[:, None])) / p
    bent = value - at_zero[:, None] * np.exp(log_q) - at_one[:, None] * p
    line = (at_zero * b + at_one * a) / (a + b)
    found = line + np.einsum("ij,ij->i", density, bent) * step * spread
    # What is averaged falls from its value at p = 0 to that at p = 1.
    return np.clip(found, at_one, np.maximum(at_zero, at_one))  # type: ignore[no-any-return]
