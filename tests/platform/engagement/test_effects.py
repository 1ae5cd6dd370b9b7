"""What a hand-over added: a planted effect is found, and where nothing was planted nothing is, 19 times out of 20."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from regulars.experiments import HELD_OUT, TREATED, Gathered, holdout
from regulars.platform.engagement import api as engagement
from regulars.platform.engagement.effects import effect_from, effects_of, looks
from regulars.platform.engagement.models import Assigned
from regulars.platform.privacy import api as privacy
from support.handover import BEGIN, Shop

DAYS = 60


@pytest.mark.django_db
def test_a_planted_effect_is_recovered(shop: Shop) -> None:
    number = shop.begun()
    treated, held_out = shop.arm(number, TREATED), shop.arm(number, HELD_OUT)
    random = np.random.default_rng(1)
    shop.bought(random.permutation(treated)[: len(treated) // 2].tolist(), on=dt.date(2026, 7, 20), name="t")
    shop.bought(random.permutation(held_out)[: len(held_out) // 5].tolist(), on=dt.date(2026, 8, 1), name="h")
    kept = shop.measured(number).effects["kept"]
    assert kept.answer == "added" and (kept.treated, kept.held_out) == (len(treated), len(held_out))
    assert kept.total is not None and kept.total.low < 0.3 * len(treated) < kept.total.high
    engagement.set_cost(by=shop.user, number=number, cost=500)  # type: ignore[arg-type]
    returned = shop.seen(number).returned
    assert returned is not None and returned.cost_per_kept == pytest.approx(500 / kept.total.estimate)


@pytest.mark.django_db
def test_who_is_erased_leaves_both_lists_and_counts_stay(shop: Shop) -> None:
    number = shop.begun()
    shop.bought(
        shop.arm(number, TREATED)[:40] + shop.arm(number, HELD_OUT)[:40], on=dt.date(2026, 7, 20), name="o"
    )
    gone = shop.arm(number, TREATED)[0]
    person = privacy.Person((gone,))
    places = {place.name: place for place in privacy.places()}
    assert any("engagement" in table for table in places["state"].export(person))
    assert places["state"].where(person) > 0
    places["state"].erase(person)
    assert not Assigned.objects.filter(customer=gone).exists()
    measured = shop.measured(number)
    assert measured.erased == {"treated": 1, "held_out": 0} and not measured.mismatch
    assert measured.counts["treated"] == len(shop.arm(number, TREATED))


def _world(random: np.random.Generator, lift: float) -> Gathered:
    """1,000 customers, half of them held out, of whom one in five comes back by itself within 60 days."""
    n = 1_000
    arm = (random.random(n) < 0.5).astype(np.int64)
    comes = random.random(n) < 0.2 + lift * arm
    who = np.flatnonzero(comes)
    begin = (BEGIN - dt.date(1970, 1, 1)).days
    ones = np.ones(who.size)
    return Gathered(
        (HELD_OUT, TREATED), BEGIN + dt.timedelta(DAYS), DAYS, np.arange(n), arm, np.full(n, begin),
        random.normal(size=(n, 2)), who, begin + random.integers(0, DAYS, who.size), {"kept": ones, "orders": ones},
    )  # fmt: skip


def test_without_an_effect_one_in_twenty_errs_however_often_one_looks() -> None:
    random = np.random.default_rng(7)
    experiment = holdout("no effect", 0.5)
    paths = [effects_of(_world(random, 0.0), experiment)["outcomes"]["kept"]["path"] for _ in range(200)]
    erred = [any(one["answer"] in ("added", "took") for one in path) for path in paths]
    told = [path[-1]["answer"] != "too_early" for path in paths]
    assert all(told) and sum(erred) <= 18  # of 200, 5 % are 10; more than 18 come by chance once in 150 times


def test_with_an_effect_most_see_it() -> None:
    random = np.random.default_rng(8)
    experiment = holdout("effect", 0.5)
    answers = [
        effects_of(_world(random, 0.15), experiment)["outcomes"]["kept"]["latest"]["answer"]
        for _ in range(30)
    ]
    assert answers.count("added") >= 27


def test_effects_survive_being_stored() -> None:
    stored = effects_of(_world(np.random.default_rng(9), 0.1), holdout("kept", 0.5))
    latest = effect_from(stored["outcomes"]["kept"]["latest"])
    assert latest.per_customer is not None and latest.day == BEGIN + dt.timedelta(DAYS - 1)
    assert stored["outcomes"]["kept"]["path"][-1]["estimate"] == latest.per_customer.estimate


def test_a_long_path_is_looked_at_once_a_week() -> None:
    found = replace(_world(np.random.default_rng(1), 0.0), as_of=BEGIN + dt.timedelta(365))
    days = looks(found)
    assert len(days) == 53 and days[-1] == BEGIN + dt.timedelta(364) and (days[1] - days[0]).days == 7
