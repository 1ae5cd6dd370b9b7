"""Groups of customers (RFM): as many as their lists say, each to be opened and saved as a segment."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from regulars.platform.insights.api import parts
from regulars.platform.site import Site
from regulars.report import sentences, words
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db
EN = words("en")


def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/segments/groups")


def test_it_opens_with_the_group_that_brings_most(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client, found = signed_in(), parts.groups()
    assert found is not None
    text_at(client, "/segments/groups")
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        text = text_at(client, "/segments/groups")
    assert sentences.rfm(found.groups, EN) in text
    assert "Scored" not in text and "style=" not in text


@pytest.mark.parametrize("market", [None, "RO"])
def test_a_group_opens_as_many_customers_as_it_says(
    computed: Site, signed_in: SignedIn, market: str | None
) -> None:
    client, found = signed_in(), parts.groups(market)
    assert found is not None
    group = max(found.groups, key=lambda one: one.customers)
    text = text_at(client, "/segments/groups" + (f"?market={market}" if market else ""))
    address = f"/customers?group={group.slug}" + (f"&market={market}" if market else "")
    assert f'"{address}"' in text
    assert re.search(rf"\b{group.customers} customers?, who ha(ve|s) bought for", text_at(client, address))


def test_a_group_becomes_a_segment(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_at(client, "/segments/groups?market=RO")
    address = next(
        found for found in re.findall(r'href="(/segments/new\?[^"]+)"', text) if "champions" in found
    )
    page = text_at(client, address)
    assert "rfm_group = champions and market = RO" in page
    assert "Champions in Romania" in page


def test_a_reader_sees_the_groups_but_not_who_is_in_them(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in("reader", markets=["RO"]), "/segments/groups?market=DE")
    assert "Champions" in text
    assert "/customers" not in text and "/segments/new" not in text and "Germany" not in text


def test_a_segment_never_takes_the_address_of_the_groups(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    made = client.post("/segments/new", {"name": "Groups", "rule": "orders >= 2", "description": ""})
    assert made.status_code == 302
    assert made.headers["Location"] != "/segments/groups"
