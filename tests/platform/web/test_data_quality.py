"""What in the data may mislead, said on a page of Data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.platform.insights.api import parts
from regulars.platform.site import Site
from regulars.report import phrases, sentences, words
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


def _text(client: Client) -> str:
    return str(client.get("/data/quality").content.decode())


def test_every_check_says_what_it_found(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client, found = signed_in("analyst"), parts.quality()
    assert found is not None
    _text(client)
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        text = _text(client)
    assert sentences.quality(found, words("en")) in text
    assert all(phrases.check(one, words("en")) in text for one in found.findings)
    assert "style=" not in text


def test_who_is_limited_to_a_market_is_told_why_there_are_no_checks(
    computed: Site, signed_in: SignedIn
) -> None:
    text = _text(signed_in("analyst", markets=["RO"]))
    assert "The checks look at the documents of all markets" in text
    assert "Orders without a customer" not in text


def test_an_empty_site_says_what_is_checked(site: Site, signed_in: SignedIn) -> None:
    assert "It is checked with the first figures." in _text(signed_in())
