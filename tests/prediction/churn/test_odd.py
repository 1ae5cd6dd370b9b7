"""What a shop or a table can hold that once made a wrong answer, or none."""

from __future__ import annotations

import datetime as dt
import tracemalloc
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from prediction.churn.shop import AS_OF, made, shop
from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.prediction.churn import backtest, ensemble, fit_churn, fit_labelled, quality, reasons
from regulars.prediction.churn.effects import _adjusted as adjusted_difference
from regulars.prediction.churn.examples import known_on, left_within
from regulars.prediction.churn.linear import Linear
from regulars.prediction.churn.measures import auc


@pytest.mark.parametrize(
    ("who", "days"),
    [
        ([1] * 20, list(range(0, 400, 20))),
        (np.repeat(range(200), 6), np.tile(range(0, 360, 60), 200)),
    ],
    ids=["one customer", "identical customers"],
)
def test_a_shop_that_says_nothing_has_a_back_test_without_drift(
    duck: DuckEngine, who: Any, days: Any
) -> None:
    odd = shop(duck, np.asarray(who), np.asarray(days), np.full(len(who), 10.0))
    found = backtest(odd, 60, days=1).days[0]
    assert found.serves == "rate"
    assert found.drift == {"score": 0.0}


def test_who_has_had_no_time_to_come_back_has_not_left(duck: DuckEngine) -> None:
    analysis = made(duck, 40)
    (known,) = known_on(analysis, [AS_OF - dt.timedelta(days=30)], horizon=60)
    with pytest.raises(InputError, match="not known for 60 days yet"):
        left_within(analysis, known, 60)
    assert left_within(analysis, known, 30).mean() < 1


def test_reasons_of_purchase_models_alone_tell_customers_apart(duck: DuckEngine) -> None:
    """Nobody ever leaves this shop, so that there is nothing to learn from."""
    draw = np.random.default_rng(0)
    days = np.cumsum(draw.exponential(draw.gamma(4, 5, 40)[:, None] + 3, (40, 400)).clip(1, 40), axis=1)
    who, _ = np.nonzero(days < 700)
    small = shop(duck, who, days[days < 700].astype(int), np.full(len(who), 10.0))
    model = fit_churn(small, 60)
    assert model.serves == "purchase"
    scored = model.predict(small)
    found = reasons(model, scored)
    # Against the mean customer: some above it, some below, as the risks are.
    assert found.contribution[:, 0].mean() == pytest.approx(0, abs=1e-9)
    assert scored.risk[found.contribution[:, 0] > 0].min() >= scored.risk[found.contribution[:, 0] < 0].max()


def test_standard_errors_are_those_of_the_formulas() -> None:
    draw = np.random.default_rng(0)
    risk = np.round(draw.random(4000), 2)
    left = (draw.random(4000) < risk).astype(float)
    found = quality(risk, left, bootstraps=400)
    area = auc(risk, left)
    assert area is not None and found.auc_se is not None
    # J. Hanley and B. McNeil, Radiology 143 (1982), with the exponential approximation.
    gone, stayed = left.sum(), 4000 - left.sum()
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    wanted = area * (1 - area) + (gone - 1) * (one - area**2) + (stayed - 1) * (two - area**2)
    assert found.auc_se == pytest.approx(np.sqrt(wanted / (gone * stayed)), rel=0.2)
    assert found.brier_se == pytest.approx(np.std((risk - left) ** 2) / np.sqrt(4000), rel=0.12)


def test_measuring_many_customers_holds_one_draw_at_a_time() -> None:
    """A hundred draws of a million customers are 800 MB."""
    draw = np.random.default_rng(0)
    risk = draw.random(50_000)
    left = (draw.random(50_000) < risk).astype(float)
    tracemalloc.start()
    quality(risk, left)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20 * risk.nbytes


def test_a_fit_holds_its_basis_once() -> None:
    """Eight past days of 100,000 customers with 50 features are 2 GB, and should not be three times that."""
    draw = np.random.default_rng(0)
    matrix = draw.normal(size=(120_000, 10))
    left = (draw.random(120_000) < 0.5).astype(float)
    tracemalloc.start()
    fitted = Linear.fit(matrix, left, np.zeros(120_000, np.int64), ridge=1.0)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2 * 8 * len(matrix) * sum(one.width for one in fitted.splines)


def test_two_customers_who_differ_are_no_effect() -> None:
    """Only the middle tenth of the rest has both, one customer of either: their shares have no variance."""
    high, strata = (
        np.r_[np.ones(31, bool), np.zeros(31, bool)],
        np.r_[np.zeros(30, int), 1, 1, np.full(30, 2)],
    )
    left = high.astype(float)
    assert adjusted_difference(left, high, ~high, strata) == (None, 1.0)
    nobody = np.zeros(62)
    assert adjusted_difference(nobody, high, ~high, nobody.astype(int)) == (None, 1.0)
    estimate, p = adjusted_difference(left, high, ~high, np.zeros(62, int))
    assert estimate == (1.0, 0.0) and p == 0.0


def flagged(column: Any) -> pa.Table:
    draw = np.random.default_rng(0)
    return pa.table({"months": draw.integers(0, 60, len(column)), "left": column})


@pytest.mark.parametrize(
    ("column", "positive"),
    [
        ([True, False] * 50, True),
        ([True, False] * 50, 1),
        ([1.0, 0.0] * 50, 1),
        ([2, 0] * 50, 2.0),
        (["x", "y"] * 50, "x"),
    ],
)
def test_the_value_meant_is_found_however_it_is_written(column: list[Any], positive: Any) -> None:
    assert fit_labelled(flagged(column), "left", positive=positive).share == 0.5


def test_a_value_that_no_row_holds_is_refused() -> None:
    with pytest.raises(InputError, match="No row holds 'yes'"):
        fit_labelled(flagged(["Yes", "No"] * 50), "left", positive="yes")


def test_coded_texts_are_texts() -> None:
    plan = pa.array(["basic", "pro"] * 50).dictionary_encode()
    table = flagged([True, True, False, False] * 25).append_column("plan", plan)
    assert set(fit_labelled(table, "left").coding.values["plan"]) == {"basic", "pro"}


def test_linear_algebra_uses_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    before = ensemble.minimize

    def spied(*args: Any, **more: Any) -> Any:
        seen.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas")
        return before(*args, **more)

    monkeypatch.setattr(ensemble, "minimize", spied)
    with threadpool_limits(2, user_api="blas"):
        fit_labelled(flagged([True, True, False, False] * 25), "left")
    assert set(seen) == {1}
