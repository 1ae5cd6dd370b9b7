"""Mail to staff: a row first, then the server. One mail a cause, however often it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from regulars.platform.core import jobs
from regulars.platform.core.models import Mail

# Later, what a mail says is no longer so: a link has expired, an alert is old.
_STALE = timedelta(days=3)


class NoServer(BaseEmailBackend):
    """Where no mail server is set: mail stays in the list, marked as not sent."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise ConnectionError("no mail server is set")


def is_sent() -> bool:
    """Whether a mail server is set; where none is, links are shown on the page to be handed over."""
    return not settings.EMAIL_BACKEND.endswith("NoServer")


def send(
    *,
    cause: str,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    attachments: Sequence[str] = (),
    confidential: bool = False,
) -> None:
    """Send one mail for a cause (such as `alert:17:2026-11-22:ann@example.org`), in the caller's transaction.

    `confidential`: the text holds a link that lets somebody in, and is not kept longer than it is needed.
    """
    with transaction.atomic():
        row, fresh = Mail.objects.get_or_create(
            cause=cause[:160],
            defaults={"to": to, "subject": subject[:200].replace("\n", " "), "text": text, "html": html,
                      "attachments": list(attachments), "confidential": confidential},
        )  # fmt: skip
        if fresh:
            jobs.start(kind="core.mail", key=f"mail:{row.pk}", mail=row.pk)


def deliver(job: jobs.Running) -> None:
    """Hand one mail to the server. A duplicate is possible only if this process dies between the server's yes and the
    row's update; the Message-ID is the same then."""
    row = Mail.objects.get(pk=job.arguments["mail"])
    if row.state == Mail.State.SENT or (row.confidential and not row.text):
        return
    if timezone.now() - row.created_at > _STALE:
        _failed(row, "given up: the server did not take it for three days")
        return
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    message = EmailMultiAlternatives(
        row.subject, row.text, settings.DEFAULT_FROM_EMAIL, [row.to],
        headers={"Message-ID": f"<regulars-{row.pk}@{domain}>"},
    )  # fmt: skip
    if row.html:
        message.attach_alternative(row.html, "text/html")
    for name in row.attachments:
        if not (settings.SITE.reports / name).exists():
            _failed(row, "given up: the attached report is not kept any more")
            return
        message.attach_file(str(settings.SITE.reports / name))
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused) as error:
        _failed(row, str(error))
        return
    except SMTPResponseException as error:
        _failed(row, f"{error.smtp_code} {error.smtp_error!r}")
        if error.smtp_code >= 500:
            return
        raise jobs.TryLater from None
    except OSError as error:
        _failed(row, str(error))
        raise jobs.TryLater from None
    kept = {"text": "", "html": ""} if row.confidential else {}
    Mail.objects.filter(pk=row.pk).update(state=Mail.State.SENT, sent_at=timezone.now(), error="", **kept)


def _failed(row: Mail, error: str) -> None:
    """Say why on the list of mails; the text is the server's and names at most the addressee."""
    Mail.objects.filter(pk=row.pk).update(state=Mail.State.FAILED, error=error[:300])
