"""Alerts on computed figures and on segments; the mail goes to a real server on this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from regulars.kernel.errors import InputError
from regulars.platform.core.api import User, start_job
from regulars.platform.core.models import Job, Mail
from regulars.platform.insights import alerts_tell
from regulars.platform.insights.api import alerts, open_findings
from regulars.platform.insights.models import (
    AlertFinding,
    AlertNotice,
    AlertRule,
    Segment,
    SegmentSize,
    Webhook,
)
from regulars.platform.insights.models import WebhookDelivery as Delivery
from regulars.platform.site import Site
from support.postman import Postman

pytestmark = pytest.mark.django_db(transaction=True)
HIGH = alerts.Watch("limit", "orders", "quarter", side="above", limit=Decimal(0))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerts_tell, "GATHER", timedelta(0))


@pytest.fixture
def boss(user: Callable[..., User]) -> User:
    return user("manager")


@pytest.fixture
def look(work: Callable[[], None]) -> Callable[[], None]:
    def again() -> None:
        start_job(kind="alerts.evaluate")
        work()

    return again


def _segment(entered: int, customers: int, day: date = date(2025, 12, 1)) -> Segment:
    segment, _ = Segment.objects.get_or_create(
        slug="often", defaults={"name": "Often", "rule": "orders >= 3"}
    )
    markets = {
        "DE": {"customers": customers, "entered": entered},
        "NO": {"customers": 1, "entered": 0},
    }
    SegmentSize.objects.create(
        segment=segment, day=day, snapshot=1, revision=1, size=customers + 1, markets=markets
    )
    return segment


def test_a_crossed_limit_is_found_once_however_often_it_is_looked_at(
    computed: Site, boss: User, look: Callable[[], None]
) -> None:
    alerts.watch(by=boss, wish=replace(HIGH, users=(boss.pk,)))
    look()
    look()
    found = AlertFinding.objects.get()
    assert Decimal(found.facts["value"]) > 0 and not AlertRule.objects.get().armed
    assert open_findings(boss)[0].sentence.startswith("Orders of all customers was ")
    assert Mail.objects.count() == 1


def test_two_findings_of_one_look_are_one_mail_in_the_readers_language(
    computed: Site, user: Callable[..., User], look: Callable[[], None], postman: Postman
) -> None:
    boss = user("manager", language="de")
    for market in ("", "DE"):
        alerts.watch(by=boss, wish=replace(HIGH, market=market, users=(boss.pk,)))
    look()
    assert len(postman.got) == 1
    message = postman.got[0]
    assert message["To"] == "manager@example.org" and "2" in message["Subject"]
    text = message.get_body().get_content()
    assert "Deutschland" in text and text.count("/alerts") == 3


def test_within_an_hour_the_rest_is_collected(computed: Site, boss: User, look: Callable[[], None]) -> None:
    alerts.watch(by=boss, wish=replace(HIGH, users=(boss.pk,)))
    look()
    alerts.watch(by=boss, wish=replace(HIGH, market="DE", users=(boss.pk,)))
    look()
    assert Mail.objects.count() == 1
    assert Job.objects.filter(kind="alerts.tell", state="waiting").count() == 1
    AlertNotice.objects.filter(mailed_at__isnull=False).update(mailed_at="2020-01-01T00:00Z")
    Job.objects.filter(kind="alerts.tell", state="waiting").delete()
    alerts_tell.ask(boss)
    look()
    assert Mail.objects.count() == 2


def test_it_fires_again_only_after_it_was_back(computed: Site, boss: User, look: Callable[[], None]) -> None:
    number = alerts.watch(by=boss, wish=HIGH)
    look()
    AlertFinding.objects.update(cause=date(2020, 1, 1))  # as if it had been an earlier period
    look()
    assert AlertFinding.objects.count() == 1
    AlertRule.objects.filter(pk=number).update(limit=Decimal(10**9))
    look()
    AlertRule.objects.filter(pk=number).update(limit=Decimal(0))
    look()
    assert AlertFinding.objects.count() == 2


def test_a_muted_rule_is_listed_and_tells_nobody(
    computed: Site, boss: User, look: Callable[[], None]
) -> None:
    number = alerts.watch(by=boss, wish=replace(HIGH, users=(boss.pk,)))
    alerts.mute(by=boss, number=number, until=date(2099, 1, 1))
    look()
    assert AlertFinding.objects.get().muted and not Mail.objects.exists() and open_findings(boss) == []
    assert [one.muted for one in alerts.findings(user=boss)] == [True]


def test_unusual_waits_for_a_year_and_then_compares(
    computed: Site, boss: User, look: Callable[[], None]
) -> None:
    alerts.watch(by=boss, wish=alerts.Watch("unusual", "orders", "month"))
    look()
    assert AlertRule.objects.get().seen.get("expected") and not AlertRule.objects.get().seen.get("waits")
    quiet = alerts.preview(alerts.Watch("unusual", "orders", "month"), user=boss)
    assert quiet.of == 12 and not quiet.waits


def test_so_many_who_entered_are_told_by_day(
    user: Callable[..., User], boss: User, work: Callable[[], None]
) -> None:
    segment = _segment(entered=5, customers=40)
    wish = alerts.Watch("entered", segment=segment.pk, limit=Decimal(5), users=(boss.pk,))
    alerts.watch(by=boss, wish=wish)
    alerts.watch(by=boss, wish=replace(wish, market="NO"))
    for _ in range(2):
        start_job(kind="alerts.segment", segment=segment.pk)
        work()
    assert [one.sentence for one in open_findings(boss)] == ["5 customers entered 'Often' on 1 Dec 2025."]


def test_a_size_is_watched_with_hysteresis(boss: User, work: Callable[[], None]) -> None:
    segment = _segment(entered=0, customers=40)
    alerts.watch(
        by=boss, wish=alerts.Watch("size", segment=segment.pk, market="DE", side="below", limit=Decimal(50))
    )
    for day, size in ((2, 30), (3, 60), (4, 45)):
        start_job(kind="alerts.segment", segment=segment.pk)
        work()
        _segment(0, size, date(2025, 12, day))
    start_job(kind="alerts.segment", segment=segment.pk)
    work()
    assert list(AlertFinding.objects.order_by("cause").values_list("cause", flat=True)) == [
        date(2025, 12, 1),
        date(2025, 12, 4),
    ]


def test_the_preview_counts_what_would_have_fired(computed: Site, boss: User) -> None:
    never = alerts.preview(replace(HIGH, limit=Decimal(10**9)), user=boss)
    assert (never.fired, never.of) == (0, 4)
    once = alerts.preview(replace(HIGH, limit=Decimal(0)), user=boss)
    assert once.fired == 0 and "rises above 0" in once.watches  # it was above already before the year


def test_a_program_gets_the_reason_and_a_link_and_no_names(
    computed: Site, boss: User, look: Callable[[], None]
) -> None:
    hook = Webhook.objects.create(name="Chat", url="https://hooks.example.org/x", nonce="1")
    alerts.watch(by=boss, wish=replace(HIGH, users=(boss.pk,), webhooks=(hook.pk,)))
    look()
    body = Delivery.objects.get().body
    assert '"type":"alert.fired"' in body and "above the limit" in body and "/alerts/" in body
    assert boss.email not in body and boss.name not in body


def test_market_limits_hold(
    computed: Site, boss: User, user: Callable[..., User], look: Callable[[], None]
) -> None:
    german, norwegian = user("analyst", markets=["DE"]), user("reader", markets=["NO"])
    alerts.watch(by=german, wish=replace(HIGH, market="DE", users=(german.pk,)))
    alerts.watch(by=boss, wish=HIGH)
    look()
    assert len(alerts.alerts(user=german)) == 1 and len(alerts.findings(user=german)) == 1
    assert alerts.alerts(user=norwegian) == [] and alerts.findings(user=norwegian) == []
    with pytest.raises(InputError):
        alerts.watch(by=german, wish=HIGH)
    with pytest.raises(InputError):
        alerts.watch(by=boss, wish=replace(HIGH, users=(norwegian.pk,)))


def test_who_was_limited_since_is_not_told(
    computed: Site, boss: User, user: Callable[..., User], look: Callable[[], None]
) -> None:
    other = user("analyst")
    alerts.watch(by=boss, wish=replace(HIGH, users=(other.pk,)))
    User.objects.filter(pk=other.pk).update(markets=["DE"])
    look()
    assert not Mail.objects.exists() and not AlertNotice.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"kind": "?"}, {"figure": "?"}, {"grain": "day"}, {"side": ""}, {"limit": None}, {"kind": "size"}, {"segment": 77},
     {"kind": "unusual", "grain": "year"}, {"kind": "entered", "limit": Decimal(0)}],
)  # fmt: skip
def test_what_cannot_be_watched_is_refused(boss: User, changes: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        alerts.watch(by=boss, wish=replace(HIGH, **changes))
    assert not AlertRule.objects.exists()


def test_seen_is_a_persons_own(
    computed: Site, boss: User, user: Callable[..., User], look: Callable[[], None]
) -> None:
    other = user("analyst")
    alerts.watch(by=boss, wish=replace(HIGH, users=(boss.pk, other.pk)))
    look()
    assert alerts.mark_seen(user=boss) == 1
    assert open_findings(boss) == [] and len(open_findings(other)) == 1
