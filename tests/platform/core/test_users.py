"""Users: what two at once may not do to each other."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from regulars.platform.core import users
from regulars.platform.core.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*work: Callable[[], object]) -> list[str]:
    """Do all of it at the same moment; the reasons of what was refused."""
    start, refused = Barrier(len(work)), []

    def run(what: Callable[[], object]) -> None:
        start.wait()
        try:
            what()
        except users.Refused as reason:
            refused.append(reason.reason)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(what,)) for what in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [str(reason) for reason in refused]


def test_two_administrators_cannot_remove_each_other(user: Callable[..., User]) -> None:
    ann, bob = user(email="ann@example.org"), user(email="bob@example.org")
    refused = at_once(
        lambda: users.set_active(by=ann, number=bob.pk, active=False),
        lambda: users.set_active(by=bob, number=ann.pk, active=False),
    )
    assert User.objects.filter(is_active=True).count() == 1 and len(refused) == 1


def test_an_invitation_that_is_used_twice_at_once_makes_one_user(user: Callable[..., User]) -> None:
    now = timezone.now()
    _, token = users.invite(
        by=user(), email="new@example.org", role="reader", markets=[], language="en", now=now
    )
    refused = at_once(
        *[lambda: users.accept(token=token, name="New", password="correct horse battery", now=now)] * 2
    )
    assert User.objects.filter(email="new@example.org").count() == 1 and refused == ["not_valid"]
