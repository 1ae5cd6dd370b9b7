"""Signing in: password, second factor, throttling, a forgotten password."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp.oath import totp

from regulars.platform.core import api as core
from regulars.platform.core.models import AuditEntry, Authenticator, Mail, RecoveryCode, Session, User

from ..conftest import PASSWORD

Users = Callable[..., User]


def sign_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in", {"username": email, "password": password} | more)


def code(user: User, ahead: int = 0) -> str:
    """The code that the user's app shows; `ahead` steps of half a minute later, since each is taken once."""
    device = Authenticator.objects.get(user=user)
    return f"{totp(device.bin_key, drift=ahead):06d}"


def text_of(answer: Any) -> str:
    """A page without what differs from answer to answer."""
    return re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", answer.content.decode())


def after_the_transaction_of(model: type[Model], asked: CaptureQueriesContext) -> list[str]:
    """What was asked after the transaction in which a model's rows were made: the first words of the queries."""
    queries = [query["sql"] for query in asked]
    made = next(n for n, query in enumerate(queries) if f'INSERT INTO "{model._meta.db_table}"' in query)
    words = [query.split()[0] for query in queries]
    depths = accumulate({"SAVEPOINT": 1, "RELEASE": -1}.get(word, 0) for word in words)
    over = next(n for n, depth in enumerate(depths) if n > made and not depth)
    return words[over:]


def with_second_factor(user: User) -> list[str]:
    """Switch the second factor on; the recovery codes."""
    core.begin_second_factor(user=user)
    done = core.confirm_second_factor(user=user, code=code(user))
    assert done is not None
    return done[1]


def test_the_right_password_comes_in_whatever_the_case_of_the_address(client: Client, user: Users) -> None:
    user()
    assert sign_in(client, "Administrator@Example.org").headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client, user: Users) -> None:
    user()
    texts = [
        text_of(sign_in(client, address, "wrong"))
        for address in ("administrator@example.org", "nobody@example.org")
    ]
    assert texts[0] == texts[1] and "is not right" in texts[0]


def test_eight_failures_lock_and_say_so_in_words(client: Client, user: Users) -> None:
    user()
    answers = [sign_in(client, "administrator@example.org", "wrong") for _ in range(9)]
    assert answers[-1].status_code == 429 and b"Too many attempts" in answers[-1].content
    assert sign_in(client, "administrator@example.org").status_code == 429


def test_the_log_of_failures_holds_no_address_that_was_typed(client: Client, user: Users) -> None:
    someone = user()
    sign_in(client, "administrator@example.org", "wrong")
    sign_in(client, "a.stranger@example.org", "wrong")
    rows = AuditEntry.objects.filter(action="sign_in.failed").order_by("pk")
    assert [(row.object, row.details) for row in rows] == [(f"user:{someone.pk}", {}), ("", {})]


def test_many_failures_from_many_places_lock_the_account(client: Client, user: Users) -> None:
    someone = user()
    for _ in range(100):
        core.record(user=None, action="sign_in.failed", object=f"user:{someone.pk}")
    assert sign_in(client, someone.email).status_code == 429


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
def test_next_leads_nowhere_else(client: Client, user: Users, elsewhere: str) -> None:
    user()
    assert sign_in(client, "administrator@example.org", next=elsewhere).headers["Location"] == "/"


def test_signing_out_is_by_post_and_ends_the_session(client: Client, user: Users) -> None:
    sign_in(client, user().email)
    assert client.get("/sign-out").status_code == 405
    client.post("/sign-out")
    assert (
        client.get("/account").status_code == 302 and not Session.objects.filter(user__isnull=False).exists()
    )


def test_somebody_deactivated_is_out_at_once(client: Client, user: Users) -> None:
    someone = user()
    sign_in(client, someone.email)
    User.objects.update(is_active=False)
    assert client.get("/account").headers["Location"].startswith("/sign-in")


# ---- second factor
def test_with_a_second_factor_the_password_opens_the_code_page_only(client: Client, user: Users) -> None:
    someone = user()
    with_second_factor(someone)
    sign_in(client, someone.email)
    for address in ("/account", "/account/password", "/account/second-factor", "/account/second-factor/off"):
        assert client.get(address).headers["Location"].startswith("/second-factor?next=")
    assert (
        client.post("/account/recovery-codes", {"old": PASSWORD})
        .headers["Location"]
        .startswith("/second-factor?")
    )


def test_the_code_opens_the_rest_once(client: Client, user: Users) -> None:
    someone = user()
    with_second_factor(someone)
    sign_in(client, someone.email)
    right = code(someone, ahead=1)
    assert (
        client.post("/second-factor", {"code": right, "next": "/account"}).headers["Location"] == "/account"
    )
    assert client.get("/account").status_code == 200
    other = Client()
    sign_in(other, someone.email)
    assert other.post("/second-factor", {"code": right}).status_code == 200


def test_wrong_codes_are_slowed_down(client: Client, user: Users) -> None:
    someone = user()
    with_second_factor(someone)
    sign_in(client, someone.email)
    for _ in range(3):
        client.post("/second-factor", {"code": "000000"})
    answer = client.post("/second-factor", {"code": code(someone, ahead=1)})
    assert answer.status_code == 200 and b"This code is not right" in answer.content


def test_a_recovery_code_signs_in_once_and_is_kept_as_a_hash(client: Client, user: Users) -> None:
    someone = user()
    codes = with_second_factor(someone)
    assert len(codes) == 10 and not RecoveryCode.objects.filter(code_hash__in=codes).exists()
    sign_in(client, someone.email)
    assert client.post("/second-factor", {"code": codes[0].upper()}).status_code == 302
    assert client.get("/account").status_code == 200
    other = Client()
    sign_in(other, someone.email)
    assert other.post("/second-factor", {"code": codes[0]}).status_code == 200
    assert core.codes_left(user=someone) == 9


def test_the_second_factor_is_set_up_on_one_page(signed_in: Callable[..., Client]) -> None:
    client = signed_in()
    assert b"Show the picture to scan" in client.get("/account/second-factor").content
    client.post("/account/second-factor", {"begin": "1"})
    page = client.get("/account/second-factor").content.decode()
    assert "<svg" in page and "style=" not in page
    with CaptureQueriesContext(connection) as asked:
        answer = client.post("/account/second-factor", {"code": code(User.objects.get())})
    assert b"Your recovery codes" in answer.content
    # Whatever is written afterwards could fail when the codes are made and not shown yet.
    assert not {"INSERT", "UPDATE", "DELETE"} & set(after_the_transaction_of(RecoveryCode, asked))
    assert client.get("/account").status_code == 200


def test_switching_it_off_asks_for_the_password_again(client: Client, user: Users) -> None:
    someone = user()
    with_second_factor(someone)
    sign_in(client, someone.email)
    client.post("/second-factor", {"code": code(someone, ahead=1)})
    client.post("/account/second-factor/off", {"old": "wrong"})
    assert User.objects.get().second_factor
    client.post("/account/second-factor/off", {"old": PASSWORD})
    assert not User.objects.get().second_factor and not Authenticator.objects.exists()


def test_where_it_is_required_nothing_opens_without_it(signed_in: Callable[..., Client]) -> None:
    core.put_setting("two_factor", "required")
    client = signed_in()
    assert client.get("/").headers["Location"] == "/account/second-factor"
    assert client.get("/account/second-factor").status_code == 200


# ---- passwords
def link_of(mail: Mail) -> str:
    found = re.search(r"http://[^/]+(/new-password/\S+)", mail.text)
    assert found
    return found[1]


def test_a_forgotten_password_is_set_by_a_link_that_works_once(client: Client, user: Users) -> None:
    someone, signed = user(), Client()
    sign_in(signed, someone.email)
    client.post("/forgotten-password", {"email": someone.email})
    link = link_of(Mail.objects.get())
    shown = client.get(link, follow=True)
    assert shown.redirect_chain and link not in shown.request["PATH_INFO"]
    address = shown.request["PATH_INFO"]
    assert b"The password is set" in client.post(address, {"password": "a new and better password"}).content
    assert sign_in(client, someone.email, "a new and better password").status_code == 302
    assert signed.get("/account").status_code == 302
    assert Client().get(link, follow=True).status_code == 410


def test_a_new_password_opens_an_account_that_was_locked(client: Client, user: Users) -> None:
    someone = user()
    for _ in range(100):
        core.record(user=None, action="sign_in.failed", object=f"user:{someone.pk}")
    for _ in range(9):
        sign_in(client, someone.email, "wrong")
    assert sign_in(client, someone.email).status_code == 429
    core.change_password(user=someone, password="a new and better password")
    assert sign_in(client, someone.email, "a new and better password").status_code == 302


def test_asking_tells_nobody_whether_an_address_is_known(client: Client, user: Users) -> None:
    someone = user()
    known = text_of(client.post("/forgotten-password", {"email": someone.email}))
    assert text_of(client.post("/forgotten-password", {"email": "nobody@example.org"})) == known
    client.post("/forgotten-password", {"email": someone.email})
    assert Mail.objects.count() == 1


def test_a_link_is_worth_nothing_after_an_hour(client: Client, user: Users, settings: Any) -> None:
    someone = user()
    client.post("/forgotten-password", {"email": someone.email})
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert client.get(link_of(Mail.objects.get()), follow=True).status_code == 410


def test_a_changed_password_ends_all_other_sessions(client: Client, user: Users) -> None:
    someone, other = user(), Client()
    sign_in(client, someone.email)
    sign_in(other, someone.email)
    client.post("/account/password", {"old": PASSWORD, "password": "quite another long password"})
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


@pytest.mark.parametrize("weak", ["short", "administrator@example.org", "q1w2e3r4t5y6"])
def test_a_weak_password_is_refused(signed_in: Callable[..., Client], weak: str) -> None:
    signed_in().post("/account/password", {"old": PASSWORD, "password": weak})
    assert User.objects.get().check_password(PASSWORD)


def test_a_password_made_by_somebody_else_must_be_changed_first(signed_in: Callable[..., Client]) -> None:
    client = signed_in(must_change_password=True)
    assert client.get("/").headers["Location"] == "/account/password"
    answer = client.post("/account/password", {"old": PASSWORD, "password": "one that only I would know"})
    assert answer.headers["Location"] == "/"  # on the way in, not into one's account
    assert client.get("/").status_code == 200
