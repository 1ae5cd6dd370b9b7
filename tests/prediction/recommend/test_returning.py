"""Who buys a product again, and when: against the textbook's example, and where everybody or nobody comes back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.prediction.recommend.returning import FEWEST_WATCHED, returning


def counts(*rows: tuple[int, int, int, int]) -> list[np.ndarray[Any, Any]]:
    return [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]


# Weeks of remission of 21 patients under 6-MP (Freireich and others, Blood 21, 1963): wait, came, ended.
REMISSION = [
    (6, 3, 1), (7, 1, 0), (9, 0, 1), (10, 1, 1), (11, 0, 1), (13, 1, 0), (16, 1, 0), (17, 0, 1), (19, 0, 1), (20, 0, 1),
    (22, 1, 0), (23, 1, 0), (25, 0, 1), (32, 0, 2), (34, 0, 1), (35, 0, 1),
]  # fmt: skip


def test_shares_are_those_of_the_textbook() -> None:
    found = returning(*counts(*((0, *row) for row in REMISSION)), days=(6, 7, 10, 13, 16))
    assert found.share[0] == pytest.approx([1 - 0.857, 1 - 0.807, 1 - 0.753, 1 - 0.690, 1 - 0.627], abs=5e-4)
    assert found.watched[0].tolist() == [21, 17, 15, 12, 11]
    # Greenwood at week 6: 0.0764; on the log-log scale [0.620, 0.952] stay.
    assert (1 - found.high[0, 0], 1 - found.low[0, 0]) == pytest.approx((0.620, 0.952), abs=2e-3)
    assert found.half.tolist() == [0]


def test_beyond_what_was_watched_nothing_is_said() -> None:
    found = returning(*counts(*((0, *row) for row in REMISSION)), days=(16, 35, 400))
    assert np.isfinite(found.share[0]).tolist() == [True, False, False]
    assert found.watched[0, 2] == 0 and FEWEST_WATCHED == 10


def test_half_came_back_on_the_day_that_half_did_and_products_do_not_mix() -> None:
    found = returning(
        *counts((4, 30, 20, 0), (4, 60, 20, 0), (9, 5, 0, 40), (7, 10, 50, 0)), days=(1, 30, 59)
    )
    assert found.products.tolist() == [4, 7, 9] and found.half.tolist() == [30, 10, 0]
    assert found.share[0].tolist() == pytest.approx([0.0, 0.5, 0.5])
    assert found.share[1, 0] == 0.0 and np.isnan(
        found.share[1, 1]
    )  # all had come: nobody is watched any longer
    assert ((found.low <= found.share) | np.isnan(found.share)).all()
    assert ((found.high >= found.share) | np.isnan(found.share)).all()


def test_no_product_at_all_has_no_curve() -> None:
    nothing = [np.zeros(0, dtype=np.int64)] * 4
    found = returning(*nothing, days=(30,))
    assert found.share.shape == (0, 1) and len(found.half) == 0


@pytest.mark.parametrize("days", [(), (30, 30), (60, 30)])
def test_days_that_do_not_ascend_are_refused(days: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="ascending"):
        returning(*counts((0, 1, 1, 0)), days=days)
