"""The search in the head of every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.platform.customers import api as customers
from regulars.platform.insights.models import Segment
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.people import computed, imported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _shop(site: Site, tmp_path: Path) -> Iterator[None]:
    imported(site, tmp_path)
    computed(site)
    yield
    close_readers()


def _found(client: Client, text: str) -> str:
    response = client.post("/search", {"q": text}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_a_customer_is_found_by_a_part_of_the_name_and_opened_by_key(
    signed_in: Callable[..., Client],
) -> None:
    found = _found(signed_in("service"), "odega")
    assert "Ola Ødegård" in found
    assert f"/customers/{customers.key_of([2])[2]}" in found


def test_an_order_s_number_leads_to_its_customer(signed_in: Callable[..., Client]) -> None:
    found = _found(signed_in("service"), "#3")
    assert "Order 3" in found
    assert f"/customers/{customers.key_of([1])[1]}" in found


def test_segments_figures_and_pages_are_found_by_name(signed_in: Callable[..., Client]) -> None:
    client = signed_in("analyst")
    Segment.objects.create(name="Tea lovers", slug="tea-lovers", rule="orders >= 1")
    assert "/segments/tea-lovers" in _found(client, "lovers")
    assert "/figures/retention_rate" in _found(client, "retention")
    assert 'href="/segments"' in _found(client, "segm")
    assert "/figures/" not in _found(client, "ention")


def test_pages_within_others_are_found_by_any_of_their_words(signed_in: Callable[..., Client]) -> None:
    client = signed_in("reader")
    for text, address in (
        ("rfm", "/segments/groups"),
        ("purchases", "/retention?tab=gaps"),
        ("money", "/overview/money"),
    ):
        assert f'href="{address}"' in client.post("/search", {"q": text}).content.decode(), text
    assert "/data/quality" not in client.post("/search", {"q": "quality"}).content.decode()
    assert "/data/quality" in signed_in("analyst").post("/search", {"q": "quality"}).content.decode()


def test_analysts_find_nobody_by_name(signed_in: Callable[..., Client]) -> None:
    found = _found(signed_in("analyst"), "ola@example.org")
    assert "Ødegård" not in found
    assert "Nothing was found" in found


def test_those_with_limits_find_only_their_markets(signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager", markets=["DE"])
    assert "Änna Berg" in _found(client, "anna")
    assert "Ødegård" not in _found(client, "ola")


def test_without_script_a_page_shows_the_same_and_nothing_stands_in_the_address(
    signed_in: Callable[..., Client],
) -> None:
    client = signed_in("service")
    page = client.post("/search", {"q": "anna"}).content.decode()
    assert "<h1>Search</h1>" in page
    assert "Änna Berg" in page
    assert client.get("/search?q=anna").status_code == 405


@pytest.mark.parametrize("text", ["", "   ", "\x00", "%%%", "<script>", "x" * 5000, "' OR 1=1 --"])
def test_odd_texts_do_no_harm(signed_in: Callable[..., Client], text: str) -> None:
    assert "<script>" not in _found(signed_in("service"), text)


def test_a_search_asks_the_database_a_few_times(
    signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client = signed_in("service")
    _found(client, "anna")
    with django_assert_num_queries(9):
        _found(client, "anna")


def test_an_address_for_forms_says_so_to_who_only_opens_it(signed_in: Callable[..., Client]) -> None:
    answer = signed_in("reader").get("/search")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is no page at this address" in answer.content.decode()
