"""Who is held out: fixed for ever, evenly spread, and unknown to other experiments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chisquare, kstest

from regulars.experiments import Arm, Experiment, assign, holdout, uniforms
from regulars.kernel.errors import InputError

CUSTOMERS = np.arange(1, 200_001)


def test_the_numbers_never_change() -> None:
    found = uniforms("spring", [1, 2, 3, -1, 2**62])
    wanted = [
        0.723029790522501,
        0.5610886892798017,
        0.6708447054246508,
        0.05385990939076157,
        0.3601804345214077,
    ]
    assert found.tolist() == wanted
    assert uniforms("summer", [1, 2, 3]).tolist() == [
        0.5823002101929956,
        0.3262949103718604,
        0.798053711281067,
    ]


def test_they_do_not_depend_on_company_or_order() -> None:
    alone = [float(uniforms("spring", [customer])[0]) for customer in (7, 5, 7)]
    assert uniforms("spring", [7, 5, 7]).tolist() == alone


@pytest.mark.parametrize("numbers", [CUSTOMERS, CUSTOMERS * 64, CUSTOMERS + 2**40, -CUSTOMERS])
def test_they_are_evenly_spread_whatever_the_customer_numbers_look_like(numbers: np.ndarray) -> None:
    assert kstest(uniforms("spring", numbers), "uniform").pvalue > 0.001


def test_experiments_do_not_know_of_each_other() -> None:
    pairs = [("a", "b"), ("hand-over 1", "hand-over 2"), ("spring", "spring ")]
    for one, other in pairs:
        cells = 10 * (uniforms(one, CUSTOMERS) * 10).astype(int) + (uniforms(other, CUSTOMERS) * 10).astype(
            int
        )
        assert chisquare(np.bincount(cells, minlength=100)).pvalue > 0.001


def test_neighbouring_customers_are_independent() -> None:
    drawn = uniforms("spring", CUSTOMERS)
    cells = 10 * (drawn[:-1] * 10).astype(int) + (drawn[1:] * 10).astype(int)
    assert chisquare(np.bincount(cells, minlength=100)).pvalue > 0.001


def test_arms_get_their_shares() -> None:
    experiment = Experiment("offers", (Arm("held_out", 0.1), Arm("voucher", 0.3), Arm("call", 0.6)))
    counts = np.bincount(assign(experiment, CUSTOMERS))
    assert chisquare(counts, np.array([0.1, 0.3, 0.6]) * CUSTOMERS.size).pvalue > 0.001


def test_a_holdout_that_grows_keeps_its_customers() -> None:
    small, large = (assign(holdout("spring", share), CUSTOMERS) == 0 for share in (0.1, 0.2))
    assert not (small & ~large).any()


def test_nobody_is_nobody() -> None:
    assert assign(holdout("spring"), []).size == 0


@pytest.mark.parametrize(
    "arms",
    [
        (Arm("held_out", 0.1),),
        (Arm("held_out", 0.1), Arm("treated", 0.8)),
        (Arm("held_out", 0.0), Arm("treated", 1.0)),
        (Arm("same", 0.5), Arm("same", 0.5)),
        (Arm("held_out", float("nan")), Arm("treated", 0.5)),
    ],
)
def test_arms_that_make_no_experiment_are_refused(arms: tuple[Arm, ...]) -> None:
    with pytest.raises(InputError):
        Experiment("spring", arms)


def test_names_are_no_customer_numbers() -> None:
    with pytest.raises(InputError, match="whole numbers"):
        uniforms("spring", [0.5, 1.5])
