"""Overview: how many stayed, the key figures, what stands out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.platform.core.api import start_job
from regulars.platform.insights import api as insights
from regulars.platform.site import Site
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/overview")
    assert "Somebody with the right to import brings" in text_at(signed_in("reader"), "/overview")


def test_while_figures_are_computed_it_says_so_and_looks_again(site: Site, signed_in: SignedIn) -> None:
    start_job(kind="insights.compute")
    text = text_at(signed_in(), "/overview")
    assert "Figures are being computed." in text
    assert 'hx-trigger="every 3s"' in text


def test_it_opens_with_how_many_stayed(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    text_at(client, "/overview")
    with django_assert_num_queries(10):  # type: ignore[attr-defined]
        text = text_at(client, "/overview?period=quarter")
    now, before = (
        next(row for row in insights.figure_rows("retention_rate", "quarter") if str(row.period_start) == day)
        for day in ("2025-10-01", "2024-10-01")
    )
    assert now.value is not None
    assert before.value is not None
    moved = round(now.value) - round(before.value)
    more = (
        f"{abs(moved)} {'more' if moved > 0 else 'fewer'} than a year before"
        if moved
        else "as many as a year before"
    )
    assert f"kept {round(now.value)} of 100 customers in Q4 2025, {more}." in text
    assert "What stands out" in text
    assert "style=" not in text


def test_an_earlier_period_can_be_looked_at(computed: Site, signed_in: SignedIn) -> None:
    assert "Key figures of Mar 2025" in text_at(signed_in(), "/overview?period=month&end=2025-03-31")
    assert "Key figures of 2025" in text_at(
        signed_in("reader"), "/overview?end=nonsense&market=nowhere&period=century"
    )


def test_it_begins_with_the_last_twelve_months(computed: Site, signed_in: SignedIn) -> None:
    """The activity window is longer than a quarter, in which most customers would be kept by construction."""
    info = insights.current()
    assert info is not None
    assert 90 < info.window_days <= 365
    newest = insights.figure_rows("retention_rate", "rolling")[-1]
    assert (str(newest.period_start), str(newest.period_end)) == ("2025-01-01", "2026-01-01")
    assert newest.value is not None
    client = signed_in()
    text = text_at(client, "/overview")
    assert f"kept {round(newest.value)} of 100 customers in 2025" in text
    assert "Last 12 months" in text
    assert "Oct 2024" in text_at(client, "/overview?end=2025-09-30")


def test_who_is_limited_to_a_market_sees_that_one(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in("reader", markets=["RO"]), "/overview?market=DE")
    assert "Romania kept" in text
    assert "Germany" not in text
    assert "over all markets" not in text.lower()
    told = insights.parts.findings("en", "RO")
    if told is not None:
        assert all(one["says"] in text for one in told.findings)
        assert "Among the customers of Romania" in text or not told.findings


def test_in_german(computed: Site, signed_in: SignedIn) -> None:
    piece = insights.piece("findings")
    assert piece is not None
    text = text_at(signed_in("reader", language="de"), "/overview")
    assert piece["told"]["de"][0]["says"] in text
