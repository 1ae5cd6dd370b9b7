"""A list to a webhook: signed parts under 20 kB, each taken once, however often it is sent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from regulars.experiments import TREATED
from regulars.platform.core.api import Job, User, start_job
from regulars.platform.core.models import AuditEntry
from regulars.platform.customers.models import Contact
from regulars.platform.engagement import api as engagement
from regulars.platform.engagement import sending
from regulars.platform.engagement.models import Message
from regulars.platform.engagement.rules import messages
from regulars.platform.engagement.rules.tools import COLUMNS, Person, fields
from regulars.platform.insights.api import alerts
from support.handover import Shop, agree
from support.receiver import Receiver

pytestmark = pytest.mark.django_db


def _hook(shop: Shop, receiver: Receiver) -> tuple[int, str]:
    return alerts.add_webhook(by=shop.user, name="Tool", url=receiver.url)


def _emails(receiver: Receiver) -> list[str]:
    found = [one["email"] for message in receiver.messages().values() for one in message["data"]["customers"]]
    return sorted(found)


def _wanted(shop: Shop, number: int) -> list[str]:
    rows = Contact.objects.filter(pk__in=shop.arm(number, TREATED))
    return sorted(rows.values_list("email", flat=True))


def _time_passes(shop: Shop) -> None:
    """As if the time of the next attempt had come."""
    waiting = Message.objects.filter(state="waiting")
    of_list = waiting.values_list("of_list", flat=True)[0]
    waiting.update(next_at=timezone.now())
    start_job(kind=sending.SEND, list=of_list)
    shop.work()


def test_everybody_treated_arrives_once_signed(shop: Shop, receiver: Receiver) -> None:
    hook, secret = _hook(shop, receiver)
    number = shop.begun(webhook=hook)
    assert receiver.all_signed(secret) and len(receiver.got) > 5
    assert _emails(receiver) == _wanted(shop, number)
    assert all(len(body) < messages.MOST_BYTES for _headers, body in receiver.got)
    assert {message["type"] for message in receiver.messages().values()} == {"customers.handed_over"}
    shown = shop.seen(number).lists[0]
    assert shown.sent == shown.parts and shown.reached == len(shop.arm(number, TREATED))
    assert AuditEntry.objects.get(action="handover.sent").details["customers"] == shown.reached


def test_what_is_not_taken_is_tried_again_and_the_rest_after_it(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [200, 503]
    number = shop.begun(webhook=_hook(shop, receiver)[0])
    assert len(receiver.got) == 2
    waiting = Message.objects.filter(state="waiting").order_by("part").first()
    assert (
        waiting is not None
        and waiting.part == 2
        and waiting.step == 1
        and waiting.attempts[0]["status"] == 503
    )
    _time_passes(shop)
    assert _emails(receiver) == _wanted(shop, number)
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert ids[1] == ids[2] and len(set(ids)) == len(ids) - 1


def test_a_part_that_is_refused_for_good_does_not_hold_up_the_rest(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.answers = [200, 422]
    monkeypatch.setattr(alerts, "next_after", lambda *_given: None)
    number = shop.begun(webhook=_hook(shop, receiver)[0])
    shown = shop.seen(number).lists[0]
    assert (shown.failed, shown.sent) == (1, shown.parts - 1)
    engagement.send_again(by=shop.user, number=number, of_day=shown.number)
    shop.work()
    assert _emails(receiver) == _wanted(shop, number)


def test_a_kill_after_the_other_sides_yes_sends_the_same_message_again(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, _secret = _hook(shop, receiver)
    real, calls = alerts.call_webhook, 0

    def killed(**asked: Any) -> Any:
        nonlocal calls
        answer = real(**asked)
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as dying:
        dying.setattr(alerts, "call_webhook", killed)
        with pytest.raises(KeyboardInterrupt):
            shop.begun(webhook=hook)
    assert len(receiver.got) == 3 and Message.objects.filter(state="sent").count() == 2
    _time_passes(shop)
    number = Message.objects.first().of_list.hand_over_id  # type: ignore[union-attr]
    assert _emails(receiver) == _wanted(shop, number) and len(receiver.got) == len(receiver.messages()) + 1


def test_an_address_that_is_gone_gets_nothing_more(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [410]
    hook, _secret = _hook(shop, receiver)
    shop.begun(webhook=hook)
    assert len(receiver.got) == 1 and not next(one for one in alerts.webhooks() if one.number == hook).on
    assert Message.objects.order_by("part").first().state == "failed"  # type: ignore[union-attr]


def test_what_is_stopped_or_without_the_right_sends_no_further_part(
    shop: Shop, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook, _secret = _hook(shop, receiver)
    real = alerts.call_webhook

    def losing(**asked: Any) -> Any:
        answer = real(**asked)
        User.objects.update(is_active=False)
        return answer

    monkeypatch.setattr(alerts, "call_webhook", losing)
    shop.begun(webhook=hook)
    assert len(receiver.got) == 1 and not Message.objects.filter(state="waiting").exists()
    assert AuditEntry.objects.get(action="handover.stopped").details == {"why": "rights"}


def test_a_job_that_comes_too_early_leaves_one_for_the_time(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [503]
    shop.begun(webhook=_hook(shop, receiver)[0])
    of_list = Message.objects.values_list("of_list", flat=True)[0]
    Job.objects.filter(kind=sending.SEND, state="waiting").delete()
    for _ in range(2):
        start_job(kind=sending.SEND, list=of_list)
        shop.work()
    assert len(receiver.got) == 1
    assert Job.objects.filter(kind=sending.SEND, state="waiting", not_before__gt=timezone.now()).count() == 1


def test_who_took_consent_back_meanwhile_is_not_sent(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [500]
    number = shop.begun(webhook=_hook(shop, receiver)[0])
    gone = shop.arm(number, TREATED)[:3]
    agree(gone, "revoked")
    sent_before = {one["email"] for one in receiver.messages().popitem()[1]["data"]["customers"]}
    receiver.got.clear()
    _time_passes(shop)
    refused = set(Contact.objects.filter(pk__in=gone).values_list("email", flat=True))
    assert refused <= sent_before and not refused & set(_emails(receiver))


@pytest.mark.parametrize("tool", COLUMNS)
def test_the_longest_texts_fit_into_a_message(tool: str) -> None:
    long = [
        Person(
            "k" * 16,
            "e" * 242 + "@example.org",
            name="ÆØ" * 200,
            phone="+49 30 123456789012",
            language="de",
            country="DE",
            churn_probability=0.5,
            predicted_clv=Decimal("123456.78"),
            currency="EUR",
            expected_date_of_next_order=date(2026, 1, 1),
            reason='"ț' * 300,
            step="\\" * 400,
            list_name="x" * 120,
        )
        for _ in range(messages.CUSTOMERS)
    ]
    text = messages.body("customers.handed_over", "2026-01-01T00:00:00", tool, {"name": "y" * 120}, long)
    assert len(text) < messages.MOST_BYTES
    assert f"{'e' * 242}@example.org" in text.decode()


def test_a_webhook_speaks_the_tools_names_and_leaves_out_what_is_not_known() -> None:
    one = Person("k1", "anna@example.org", name="Anna Berg", list_name="Often", predicted_clv=Decimal("120"), currency="EUR")  # fmt: skip
    assert fields("zendesk", one) == {
        "name": "Anna Berg", "email": "anna@example.org", "custom_fields.regulars_list": "Often",
        "custom_fields.predicted_clv": "120.00",
    }  # fmt: skip
    assert fields("mailchimp", one)["Email Address"] == "anna@example.org"
    assert fields("plain", one)["predicted_clv"] == {"amount": "120.00", "currency": "EUR"}
