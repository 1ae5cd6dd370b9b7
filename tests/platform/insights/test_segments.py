"""Saved segments: made, changed, put away; their sizes and moves, by market; the whole way from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps

from regulars.kernel.errors import ConflictError, InputError, RuleError
from regulars.metrics.segments import segment_size
from regulars.platform.core import api as core
from regulars.platform.core.api import Reach
from regulars.platform.core.models import AuditEntry, Job, User
from regulars.platform.customers import api as customers
from regulars.platform.customers.models import Customer
from regulars.platform.insights.api import asking, current, segments, worklist
from regulars.platform.insights.models import Segment, SegmentChange, SegmentMember, SegmentSize, WorkItem
from regulars.platform.insights.segments_values import values_of
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db
Users = Callable[..., User]
EVERYWHERE = Reach()
MONDAY = dt.date(2026, 6, 1)


def counted(segment: Segment, day: dt.date, revision: int = 1, **markets: int) -> None:
    """A size by market; everybody is twice as many and worth four times as much."""
    sums = {
        market: {"customers": n, "orders": 2 * n, "revenue": f"{10 * n}.00", "all_customers": 2 * n,
                 "all_revenue": f"{40 * n}.00"}
        for market, n in markets.items()
    }  # fmt: skip
    SegmentSize.objects.create(
        segment=segment, day=day, snapshot=1, revision=revision, size=sum(markets.values()), markets=sums
    )


def test_a_segment_is_made_with_a_slug_an_audit_row_and_a_job(user: Users) -> None:
    maker = user("marketing")
    assert segments.make(by=maker, name="  Bought   twice ", rule=" orders >= 2 ") == "bought-twice"
    found = segments.one(slug="bought-twice", reach=EVERYWHERE)
    assert found is not None
    assert (found.name, found.rule, found.by, found.size) == (
        "Bought twice",
        "orders >= 2",
        "Marketing",
        None,
    )
    assert AuditEntry.objects.get().action == "segment.made"
    assert Job.objects.filter(kind="insights.segments").count() == 1


def test_a_segment_of_before_makes_way_for_the_page_of_groups() -> None:
    for slug in ("groups", "groups-2"):
        Segment.objects.create(name=slug, slug=slug, rule="active")
    migration = import_module("regulars.platform.insights.migrations.0006_address_of_groups")
    for _ in range(2):
        migration.give_way(apps, None)
    assert dict(Segment.objects.values_list("name", "slug")) == {"groups": "groups-3", "groups-2": "groups-2"}


def test_two_of_one_name_have_addresses_of_their_own(user: Users) -> None:
    maker = user()
    slugs = [segments.make(by=maker, name=name, rule="active") for name in ("Gold", "Gold", "new", "金")]
    assert slugs[0] == "gold" and len(set(slugs)) == 4 and slugs[2] != "new"


def test_mistakes_are_refused_and_nothing_is_stored(user: Users) -> None:
    with pytest.raises(RuleError) as mistake:
        segments.make(by=user(), name="x", rule="ordrs >= 2")
    assert (mistake.value.at, mistake.value.length) == (0, 5)
    with pytest.raises(InputError):
        segments.make(by=user("manager"), name=" ", rule="active")
    assert not Segment.objects.exists()


def test_a_change_of_the_rule_counts_anew_and_a_change_of_the_name_does_not(user: Users) -> None:
    maker = user()
    slug = segments.make(by=maker, name="Gold", rule="active")
    segments.change(by=maker, slug=slug, revision=1, name="Golden", rule="active")
    assert Segment.objects.get().revision == 1
    segments.change(by=maker, slug=slug, revision=1, name="Golden", rule="orders > 2")
    assert Segment.objects.get().revision == 2
    with pytest.raises(ConflictError):
        segments.change(by=maker, slug=slug, revision=1, name="Late", rule="orders > 9")


def test_what_is_put_away_is_not_listed_and_comes_back(user: Users) -> None:
    maker = user()
    slug = segments.make(by=maker, name="Gold", rule="active")
    segments.archive(by=maker, slug=slug)
    assert segments.saved(reach=EVERYWHERE) == []
    assert [one.slug for one in segments.saved(reach=EVERYWHERE, archived=True)] == ["gold"]
    segments.restore(by=maker, slug=slug)
    assert [one.slug for one in segments.saved(reach=EVERYWHERE)] == ["gold"]


def test_sizes_and_changes_are_those_of_ones_markets(db: None) -> None:
    segment = Segment.objects.create(name="A", slug="a", rule="active")
    counted(segment, MONDAY, DE=10, NO=4)
    counted(segment, MONDAY + dt.timedelta(days=7), DE=12, NO=3)
    [found] = segments.saved(reach=EVERYWHERE)
    assert found.size is not None
    assert (found.size.customers, found.size.orders, found.week, found.month) == (15, 30, 1, None)
    assert (found.size.customer_share, found.size.revenue_share) == (Decimal(50), Decimal(25))
    [norwegian] = segments.saved(reach=Reach(frozenset({"NO"})))
    assert norwegian.size is not None and (norwegian.size.customers, norwegian.week) == (3, -1)
    assert [size.customers for size in segments.sizes(number=segment.pk, reach=EVERYWHERE)] == [14, 15]


def test_sizes_under_an_earlier_rule_are_no_change(db: None) -> None:
    segment = Segment.objects.create(name="A", slug="a", rule="active", revision=2)
    counted(segment, MONDAY, DE=10)
    counted(segment, MONDAY + dt.timedelta(days=30), revision=2, DE=12)
    [found] = segments.saved(reach=EVERYWHERE)
    assert found.size is not None and (found.size.customers, found.week, found.month) == (12, None, None)


def test_who_entered_is_read_in_pages_within_ones_markets(db: None) -> None:
    segment = Segment.objects.create(name="A", slug="a", rule="active")
    for number in range(1, 6):
        SegmentChange.objects.create(
            segment=segment, customer=number, market="NO" if number == 5 else "DE", kind="entered", day=MONDAY,
            snapshot=number,
        )  # fmt: skip
    first = segments.changes(number=segment.pk, kind="entered", reach=EVERYWHERE, limit=3)
    then = segments.changes(
        number=segment.pk, kind="entered", reach=EVERYWHERE, limit=3, before=first[-1].number
    )
    assert [one.customer for one in first + then] == [5, 4, 3, 2, 1]
    limited = segments.changes(number=segment.pk, kind="entered", reach=Reach(frozenset({"NO"})))
    assert [one.customer for one in limited] == [5]
    assert segments.changes(number=segment.pk, kind="left", reach=EVERYWHERE) == []


def test_a_persons_segments(db: None) -> None:
    segment = Segment.objects.create(name="A", slug="a", rule="active")
    for customer in (1, 2):
        SegmentMember.objects.create(segment=segment, customer=customer, since=MONDAY)
    assert segments.segments_of((1, 2)) == [("a", "A", MONDAY)]
    assert segments.segments_of((3,)) == []


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_from_the_facts(shop: Site, user: Users, work: Callable[[], None]) -> None:
    segments.make(by=user(), name="Often", rule="orders >= 3 and country = DE")
    core.publish("lake.changed", lake_version=1)
    work()
    with asking() as analysis:
        expected = segment_size(analysis, "orders >= 3 and country = DE")
        as_of = analysis.as_of
    [found] = segments.saved(reach=EVERYWHERE)
    assert found.size is not None and found.size.customers == expected == SegmentMember.objects.count() > 0
    assert segments.saved(reach=Reach(frozenset({"NO"})))[0].size.customers == 0  # type: ignore[union-attr]
    info = current()
    assert info is not None and found.size.all_customers == info.customers == 250
    listed = worklist.work(reach=EVERYWHERE, today=as_of)
    assert listed.total == WorkItem.objects.count() > 0 and listed.currency == "EUR"
    assert values_of(segments.registry().columns["country"], EVERYWHERE)[0] == "DE"
    assert values_of(segments.registry().columns["market"], Reach(frozenset({"NO"}))) == ("NO",)
    counting = [
        core.start_job(kind="insights.rule_size", rule="orders >= 1", markets=markets)
        for markets in (None, ["NO"])
    ]
    work()
    everybody, norwegians = (Job.objects.get(pk=job.pk).result["customers"] for job in counting)  # type: ignore[index]
    assert everybody == 250 > norwegians > 0


@pytest.mark.django_db(transaction=True)
def test_who_objects_to_profiling_is_taken_out_at_once(user: Users, work: Callable[[], None]) -> None:
    segment = Segment.objects.create(name="A", slug="a", rule="active")
    for number in (1, 2):
        Customer.objects.create(number=number)
        SegmentMember.objects.create(segment=segment, customer=number, since=MONDAY)
        SegmentChange.objects.create(segment=segment, customer=number, kind="entered", day=MONDAY, snapshot=1)
    customers.set_profiling(numbers=(1,), allowed=False, by=user())
    work()
    assert [row.customer for row in SegmentMember.objects.all()] == [2]
    assert [row.customer for row in SegmentChange.objects.all()] == [2]


@pytest.mark.django_db(transaction=True)
def test_without_data_nothing_happens(site: Site, user: Users, work: Callable[[], None]) -> None:
    segments.make(by=user(), name="Often", rule="orders >= 3")
    work()
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
