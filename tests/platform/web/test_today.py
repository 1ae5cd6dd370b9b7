"""Today: the list, what one does with it, what came of it."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core.models import User
from regulars.platform.customers.models import Contact, Customer
from regulars.platform.insights.models import WorkItem
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.computed import with_figures
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def items(site: Site, db: None) -> Iterator[list[WorkItem]]:
    """Three items as of 1 January 2026: late by their own rhythm in Norway, once in Germany, a complaint in Germany."""
    with_figures(site)
    Customer.objects.bulk_create([Customer(number=number) for number in (1, 2, 3)])
    Contact.objects.create(customer_id=1, name="Ada Nordmann", email="ada@example.org")
    last = dt.date(2025, 10, 13)
    yield [
        item(1, "NO", "overdue", {"order_days": 9, "gap": 34}, last=last, score=620, worth=1240),
        item(2, "DE", "overdue", {"order_days": 1, "usual": 30}, last=last, score=20, worth=50),
        item(3, "DE", "complaint", {"since": "2025-12-01"}, last=last, score=70, worth=70),
    ]
    close_readers()


def item(
    customer: int, market: str, reason: str, facts: dict[str, Any], *, last: dt.date, score: int, worth: int
) -> Any:
    return WorkItem.objects.create(
        customer=customer, market=market, reason=reason, urgency=0 if reason == "complaint" else 2, facts=facts,
        last_order_day=last, score=score, worth=worth, currency="EUR", snapshot=1, listed_on=last,
    )  # fmt: skip


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_on_the_first_day_it_leads_through_the_first_steps(site: Site, signed_in: SignedIn) -> None:
    assert "First steps" in text_of(signed_in().get("/"))


def test_who_may_not_see_customers_is_led_to_the_overview(site: Site, signed_in: SignedIn) -> None:
    assert signed_in("reader").get("/").headers["Location"] == "/overview"


def test_it_opens_with_how_many_and_what_is_at_risk(
    items: list[WorkItem], signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in()
    with django_assert_num_queries(10):
        text = text_of(client.get("/"))
    assert "3 customers are worth looking after; €710.00 a year is at risk." in text
    assert text.index("Customer 3") < text.index("Ada Nordmann") < text.index("Customer 2")
    assert "Orders about every 34 days; the last order was 80 days ago." in text
    assert "Bought for €1,240 in the year up to the last order." in text
    assert "Ordered once, 80 days ago. Half of those who come back do so within 30 days." in text
    assert "A complaint is open since 1 Dec 2025." in text


def test_where_somebody_is_predicted_it_says_risk_value_reasons_and_the_next_step(
    items: list[WorkItem], signed_in: SignedIn
) -> None:
    items[0].facts |= {
        "risk": 0.72, "value": "540.0000", "why": ["rhythm", "service"], "step": "solve_request",
        "told": {"gap_median": 34.0, "days_since_last": 80.0, "tickets_open": 2.0},
    }  # fmt: skip
    items[0].save()
    text = text_of(signed_in().get("/"))
    assert (
        "Orders about every 34 days; the last order was 80 days ago. 2 requests without a solution." in text
    )
    assert "Risk of losing them 72%; expected revenue of the next year €540.00." in text
    assert "Finish the open request first" in text and "At risk is risk times value." in text
    assert "usually orders every" not in text  # the sentence before says it


def test_who_is_listed_for_the_risk_alone_has_the_reasons_as_the_sentence(
    items: list[WorkItem], signed_in: SignedIn
) -> None:
    items[0].facts = {
        "order_days": 9, "risk": 0.6, "value": "10", "why": ["rhythm"], "step": "remind", "buys": "Green tea",
        "told": {"gap_median": 34.0, "days_since_last": 80.0},
    }  # fmt: skip
    items[0].save()
    text = text_of(signed_in().get("/"))
    assert "Usually orders every 34 days, last order 80 days ago." in text
    assert "The last order was 80 days ago." not in text
    assert "Mostly buys: Green tea." in text


def test_with_nothing_to_do_it_says_so(items: list[WorkItem], signed_in: SignedIn) -> None:
    WorkItem.objects.all().delete()
    assert "Nobody needs looking after here." in text_of(signed_in().get("/"))


def test_one_sees_and_does_only_what_is_in_ones_markets(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in("service", markets=["NO"])
    text = text_of(client.get("/"))
    assert "1 customer is worth looking after" in text and "Customer 2" not in text
    for action in ("done", "note", "assign", "reopen"):
        assert client.post(f"/today/{items[1].pk}/{action}", {"note": "x"}).status_code == 404
    assert client.post(f"/today/{items[1].pk}/snooze", {"days": "7"}).status_code == 404
    assert client.get(f"/today/{items[1].pk}").status_code == 404


def test_who_may_only_look_has_no_buttons(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in("analyst")
    text = text_of(client.get("/"))
    assert "/done" not in text and "Ada" not in text and "Customer 1" in text
    assert client.post(f"/today/{items[0].pk}/done").status_code == 403
    assert client.get(f"/today/{items[0].pk}").status_code == 403


def in_place(client: Client, item: WorkItem, action: str, **values: str) -> str:
    return text_of(client.post(f"/today/{item.pk}/{action}", values, headers={"HX-Request": "true"}))


def test_done_in_place_with_a_way_back(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in("service")
    assert "Ada Nordmann is done." in in_place(client, items[0], "done")
    assert "Ada Nordmann" not in text_of(client.get("/"))
    assert "Orders about every 34 days" in in_place(client, items[0], "reopen")
    assert "Ada Nordmann" in text_of(client.get("/"))


def forms_of(client: Client, item: WorkItem) -> str:
    return text_of(client.get(f"/today/{item.pk}", headers={"HX-Request": "true"}))


def test_the_forms_of_an_item_open_in_its_place_or_on_a_page_of_their_own(
    items: list[WorkItem], signed_in: SignedIn
) -> None:
    client = signed_in("service")
    assert f'hx-get="/today/{items[0].pk}"' in text_of(client.get("/"))
    in_place_of, alone = forms_of(client, items[0]), text_of(client.get(f"/today/{items[0].pk}"))
    assert "<html" not in in_place_of and "<h1>Ada Nordmann</h1>" in alone
    for action in ("assign", "snooze", "note"):
        assert f'action="/today/{items[0].pk}/{action}"' in in_place_of
        assert f'action="/today/{items[0].pk}/{action}"' in alone


def test_assigned_noted_and_put_off_in_place(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in("service")
    clerk = User.objects.get()
    assert str(clerk) in in_place(client, items[0], "assign", to=str(clerk.pk))
    assert f'value="{clerk.pk}" selected' in forms_of(client, items[0])
    assert (
        "<b>Monday</b>"
        not in client.post(
            f"/today/{items[0].pk}/note", {"note": "<b>Monday</b>"}, headers={"HX-Request": "true"}
        ).content.decode()
    )
    assert "is put off until" in in_place(client, items[0], "snooze", days="7")
    assert "Ada" not in text_of(client.get("/"))
    assert "Ada" in text_of(client.get("/?whose=asleep"))
    assert "Ada" in in_place(client, items[0], "snooze", days="0")
    mine = text_of(client.get("/?whose=mine"))
    assert "Ada" in mine and "Customer 2" not in mine
    assert client.post(f"/today/{items[0].pk}/snooze", {"days": "9999"}).status_code == 400
    assert client.post(f"/today/{items[0].pk}/assign", {"to": "424242"}).status_code == 400


def test_without_script_one_comes_back_to_the_list(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in("service")
    assert client.post(f"/today/{items[0].pk}/done").headers["Location"] == "/"
    assert client.get(f"/today/{items[0].pk}/done").status_code == 405


def test_filters_by_market_and_reason(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in()
    assert "1 customer is" in text_of(client.get("/?market=NO"))
    assert "1 customer is" in text_of(client.get("/?reason=complaint"))
    assert "3 customers are" in text_of(client.get("/?reason=nonsense&after=x&whose=them&market=%00"))


def test_what_was_done_is_shown_with_what_came_of_it(
    items: list[WorkItem], signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    client = signed_in("service")
    clerk = User.objects.get()
    WorkItem.objects.filter(customer=1).update(
        state="done", closed_at=timezone.now(), done_by=clerk, came_back_on=dt.date(2025, 12, 20)
    )
    WorkItem.objects.filter(customer=2).update(
        state="gone", closed_at=timezone.now(), came_back_on=dt.date(2025, 12, 21)
    )
    with django_assert_num_queries(9):
        text = text_of(client.get("/?tab=done"))
    assert "1 customer was looked after in the last 90 days. 1 of them has ordered since." in " ".join(
        text.split()
    )
    assert "1 came back by themselves." in text and "Ordered again on 20 Dec 2025" in text


def test_in_german(items: list[WorkItem], signed_in: SignedIn) -> None:
    client = signed_in(language="de")
    assert "Ada Nordmann" in text_of(client.get("/")) and text_of(client.get("/?tab=done"))
