"""An empty installation: the first administrator is made once, by who holds the setup code."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client

from regulars.kernel.errors import InputError
from regulars.platform.core import setup
from regulars.platform.core.models import User
from regulars.platform.site import Site
from regulars.platform.web.first_steps import steps

FORM = {
    "name": "Ann",
    "email": "Ann@Example.org",
    "password": "correct horse battery staple",
    "language": "de",
}


@pytest.mark.django_db
def test_signing_in_where_nobody_is_leads_to_the_welcome(client: Client, site: Site) -> None:
    assert client.get("/sign-in").headers["Location"] == "/welcome"
    assert client.get("/welcome").status_code == 200


@pytest.mark.django_db
def test_the_code_makes_the_first_administrator_who_is_signed_in(client: Client, site: Site) -> None:
    answer = client.post("/welcome", FORM | {"token": setup.token(site).lower()})
    assert answer.headers["Location"] == "/"
    assert User.objects.get().role == "administrator" and User.objects.get().email == "ann@example.org"
    assert client.get("/account").status_code == 200


@pytest.mark.django_db
def test_a_wrong_code_makes_nobody(client: Client, site: Site) -> None:
    setup.token(site)
    answer = client.post("/welcome", FORM | {"token": "AAAAA-AAAAA-AAAAA-AAAAA"})
    assert "This is not the setup code" in answer.content.decode() and not User.objects.exists()


@pytest.mark.django_db
def test_the_code_stays_the_same_until_it_is_used(client: Client, site: Site) -> None:
    code = setup.token(site)
    assert setup.token(site) == code
    setup.make_first_user(site=site, given=code, name="Ann", email="ann@example.org", password="x" * 12)
    assert setup.token(site) == ""
    assert client.get("/welcome").headers["Location"] == "/sign-in"


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_make_one_user(site: Site) -> None:
    code, start, refused = setup.token(site), Barrier(2), []

    def make(name: str) -> None:
        start.wait()
        try:
            setup.make_first_user(
                site=site, given=code, name=name, email=f"{name}@example.org", password="x" * 12
            )
        except InputError:
            refused.append(name)
        finally:
            connection.close()

    threads = [Thread(target=make, args=(name,)) for name in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert User.objects.count() == 1 and len(refused) == 1


def test_the_steps_name_what_is_next(user: Callable[..., User], site: Site) -> None:
    found = steps(user())
    assert found is not None and [step.done for step in found] == [True, False, False]


def test_who_may_not_import_is_told_who_does(user: Callable[..., User], site: Site) -> None:
    found = steps(user("reader"))
    assert found is not None and found[1].address is None


@pytest.mark.django_db
def test_the_first_step_leads_straight_to_the_form(signed_in: Callable[..., Client], site: Site) -> None:
    page = signed_in("administrator").get("/").content.decode()
    assert '<a class="button primary" href="/data/new">Bring data</a>' in page
