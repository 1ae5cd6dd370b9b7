"""Experiments on pages: proposed, counted, handed over by naming the number, measured, paid for."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from regulars.experiments import HELD_OUT, TREATED
from regulars.platform.core.api import User
from regulars.platform.core.models import AuditEntry
from regulars.platform.customers.models import Contact
from regulars.platform.engagement.models import HandOver
from regulars.platform.insights import api as insights
from regulars.platform.insights.reading import close_readers
from regulars.platform.site import Site
from support.handover import Shop, filled
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(site: Site, db: None, tmp_path: Path, user: Callable[..., User]) -> Iterator[Shop]:
    filled(site, tmp_path)
    owner = user(email="owner@example.org")
    insights.segments.make(by=owner, name="All", rule="orders >= 1")
    yield Shop(site, tmp_path, owner)
    close_readers()


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def sent(client: Client, number: int) -> str:
    return b"".join(client.post(f"/experiments/{number}/file").streaming_content).decode()  # type: ignore[attr-defined]


def test_without_any_it_says_what_would_be_here(site: Site, signed_in: SignedIn) -> None:
    assert "Hand over the first" in text_of(signed_in().get("/experiments"))
    assert "Somebody with the right" in text_of(signed_in("analyst").get("/experiments"))


def test_from_a_segment_to_a_file(shop: Shop, signed_in: SignedIn) -> None:
    client = signed_in("marketing")
    assert "/experiments/new?segment=all" in text_of(client.get("/segments/all"))
    assert 'value="All"' in text_of(client.get("/experiments/new?segment=all"))
    asked = {"whom": "all", "name": "=Win", "tool": "klaviyo", "every": "once", "share": "50", "points": "5"}
    address = client.post("/experiments/new", asked).headers["Location"]
    assert "being counted" in text_of(client.get(address))
    shop.work()
    text = text_of(client.get(address))
    n = HandOver.objects.get().looked["counts"]["treated"]
    assert f"Of 300 customers 300 may be written to. {n} would be handed over, {300 - n} held out." in text
    assert "To see 5 points you need" in text and f"Hand over {n} customers" in text
    assert client.post(f"{address}/begin", {"customers": "1"}).status_code == 409
    assert client.post(f"{address}/begin", {"customers": f"{n}"}).status_code == 302
    second = text_of(client.post(f"{address}/begin", {"customers": f"{n}"}, follow=True))
    assert "Somebody was quicker." in second and "nothing has left" not in second
    shop.work()
    number = HandOver.objects.get().pk
    lines = sent(client, number).splitlines()
    assert lines[0].startswith("Email,First Name,Last Name,Phone Number,Country,") and len(lines) == n + 1
    assert ",+4930" in lines[1] and ",'=Win," in lines[1]
    assert AuditEntry.objects.get(action="handover.downloaded").details == {"day": "all", "customers": n}


def test_the_page_says_what_it_added_and_what_it_cost(
    shop: Shop, signed_in: SignedIn, django_assert_num_queries: Any
) -> None:
    number = shop.begun()
    for k, day in enumerate((20, 22, 24)):
        some = shop.arm(number, TREATED)[25 * k : 25 * k + 25] + shop.arm(number, HELD_OUT)[8 * k : 8 * k + 8]
        shop.bought(some, on=dt.date(2026, 7, day), name=f"d{day}")
    shop.measured(number)
    client = signed_in()
    client.post(f"/experiments/{number}/cost", {"cost": "500"})
    client.get(f"/experiments/{number}")
    with django_assert_num_queries(8):
        text = text_of(client.get(f"/experiments/{number}"))
    assert "This kept about" in text and "Cost of a customer kept" in text
    assert "Customers who came back" in text and "The two groups have the shares" in text
    with django_assert_num_queries(6):
        text = text_of(client.get("/experiments"))
    assert "1 hand-over has begun. 1 has kept customers." in text


def test_a_cost_that_is_none_is_not_saved(shop: Shop, signed_in: SignedIn) -> None:
    number = shop.begun()
    client = signed_in()
    for wrong in ("-1", "abc", "NaN", "1e40"):
        assert client.post(f"/experiments/{number}/cost", {"cost": wrong}).status_code == 200
    assert HandOver.objects.get().cost is None
    client.post(f"/experiments/{number}/cost", {"cost": "12.50"})
    assert HandOver.objects.get().cost == Decimal("12.5")


def test_only_who_may_take_contacts_hands_over(shop: Shop, signed_in: SignedIn) -> None:
    number = shop.begun()
    client = signed_in("analyst")
    text = text_of(client.get(f"/experiments/{number}"))
    assert "Download" not in text and "Hand over no more" not in text
    for address in ("new", f"{number}/begin", f"{number}/act", f"{number}/cost", f"{number}/file"):
        assert client.post(f"/experiments/{address}").status_code == 403
    assert "Hand over" not in text_of(client.get("/segments/all"))


def test_hand_overs_of_other_markets_are_not_there(shop: Shop, signed_in: SignedIn) -> None:
    number = shop.begun()
    client = signed_in("marketing", markets=["NO"])
    assert client.get(f"/experiments/{number}").status_code == 404
    assert client.post(f"/experiments/{number}/file").status_code == 404
    assert "Nothing has been handed over yet" in text_of(client.get("/experiments"))


def test_it_is_stopped_taken_up_and_a_draft_thrown_away(shop: Shop, signed_in: SignedIn) -> None:
    client, number = signed_in(), shop.begun(every="week")
    client.post(f"/experiments/{number}/act", {"what": "stop"})
    assert HandOver.objects.get().state == "stopped"
    client.post(f"/experiments/{number}/act", {"what": "go_on"})
    assert HandOver.objects.get().state == "open"
    client.post(f"/experiments/{number}/act", {"what": "discard"})
    assert HandOver.objects.get().state == "open"
    draft = shop.proposed()
    client.post(f"/experiments/{draft}/act", {"what": "discard"})
    assert HandOver.objects.get().pk == number


def test_no_name_and_no_address_stand_in_what_is_kept(shop: Shop, signed_in: SignedIn) -> None:
    number = shop.begun()
    client = signed_in()
    sent(client, number)
    email = Contact.objects.get(pk=shop.arm(number, TREATED)[0]).email
    kept = [path for path in shop.site.home.rglob("*") if path.is_file() and path.suffix != ".sqlite3"]
    assert kept and not any(email.encode() in path.read_bytes() for path in kept)
    assert email not in str(list(HandOver.objects.values()))


@pytest.mark.parametrize("language", ["de", "nb", "ro"])
def test_in_other_languages(shop: Shop, signed_in: SignedIn, language: str) -> None:
    number = shop.begun()
    client = signed_in(language=language)
    for address in ("/experiments", "/experiments/new", f"/experiments/{number}"):
        assert f'lang="{language}"' in text_of(client.get(address))
