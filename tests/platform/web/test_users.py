"""Users: invited, changed, deactivated; nobody gives more than they have, and an administrator remains."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core import api as core
from regulars.platform.core.models import AuditEntry, Invitation, Mail, Session, User
from regulars.platform.core.rules.grants import may_grant
from support.pages import SignedIn

from ..conftest import PASSWORD

INVITED = {"email": "New@Example.org", "role": "analyst", "markets": "no, DE", "language": "de"}


def link_in(text: str) -> str:
    found = re.search(r"http://[^/]+(/(?:join|new-password)/[^\s<]+)", text)
    assert found
    return found[1]


@pytest.fixture(autouse=True)
def _no_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = "regulars.platform.core.mail.NoServer"


def test_without_a_mail_server_the_link_is_shown_and_joins_once(signed_in: SignedIn) -> None:
    link = link_in(signed_in().post("/users", INVITED).content.decode())
    guest = Client()
    assert guest.get(link).status_code == 200
    assert guest.post(link, {"name": "New", "password": PASSWORD}).headers["Location"] == "/"
    joined = User.objects.get(email="new@example.org")
    assert (joined.role, joined.markets, joined.language) == ("analyst", ["DE", "NO"], "de")
    assert Client().get(link).status_code == 410


@pytest.mark.django_db(transaction=True)
def test_with_a_mail_server_the_link_is_mailed_and_kept_no_longer(
    signed_in: SignedIn, settings: Any, work: Callable[[], None]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    answer = signed_in().post("/users", INVITED)
    assert answer.status_code == 302 and link_in(Mail.objects.get().text)
    work()
    assert Mail.objects.get().state == Mail.State.SENT and Mail.objects.get().text == ""


def test_the_token_is_kept_as_a_hash_only(signed_in: SignedIn) -> None:
    token = link_in(signed_in().post("/users", INVITED).content.decode()).rpartition("/")[2]
    assert token not in str(list(Invitation.objects.values()))


def test_an_invitation_ends_after_seven_days_and_when_withdrawn(signed_in: SignedIn) -> None:
    admin = signed_in()
    old = link_in(admin.post("/users", INVITED).content.decode())
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(old).status_code == 410
    fresh = link_in(admin.post("/users", INVITED).content.decode())
    admin.post(f"/invitations/{Invitation.objects.get().pk}/withdraw")
    assert Client().get(fresh).status_code == 410


def test_an_invitation_of_somebody_who_left_is_worth_nothing(
    signed_in: SignedIn, user: Callable[..., User]
) -> None:
    link = link_in(signed_in().post("/users", INVITED).content.decode())
    User.objects.update(is_active=False)
    assert Client().get(link).status_code == 410


def test_somebody_who_is_here_is_not_invited_again(signed_in: SignedIn) -> None:
    page = signed_in().post("/users", INVITED | {"email": "administrator@example.org"}).content.decode()
    assert "Somebody is registered with this address already." in page and not Invitation.objects.exists()


def test_a_changed_role_counts_at_once_and_is_written_down(
    signed_in: SignedIn, user: Callable[..., User]
) -> None:
    admin, analyst = signed_in(), signed_in("analyst")
    someone = User.objects.get(role="analyst")
    admin.post(f"/users/{someone.pk}", {"role": "manager", "markets": ""})
    assert analyst.get("/audit").status_code == 200
    row = AuditEntry.objects.get(action="user.changed")
    assert row.details == {"role": ["analyst", "manager"], "markets": [[], []]}


def test_the_last_administrator_remains(signed_in: SignedIn) -> None:
    admin = signed_in()
    me = User.objects.get()
    page = admin.post(f"/users/{me.pk}", {"role": "reader", "markets": ""}).content.decode()
    assert "This is the last administrator" in page
    admin.post(f"/users/{me.pk}", {"role": "administrator", "markets": "DE"})
    admin.post(f"/users/{me.pk}/active", {"active": "0"})
    me.refresh_from_db()
    assert (me.role, me.markets, me.is_active) == ("administrator", [], True)


def test_deactivating_ends_sessions_and_invitations(signed_in: SignedIn) -> None:
    admin, other = signed_in(), signed_in("administrator", email="other@example.org")
    other.post("/users", INVITED)
    leaver = User.objects.get(email="other@example.org")
    admin.post(f"/users/{leaver.pk}/active", {"active": "0"})
    assert other.get("/users").status_code == 302
    assert not Session.objects.filter(user=leaver).exists() and not Invitation.objects.exists()
    admin.post(f"/users/{leaver.pk}/active", {"active": "1"})
    leaver.refresh_from_db()
    assert leaver.is_active


def test_an_administrator_of_one_market_gives_that_market_only(
    signed_in: SignedIn, user: Callable[..., User]
) -> None:
    admin = signed_in(markets=["DE"])
    for markets in ("", "NO", "DE, NO"):
        admin.post("/users", INVITED | {"markets": markets})
    assert not Invitation.objects.exists()
    admin.post("/users", INVITED | {"markets": "DE"})
    assert Invitation.objects.get().markets == ["DE"]
    boss = user("manager")
    admin.post(f"/users/{boss.pk}", {"role": "reader", "markets": "DE"})
    admin.post(f"/users/{boss.pk}/active", {"active": "0"})
    boss.refresh_from_db()
    assert boss.role == "manager" and boss.is_active


@pytest.mark.parametrize(
    ("role", "markets", "new_role", "new_markets", "may"),
    [
        ("administrator", [], "administrator", [], True),
        ("manager", [], "administrator", [], False),
        ("manager", [], "service", ["DE"], True),
        ("analyst", [], "service", [], False),
        ("administrator", ["DE"], "reader", [], False),
        ("administrator", ["DE"], "reader", ["DE"], True),
        ("administrator", [], "king", [], False),
    ],
)  # fmt: skip
def test_nobody_gives_more_than_they_have(
    role: str, markets: list[str], new_role: str, new_markets: list[str], may: bool
) -> None:
    assert may_grant(role=role, markets=markets, new_role=new_role, new_markets=new_markets) is may


def test_who_lost_the_phone_is_helped(signed_in: SignedIn, user: Callable[..., User]) -> None:
    admin, someone = signed_in(), user("analyst", second_factor=True)
    admin.post(f"/users/{someone.pk}/second-factor")
    someone.refresh_from_db()
    assert not someone.second_factor


def test_a_link_for_a_new_password_is_handed_over(signed_in: SignedIn, user: Callable[..., User]) -> None:
    admin, someone = signed_in(), user("analyst")
    page = admin.post(f"/users/{someone.pk}/password-link").content.decode()
    assert Client().get(link_in(page), follow=True).status_code == 200
    assert AuditEntry.objects.filter(action="user.password_link", object=f"user:{someone.pk}").exists()


def test_the_page_asks_the_database_seldom(
    signed_in: SignedIn, user: Callable[..., User], django_assert_num_queries: Any
) -> None:
    admin = signed_in()
    for role in core.ROLES[1:]:
        user(role)
    with django_assert_num_queries(6):  # session, user, settings, snapshot, people, invitations
        page = admin.get("/users")
    assert b"6 people may sign in." in page.content
