"""Recommendations from a snapshot: lists with reasons, what goes together, who comes back, who is left out, what is never offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from regulars.kernel.errors import InputError
from regulars.platform.core.api import Reach
from regulars.platform.core.models import AuditEntry, Job
from regulars.platform.customers.api import set_profiling
from regulars.platform.customers.models import Contact, Customer
from regulars.platform.insights import api as insights
from regulars.platform.insights import recommendations_compute, runs, segments_tasks
from regulars.platform.insights.api import recommendations as door
from regulars.platform.insights.models import Run
from regulars.platform.insights.reading import close_readers
from regulars.platform.privacy.places import erase_prepared
from regulars.platform.privacy.registry import Person
from regulars.platform.site import Site
from support.basket_shop import CUSTOMERS, LAST, snapshot_of, with_baskets
from support.jobs import Quiet
from support.people import imported

pytestmark = pytest.mark.django_db
EVERYWHERE = Reach()


def make() -> dict[str, Any] | None:
    return recommendations_compute.recommend(Quiet(0, {}, None, 1))


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Site]:
    with_baskets(site, tmp_path)
    yield site
    close_readers()


def _by_mail(who: int) -> int:
    return int(Contact.objects.get(email=f"p{who}@mail.test").customer_id)


def offers_file() -> list[dict[str, Any]]:
    run = runs.current(Run.Sort.RECOMMENDATIONS)
    assert run is not None
    rows: list[dict[str, Any]] = pq.read_table(runs.folder(run) / "offers.parquet").to_pylist()
    return rows


def test_a_customer_is_offered_what_is_due_with_the_reason_and_nothing_that_is_theirs_as_new(
    shop: Site,
) -> None:
    make()
    who = _by_mail(1)
    with insights.asking() as analysis:
        found = door.offers_of(analysis, [who])
    (coffee,) = found.again
    assert (coffee.product.name, coffee.reason, coffee.times) == ("Coffee beans", "bought_before", 8)
    assert coffee.last_day == LAST - timedelta(days=20) and 25 <= (coffee.usual_days or 0) <= 35
    assert found.discover and "COF" not in {one.product.code for one in found.discover}
    assert {one.because.code for one in found.discover if one.because} <= {"COF"}


def test_lists_are_sorted_by_customer_ten_at_most_and_each_product_once(shop: Site) -> None:
    make()
    rows = offers_file()
    keys = [(row["customer"], row["list"], row["rank"]) for row in rows]
    assert keys == sorted(keys) and max(row["rank"] for row in rows) <= 10
    assert len({(row["customer"], row["product"]) for row in rows}) == len(rows)
    assert len({row["customer"] for row in rows}) == CUSTOMERS


def test_whoever_objected_to_profiling_is_in_no_list(shop: Site) -> None:
    who = _by_mail(2)
    Customer.objects.filter(pk=who).update(no_profiling=True)
    make()
    assert who not in {row["customer"] for row in offers_file()}


def test_an_objection_takes_somebody_out_of_the_lists_and_leaves_the_rest_as_it_was(
    shop: Site,
) -> None:
    make()
    who = _by_mail(2)
    before = [row for row in offers_file() if row["customer"] != who]
    set_profiling(numbers=(who,), allowed=False, by=None)
    segments_tasks.obey(Quiet(0, {}, None, 1))
    assert offers_file() == before
    with insights.asking() as analysis:
        assert door.for_basket(analysis, ["CUP"])  # the recommender came along


def test_an_erased_person_leaves_the_lists(shop: Site) -> None:
    make()
    who = _by_mail(5)
    assert who in {row["customer"] for row in offers_file()}
    assert erase_prepared(Person((who,))) > 0
    assert who not in {row["customer"] for row in offers_file()}


def test_what_is_set_to_be_never_recommended_is_offered_to_nobody(
    shop: Site, user: Callable[..., Any]
) -> None:
    boss = user("administrator")
    assert door.change_limits(
        by=boss, products=["CUP", ""], categories=["home"], sold_within_days=0, own_market=False
    )
    assert Job.objects.filter(kind="insights.recommend").exists()
    assert {entry.object for entry in AuditEntry.objects.filter(action="settings.changed")} >= {
        "recommend_never_products", "recommend_never_categories",
    }  # fmt: skip
    make()
    assert {row["product"] for row in offers_file()} <= {"COF", "SAU", "TEA", "BIG"}
    with insights.asking() as analysis:
        assert {one.product.code for one in door.for_basket(analysis, ["COF"])} <= {"SAU", "TEA", "BIG"}
        assert not {one.product.code for one in door.for_visitor(analysis)} & {"CUP", "LAMP", "JAR", "OLD"}


def test_a_limit_that_was_set_later_counts_before_the_lists_are_made_anew(
    shop: Site, user: Callable[..., Any]
) -> None:
    make()
    door.change_limits(by=user(), products=["COF"], categories=[], sold_within_days=180, own_market=False)
    with insights.asking() as analysis:
        assert door.offers_of(analysis, [_by_mail(1)]).again == ()


@pytest.mark.parametrize(
    ("values", "where"),
    [({"products": ["x" * 201]}, "products"), ({"categories": [str(n) for n in range(2_001)]}, "categories"),
     ({"sold_within_days": -1}, "sold_within_days")],
)  # fmt: skip
def test_limits_that_cannot_be_are_refused(
    db: None, user: Callable[..., Any], values: dict[str, Any], where: str
) -> None:
    usual: dict[str, Any] = {"products": [], "categories": [], "sold_within_days": 180, "own_market": False}
    with pytest.raises(InputError) as found:
        door.change_limits(by=user(), **(usual | values))
    assert found.value.where == where


def test_what_was_not_sold_of_late_is_taken_for_what_cannot_be_had(shop: Site) -> None:
    make()
    assert "OLD" not in {row["product"] for row in offers_file()}
    with insights.asking() as analysis:
        old = door.product(analysis, "OLD", reach=EVERYWHERE)
    assert old is not None and old.left_out and old.sums.last_day < LAST - timedelta(days=180)


def test_each_market_is_offered_only_what_was_sold_in_it_where_that_is_set(
    site: Site, tmp_path: Path, user: Callable[..., Any]
) -> None:
    with_baskets(site, tmp_path)
    only = (
        "order id,date,customer id,email,country,currency,sku,product name,category,quantity,price\n"
        + "".join(
            f"9{n},2026-01-2{n % 9},D{n},d{n}@mail.test,DE,EUR,DIRNDL,Dirndl,Home,1,50.00\n"
            for n in range(12)
        )
    )
    imported(site, tmp_path, only, name="dirndl.csv")
    snapshot_of(site)
    door.change_limits(by=user(), products=[], categories=[], sold_within_days=0, own_market=True)
    make()
    norwegian = _by_mail(1)
    assert "DIRNDL" not in {row["product"] for row in offers_file() if row["customer"] == norwegian}
    assert "DIRNDL" in {row["product"] for row in offers_file()}
    close_readers()


def test_sums_of_products_add_up_over_markets_and_are_those_of_the_markets_one_may_see(shop: Site) -> None:
    make()
    with insights.asking() as analysis:
        whole = {line.product.code: line.sums for line in door.products_page(analysis, reach=EVERYWHERE).page}
        german = {
            line.product.code: line.sums
            for line in door.products_page(analysis, reach=Reach(frozenset({"DE"}))).page
        }
        nobody = door.products_page(analysis, reach=Reach(frozenset({"DE"})), market="NO")
        coffee = door.product(analysis, "COF", reach=EVERYWHERE)
        theirs = door.product(analysis, "COF", reach=Reach(frozenset({"DE"})))
    assert whole["COF"].buyers == CUSTOMERS and german["COF"].buyers == CUSTOMERS // 3
    assert nobody.page == ()
    assert coffee is not None and theirs is not None
    assert sum(sums.buyers for _, sums in coffee.markets) == coffee.sums.buyers
    assert sum(sums.revenue for _, sums in coffee.markets) == coffee.sums.revenue
    assert [market for market, _ in theirs.markets] == ["DE"] and theirs.sums == theirs.markets[0][1]


def test_revenue_of_a_product_is_that_of_its_lines(shop: Site) -> None:
    make()
    with insights.asking() as analysis:
        lamp = door.product(analysis, "LAMP", reach=EVERYWHERE)
        lines = analysis.engine.con.execute(  # type: ignore[attr-defined]
            "SELECT sum(goods), sum(quantity), count(DISTINCT customer) FROM order_lines WHERE product = 'LAMP'"
        ).fetchone()
    assert lamp is not None
    assert (lamp.sums.revenue, lamp.sums.pieces, lamp.sums.buyers) == lines


def test_cups_come_with_saucers_and_coffee_comes_back_after_a_month(shop: Site) -> None:
    make()
    with insights.asking() as analysis:
        cup = door.product(analysis, "CUP", reach=EVERYWHERE)
        coffee = door.product(analysis, "COF", reach=EVERYWHERE)
        offered = door.for_basket(analysis, ["COF", "CUP", "no such code"])
    assert cup is not None and coffee is not None
    assert cup.together[0].other.code == "SAU" and cup.together[0].lift_low > 1 and cup.together[0].extra > 0
    assert cup.together[0].confidence == 1.0
    assert coffee.half_days == 30
    assert [point.days for point in coffee.curve] == [30]  # whoever may come back has done so by then
    assert 0 <= coffee.curve[0].low <= coffee.curve[0].share <= coffee.curve[0].high <= 1
    because = {one.product.code: one.because and one.because.code for one in offered}
    assert because["SAU"] == "CUP" and not {"COF", "CUP"} & set(because)


def test_the_trial_on_earlier_days_is_kept_beside_plain_rules(shop: Site) -> None:
    make()
    known = door.known()
    assert known is not None and not known.nothing
    assert set(known.quality) == {
        "mixed", "again", "discover", "popular_mixed", "often_mixed", "often_again", "popular_discover",
    }  # fmt: skip
    assert known.quality["again"]["recall"] >= known.quality["often_again"]["recall"] - 0.05


def test_a_run_of_the_same_snapshot_is_not_made_twice(shop: Site) -> None:
    first, second = make(), make()
    assert first is not None and second is not None
    assert second["known"] and second["run"] == first["run"] and Run.objects.count() == 1


def test_orders_without_lines_make_an_empty_run_that_says_so(computed: Site) -> None:
    make()
    known = door.known()
    assert known is not None and known.nothing
    with insights.asking() as analysis:
        assert door.products_page(analysis, reach=EVERYWHERE).page == ()
        assert door.offers_of(analysis, [1]) == door.Offers(popular=True)


def test_who_bought_nothing_with_a_product_is_offered_what_sells_in_their_market(shop: Site) -> None:
    make()
    with insights.asking() as analysis:
        found = door.offers_of(analysis, [10_000], "DE")
        everywhere = door.offers_of(analysis, [10_000], "XX")
    assert found.popular and found.discover and found.again == ()
    assert everywhere.discover
