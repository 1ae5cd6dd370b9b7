"""Personas: the list, a portrait, names that people give, the people behind; and that nothing was found."""

from __future__ import annotations

import html
import re
from typing import Any

import pyarrow as pa
import pytest

from regulars.platform.core.models import AuditEntry
from regulars.platform.insights import runs
from regulars.platform.insights.models import Persona, Run, Snapshot
from regulars.platform.insights.personas_find import GROUPS
from regulars.platform.site import Site
from support.pages import SignedIn, text_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(computed: Site) -> tuple[int, int]:
    """Two personas of the small shop: customers 1 to 100, and the 150 others; their numbers."""
    first, second = (
        Persona.objects.create(
            name=name, parts=[[part, None]], first_day=snapshot().as_of, last_day=snapshot().as_of
        )
        for name, part in (("Frequent", "orders.high"), ("Few orders", "orders.low"))
    )
    members = {"customer": list(range(1, 251)), "persona": [first.pk] * 100 + [second.pk] * 150}
    markets = [{"DE": [60, "9000.00"], "NO": [40, "3000.00"]}, {"DE": [150, "4000.00"]}]
    state = {
        "kind": "slices", "reason": "no_boundaries", "found_on": str(snapshot().as_of), "customers": 250, "moved": 3,
        "grouping": {}, "portraits": [portrait(first.pk, 100, 0.97), portrait(second.pk, 150, 0.5)],
        "markets": {str(first.pk): markets[0], str(second.pk): markets[1]},
    }  # fmt: skip
    shown(state, members)
    return first.pk, second.pk


def snapshot() -> Snapshot:
    return Snapshot.objects.get(current=True)


def shown(state: dict[str, Any], members: dict[str, list[int]]) -> None:
    run = runs.begin(Run.Sort.GROUPS, snapshot(), program="test")
    runs.write(run, GROUPS, pa.table(members))
    runs.show(run, state)


def portrait(number: int, customers: int, stability: float) -> dict[str, Any]:
    trait = {"name": "orders", "of": None, "kind": "count", "known": customers, "median": 9.0, "rest": 2.0}
    effect = {"effect": 1.4, "low": 1.2, "high": 1.6}
    month = {"facet": "month", "value": "11", "customers": customers, "share": 0.2, "rest": 0.1, "lift": 2.0}
    home = {"facet": "market", "value": "NO", "customers": customers, "share": 0.4, "rest": 0.0, "lift": None}
    ends = {"low": 0.05, "high": 0.15}
    return {
        "persona": number, "customers": customers, "share": customers / 250, "revenue": 40.0, "revenue_share": 0.5,
        "stability": stability, "parts": [["recency_days.low", None]], "place": 0, "english": "Bought lately",
        "traits": [trait | effect], "differences": [month | ends, home | ends],
    }  # fmt: skip


def lead(text: str) -> str:
    said = re.search(r'<p class="lead">(.*?)</p>', text, re.DOTALL)
    return " ".join(html.unescape(said[1]).split()) if said else ""


def test_it_opens_with_how_many_kinds_there_are_and_that_they_are_not_apart(
    found: tuple[int, int], signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    client.get("/personas")
    with django_assert_num_queries(6):
        text = text_at(client, "/personas")
    assert lead(text).startswith("250 customers in 2 parts. They are not separate groups")
    assert text.index(">Few orders</a>") < text.index(">Frequent</a>")
    assert "€12,000" in text and "75%" in text and "very stable" in text and "not stable" in text
    assert "3 customers are in another persona" in text


def test_a_portrait_says_how_they_are_what_when_and_where(
    found: tuple[int, int], signed_in: SignedIn
) -> None:
    text = text_at(signed_in(), f"/personas/{found[0]}")
    assert lead(text) == "100 customers, 40% of all, with 75% of the revenue: €120 each so far."
    for said in ("Orders in November", "Home market Norway", "nobody else", "2.0 times", "1.2 to 1.6"):
        assert said in text
    assert "By what stands out today they would be called: Bought lately." in text


def test_the_people_behind_are_one_click_away(found: tuple[int, int], signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_at(client, f"/personas/{found[0]}")
    address = re.search(r'href="(/customers\?rule=[^"]*)"', text)
    assert address and "100 customers, who have bought" in text_at(client, address[1])
    assert "/segments/new?rule=persona+%3D+Frequent" in text


def test_a_name_that_people_give_is_shown_written_down_and_known_to_rules(
    found: tuple[int, int], signed_in: SignedIn
) -> None:
    client = signed_in("marketing")
    path = f"/personas/{found[0]}"
    client.post(f"{path}/describe", {"name": "Weekend <buyers>", "note": "Call on Saturdays."})
    text = client.get(path).content.decode()
    assert "<h1>Weekend &lt;buyers&gt;</h1>" in text and "Call on Saturdays." in text
    assert AuditEntry.objects.filter(action="persona.named").count() == 1
    for name in ("'Weekend <buyers>'", "Frequent"):
        assert "100 customers, who have bought" in text_at(client, f"/customers?rule=persona = {name}")
    client.post(f"/personas/{found[1]}/describe", {"name": "frequent"})
    assert "Another persona has or had this name." in text_at(client, "/personas")


def test_names_that_nobody_gave_are_said_in_the_readers_language(
    found: tuple[int, int], signed_in: SignedIn
) -> None:
    assert ">Frequent</a>" not in text_at(signed_in(language="de"), "/personas")


def test_who_sees_one_market_sees_its_sizes_and_nothing_of_other_places(
    found: tuple[int, int], signed_in: SignedIn
) -> None:
    client = signed_in("analyst", markets=["NO"])
    text = text_at(client, "/personas")
    assert "40 customers" in lead(text) and "€3,000" in text and "€9,000" not in text
    assert "Home market" not in text_at(client, f"/personas/{found[0]}")


def test_readers_see_portraits_and_nobody_behind_them(found: tuple[int, int], signed_in: SignedIn) -> None:
    client = signed_in("reader")
    text = text_at(client, f"/personas/{found[0]}")
    assert "/customers?" not in text and "<form method" not in text.split("<main")[1]
    assert client.post(f"/personas/{found[0]}/describe", {"name": "x"}).status_code == 403
    assert client.get("/personas/999").status_code == 404


def test_no_groups_is_said_plainly(computed: Site, signed_in: SignedIn) -> None:
    state = {"kind": "none", "reason": "not_stable", "found_on": "2026-01-01", "customers": 250, "moved": 0,
             "grouping": {}, "portraits": [], "markets": {}}  # fmt: skip
    shown(state, {"customer": [], "persona": []})
    text = text_at(signed_in(), "/personas")
    assert "There are no groups here" in lead(text) and "No groups, and that is an answer." in text


def test_before_the_first_night_and_before_any_data_it_says_what_will_be(
    computed: Site, signed_in: SignedIn
) -> None:
    assert "Nobody has been looked at yet." in text_at(signed_in(), "/personas")


def test_without_data_one_is_invited_to_bring_some(site: Site, signed_in: SignedIn) -> None:
    assert "There are no orders yet." in text_at(signed_in(), "/personas")
