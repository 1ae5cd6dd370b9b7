"""One's own account: name, language, appearance, and where one is signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core import jobs
from regulars.platform.core.models import AuditEntry, Mail, Session, User
from regulars.platform.web.browsers import in_words

from ..conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0"


def signed_in_with(agent: str) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post("/sign-in", {"username": "administrator@example.org", "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        (EDGE, "Edge on Windows"),
        ("curl/8.0", "An unknown browser"),
        ("<script>", "An unknown browser"),
    ],
)
def test_a_browser_is_named_as_its_user_knows_it(agent: str, words: str) -> None:
    assert in_words(agent) == words


def test_language_and_appearance_count_from_the_next_page_on(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.post("/account", {"name": " Åse ", "language": "de", "theme": "dark"})
    page = client.get("/account").content.decode()
    assert '<html lang="de"' in page and 'data-theme="dark"' in page
    assert User.objects.get().name == "Åse"


def test_the_made_up_language_is_for_those_who_build_pages(
    signed_in: Callable[..., Client], settings: Any
) -> None:
    client = signed_in()
    assert "ar-xb" not in client.get("/account").content.decode()
    settings.DEBUG = True
    assert "ar-xb" in client.get("/account").content.decode()


def test_every_browser_is_listed_and_can_be_signed_out(user: Callable[..., User]) -> None:
    user()
    here, phone, other = (signed_in_with(agent) for agent in (FIREFOX, IPHONE, EDGE))
    page = here.get("/account").content.decode()
    assert all(words in page for words in ("Firefox on Linux", "Safari on iPhone", "Edge on Windows"))
    assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))
    rows = page.split("</tr>")
    row = next(row for row in rows if "Safari on iPhone" in row)
    key = row.partition('name="session" value="')[2].partition('"')[0]
    here.post("/account/sessions/end", {"session": key})
    assert phone.get("/account").status_code == 302 and other.get("/account").status_code == 200
    here.post("/account/sessions/end")
    assert other.get("/account").status_code == 302 and here.get("/account").status_code == 200
    assert AuditEntry.objects.filter(action="session.ended").count() == 2


def test_nobody_ends_the_sessions_of_another(
    user: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    user()
    theirs = signed_in_with(FIREFOX)
    signed_in("analyst").post("/account/sessions/end")
    assert theirs.get("/account").status_code == 200


def test_when_a_browser_was_last_seen_is_noted_every_few_minutes(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    client.get("/account")
    before = timezone.now() - timedelta(minutes=6)
    Session.objects.update(seen_at=before)
    client.get("/account")
    assert Session.objects.get().seen_at > before


def test_the_page_asks_the_database_seldom(
    signed_in: Callable[..., Client], django_assert_num_queries: Any
) -> None:
    client = signed_in()
    with django_assert_num_queries(4):  # session, user, settings, sessions
        client.get("/account")


def test_whoever_has_the_account_learns_that_its_password_was_changed(
    signed_in: Callable[..., Client], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client = signed_in(language="de")
    new = "another long passphrase"
    client.post("/account/password", {"old": PASSWORD, "password": new})
    mail = Mail.objects.get()
    assert mail.to == "administrator@example.org" and new not in mail.text
    assert mail.cause.startswith("credentials:")


@pytest.mark.parametrize("where", ["/account/password", "/users/{ben}/second-factor"])
def test_a_change_whose_mail_cannot_be_kept_was_not_made(
    where: str, signed_in: Callable[..., Client], user: Callable[..., User], settings: Any, monkeypatch: Any
) -> None:
    """The page says that nothing was saved; nobody could sign in with what they believe to be their password."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ben, client = user("analyst", second_factor=True), signed_in()
    client.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "KINDS", {})  # the job that would send the mail cannot be started
        answer = client.post(
            where.format(ben=ben.pk), {"old": PASSWORD, "password": "another long passphrase"}
        )
    assert answer.status_code == 500
    assert User.objects.get(role="administrator").check_password(PASSWORD)
    assert User.objects.get(pk=ben.pk).second_factor and not Mail.objects.exists()
    assert client.get("/account").status_code == 200  # still signed in


def test_the_second_factor_is_not_removed_unnoticed(
    signed_in: Callable[..., Client], user: Callable[..., User], settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ben = user("analyst", second_factor=True)
    signed_in().post(f"/users/{ben.pk}/second-factor")
    assert Mail.objects.get().to == ben.email
