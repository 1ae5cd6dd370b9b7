"""Retention: the rate, who was kept, lost and won; the triangle whose cells lead to their customers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from regulars.platform.insights import api as insights
from regulars.platform.site import Site
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/retention")


def test_the_bridge_goes_from_the_start_to_the_end(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    with django_assert_num_queries(6):  # type: ignore[attr-defined]
        text = text_at(client, "/retention?period=quarter")
    row = next(
        row
        for row in insights.figure_rows("lost_customers", "quarter")
        if str(row.period_end) == "2026-01-01"
    )
    assert f"\N{MINUS SIGN}{row.value}" in text
    assert "style=" not in text


@pytest.mark.parametrize("measure", ["customers", "revenue"])
@pytest.mark.parametrize("grain", ["month", "quarter"])
def test_the_triangle_shows_every_cohort(
    computed: Site, signed_in: SignedIn, measure: str, grain: str
) -> None:
    text = text_at(signed_in(), f"/retention?tab=cohorts&measure={measure}&period={grain}")
    piece = insights.cohort_piece(grain, None, measure)  # type: ignore[arg-type]
    assert piece is not None
    body = text[text.index('class="heat"') :]
    assert body.count('<th scope="row">') == len(piece["cohorts"]) + 1
    assert "h9" in set(re.findall(r'class="(h\d)"', body))
    assert 'class="already_there"' in body


def test_the_curves_are_drawn(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in(), "/retention?tab=curves&market=DE")
    assert "<polyline" in text
    assert "on average" in text


def test_without_a_margin_it_says_so(computed: Site, signed_in: SignedIn) -> None:
    assert "The margin is not known" in text_at(signed_in(), "/retention?tab=cohorts&measure=margin")


def test_a_market_too_small_for_cohorts_says_so(computed: Site, signed_in: SignedIn) -> None:
    assert "Romania has too few customers for cohorts of its own." in text_at(
        signed_in("reader", markets=["RO"]), "/retention?tab=cohorts"
    )


def test_the_triangle_can_be_downloaded(computed: Site, signed_in: SignedIn) -> None:
    response = signed_in("reader").get("/retention/cohorts.csv?measure=revenue")
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    piece = insights.cohort_piece("quarter", None, "revenue")
    assert piece is not None
    assert len(lines) == len(piece["cells"]) + 1


def test_in_german(computed: Site, signed_in: SignedIn) -> None:
    assert 'lang="de"' in text_at(signed_in("reader", language="de"), "/retention?tab=cohorts")
