"""A browser stays signed in while it is used, for half a working day at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core import upkeep
from regulars.platform.core.models import Session
from support.pages import SignedIn

pytestmark = pytest.mark.django_db


def _later(**when: Any) -> None:
    """As if the browser was signed in, and seen last, that long ago."""
    Session.objects.update(**{name: timezone.now() - ago for name, ago in when.items()})


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ({"seen_at": timedelta(minutes=29)}, 200),
        ({"seen_at": timedelta(minutes=31)}, 302),
        ({"begun_at": timedelta(hours=11)}, 200),
        ({"begun_at": timedelta(hours=13)}, 302),
    ],
)
def test_one_signs_in_again_after_a_pause_and_after_a_day(
    signed_in: SignedIn, when: dict[str, timedelta], status: int
) -> None:
    client = signed_in()
    _later(**when)
    assert client.get("/account").status_code == status


def test_clicking_keeps_one_in_but_not_for_ever(signed_in: SignedIn) -> None:
    client = signed_in()
    for _ in range(3):
        _later(seen_at=timedelta(minutes=20))
        assert client.get("/account").status_code == 200
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    client.post("/account", {"name": "Ann", "language": "en", "theme": "dark"})
    _later(begun_at=timedelta(hours=13))
    assert client.get("/account").headers["Location"] == "/sign-in?next=/account"


def test_the_limits_are_settings(signed_in: SignedIn, settings: Any) -> None:
    settings.SESSION_IDLE_SECONDS = 3_600
    client = signed_in()
    _later(seen_at=timedelta(minutes=59))
    assert client.get("/account").status_code == 200


def test_what_has_ended_is_not_listed_and_is_cleared_away(signed_in: SignedIn) -> None:
    signed_in()
    _later(seen_at=timedelta(minutes=31))
    client = Client()
    client.force_login(Session.objects.get().user, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[arg-type]
    assert client.get("/account").content.decode().count("unknown browser") == 1
    upkeep.clear(None)  # type: ignore[arg-type]
    assert Session.objects.count() == 1


def test_who_was_away_is_told_and_led_back(signed_in: SignedIn) -> None:
    client = signed_in()
    _later(seen_at=timedelta(minutes=31))
    assert "You were away for a while. Sign in" in client.get("/account", follow=True).content.decode()
    assert "You were away" not in client.get("/account", follow=True).content.decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://testserver/account?x=1", "/account%3Fx%3D1"),
        ("https://elsewhere.example/account", "/"),
        ("http://testserver", "/"),
        (None, "/"),
    ],
)
def test_what_was_sent_too_late_is_said_to_be_lost(
    signed_in: SignedIn, before: str | None, after: str
) -> None:
    client = signed_in()
    _later(seen_at=timedelta(minutes=31))
    answer = client.post("/account/sessions/end", headers={"Referer": before} if before else {})
    assert answer.headers["Location"] == f"/sign-in?next={after}"
    assert "what you sent was not saved" in client.get(answer.headers["Location"]).content.decode()


def test_a_form_of_before_the_sign_in_is_refused_in_words(signed_in: SignedIn) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in().cookies
    answer = strict.post("/account", {"name": "Ann", "language": "en", "theme": "dark"})
    assert answer.status_code == 403 and "This form is too old" in answer.content.decode()
