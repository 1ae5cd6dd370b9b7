"""The work list: what survives a computation, what leaves by itself, who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.lake.engines import DuckEngine
from regulars.metrics.analysis import Analysis
from regulars.platform.core.api import Reach
from regulars.platform.core.models import AuditEntry, User
from regulars.platform.customers.models import Customer
from regulars.platform.insights import worklist_operations as operations
from regulars.platform.insights.listing import NAME, listing
from regulars.platform.insights.models import WorkItem
from regulars.platform.insights.runs_views import bind_runs
from regulars.platform.insights.worklist_queries import Outcomes, finished, outcomes, work
from regulars.platform.insights.worklist_update import update
from support.tiny import analysed, bought

pytestmark = pytest.mark.django_db
Users = Callable[..., User]
EVERYWHERE = Reach()
TODAY = dt.date(2026, 5, 30)


def regular(customer: int, market: str = "DE", goods: str = "100") -> list[dict[str, Any]]:
    return [bought(customer, day, goods, market=market) for day in ("2026-01-30", "2026-03-01", "2026-03-31")]


@pytest.fixture
def day() -> Iterator[Callable[..., dict[str, Any]]]:
    """`day(orders)` brings the list to what these orders say."""
    engines = []

    def run(orders: list[dict[str, Any]], last: str = "2026-05-29", step: Any = lambda *_: None) -> Any:
        engine = DuckEngine()
        engines.append(engine)
        analysis: Analysis = analysed(engine, orders, first="2025-01-01", last=last, window=120)
        engine.materialise(NAME, listing(analysis))
        bind_runs(engine, ())
        return update(analysis, snapshot=1, now=timezone.now(), step=step)

    yield run
    for engine in engines:
        engine.close()


def test_the_list_is_ranked_by_what_is_at_risk(day: Any) -> None:
    day([*regular(1, goods="10"), *regular(2, goods="100", market="NO")])
    page = work(reach=EVERYWHERE, today=TODAY)
    assert [row.customer for row in page.rows] == [2, 1]
    assert (page.total, page.score, page.worth, page.currency) == (2, Decimal("165"), Decimal("330"), "EUR")


def test_twice_is_once(day: Any) -> None:
    orders = regular(1)
    assert day(orders)["new"] == 1 and day(orders)["new"] == 0
    assert WorkItem.objects.count() == 1


def test_what_people_wrote_survives_and_the_numbers_follow(day: Any, user: Users) -> None:
    orders, clerk = regular(1), user("service")
    day(orders)
    number = WorkItem.objects.get().pk
    operations.assign(by=clerk, number=number, to=clerk.pk)
    operations.note(by=clerk, number=number, text="Called, nobody there.")
    operations.snooze(by=clerk, number=number, until=dt.date(2026, 6, 1))
    day(orders, last="2026-06-28")
    item = WorkItem.objects.get()
    assert (item.pk, item.assigned, item.note) == (number, clerk, "Called, nobody there.")
    assert item.score == Decimal("225") and item.snoozed_until == dt.date(2026, 6, 1)


def test_who_orders_again_leaves_by_themselves(day: Any) -> None:
    day(regular(1))
    day([*regular(1), bought(1, "2026-06-02")], last="2026-06-03")
    item = WorkItem.objects.get()
    assert (item.state, item.came_back_on) == ("gone", dt.date(2026, 6, 2))
    assert outcomes(reach=EVERYWHERE, now=timezone.now()) == Outcomes(done=0, came_back=0, by_themselves=1)


def test_what_was_done_has_an_outcome_and_rests_until_then(day: Any, user: Users) -> None:
    clerk = user("service")
    day(regular(1))
    WorkItem.objects.update(listed_on=TODAY)
    operations.finish(by=clerk, number=WorkItem.objects.get().pk)
    assert day(regular(1), last="2026-06-10")["new"] == 0
    day([*regular(1), bought(1, "2026-06-12")], last="2026-06-13")
    assert outcomes(reach=EVERYWHERE, now=timezone.now()) == Outcomes(done=1, came_back=1, by_themselves=0)
    [row] = finished(reach=EVERYWHERE)
    assert (row.done_by, row.came_back_on) == ("Service", dt.date(2026, 6, 12))


def test_done_is_taken_back(day: Any, user: Users) -> None:
    clerk = user("service")
    day(regular(1))
    number = WorkItem.objects.get().pk
    assert operations.finish(by=clerk, number=number).state == "done"
    assert work(reach=EVERYWHERE, today=TODAY).total == 0
    assert operations.reopen(by=clerk, number=number).state == "open"
    assert [row.action for row in AuditEntry.objects.order_by("pk")] == ["worklist.done", "worklist.reopened"]


def test_who_is_gone_too_long_is_dropped_unless_somebody_works_on_it(day: Any, user: Users) -> None:
    day([*regular(1), *regular(2)])
    operations.note(by=user(), number=WorkItem.objects.get(customer=2).pk, text="Writes on Monday.")
    day([*regular(1), *regular(2)], last="2026-09-01")
    assert [item.customer for item in WorkItem.objects.all()] == [2]


def test_who_objects_to_profiling_leaves_the_list(day: Any, user: Users) -> None:
    day(regular(1))
    operations.note(by=user(), number=WorkItem.objects.get().pk, text="x")
    Customer.objects.create(number=1, no_profiling=True)
    day(regular(1))
    assert not WorkItem.objects.exists()


def test_who_objects_while_the_list_is_made_is_not_put_on_it(day: Any) -> None:
    Customer.objects.create(number=1)

    def objects(step: str, share: float | None) -> None:
        if step == "writing the list":
            Customer.objects.filter(number=1).update(no_profiling=True)

    day([*regular(1), *regular(2)], step=objects)
    assert [item.customer for item in WorkItem.objects.all()] == [2]


def test_filters(day: Any, user: Users) -> None:
    clerk = user("service")
    day([*regular(1), *regular(2), *regular(3, market="NO")])
    numbers = dict(WorkItem.objects.values_list("customer", "pk"))
    operations.assign(by=clerk, number=numbers[1], to=clerk.pk)
    operations.snooze(by=clerk, number=numbers[2], until=TODAY + dt.timedelta(days=1))

    def listed(**asked: Any) -> list[int]:
        return [row.customer for row in work(reach=EVERYWHERE, today=TODAY, user=clerk, **asked).rows]

    assert listed() == [1, 3]
    assert listed(whose="mine") == [1]
    assert listed(whose="free") == [3]
    assert listed(market="NO") == [3]
    assert listed(asleep=True) == [2]
    assert listed(reason="complaint") == []
    assert [row.customer for row in work(reach=EVERYWHERE, today=TODAY + dt.timedelta(days=1)).rows] == [
        1,
        2,
        3,
    ]


def test_markets_limit_what_is_seen_and_done(day: Any, user: Users) -> None:
    day([*regular(1), *regular(2, market="NO")])
    norwegian = user("service", markets=["NO"])
    assert [row.customer for row in work(reach=norwegian.reach, today=TODAY).rows] == [2]
    with pytest.raises(operations.NoSuchWorkError):
        operations.finish(by=norwegian, number=WorkItem.objects.get(customer=1).pk)


def test_work_goes_only_to_those_who_may_do_it(day: Any, user: Users) -> None:
    clerk, analyst = user("service"), user("analyst")
    norwegian = user("marketing", markets=["NO"])
    day(regular(1))
    number = WorkItem.objects.get().pk
    assert operations.colleagues(markets=["DE"]) == {"DE": [(clerk.pk, "Service")]}
    for other in (analyst, norwegian):
        with pytest.raises(InputError):
            operations.assign(by=clerk, number=number, to=other.pk)
