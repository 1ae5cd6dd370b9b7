"""Marketing consent comes with imports and by hand; the newest statement counts, and of several alike the strictest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regulars.kernel.errors import InputError
from regulars.lake import Lake
from regulars.platform.core.api import User
from regulars.platform.customers import api, consents
from regulars.platform.customers.consent_rules import Statement, in_force
from regulars.platform.customers.models import Alias, Consent
from regulars.platform.customers.people import export_known
from regulars.platform.privacy import api as privacy
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db

MAPPING = """
name = "newsletter"
zone = "UTC"
[files]
people = "people*.csv"
[[facts]]
table = "customers"
file = "people"
[facts.columns]
email = "mail"
consent_email = "news"
consent_sms = "texts"
consent_at = "since"
"""
HEAD = "mail,news,texts,since\n"
TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _said(status: str, days_ago: int | None = None, *, hour: int = 12, by_hand: bool = False) -> Any:
    at = None if days_ago is None else (TODAY - timedelta(days=days_ago)).replace(hour=hour)
    return Statement(status, at, TODAY, "shop", by_hand)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "said", "counts"),
    [
        (None, _said("granted"), "said"),
        (_said("revoked", 5), _said("granted", 9), "known"),  # an older yes never undoes a no
        (_said("revoked", 5), _said("granted", 1), "said"),
        (_said("granted", 5), _said("revoked", 1), "said"),
        (_said("granted", 5), _said("denied", 9), "known"),
        (_said("granted", 5, hour=18), _said("denied", 5, hour=8), "said"),  # of one day: the no
        (_said("denied", 5, hour=8), _said("granted", 5, hour=18), "known"),
        (_said("denied", 5), _said("granted"), "known"),  # a yes without a day undoes nothing
        (_said("granted"), _said("denied", 900), "said"),
        (_said("granted"), _said("granted", 900), "said"),
        (_said("granted", 5), _said("denied"), "said"),  # a no without a day is of today
        (_said("revoked", 5), _said("denied"), "known"),
        (_said("denied"), _said("granted", 1), "known"),
        (_said("revoked", 5), _said("granted", -3), "known"),  # a day that has not come yet is none
        (_said("granted", 5, hour=18, by_hand=True), _said("revoked", 5, hour=8), "known"),
        (_said("granted", 5, hour=8, by_hand=True), _said("revoked", 5, hour=18), "said"),
    ],
)
def test_which_of_two_statements_is_in_force(known: Any, said: Any, counts: str) -> None:
    assert in_force(known, said) is {"known": known, "said": said}[counts]


def _statuses(channel: str = "email") -> dict[int, str]:
    table = api.consent_table(channel)
    return dict(zip(table["customer"].to_pylist(), table["status"].to_pylist(), strict=True))


def test_a_file_of_contacts_alone_brings_their_consent(bring: Callable[..., Lake]) -> None:
    lake = bring(
        HEAD + "a@example.org,Ja,opted-out,2026-03-05\nb@example.org,UNSUBSCRIBED,,2026-03-06 10:00\n"
        "c@example.org,never subscribed,yes,\nd@example.org,perhaps,,\n",
        mapping=MAPPING,
        name="people.csv",
    )
    assert _statuses() == {1: "granted", 2: "revoked"}
    assert _statuses("sms") == {1: "revoked", 3: "granted"}
    said = api.consents_of([1])["email"]
    assert (said.at, said.source, said.by_hand) == (datetime(2026, 3, 5, tzinfo=UTC), "shop", False)
    assert api.consented([1, 2, 3, 4]) == {1}
    assert len(lake.files("customers")) == 1


def test_consent_is_not_in_the_lake(bring: Callable[..., Lake]) -> None:
    lake = bring(HEAD + "a@example.org,yes,,2026-03-05\n", mapping=MAPPING, name="people.csv")
    assert not [name for table in lake.tables.values() for name in table.names if name.startswith("consent")]


ORDERS = "Name,Email,Financial Status,Accepts Marketing,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"


def _order(number: int, says: str, day: str) -> str:
    return f"#{number},a@example.org,paid,{says},EUR,10,10,{day} 10:00:00 +0000,1,Tea,10\n#{number},a@example.org,,,,,,,1,Pot,0\n"


def test_an_order_states_consent_on_its_own_day(bring: Callable[..., Lake]) -> None:
    bring(ORDERS + _order(1, "yes", "2026-02-01") + _order(2, "no", "2026-04-01"), name="late.csv")
    assert _statuses() == {1: "denied"}
    bring(ORDERS + _order(3, "yes", "2026-03-01"), name="older.csv")
    assert _statuses() == {1: "denied"}
    bring(ORDERS + _order(4, "yes", "2026-05-01"), name="newer.csv")
    assert _statuses() == {1: "granted"}


def test_the_same_import_again_writes_nothing(bring: Callable[..., Lake]) -> None:
    people = HEAD + "a@example.org,no,yes,\nb@example.org,yes,,2026-01-01\n"
    bring(people, mapping=MAPPING, name="people.csv")
    seen = set(Consent.objects.values_list("pk", "recorded_at"))
    bring(people, mapping=MAPPING, name="people.csv")
    assert set(Consent.objects.values_list("pk", "recorded_at")) == seen


def test_a_date_that_cannot_be_read_loses_no_row(bring: Callable[..., Lake]) -> None:
    bring(
        HEAD + "a@example.org,yes,,0000-00-00\nb@example.org,yes,,soon\n", mapping=MAPPING, name="people.csv"
    )
    assert [one.at for one in Consent.objects.all()] == [None, None]


def test_a_dry_run_keeps_none(bring: Callable[..., Lake]) -> None:
    bring(HEAD + "a@example.org,yes,,\n", mapping=MAPPING, name="people.csv", dry=True)
    assert not Consent.objects.exists()


@pytest.mark.parametrize("few", [0, 1000])
def test_a_person_with_two_numbers_is_as_strict_as_the_stricter(
    bring: Callable[..., Lake], monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(consents, "_FEW", few)
    bring(
        HEAD + "a@example.org,yes,,2026-05-01\nb@example.org,no,,2026-01-01\nc@example.org,yes,,\n",
        mapping=MAPPING,
        name="people.csv",
    )
    Alias.objects.create(customer_id=2, into_id=1)
    assert _statuses() == {1: "denied", 3: "granted"}
    assert api.consented([1, 3]) == {3}
    Consent.objects.filter(customer=2, channel="email").update(status="granted")
    assert api.consented([1, 2, 3]) == {1, 2, 3}
    Consent.objects.filter(customer=1, channel="email").update(status="denied")
    assert api.consented([1, 2, 3]) == {3}  # also under the number of before
    assert api.consents_of([1, 2])["email"].status == "denied"


def test_what_somebody_writes_down_counts_from_that_minute(
    bring: Callable[..., Lake], user: Callable[..., User]
) -> None:
    people = HEAD + "a@example.org,yes,,2026-05-01\n"
    bring(people, mapping=MAPPING, name="people.csv")
    api.write_down(numbers=(1,), channel="email", status="revoked", by=user("service"))
    bring(people, mapping=MAPPING, name="people.csv")
    said = api.consents_of([1])["email"]
    assert (said.status, said.source, said.by_hand) == ("revoked", "Service", True)
    with pytest.raises(InputError):
        api.write_down(numbers=(1,), channel="pigeon", status="granted", by=user("manager"))


def test_what_is_written_down_between_reading_and_writing_of_an_import_stays(
    bring: Callable[..., Lake], user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(
        HEAD + "a@example.org,no,,2026-01-01\nb@example.org,no,,2026-01-01\n",
        mapping=MAPPING,
        name="people.csv",
    )
    by, reading = user("service"), consents._changed

    def read_before(*given: Any, **more: Any) -> Any:
        found = reading(*given, **more)
        api.write_down(numbers=(1,), channel="email", status="revoked", by=by)
        return found

    monkeypatch.setattr(consents, "_changed", read_before)
    bring(
        HEAD + "a@example.org,yes,,2026-05-01\nb@example.org,yes,,2026-05-01\n",
        mapping=MAPPING,
        name="people.csv",
    )
    assert _statuses() == {1: "revoked", 2: "granted"}


def test_consent_is_found_exported_and_erased_with_the_person_and_old_files_bring_none_back(
    bring: Callable[..., Lake], site: Site
) -> None:
    people = HEAD + "a@example.org,yes,,2026-05-01\nb@example.org,yes,,2026-05-01\n"
    bring(people, mapping=MAPPING, name="people.csv")
    bring("order_id,date,email,currency,total\n1,2026-02-01,a@example.org,EUR,5\n")
    found = api.person("a@example.org")
    assert found is not None
    assert [row["status"] for row in export_known(found)["consent"]] == ["granted"]
    privacy.erase(found, by=None)
    bring(people, mapping=MAPPING, name="people.csv")
    bring(
        "order_id,date,email,currency,total,accepts_marketing\n1,2026-02-01,a@example.org,EUR,5,yes\n"
        "2,2099-01-01,a@example.org,EUR,5,\n"
    )
    assert _statuses() == {2: "granted"}


@pytest.mark.parametrize(
    ("name", "text", "statuses"),
    [
        (
            "customers_export.csv",
            "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Country Code,Phone,"
            "Accepts SMS Marketing,Total Spent,Total Orders\n'7,Anna,Berg,a@example.org,yes,DE,'+4930123456,no,10.00,1\n",
            {"email": "granted", "sms": "denied"},
        ),
        (
            "profiles.csv",
            "Email,Klaviyo ID,First Name,Last Name,Country,Email Marketing Consent\na@example.org,01ABC,Anna,Berg,Germany,UNSUBSCRIBED\n",
            {"email": "revoked"},
        ),
        (
            "subscribed_members_export_1.csv",
            "Email Address,First Name,Last Name,OPTIN_TIME,CONFIRM_TIME,CC,LEID,EUID\na@example.org,Anna,Berg,,2026-03-01 10:00:00,DE,1,x\n",
            {"email": "granted"},
        ),
        (
            "unsubscribed_members_export_1.csv",
            "Email Address,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,CC,LEID,EUID\na@example.org,2026-03-01 10:00:00,Spring,DE,1,x\n",
            {"email": "revoked"},
        ),
        ("liste.csv", "E-Mail;Name;Newsletter-Anmeldung\na@example.org;Anna Berg;ja\n", {"email": "granted"}),
    ],
)  # fmt: skip
def test_exports_of_people_are_known(
    bring: Callable[..., Lake], name: str, text: str, statuses: dict[str, str]
) -> None:
    bring(text, name=name)
    assert {channel: one.status for channel, one in api.consents_of([1]).items()} == statuses


def test_the_time_of_an_old_yes_does_not_date_a_no(bring: Callable[..., Lake]) -> None:
    bring(HEAD + "a@example.org,yes,,2026-01-01\n", mapping=MAPPING, name="people.csv")
    bring(
        "Email,Klaviyo ID,Email Marketing Consent,$consent_timestamp\na@example.org,01ABC,UNSUBSCRIBED,2023-05-01 10:00:00\n",
        name="profiles.csv",
    )
    assert _statuses() == {1: "revoked"}
