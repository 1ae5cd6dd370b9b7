"""Markets side by side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.platform.insights import api as insights
from regulars.platform.site import Site
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


def _order(text: str) -> list[str]:
    body = text[text.index("<tbody>") :]
    return sorted(("Germany", "Norway", "Romania"), key=lambda name: body.index(name))


def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/markets")


def test_markets_stand_by_their_value(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    text_at(client, "/markets?figure=revenue")
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        text = text_at(client, "/markets?figure=revenue&period=quarter")
    rows = insights.by_market("revenue", "quarter", ["DE", "NO", "RO"])
    last = {
        market: next(r.value or 0 for r in of if str(r.period_end) == "2026-01-01")
        for market, of in rows.items()
    }
    names = {"DE": "Germany", "NO": "Norway", "RO": "Romania"}
    assert _order(text) == [names[code] for code in sorted(last, key=lambda code: -last[code])]
    assert "Revenue in Q4 2025: highest in" in text
    assert "style=" not in text


def test_they_can_be_sorted_by_name(computed: Site, signed_in: SignedIn) -> None:
    assert _order(text_at(signed_in(), "/markets?figure=revenue&sort=name")) == [
        "Germany",
        "Norway",
        "Romania",
    ]


def test_shares_are_drawn_with_their_intervals(computed: Site, signed_in: SignedIn) -> None:
    assert '<svg class="chart"' in text_at(signed_in(), "/markets?figure=repeat_purchase_rate&period=year")


def test_who_is_limited_to_a_market_sees_that_one(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in("reader", markets=["RO"]), "/markets?figure=revenue")
    assert "Germany" not in text
    assert "only one market" in text


def test_in_german(computed: Site, signed_in: SignedIn) -> None:
    assert "Deutschland" in text_at(signed_in("reader", language="de"), "/markets")
