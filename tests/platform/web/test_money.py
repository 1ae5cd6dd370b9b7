"""Who the money comes from, from the files to the revenue, what more retention is worth, the time between purchases."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from regulars.platform.insights import api as insights
from regulars.platform.insights.api import parts
from regulars.platform.site import Site
from regulars.report import phrases, sentences, words
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db
EN = words("en")


@pytest.mark.parametrize(
    "address", ["/overview/money", "/overview/bridge", "/retention?tab=gaps", "/retention?tab=worth"]
)
def test_an_empty_site_is_invited_to_bring_data(site: Site, signed_in: SignedIn, address: str) -> None:
    assert "There are no orders yet." in text_at(signed_in(), address)


def test_it_opens_with_what_the_best_customers_bring(
    computed: Site, signed_in: SignedIn, django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in()
    text_at(client, "/overview/money")
    with django_assert_num_queries(7):  # type: ignore[attr-defined]
        text = text_at(client, "/overview/money")
    best = parts.best_customers()
    assert best is not None
    assert sentences.money(best.parts, EN) in text
    assert EN.percent(best.parts[1].share_of_revenue * 100, 1) in text
    assert "style=" not in text


def test_every_period_adds_up(computed: Site, signed_in: SignedIn) -> None:
    text = text_at(signed_in(), "/overview/money?period=year&market=RO")
    rows = {
        slug: insights.figure_rows(f"revenue_{slug}_customers", "year", "RO")[-1]
        for slug in ("new", "returning", "loyal")
    }
    whole = sum(row.value or 0 for row in rows.values())
    for amount in (*(row.value or 0 for row in rows.values()), whole):
        assert EN.money(amount, "EUR", 0) in text


def test_the_bridge_shows_every_step_to_the_cent(computed: Site, signed_in: SignedIn) -> None:
    text, found = text_at(signed_in("reader"), "/overview/bridge"), parts.bridge()
    assert found is not None
    for line in found.lines:
        assert phrases.bridge_step(line, EN) in text
        assert line.kind == "note" or phrases.cents(line.amount, "EUR", EN) in text


def test_who_is_limited_to_a_market_sees_no_bridge(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in("reader", markets=["RO"])
    assert client.get("/overview/bridge").headers["Location"] == "/overview/money"
    text = text_at(client, "/overview/money?market=DE")
    assert "/overview/bridge" not in text
    assert "Germany" not in text


def test_the_rhythm_says_which_window_follows_and_which_is_in_use(
    computed: Site, signed_in: SignedIn
) -> None:
    text, found, info = text_at(signed_in(), "/retention?tab=gaps"), parts.rhythm(), insights.current()
    assert found is not None and info is not None
    assert sentences.gaps(found.proposal, EN) in text
    assert f"The figures use {info.window_days} days, as all markets together propose" in text
    assert "/settings#definitions" in text
    assert "/settings#definitions" not in text_at(signed_in("reader"), "/retention?tab=gaps")


def test_the_rhythm_of_a_market_is_its_own(computed: Site, signed_in: SignedIn) -> None:
    text, found, whole = (
        text_at(signed_in("reader", markets=["RO"]), "/retention?tab=gaps"),
        parts.rhythm("RO"),
        parts.rhythm(),
    )
    assert whole is not None
    assert sentences.gaps(whole.proposal, EN) not in text
    if found is None:
        assert "Romania has too few customers for an answer of its own." in text
    else:
        assert sentences.gaps(found.proposal, EN) in text


def test_what_more_retention_is_worth_is_the_librarys(computed: Site, signed_in: SignedIn) -> None:
    client, found = signed_in(), parts.whatif()
    assert found is not None
    text = text_at(client, "/retention?tab=worth")
    assert sentences.whatif(found, "EUR", EN) in text
    for effect in found.effects:
        assert phrases.effect(effect, EN) in text
        assert EN.money(effect.effect or 0, "EUR", 0) in text
    five = next(one for one in found.effects if one.scenario == "retention_points")
    assert EN.money((five.effect or 0) / 2, "EUR", 0) in text_at(client, "/retention?tab=worth&points=2.5")


@pytest.mark.parametrize("points", ["nonsense", "-3", "NaN", "1e400", "99999999999", ""])
def test_nonsense_asks_for_five_points(computed: Site, signed_in: SignedIn, points: str) -> None:
    assert (
        text_at(signed_in(), f"/retention?tab=worth&points={points}").count(
            "5 percentage points more retention"
        )
        == 1
    )
