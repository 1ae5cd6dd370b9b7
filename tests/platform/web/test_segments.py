"""Segments: written with help, shown with their people and their history."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any

import pytest

from regulars.metrics.segments import segment_size
from regulars.platform.core.models import Job, User
from regulars.platform.insights import api as insights
from regulars.platform.insights.models import Segment, SegmentChange, SegmentSize
from regulars.platform.insights.reading import TooSlow
from regulars.platform.site import Site
from regulars.platform.web import editor
from support.pages import SignedIn

pytestmark = pytest.mark.django_db
DAY = dt.date(2025, 12, 1)


@pytest.fixture
def often(db: None) -> Segment:
    """A segment that was counted on four days, with moves in two markets."""
    segment = Segment.objects.create(name="Often", slug="often", rule="orders >= 3")
    for week in range(4):
        markets = {
            market: {
                "customers": n + week,
                "orders": 9,
                "revenue": "90.00",
                "all_customers": 100,
                "all_revenue": "360.00",
            }
            for market, n in (("DE", 20), ("NO", 10))
        }
        day = DAY + dt.timedelta(days=7 * week)
        SegmentSize.objects.create(
            segment=segment, day=day, snapshot=week, revision=1, size=30, markets=markets
        )
    for customer, market in ((1, "DE"), (2, "NO")):
        SegmentChange.objects.create(
            segment=segment, customer=customer, market=market, kind="entered", day=DAY, snapshot=1
        )
    return segment


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def size_of(rule: str) -> int:
    with insights.asking() as analysis:
        return segment_size(analysis, rule)


def test_without_segments_there_are_examples(site: Site, signed_in: SignedIn) -> None:
    assert "High-value customers" in text_of(signed_in().get("/segments"))
    assert "Somebody with the right" in text_of(signed_in("service").get("/segments"))


def test_the_list_says_size_and_change(
    often: Segment, site: Site, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    with django_assert_num_queries(6):
        text = text_of(client.get("/segments"))
    assert "1 segment is kept up to date" in text
    assert '<td class="num">36</td>' in text and "+2" in text and "Counted orders is at least 3." in text


def test_sizes_are_of_ones_markets(often: Segment, site: Site, signed_in: SignedIn) -> None:
    text = text_of(signed_in("marketing", markets=["NO"]).get("/segments"))
    assert '<td class="num">13</td>' in text and "+1" in text


def test_examples_are_rules_without_mistakes(computed: Site, signed_in: SignedIn) -> None:
    for example in editor.examples():
        text = text_of(
            signed_in(email=f"{abs(hash(example.rule))}@example.org").get(
                "/segments/new", {"rule": example.rule}
            )
        )
        assert f"<strong>{size_of(example.rule)} customer" in text


def test_the_size_shows_while_one_types(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_of(client.post("/segments/size", {"rule": "orders >= 3"}))
    assert f"{size_of('orders >= 3')} customers" in text and "Counted orders is at least 3." in text
    assert "^^^^^^" in text_of(client.post("/segments/size", {"rule": "cuntry = DE"}))
    assert text_of(client.post("/segments/size", {"rule": " "})).strip() == ""


def test_the_size_is_of_ones_markets(computed: Site, signed_in: SignedIn) -> None:
    text = text_of(signed_in("marketing", markets=["NO"]).post("/segments/size", {"rule": "orders >= 3"}))
    assert f"{size_of('orders >= 3 and market = NO')} customers" in text


def test_what_takes_too_long_is_counted_in_the_background(
    computed: Site, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> Any:
        raise TooSlow

    monkeypatch.setattr(insights, "members_page", slow)
    client = signed_in("marketing", markets=["NO"])
    text = text_of(client.post("/segments/size", {"rule": "orders >= 3"}))
    job = Job.objects.get(kind=editor.SIZE_JOB)
    assert job.arguments == {"rule": "orders >= 3", "markets": ["NO"]}
    assert f"/segments/counted/{job.pk}" in text and "in the background" in text
    assert "in the background" in text_of(client.get(f"/segments/counted/{job.pk}"))
    Job.objects.update(state=Job.State.DONE, result={"customers": 12})
    assert "12 customers" in text_of(client.get(f"/segments/counted/{job.pk}"))
    assert signed_in("manager").get(f"/segments/counted/{job.pk}").status_code == 404


def test_typing_a_rule_makes_no_queue(
    computed: Site, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> Any:
        raise TooSlow

    monkeypatch.setattr(insights, "members_page", slow)
    one, other = signed_in("marketing"), signed_in("manager")
    for rule in ("orders >= 3", "orders >= 30", "orders >= 30"):
        one.post("/segments/size", {"rule": rule})
    other.post("/segments/size", {"rule": "orders >= 4"})
    waiting = Job.objects.filter(kind=editor.SIZE_JOB, state=Job.State.WAITING).order_by("pk")
    assert [job.arguments["rule"] for job in waiting] == ["orders >= 30", "orders >= 4"]
    first = Job.objects.filter(kind=editor.SIZE_JOB).order_by("pk")[0]
    assert "was not counted" in text_of(one.get(f"/segments/counted/{first.pk}"))


def test_before_there_are_figures_a_rule_is_explained_only(site: Site, signed_in: SignedIn) -> None:
    assert "once there are figures" in text_of(signed_in().post("/segments/size", {"rule": "orders >= 3"}))


def test_suggestions_come_from_the_facts(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in("marketing", markets=["NO"])
    assert 'data-insert="country"' in text_of(client.post("/segments/suggest", {"rule": "coun", "at": "4"}))
    assert 'data-insert="RO"' in text_of(client.post("/segments/suggest", {"rule": "country = ", "at": "10"}))
    of_markets = text_of(client.post("/segments/suggest", {"rule": "market = ", "at": "9"}))
    assert 'data-insert="NO"' in of_markets and "DE" not in of_markets
    assert client.post("/segments/suggest", {"rule": "country = ", "at": "x"}).status_code == 200


def test_a_segment_is_made_changed_put_away_and_taken_back(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    made = client.post("/segments/new", {"name": "Often", "rule": "orders >= 3"})
    assert made.headers["Location"] == "/segments/often"
    text = text_of(client.get("/segments/often"))
    assert "is being counted" in text and "Counted orders is at least 3." in text
    changed = client.post("/segments/often/change", {"name": "Often", "rule": "orders >= 4", "revision": "1"})
    assert changed.status_code == 302 and Segment.objects.get().rule == "orders >= 4"
    assert client.post("/segments/often/archive").headers["Location"] == "/segments"
    assert '<a href="/segments/often">Take it back</a>' in text_of(client.get("/segments"))
    assert "was put away" in text_of(client.get("/segments/often"))
    client.post("/segments/often/restore")
    assert Segment.objects.get().archived_at is None


def test_two_who_change_it_at_once_do_not_overwrite_each_other(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    client.post("/segments/new", {"name": "Often", "rule": "orders >= 3"})
    client.post("/segments/often/change", {"name": "Often", "rule": "orders >= 4", "revision": "1"})
    late = client.post("/segments/often/change", {"name": "Often", "rule": "orders >= 9", "revision": "1"})
    assert late.status_code == 409 and "orders >= 4" in html.unescape(late.content.decode())


def test_mistakes_are_shown_at_the_word_and_nothing_is_lost(computed: Site, signed_in: SignedIn) -> None:
    client = signed_in()
    text = text_of(client.post("/segments/new", {"name": "Mine", "rule": "cuntry = DE"}))
    assert (
        "There is no column 'cuntry'." in text
        and 'value="Mine"' in text
        and ">cuntry = DE</textarea>" in text
    )
    odd = client.post("/segments/new", {"name": "N\x00", "rule": "active", "description": "\x00"})
    assert odd.headers["Location"] == "/segments/n"
    Segment.objects.all().delete()
    assert "Give the segment a name" in text_of(client.post("/segments/new", {"name": "", "rule": "active"}))
    assert not Segment.objects.exists()


def test_its_page_shows_people_worth_and_time(
    computed: Site, often: Segment, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    client.get("/segments/often")
    with django_assert_num_queries(11):
        text = text_of(client.get("/segments/often"))
    assert "36 customers are in this segment, 2 more than a week ago." in text
    assert f"1 to 50 of {size_of('orders >= 3')}" in text
    assert "25.0% of all revenue" in text
    assert "From 30 customers on 1 Dec 2025 to 36 on 22 Dec 2025." in text


def test_who_entered_is_of_ones_markets(computed: Site, often: Segment, signed_in: SignedIn) -> None:
    assert "Customer 1" in text_of(signed_in().get("/segments/often?tab=entered"))
    limited = text_of(signed_in("marketing", markets=["NO"]).get("/segments/often?tab=entered"))
    assert "Customer 2" in limited and "Customer 1" not in limited
    assert "Nobody has left" in text_of(signed_in("manager").get("/segments/often?tab=left&before=x"))


def test_a_rule_that_fits_no_longer_says_so(computed: Site, signed_in: SignedIn) -> None:
    Segment.objects.create(name="Old", slug="old", rule="revenue > 10 NOK")
    text = text_of(signed_in().get("/segments/old"))
    assert "The rule no longer fits." in text and "not in NOK" in text


def test_only_those_with_the_right_change_segments(
    computed: Site, often: Segment, signed_in: SignedIn
) -> None:
    client = signed_in("service")
    text = text_of(client.get("/segments/often"))
    assert "Put away" not in text and "/change" not in text
    for address in ("new", "often/change", "often/archive", "often/restore"):
        assert client.post(f"/segments/{address}").status_code == 403
    assert client.get("/segments/unknown").status_code == 404


def test_in_german(computed: Site, often: Segment, signed_in: SignedIn) -> None:
    client = signed_in(language="de")
    for address in ("/segments", "/segments/often", "/segments/new"):
        assert client.get(address).status_code == 200
    assert User.objects.get().language == "de"
