"""Webhooks against a real server on this machine: signed, tried again, never led astray."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, start_job
from regulars.platform.core.models import Job
from regulars.platform.insights import webhooks_operations as webhooks
from regulars.platform.insights.models import Webhook, WebhookDelivery
from regulars.platform.insights.rules import webhooks as rules
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass
class Receiver:
    """A program that listens: what it answers next, and what it got."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("REGULARS_WEBHOOK_HOSTS", "127.0.0.1")
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status, headers = found.answers.pop(0) if found.answers else (200, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/hook?key=1"
    yield found
    server.shutdown()
    server.server_close()


@pytest.fixture
def boss(user: Callable[..., User]) -> User:
    return user("manager")


def _sent(boss: User, receiver: Receiver) -> tuple[Webhook, str]:
    number, secret = webhooks.add_webhook(by=boss, name="Chat", url=receiver.url)
    webhooks.try_webhook(by=boss, number=number)
    return Webhook.objects.get(pk=number), secret


def _later() -> None:
    """As if the time of the next attempt had come."""
    WebhookDelivery.objects.update(next_at=NOW)
    Job.objects.filter(kind=webhooks.DELIVER, state="waiting").delete()
    start_job(kind=webhooks.DELIVER, delivery=WebhookDelivery.objects.get().pk)


def test_a_message_arrives_signed(
    boss: User, receiver: Receiver, work: Callable[[], None], site: Site
) -> None:
    _, secret = _sent(boss, receiver)
    work()
    headers, body = receiver.got[0]
    assert secret.startswith("whsec_") and 24 <= len(base64.b64decode(secret[6:])) <= 64
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    assert json.loads(body)["type"] == "webhook.tried" and len(body) < 20_000
    assert WebhookDelivery.objects.get().state == "sent"


def test_nothing_that_signs_is_stored(boss: User, receiver: Receiver) -> None:
    row, secret = _sent(boss, receiver)
    assert secret not in str(Webhook.objects.filter(pk=row.pk).values())
    assert webhooks.fresh_secret(by=boss, number=row.pk) != secret


def test_a_delivery_that_ran_twice_sent_once(
    boss: User, receiver: Receiver, work: Callable[[], None]
) -> None:
    _sent(boss, receiver)
    work()
    start_job(kind=webhooks.DELIVER, delivery=WebhookDelivery.objects.get().pk)
    work()
    assert len(receiver.got) == 1


def test_an_error_is_tried_again_under_the_same_id(
    boss: User, receiver: Receiver, work: Callable[[], None]
) -> None:
    receiver.answers = [(500, {}), (200, {})]
    _sent(boss, receiver)
    work()
    row = WebhookDelivery.objects.get()
    assert row.state == "waiting" and row.step == 1 and row.attempts[0]["status"] == 500
    assert Job.objects.filter(kind=webhooks.DELIVER, state="waiting").count() == 1
    _later()
    work()
    row.refresh_from_db()
    assert row.state == "sent" and len(row.attempts) == 2
    assert receiver.got[0][0]["webhook-id"] == receiver.got[1][0]["webhook-id"]


def test_a_redirect_is_a_failure_and_not_followed(
    boss: User, receiver: Receiver, work: Callable[[], None]
) -> None:
    receiver.answers = [(302, {"Location": receiver.url})]
    _sent(boss, receiver)
    work()
    assert len(receiver.got) == 1 and WebhookDelivery.objects.get().attempts[0]["status"] == 302


def test_gone_switches_the_address_off(boss: User, receiver: Receiver, work: Callable[[], None]) -> None:
    receiver.answers = [(410, {})]
    row, _ = _sent(boss, receiver)
    work()
    row.refresh_from_db()
    assert row.disabled_because == "gone" and WebhookDelivery.objects.get().state == "failed"
    webhooks.replay(by=boss, number=WebhookDelivery.objects.get().pk)
    assert WebhookDelivery.objects.get().state == "failed"
    webhooks.switch_webhook(by=boss, number=row.pk, on=True)
    webhooks.replay(by=boss, number=WebhookDelivery.objects.get().pk)
    work()
    assert WebhookDelivery.objects.get().state == "sent"


def test_who_asks_for_more_time_gets_it(boss: User, receiver: Receiver, work: Callable[[], None]) -> None:
    receiver.answers = [(429, {"Retry-After": "900"})]
    _sent(boss, receiver)
    work()
    row = WebhookDelivery.objects.get()
    assert row.next_at is not None and row.next_at > row.created_at + timedelta(seconds=890)


def test_the_ladder_ends_after_ten_attempts() -> None:
    waits = [rules.next_after(step, 500, "", NOW, lambda: 0.5) for step in range(10)]
    assert waits[:3] == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30)]
    assert waits[8] == timedelta(hours=24) and waits[9] is None
    assert rules.next_after(1, 503, "Sun, 01 Mar 2026 01:00:00 GMT", NOW, lambda: 0.5) == timedelta(hours=1)
    assert rules.next_after(1, 500, "9999", NOW, lambda: 0.0) == timedelta(seconds=270)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.8/", "https://169.254.169.254/latest",
     "https://[::ffff:192.168.0.1]/", "ftp://example.org/", "https://user:pass@example.org/", "https:///", "nonsense",
     "https://example.org:99999/"],
)  # fmt: skip
def test_addresses_inside_are_refused(boss: User, url: str) -> None:
    with pytest.raises(InputError):
        webhooks.add_webhook(by=boss, name="x", url=url)
    assert not Webhook.objects.exists()


def test_a_name_that_leads_inside_is_not_called(
    boss: User, receiver: Receiver, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = _sent(boss, receiver)
    monkeypatch.setenv("REGULARS_WEBHOOK_HOSTS", "")
    Webhook.objects.filter(pk=row.pk).update(
        url=receiver.url.replace("http://127.0.0.1", "https://localhost")
    )
    work()
    assert receiver.got == [] and WebhookDelivery.objects.get().attempts[0]["error"] == "inside"
