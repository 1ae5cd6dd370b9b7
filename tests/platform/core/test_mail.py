"""Mail to staff through a real server: once a cause, tried again while the server is away, given up when it is stale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from regulars.platform.core import mail
from regulars.platform.core.models import Job, Mail
from support.live import Mailbox
from support.programs import free_port

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[], None]


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """What a server on loopback took in."""
    box = Mailbox()
    server = Controller(box, hostname="127.0.0.1", port=free_port())
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield box
    server.stop()


def send(cause: str = "alert 1") -> None:
    mail.send(cause=cause, to="ann@example.org", subject="Orders fell", text="Below the limit.")


def test_one_mail_a_cause(mailbox: Mailbox, work: Work) -> None:
    send()
    send()
    work()
    send()
    work()
    assert [message["Subject"] for message in mailbox.messages] == ["Orders fell"]
    assert Mail.objects.get().state == Mail.State.SENT


def test_two_causes_are_two_mails(mailbox: Mailbox, work: Work) -> None:
    send("alert 1")
    send("alert 2")
    work()
    assert len({message["Message-ID"] for message in mailbox.messages}) == 2


def test_without_a_server_the_mail_waits(settings: Any, work: Work) -> None:
    settings.EMAIL_BACKEND = "regulars.platform.core.mail.NoServer"
    send()
    work()
    row, job = Mail.objects.get(), Job.objects.get()
    assert (row.state, row.error) == (Mail.State.FAILED, "no mail server is set")
    assert job.state == Job.State.WAITING and job.not_before > timezone.now()


def test_a_mail_that_nobody_took_for_days_is_given_up(mailbox: Mailbox, work: Work) -> None:
    send()
    Mail.objects.update(created_at=timezone.now() - timedelta(days=4))
    work()
    assert mailbox.messages == [] and "given up" in Mail.objects.get().error


def test_a_report_that_is_gone_is_not_mailed(mailbox: Mailbox, work: Work, site: Any) -> None:
    mail.send(
        cause="report 1", to="ann@example.org", subject="Report", text="Attached.", attachments=["gone.html"]
    )
    work()
    assert mailbox.messages == [] and "not kept" in Mail.objects.get().error
