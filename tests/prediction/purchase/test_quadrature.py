"""The integrals agree with adaptive quadrature and with the hypergeometric functions, and hold where these fail."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln, expit, hyp2f1

from regulars.prediction.purchase.quadrature import mean_until_dropout, tail

TAILS = [
    (10, 11, 0.5, 1.6), (1, 1e4, 0.5, 1.5), (1e4, 1, 0.5, 1.5), (100, 1, 30, 1.2), (1, 1000, 10_000, 1.5),
    (1000, 1, 10_000, 1.5), (5, 5, 0.2, 1.1), (30, 2600, 10_000, 100), (1e-3, 1e3, 1, 1.3), (2600, 2600, 1e4, 1e3),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "p", "q"), TAILS)
def test_the_tail_integral_and_its_means(a: float, b: float, p: float, q: float) -> None:
    # Many short panels of Gauss-Legendre in log v, without any of the rule's own choices.
    nodes, weights = np.polynomial.legendre.leggauss(20)
    edges = np.linspace(-60, 460, 1041) + np.log(min(a / p, b / q))
    w = (edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2).ravel()
    weight = np.tile(weights, 1040) * np.exp(
        w - p * np.logaddexp(0, w - np.log(a)) - q * np.logaddexp(0, w - np.log(b))
    )
    u = np.exp(w)

    found = tail(*(np.array([one], float) for one in (a, b, p, q)), means=True)
    total = weight.sum()
    assert found.log[0] == pytest.approx(
        np.log(total / 4) - p * np.log(a) - q * np.log(b), abs=1e-8, rel=1e-14
    )
    wanted = [weight @ value / total for value in (np.log(a + u), np.log(b + u), 1 / (a + u), 1 / (b + u))]
    means = [found.log_a[0], found.log_b[0], found.inverse_a[0], found.inverse_b[0]]
    np.testing.assert_allclose(means, wanted, rtol=1e-8)


def test_the_tail_integral_is_the_hypergeometric_function_of_the_literature() -> None:
    p, s, alpha, beta, t = 3.55, 0.6, 10.6, 11.7, 20.0
    z = (beta - alpha) / (beta + t)
    published = hyp2f1(p + s, s + 1, p + s + 1, z) / (beta + t) ** (p + s) / (p + s)
    ours = tail(*(np.array([one]) for one in (alpha + t, beta + t, p, s + 1)))
    # Their integral has (alpha + u)^-p (beta + u)^-(s + 1); swapped parameters give the same function.
    other = hyp2f1(s + 1, 1, p + s + 1, z) * (alpha + t) ** (1 - p) * (beta + t) ** (-s - 1) / (p + s)
    assert np.exp(ours.log[0]) == pytest.approx(other, rel=1e-12)
    swapped = tail(*(np.array([one]) for one in (beta + t, alpha + t, s + 1, p)))
    assert ours.log[0] == pytest.approx(swapped.log[0], abs=1e-12)
    assert np.isfinite(published)


def test_heavy_tails_are_integrated_to_their_end() -> None:
    # With a = b the integral is a^(1 - p - q) / (p + q - 1), however slowly it converges.
    for kappa in (1e-3, 0.04, 1.0, 1e4):
        found = tail(np.array([5.0]), np.array([5.0]), np.array([kappa / 2]), np.array([1 + kappa / 2]))
        assert found.log[0] == pytest.approx(-kappa * np.log(5) - np.log(kappa), abs=1e-9)


@pytest.mark.parametrize(
    ("a", "b", "s", "c"),
    [
        (0.79, 2.43, 0.24, 0.9),
        (0.79, 12, 10, 1),
        (1e-3, 0.5, 3, 2),
        (50, 1, 0.3, 1000),
        (0.5, 2, 0.3, 1e4),
        (5, 9, 200, 0.1),
    ],
)
def test_purchases_until_dropout_are_those_of_the_published_formula(
    a: float, b: float, s: float, c: float
) -> None:
    published = (a + b - 1) / (a - 1) * (1 - (1 + c) ** -s * hyp2f1(s, b, a + b - 1, c / (1 + c)))
    assert mean_until_dropout(a, b, s, c)[0] == pytest.approx(published, rel=1e-9)


@pytest.mark.parametrize(("a", "b", "s", "c"), [(1, 2, 1, 1), (0.8, 10_002, 10_000, 1), (1e4, 1e4, 1, 1)])
def test_purchases_until_dropout_where_the_published_formula_fails(
    a: float, b: float, s: float, c: float
) -> None:
    def integrand(u: float) -> float:
        p = expit(u)
        density = np.exp(a * np.log(p) + b * np.log(expit(-u)) - betaln(a, b))
        return float(density * -np.expm1(-s * np.log1p(p * c)) / p)

    middle, width = np.log(a / b), 12 / np.sqrt(min(a, b) + 0.1)
    wanted = quad(integrand, middle - 4 * width, middle + width, epsabs=0, limit=500, points=[middle])[0]
    assert mean_until_dropout(a, b, s, c)[0] == pytest.approx(wanted, rel=1e-7)
