"""Webhooks: addresses of other programs, messages to them, and what became of each attempt."""

from __future__ import annotations

import json
import random
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from regulars.kernel.errors import InputError
from regulars.platform.core.api import Running, User, record, start_job
from regulars.platform.insights.models import AlertFinding, Webhook, WebhookDelivery
from regulars.platform.insights.rules import webhooks as rules
from regulars.platform.insights.webhooks_call import Answer, post, refusal

DELIVER = "webhooks.deliver"
_KEPT = timedelta(days=90)


def add_webhook(*, by: User, name: str, url: str) -> tuple[int, str]:
    """A new address: its number and its secret, which is shown this once. Raises InputError for an address that is refused."""
    url = url.strip()
    if len(url) > 500 or refusal(url):
        raise InputError(
            "This address cannot be called.", where="url",
            do="Give an https address of the open internet, without a name and a password in it.",
        )  # fmt: skip
    with transaction.atomic():
        row = Webhook.objects.create(by=by, name=name.strip()[:120], url=url, nonce=secrets.token_hex(16))
        record(user=by, action="webhook.added", object=f"webhook:{row.pk}")
    return int(row.pk), _secret(row)


def fresh_secret(*, by: User, number: int) -> str:
    """A new secret for an address; the old one signs nothing any more."""
    with transaction.atomic():
        row = _get(number)
        row.nonce = secrets.token_hex(16)
        row.save(update_fields=["nonce"])
        record(user=by, action="webhook.secret", object=f"webhook:{number}")
    return _secret(row)


def switch_webhook(*, by: User, number: int, on: bool) -> None:
    """Let an address take messages, or none. What waits for one that is off is not sent."""
    with transaction.atomic():
        off = None if on else timezone.now()
        Webhook.objects.filter(pk=number).update(disabled_at=off, disabled_because="" if on else "person")
        record(user=by, action="webhook.on" if on else "webhook.off", object=f"webhook:{number}")


def remove_webhook(*, by: User, number: int) -> None:
    """Put an address away; its deliveries stay in the log until they expire."""
    with transaction.atomic():
        now = timezone.now()
        Webhook.objects.filter(pk=number, archived_at=None).update(archived_at=now, disabled_at=now)
        record(user=by, action="webhook.removed", object=f"webhook:{number}")


def send_message(
    *, webhook: Webhook, cause: str, kind: str, data: dict[str, Any], finding: AlertFinding | None = None
) -> None:
    """Send one message for a cause, in the caller's transaction; asked for again, it is the same message."""
    body = {"type": kind, "timestamp": timezone.now().isoformat(), "data": data}
    row, fresh = WebhookDelivery.objects.get_or_create(
        webhook=webhook, cause=cause[:80],
        defaults={"finding": finding, "message": f"msg_{secrets.token_hex(14)}", "next_at": timezone.now(),
                  "body": json.dumps(body, ensure_ascii=False, separators=(",", ":"))},
    )  # fmt: skip
    if fresh:
        start_job(kind=DELIVER, key=f"webhook {row.pk}", delivery=row.pk)


def try_webhook(*, by: User, number: int) -> None:
    """Send a message that only says that it arrives."""
    with transaction.atomic():
        data = {
            "text": "This address receives the alerts of Regulars.",
            "url": f"{settings.PUBLIC_URL}/alerts",
        }
        send_message(
            webhook=_get(number), cause=f"try:{secrets.token_hex(6)}", kind="webhook.tried", data=data
        )
        record(user=by, action="webhook.tried", object=f"webhook:{number}")


def replay(*, by: User, number: int) -> None:
    """Send a message that failed once more, under its own id, from the first step of the ladder."""
    with transaction.atomic():
        changed = WebhookDelivery.objects.filter(
            pk=number, state=WebhookDelivery.State.FAILED, webhook__disabled_at=None
        ).update(state=WebhookDelivery.State.WAITING, step=0, next_at=timezone.now())
        if changed:
            start_job(kind=DELIVER, key=f"webhook {number}", delivery=number)
            record(user=by, action="webhook.replayed", object=f"delivery:{number}")


def deliver(job: Running) -> None:
    """One attempt. A worker that dies after the other side's yes sends the same message again, under the same id."""
    row = WebhookDelivery.objects.select_related("webhook").filter(pk=job.arguments["delivery"]).first()
    now = timezone.now()
    if row is None or row.state != WebhookDelivery.State.WAITING:
        return
    if row.next_at is not None and row.next_at > now + timedelta(seconds=1):
        return  # another job waits for its time
    if row.webhook.disabled_at is not None:
        _note(row, state=WebhookDelivery.State.FAILED, next_at=None)
        return
    body = row.body.encode()
    headers = {"Content-Type": "application/json", "User-Agent": "Regulars"}
    headers |= rules.headers(row.message, body, _secret(row.webhook), now)
    _judge(row, post(row.webhook.url, body, headers), now)


def call_webhook(*, number: int, message: str, body: bytes) -> Answer:
    """Call an address once with a signed message of another context, which remembers by itself what became of it.

    The same `message` is the same message to the other side, however often it is sent. An address that says that it is gone
    (410) is switched off; one that is off is not called.
    """
    row = Webhook.objects.filter(pk=number, archived_at=None, disabled_at=None).first()
    if row is None:
        return Answer(None, "off")
    now = timezone.now()
    headers = {"Content-Type": "application/json", "User-Agent": "Regulars"}
    answer = post(row.url, body, headers | rules.headers(message, body, _secret(row), now))
    if answer.status == 410:
        with transaction.atomic():
            _gone(row, now)
    return answer


def forget(job: Running) -> None:
    """Delete deliveries that are older than three months, in small steps."""
    old = WebhookDelivery.objects.filter(created_at__lt=timezone.now() - _KEPT)
    while numbers := list(old.values_list("pk", flat=True)[:2_000]):
        WebhookDelivery.objects.filter(pk__in=numbers).delete()


def _judge(row: WebhookDelivery, answer: Answer, now: datetime) -> None:
    tried = {"at": now.isoformat(timespec="seconds"), "status": answer.status, "error": answer.error}
    attempts = [*row.attempts, tried][-50:]
    with transaction.atomic():
        if answer.taken:
            _note(row, state=WebhookDelivery.State.SENT, attempts=attempts, sent_at=now, next_at=None)
            return
        if answer.status == 410:
            _gone(row.webhook, now)
            _note(row, state=WebhookDelivery.State.FAILED, attempts=attempts, next_at=None)
            return
        wait = rules.next_after(row.step, answer.status, answer.retry_after, now, random.random)
        if wait is None:
            _note(row, state=WebhookDelivery.State.FAILED, attempts=attempts, next_at=None)
            return
        _note(row, attempts=attempts, step=row.step + 1, next_at=now + wait)
        start_job(kind=DELIVER, key=f"webhook {row.pk}", after=wait, delivery=row.pk)


def _gone(row: Webhook, now: datetime) -> None:
    """The other side said that it is there no more."""
    Webhook.objects.filter(pk=row.pk).update(disabled_at=now, disabled_because="gone")
    record(user=None, action="webhook.gone", object=f"webhook:{row.pk}")


def _note(row: WebhookDelivery, **values: Any) -> None:
    WebhookDelivery.objects.filter(pk=row.pk, state=WebhookDelivery.State.WAITING).update(**values)


def _get(number: int) -> Webhook:
    found = Webhook.objects.filter(pk=number, archived_at=None).first()
    if found is None:
        raise InputError("There is no such webhook.", where="webhook", do="Choose one from the list.")
    return found


def _secret(row: Webhook) -> str:
    return rules.secret(settings.SECRET_KEY, row.nonce)
