"""The whole way: hand over, let time pass, read the orders, see what it added."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from regulars.experiments import Gathered, assigned_on, check_shares, gather, holdout, retention_return
from regulars.kernel.definitions import Definitions, Margin
from regulars.lake.engines import DuckEngine
from support.tiny import analysed, bought

EXPERIMENT = holdout("win back", 0.2)
CUSTOMERS, DAYS, START = 3_000, 60, date(2024, 7, 1)
WEEKS = (START, START + timedelta(7), START + timedelta(14))


def handed_over(duck: DuckEngine, effect: float) -> Gathered:
    """A thousand customers a week; the treated order `effect` more often from their day on, at a margin of 40 %."""
    chance = np.random.default_rng(11)
    parts = [
        assigned_on(EXPERIMENT, np.arange(n * 1_000, (n + 1) * 1_000), day) for n, day in enumerate(WEEKS)
    ]
    rates = chance.gamma(2.0, 0.01, CUSTOMERS)
    orders = []
    for number, part in enumerate(parts):
        for customer, arm in zip(part["customer"].to_pylist(), part["arm"].to_pylist(), strict=True):
            rate = rates[customer] * (1 + effect * (arm == "treated"))
            before = chance.integers(1, 180, chance.poisson(rates[customer] * 180))
            after = chance.integers(0, DAYS, chance.poisson(rate * DAYS))
            for offset in (*(-before), *after):
                day = WEEKS[number] + timedelta(int(offset))
                orders.append(bought(customer, day.isoformat(), f"{chance.uniform(20, 60):.2f}"))
    last = WEEKS[-1] + timedelta(DAYS)
    analysis = analysed(
        duck, orders, first="2024-01-01", last=last.isoformat(),
        definitions=Definitions(margin=Margin(share=Decimal("0.4"))),
    )  # fmt: skip
    return gather(analysis, pa.concat_tables(parts), arms=EXPERIMENT.names, horizon=DAYS)


def test_a_planted_effect_comes_back_with_its_worth(duck: DuckEngine) -> None:
    found = handed_over(duck, 0.8)
    assert not check_shares(EXPERIMENT, found.counts()).mismatch
    effects = {outcome: path.latest for (_, outcome), path in found.effects().items()}
    assert {outcome: effect.answer for outcome, effect in effects.items()} == dict.fromkeys(
        found.outcomes, "added"
    )
    each = 0.02 * 0.8 * DAYS  # orders a customer that were planted
    assert effects["orders"].fixed.low < each < effects["orders"].fixed.high
    assert effects["margin"].per_customer.estimate == pytest.approx(each * 40 * 0.4, rel=0.2)
    paid = retention_return(1_000.0, effects["kept"], effects["margin"])
    assert paid.profit.low > 0
    assert paid.cost_per_kept_high is not None


def test_with_nothing_planted_no_effect_is_seen(duck: DuckEngine) -> None:
    effects = {outcome: path.latest for (_, outcome), path in handed_over(duck, 0.0).effects().items()}
    assert {effect.answer for effect in effects.values()} == {"no_effect_seen"}
    orders = effects["orders"].per_customer
    assert orders.low < 0 < orders.high < 0.02 * 0.4 * DAYS  # and how large it may still be
