"""Personas: found, kept from run to run under their number and name, used in rules; nobody who objected is in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach
from regulars.platform.core.models import AuditEntry, User
from regulars.platform.customers.models import Customer
from regulars.platform.insights import personas_operations as operations
from regulars.platform.insights import runs
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.members import members_page
from regulars.platform.insights.models import Persona, Run, Snapshot
from regulars.platform.insights.personas_queries import PersonaInfo, personas
from regulars.platform.insights.personas_update import update
from regulars.platform.insights.runs_views import bind_runs, shown_with
from regulars.platform.insights.segments_rules import KNOWN, effective
from regulars.platform.insights.segments_values import values_of
from regulars.platform.site import Site
from support.facts import line
from support.tiny import analysed, bought

pytestmark = pytest.mark.django_db
EVERYWHERE = Reach()
REGULARS, BARGAINS = range(1, 121), range(121, 301)
LAST = date(2024, 12, 31)


@pytest.fixture(scope="module")
def orders() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Customers 1 to 120 order tea every month; 121 to 300, half of them in Norway, bought a lamp twice, at a discount."""
    chance = np.random.default_rng(1)
    found: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []

    def order(customer: int, day: date, goods: float, category: str, **more: Any) -> None:
        number = f"n{len(found)}"
        found.append(bought(customer, day.isoformat(), f"{goods:.2f}", order_id=number, **more))
        lines.append(line(number, 1, f"{goods:.2f}", category=category, product=category))

    for customer in REGULARS:
        start = date(2024, 1, 4) + timedelta(int(chance.integers(0, 27)))
        for month in range(11):
            order(customer, start + timedelta(30 * month), chance.uniform(20, 40), "tea", channel="web")
    for customer in BARGAINS:
        first = date(2024, 1, 1) + timedelta(int(chance.integers(0, 60)))
        market = "NO" if customer % 2 else "DE"
        for day in (first, first + timedelta(int(chance.integers(20, 90)))):
            order(
                customer,
                day,
                chance.uniform(80, 120),
                "lamps",
                channel="store",
                discounted=True,
                market=market,
            )
    return found, lines


@pytest.fixture
def shop(site: Site, orders: Any) -> Iterator[Callable[..., Analysis]]:
    """`shop(last=...)`: the shop up to a day, as a worker would read it, with the runs that are shown."""
    engines: list[DuckEngine] = []

    def read(last: date = LAST) -> Analysis:
        engine = DuckEngine(threads=1)
        engines.append(engine)
        rows, lines = orders
        analysis = analysed(
            engine, rows, first="2024-01-01", last=last.isoformat(), order_lines=lines, window=90
        )
        engine.materialise(NAME, listing(analysis))
        bind_runs(engine, shown_with(Snapshot(state={"currency": "EUR"})))
        return analysis

    yield read
    for engine in engines:
        engine.close()


@pytest.fixture
def day(shop: Callable[..., Analysis]) -> Callable[..., Run]:
    """`day(last)` brings the personas to a day."""

    def run(last: date = LAST) -> Run:
        analysis = shop(last)
        snapshot = Snapshot.objects.create(
            lake_version=1, definitions="d", program="p", as_of=analysis.as_of, state={"currency": "EUR"}
        )
        return update(analysis, snapshot, lambda name, share: None)

    return run


def rows() -> dict[str, PersonaInfo]:
    found = personas(reach=EVERYWHERE)
    assert found is not None
    return {"tea" if row.customers == len(REGULARS) else "lamps": row for row in found.rows}


def listed(analysis: Analysis, rule: str) -> int:
    asked = effective(rule, currency="EUR")
    return members_page(analysis, rule=asked.rule, registry=asked.registry).customers


def test_two_kinds_of_customers_are_two_personas_with_their_portraits(day: Any) -> None:
    day()
    found = personas(reach=EVERYWHERE)
    assert found is not None
    assert (found.kind, found.customers, found.currency) == ("groups", 300, "EUR")
    tea, lamps = rows()["tea"], rows()["lamps"]
    assert (tea.share, lamps.share) == (0.4, 0.6)
    assert tea.revenue_share == pytest.approx(0.52, abs=0.02)
    assert min(tea.stability, lamps.stability) > 0.95
    assert {trait.name for trait in tea.traits} >= {"orders", "average_order_value"}
    assert [(d.share, d.rest) for d in tea.differences if (d.facet, d.value) == ("category", "tea")] == [
        (1, 0)
    ]


def test_personas_keep_number_and_name_from_day_to_day_and_when_they_are_found_anew(
    day: Any, user: Any
) -> None:
    day(LAST - timedelta(days=60))
    before = rows()
    operations.describe(
        by=user(), number=before["tea"].number, name="Tea drinkers", note="Write in the morning."
    )
    for last, anew in ((LAST - timedelta(days=50), False), (LAST, True)):
        state = day(last).state
        assert (state["found_on"] == str(last + timedelta(days=1))) is anew
        after = rows()
        assert {name: row.number for name, row in after.items()} == {
            name: row.number for name, row in before.items()
        }
        assert (after["tea"].name, after["tea"].given, after["tea"].note) == (
            "Tea drinkers",
            True,
            "Write in the morning.",
        )
    assert Persona.objects.count() == 2 and state["moved"] == 0


def test_a_run_that_was_killed_leaves_no_persona_behind(day: Any) -> None:
    Persona.objects.create(name="Frequent", first_day=LAST, last_day=LAST)
    Persona.objects.create(
        name="Of last year", first_day=LAST - timedelta(days=400), last_day=LAST - timedelta(days=300)
    )
    day()
    assert Persona.objects.count() == 3 and Persona.objects.filter(name="Of last year").exists()


def test_who_objected_to_profiling_is_in_no_group(day: Any) -> None:
    Customer.objects.bulk_create([Customer(number=n, no_profiling=n <= 10) for n in range(1, 301)])
    run = day()
    found = personas(reach=EVERYWHERE)
    assert found is not None and found.customers == 290
    kept = runs.folder(run) / "customer_groups.parquet"
    import pyarrow.parquet as pq  # noqa: PLC0415 - one test looks into the file

    assert min(pq.read_table(kept)["customer"].to_pylist()) == 11


def test_markets_limit_sizes_and_what_is_said_of_places(day: Any) -> None:
    day()
    found = personas(reach=Reach(frozenset({"NO"})))
    assert found is not None
    sizes = {row.customers: row for row in found.rows}
    assert set(sizes) == {90, 0} and sizes[90].revenue > 0 and sizes[0].revenue_share == 0
    assert not any(row.facet in ("market", "country") for one in found.rows for row in one.differences)


def test_a_rule_knows_a_persona_by_every_name_that_it_had(day: Any, shop: Any, user: Any) -> None:
    day()
    tea, clerk = rows()["tea"], user()
    operations.describe(by=clerk, number=tea.number, name="Tea drinkers")
    operations.describe(by=clerk, number=tea.number, name="Morning people")
    analysis = shop()
    for name in (tea.name, "Tea drinkers", "morning people"):
        assert listed(analysis, f"persona = '{name}'") == len(REGULARS)
    assert listed(analysis, "persona in ('Tea drinkers') and orders >= 3") == len(REGULARS)
    assert listed(analysis, "not (persona = 'Tea drinkers')") == len(BARGAINS)
    assert listed(analysis, "persona = 'Nobody'") == 0
    assert "Morning people" in values_of(KNOWN.columns["persona"], EVERYWHERE)
    assert [row.action for row in AuditEntry.objects.all()] == ["persona.named"] * 2


def test_no_two_personas_share_a_name_not_even_a_former_one(day: Any, user: Callable[..., User]) -> None:
    day()
    tea, lamps, clerk = rows()["tea"], rows()["lamps"], user()
    operations.describe(by=clerk, number=tea.number, name="Tea drinkers")
    for name in ("TEA DRINKERS", tea.name, "", "x" * 121):
        with pytest.raises(InputError):
            operations.describe(by=clerk, number=lamps.number, name=name)
    operations.describe(by=clerk, number=tea.number, name=tea.name)
    assert Persona.objects.get(pk=tea.number).name == tea.name


def test_too_few_customers_are_no_groups_and_it_is_said(site: Site) -> None:
    engine = DuckEngine(threads=1)
    analysis = analysed(
        engine, [bought(n, "2024-03-01") for n in range(1, 20)], first="2024-01-01", last="2024-03-31"
    )
    engine.materialise(NAME, listing(analysis))
    bind_runs(engine, ())
    snapshot = Snapshot.objects.create(
        lake_version=1, definitions="d", program="p", as_of=analysis.as_of, state={"currency": "EUR"}
    )
    update(analysis, snapshot, lambda name, share: None)
    engine.close()
    found = personas(reach=EVERYWHERE)
    assert found is not None and (found.kind, found.reason, found.rows) == ("none", "too_few", ())
