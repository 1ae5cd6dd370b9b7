"""Products: the list, one of them, the basket, what is never recommended, and what a customer's page offers."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from regulars.metrics.segments import segment_size
from regulars.platform.core.models import AuditEntry, Job
from regulars.platform.customers.models import Contact, Customer
from regulars.platform.insights import api as insights
from regulars.platform.insights import recommendations_compute
from regulars.platform.insights.api import recommendations as door
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.basket_shop import with_baskets
from support.jobs import Quiet
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Site]:
    with_baskets(site, tmp_path)
    recommendations_compute.recommend(Quiet(0, {}, None, 1))
    yield site
    close_readers()


def plain(page: str) -> str:
    """The page's words, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_list_finds_sorts_and_keeps_to_the_markets_one_may_see(
    shop: Site, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("reader")
    client.get("/products")  # readers are opened
    with django_assert_num_queries(6):
        page = plain(text_at(client, "/products"))
    assert "Of what many buy, Coffee beans brought most in the last 365 days" in page
    assert "Coffee beans COF" in page and "How good the recommendations are" in page
    assert "What is never recommended" not in page
    found = plain(text_at(client, "/products?q=RED+sau"))
    assert "Red saucer" in found and "Coffee" not in found
    by_name = text_at(client, "/products?sort=name")
    assert by_name.index("Coffee beans") < by_name.index("Green tea") < by_name.index("Red cup")
    assert "No product has these words." in text_at(client, "/products?q=unheard")
    german = signed_in("manager", markets=["DE"])
    assert re.search(r"Coffee beans COF €[\d,.]+ 30 ", plain(text_at(german, "/products?market=NO")))
    assert "Coffee beans" in text_at(german, "/products/basket?q=coffee")
    swede = signed_in("reader", email="swede@example.com", markets=["SE"])
    assert "No product has these words." in text_at(swede, "/products/basket?q=coffee")


def test_a_product_says_who_comes_back_what_goes_with_it_and_who_bought_it(
    shop: Site, signed_in: SignedIn
) -> None:
    analyst = signed_in("analyst")
    page = text_at(analyst, "/products/one?code=CUP")
    assert "Red saucer is in the same order" in page and "Extra revenue per 1,000 orders" in page
    people = re.search(r'href="(/customers\?rule=[^"]+)"', page)
    assert people is not None
    buyers = re.search(r"(\d+) customers have bought it", page)
    assert buyers is not None
    rule = parse_qs(urlsplit(html.unescape(people[1])).query)["rule"][0]
    with insights.asking(seconds=60) as analysis:
        assert segment_size(analysis, rule) == int(buyers[1])
    assert "/customers?rule" not in text_at(signed_in("reader"), "/products/one?code=CUP")
    assert analyst.get("/products/one?code=%00").status_code == 404
    assert analyst.get("/products/one?code=nothing").status_code == 404


def test_a_basket_is_put_together_without_script_and_says_what_goes_with_it(
    shop: Site, signed_in: SignedIn
) -> None:
    client = signed_in("reader")
    empty = plain(text_at(client, "/products/basket?q=red"))
    assert "Red cup CUP" in empty and "What a new visitor would see" in empty
    page = text_at(client, "/products/basket?p=COF&p=CUP&market=DE")
    assert "Red saucer Bought with Red cup. Add" in plain(page)
    assert 'href="?p=COF&market=DE"' in page and "p=COF&p=CUP&p=SAU&market=DE" in page
    hits = client.get("/products/basket?q=cup", headers={"HX-Request": "true", "HX-Target": "hits"})
    assert "<html" not in hits.content.decode() and "Red cup" in hits.content.decode()


def test_what_is_never_recommended_is_set_by_who_may_and_written_down(
    shop: Site, signed_in: SignedIn
) -> None:
    manager = signed_in("manager")
    asked = {"products": "CUP\n", "categories": "Home", "days": "365", "own": "1"}
    assert manager.post("/products/limits", asked | {"days": "a year"}).status_code == 422
    assert manager.post("/products/limits", asked).status_code == 302
    assert door.limits() == door.Limits(("CUP",), ("Home",), 365, own_market=True)
    assert AuditEntry.objects.filter(action="settings.changed", object="recommend_never_products").exists()
    assert Job.objects.filter(kind="insights.recommend", state="waiting").count() == 1
    assert "CUP" in text_at(manager, "/products/limits")
    assert "Red cup" not in text_at(manager, "/products/basket?p=COF")
    assert signed_in("analyst").get("/products/limits").status_code == 403
    assert signed_in("administrator", markets=["DE"]).get("/products/limits").status_code == 403


def test_a_customers_page_offers_what_is_due_in_words_and_nothing_to_who_objected(
    shop: Site, signed_in: SignedIn
) -> None:
    who = Contact.objects.get(email="p1@mail.test").customer
    client = signed_in("service")
    page = plain(text_at(client, f"/customers/{who.key}"))
    assert re.search(r"To buy again Coffee beans Usually every 3\d days. Last bought 16 days ago.", page), (
        page
    )
    assert "To discover" in page and "Bought with Coffee beans." in page
    Customer.objects.filter(pk=who.pk).update(no_profiling=True)
    assert "What to offer" not in text_at(client, f"/customers/{who.key}")


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", r"Sonst alle 3\d Tage. Zuletzt vor 16 Tagen gekauft."),
     ("nb", r"Vanligvis hver 3\d. dag. Sist kjøpt for 16 dager siden."),
     ("ro", r"De obicei la 3\d de zile. Cumpărat ultima dată acum 16 zile.")],
)  # fmt: skip
def test_reasons_are_said_in_the_readers_language(
    shop: Site, signed_in: Callable[..., Client], language: str, words: str
) -> None:
    who = Contact.objects.get(email="p1@mail.test").customer
    client = signed_in("service", language=language)
    assert re.search(words, plain(text_at(client, f"/customers/{who.key}")))


def test_orders_without_lines_are_an_invitation_to_bring_them(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    assert "There is nothing here yet." in text_at(client, "/products")
    recommendations_compute.recommend(Quiet(0, {}, None, 1))
    page = text_at(client, "/products")
    assert "No order in the data says what was bought." in page and 'href="/data/new"' in page
    assert "one row a product" in text_at(client, "/products/basket")


def test_a_site_without_orders_says_what_to_do(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/products")
