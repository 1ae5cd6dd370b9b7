"""A customer's page: who, what is open, what was promised, everything that happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core import jobs
from regulars.platform.core.models import AuditEntry, Job
from regulars.platform.customers import api as customers
from regulars.platform.customers.models import Alias, Customer, Note
from regulars.platform.insights.reading import close_readers
from regulars.platform.privacy.looking import forget_old
from regulars.platform.privacy.models import Look
from regulars.platform.site import Site
from regulars.platform.web.customer_facts import PAGE, OpenNow
from regulars.platform.web.customer_words import (
    open_sentences,
    promised_sentences,
    standing,
    standing_sentence,
)
from support.pages import text_at
from support.people import HEAD, TICKETS, TICKETS_MAPPING, computed, imported

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(site: Site, tmp_path: Path) -> Iterator[Site]:
    imported(site, tmp_path)
    imported(site, tmp_path, TICKETS, name="tickets.csv", mapping=TICKETS_MAPPING)
    computed(site)
    yield site
    close_readers()


def _address(number: int) -> str:
    return f"/customers/{customers.key_of([number])[number]}"


def test_the_page_says_who_what_is_open_and_what_happened(
    shop: Site, signed_in: Callable[..., Client]
) -> None:
    page = text_at(signed_in("service"), _address(1))
    assert "<h1>Änna Berg</h1>" in page
    assert "anna.berg@example.org" in page
    assert "From Germany, customer since" in page
    assert "One request is open: T1." in page
    assert page.index("Request T1, open") < page.index("Order 3") < page.index("Order 1")
    assert "40.00" in page


def test_who_sees_it_is_written_down(shop: Site, signed_in: Callable[..., Client]) -> None:
    signed_in("service").get(_address(1))
    entry = AuditEntry.objects.get(action="customer.seen")
    assert (entry.customer, entry.details) == (1, {})


def test_analysts_see_no_names_and_readers_nothing(shop: Site, signed_in: Callable[..., Client]) -> None:
    page = text_at(signed_in("analyst"), _address(1))
    assert "Customer 1" in page
    assert "Berg" not in page
    assert "anna.berg" not in page
    assert signed_in("reader").get(_address(1)).status_code == 403


def test_customers_of_other_markets_are_not_there(shop: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager", markets=["DE"])
    assert client.get(_address(1)).status_code == 200
    assert client.get(_address(2)).status_code == 404
    assert client.post(_address(2) + "/notes", {"text": "x"}).status_code == 404


def test_before_anything_is_computed_the_page_says_so(
    site: Site, tmp_path: Path, signed_in: Callable[..., Client]
) -> None:
    imported(site, tmp_path)
    assert "figures are being computed" in text_at(signed_in("service"), _address(1))


def test_an_unknown_key_is_not_found(site: Site, signed_in: Callable[..., Client]) -> None:
    assert signed_in().get("/customers/nobody").status_code == 404


def test_a_merged_customer_shows_the_facts_of_both(shop: Site, signed_in: Callable[..., Client]) -> None:
    Alias.objects.create(customer_id=2, into_id=1)
    page = text_at(signed_in("service"), _address(2))
    assert "Änna Berg" in page
    assert "Order 2" in page


def test_the_time_line_goes_on_page_by_page_without_gap_or_double(
    site: Site, tmp_path: Path, signed_in: Callable[..., Client]
) -> None:
    day = date(2025, 1, 1)
    rows = "".join(
        f"{n},{day + timedelta(days=n // 7)},c1,a@b.example,A,,DE,EUR,1\n" for n in range(1, 2 * PAGE + 20)
    )
    imported(site, tmp_path, HEAD + rows)
    computed(site)
    client, seen, address = signed_in("service"), [], _address(1)
    page, headers = text_at(client, address), {"HX-Request": "true"}
    while True:
        seen += [part.split("<")[0] for part in page.split("<div>Order ")[1:]]
        if "hx-get=" not in page.split("timeline")[-1]:
            break
        following = page.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
        page = client.get(following, headers=headers).content.decode()
    numbers = [int(text.split()[0]) for text in seen]
    assert len(numbers) == len(set(numbers)) == 2 * PAGE + 19
    close_readers()


def test_notes_are_changed_by_who_wrote_them_only(shop: Site, signed_in: Callable[..., Client]) -> None:
    service, manager = signed_in("service"), signed_in("manager")
    service.post(_address(1) + "/notes", {"text": "Likes <b>tea</b>"})
    note = Note.objects.get()
    assert "Likes &lt;b&gt;tea&lt;/b&gt;" in manager.get(_address(1)).content.decode()
    manager.post(f"{_address(1)}/notes/{note.pk}", {"text": "Hates tea"})
    note.refresh_from_db()
    assert note.text == "Likes <b>tea</b>"
    service.post(f"{_address(1)}/notes/{note.pk}", {"text": ""})
    assert not Note.objects.exists()
    assert signed_in("analyst").post(_address(1) + "/notes", {"text": "x"}).status_code == 403


def test_what_a_customer_says_about_marketing_is_written_down(
    shop: Site, signed_in: Callable[..., Client]
) -> None:
    service = signed_in("service")
    assert "Unknown: nobody has said anything." in text_at(service, _address(1))
    service.post(_address(1) + "/consent", {"channel": "email", "status": "revoked"})
    service.post(_address(1) + "/consent", {"channel": "sms", "status": "granted"})
    page = text_at(service, _address(1))
    assert "Revoked on" in page and "(Service)." in page
    assert customers.consents_of([1])["sms"].status == "granted"
    entry = AuditEntry.objects.filter(action="customer.consent").earliest("at")
    assert entry.details == {"purpose": "marketing", "channel": "email", "status": "revoked"}
    answer = service.post(_address(1) + "/consent", {"channel": "email", "status": "denied"}, follow=True)
    assert "Choose a channel" in answer.content.decode()
    assert signed_in("analyst").post(_address(1) + "/consent", {"channel": "email"}).status_code == 403
    manager = signed_in("manager", markets=["NO"])
    assert (
        manager.post(_address(1) + "/consent", {"channel": "email", "status": "granted"}).status_code == 404
    )


def test_profiling_is_stopped_and_allowed_again(shop: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager")
    client.post(_address(1) + "/profiling", {"allowed": "0"})
    assert customers.not_profiled() == {1}
    assert customers.profiling_table().to_pylist() == [{"customer": 1, "profiled": False}]
    assert "Not profiled" in text_at(client, _address(1))
    client.post(_address(1) + "/profiling", {"allowed": "1"})
    assert customers.not_profiled() == set()


def test_an_erased_customer_s_page_says_so(shop: Site, signed_in: Callable[..., Client]) -> None:
    Customer.objects.filter(pk=2).update(erased_at="2026-04-01T00:00Z")
    assert "was erased on" in text_at(signed_in("service"), _address(2))


def test_the_page_asks_the_database_a_few_times(
    shop: Site, signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client, address = signed_in("service"), _address(1)
    client.get(address)
    with django_assert_num_queries(15):
        client.get(address)


D = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("days", "today", "words"),
    [
        ([], 0, "No order is known yet."),
        ([0], 5, "Ordered once, on"),
        ([0, 30], 40, "Ordered on two days"),
        ([0, 30, 64], 100, "about every 30 days, now 6 days overdue"),
        ([0, 30, 60], 91, "now 1 day overdue"),
        ([0, 30, 60], 80, "the next order is not due yet"),
        ([0, 30, 60], 400, "Was a regular: ordered about every 30 days"),
    ],
)
def test_a_customer_in_words(days: list[int], today: int, words: str) -> None:
    said = standing_sentence(standing([D + timedelta(days=n) for n in days], D + timedelta(days=today)))
    assert words in said


def test_what_is_open_and_promised_in_words() -> None:
    now = OpenNow(("T1", "T2"), ("7",), (), (("7", D), ("8", D + timedelta(days=3))))
    assert open_sentences(now) == ["2 requests are open: T1, T2.", "One order is not delivered yet: 7."]
    late, due = promised_sentences(now, D + timedelta(days=2))
    assert "is 2 days late" in late
    assert due.startswith("Order 8 is promised for")


def test_a_person_is_erased_after_the_number_of_records_is_typed(
    shop: Site, signed_in: Callable[..., Client]
) -> None:
    client, address = signed_in("manager"), _address(2) + "/erase"
    assert "every place is looked through" in text_at(client, address)
    assert (
        client.post(address, {"records": "0"}).status_code == 200
    )  # nothing was looked up, nothing is erased
    assert client.post(_address(2) + "/where")["Location"] == address
    client.post(_address(2) + "/where")
    assert "Waiting for its turn" in text_at(client, address)
    (job,) = Job.objects.filter(kind="privacy.where")
    assert set(job.arguments) == {"reference"}
    jobs.run_job.func(job.pk)
    assert Job.objects.get(pk=job.pk).result is None
    page = text_at(client, address)
    records = page.split('class="lead">')[1].split()[0]
    assert "not the number of records" in client.post(address, {"records": "1000"}).content.decode()
    answer = client.post(address, {"records": records})
    assert answer.status_code == 302
    assert "is being erased" in text_at(client, answer["Location"])
    assert client.get(address)["Location"] == answer["Location"]
    assert not Look.objects.exists()
    for job in Job.objects.filter(kind="privacy.erase"):
        jobs.run_job.func(job.pk)
    page = text_at(client, answer["Location"])
    assert "This is the certificate" in page
    assert "Ødegård" not in page
    assert client.get(answer["Location"] + "?as=json").json()["by"] == "Manager"
    assert "was erased on" in text_at(client, _address(2))
    service = signed_in("service")
    assert service.get(address).status_code == service.post(_address(2) + "/where").status_code == 403


def test_everything_about_a_person_is_put_together_and_fetched(
    shop: Site, signed_in: Callable[..., Client]
) -> None:
    client, address = signed_in("service"), _address(2) + "/export"
    assert client.get(address)["Location"] == _address(2)
    assert client.post(address)["Location"] == address
    assert "Waiting for its turn" in text_at(client, address)
    assert client.get(address + "/file").status_code == 404
    (job,) = Job.objects.filter(kind="privacy.export")
    assert set(job.arguments) == {"reference"}
    jobs.run_job.func(job.pk)
    assert "The file is ready" in text_at(client, address)
    answer = client.get(address + "/file")
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    assert AuditEntry.objects.filter(action="person.exported", customer=2).exists()
    assert signed_in("manager").get(address + "/file").status_code == 404
    analyst = signed_in("analyst")
    assert analyst.post(address).status_code == analyst.get(address + "/file").status_code == 403
    Look.objects.update(at=timezone.now() - timedelta(days=2))
    forget_old()
    assert not Look.objects.exists() and not list(shop.exports.iterdir())
