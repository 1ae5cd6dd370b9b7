"""Settings: the site's, and the definitions of figures, whose change is explained before it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regulars.kernel.definitions import Definitions
from regulars.kernel.markets import Market
from regulars.lake import Lake
from regulars.platform.core import api as core
from regulars.platform.core.models import AuditEntry, Job
from regulars.platform.intake import api as intake
from regulars.platform.site import Site
from support.pages import SignedIn

pytestmark = pytest.mark.django_db(transaction=True)
SITE = {"company": "Nordlys", "language": "nb", "two_factor": "optional", "keep_uploads_days": "14"}
NONE = {"markets-TOTAL_FORMS": "2", "markets-INITIAL_FORMS": "0"}
SAME = {"zone": "UTC", "one_email_is_one_customer": "on"} | NONE
NORDIC = {"markets-0-code": "NORDIC", "markets-0-countries": "no, SE", "markets-0-zone": "Europe/Oslo"}


def test_the_site_is_named_and_what_changed_is_written_down(signed_in: SignedIn, site: Site) -> None:
    client = signed_in("manager")
    client.post("/settings/site", SITE)
    assert (core.get_setting("company"), core.get_setting("keep_uploads_days")) == ("Nordlys", 14)
    rows = AuditEntry.objects.filter(action="settings.changed").order_by("object")
    assert [(row.object, row.details["old"], row.details["new"]) for row in rows] == [
        ("company", "", "Nordlys"), ("keep_uploads_days", 30, 14), ("language", "en", "nb"),
    ]  # fmt: skip
    assert b"Nordlys" in client.get("/settings").content


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(signed_in: SignedIn, site: Site) -> None:
    client = signed_in("manager")
    page = client.post("/settings/site", SITE | {"keep_uploads_days": "0"})
    assert page.status_code == 422 and b'aria-invalid="true"' in page.content
    assert core.get_setting("company") == ""


def test_a_change_of_definitions_is_explained_first_and_then_made(
    signed_in: SignedIn, site: Site, work: Callable[[], None]
) -> None:
    client = signed_in("manager")
    wanted = SAME | NORDIC | {"window_days": "120", "include_tax": "on"}
    said = client.post("/settings/definitions", wanted).content.decode()
    for sentence in ("left after 120 days", "Revenue includes tax", "NORDIC holds NO, SE", "written anew"):
        assert sentence in said
    assert not Job.objects.exists()
    client.post("/settings/definitions", wanted | {"agreed": "1"})
    assert b"Waiting for its turn" in client.get("/settings").content
    work()
    nordic = (Market("NORDIC", ("NO", "SE"), "Europe/Oslo"),)
    assert intake.definitions() == Definitions(window_days=120, include_tax=True, markets=nordic)


def test_an_emptied_row_lets_a_market_go(signed_in: SignedIn, site: Site, work: Callable[[], None]) -> None:
    market = Market("NORDIC", ("NO", "SE"), "Europe/Oslo")
    Lake.create(site.lake).set_definitions(Definitions(markets=(market,)))
    client = signed_in("manager")
    emptied = dict.fromkeys(NORDIC, "") | {"markets-INITIAL_FORMS": "1"}
    assert b"The market NORDIC goes" in client.post("/settings/definitions", SAME | emptied).content
    client.post("/settings/definitions", SAME | emptied | {"agreed": "1"})
    work()
    assert intake.definitions().markets == ()


def test_who_is_limited_to_a_market_that_goes_is_named_in_number(signed_in: SignedIn, site: Site) -> None:
    client = signed_in("manager")
    signed_in("analyst", markets=["NO"])
    page = client.post("/settings/definitions", SAME | NORDIC)
    assert b"1 user is limited to a market that will not be there any more" in page.content


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"currency": "XYZ"}, "There is no such currency."),
        ({"zone": "Oslo"}, "There is no such time zone."),
        (NORDIC | {"markets-0-countries": "QQ"}, "There is no country QQ."),
        (NORDIC | {"markets-0-code": "a,b"}, "Only letters, digits"),
        (NORDIC | {k.replace("-0-", "-1-"): v for k, v in NORDIC.items()}, "The market NORDIC is there twice."),
    ],
)  # fmt: skip
def test_wrong_definitions_are_refused_in_words(
    signed_in: SignedIn, site: Site, wrong: dict[str, str], said: str
) -> None:
    page = signed_in("manager").post("/settings/definitions", SAME | wrong)
    assert page.status_code == 422 and said in page.content.decode()


def test_nothing_changed_starts_nothing(signed_in: SignedIn, site: Site) -> None:
    client = signed_in("manager")
    assert client.post("/settings/definitions", SAME | {"agreed": "1"}).status_code == 302
    assert not Job.objects.exists()


def test_who_sees_some_markets_changes_nothing_for_all(signed_in: SignedIn, site: Site) -> None:
    client = signed_in("manager", markets=["DE"])
    assert b"you see some of them only" in client.get("/settings").content
    assert client.post("/settings/site", SITE).status_code == 403
    assert client.post("/settings/definitions", SAME).status_code == 403


def test_the_page_asks_the_database_seldom(
    signed_in: SignedIn, site: Site, django_assert_num_queries: Any
) -> None:
    client = signed_in("manager")
    with django_assert_num_queries(5):  # session, user, settings, snapshot, job
        client.get("/settings")
