"""The alerts pages: watched, tried on the past, found, muted, stopped; webhooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.platform.core.api import User, start_job
from regulars.platform.insights.models import AlertNotice, AlertRule, Webhook
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "figure": "orders",
    "grain": "quarter",
    "market": "",
    "segment": "",
    "side": "above",
    "limit": "1",
    "name": "Busy",
}


def test_an_empty_page_says_what_would_be_here(site: Site, signed_in: Callable[..., Client]) -> None:
    assert "Be told when something changes." in signed_in("reader").get("/alerts").content.decode()


@pytest.mark.parametrize("kind", ["limit", "unusual", "size", "entered"])
def test_each_kind_has_its_form(computed: Site, signed_in: Callable[..., Client], kind: str) -> None:
    text = signed_in("manager").get(f"/alerts/new?kind={kind}").content.decode()
    assert ('name="figure"' in text) == (kind in ("limit", "unusual"))
    assert ('name="limit"' in text) == (kind != "unusual")
    assert ("There is no segment yet" in text) == (kind in ("size", "entered"))


def test_an_alert_is_tried_watched_found_seen_muted_and_stopped(
    computed: Site, signed_in: Callable[..., Client], work: Callable[[], None],
    django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    client = signed_in("manager")
    me = User.objects.get().pk
    tried = client.post("/alerts/new?kind=limit", FORM | {"try": "1"}).content.decode()
    assert "rises above 1" in tried and "would never have fired" in tried and not AlertRule.objects.exists()
    client.post("/alerts/new?kind=limit", {**FORM, "users": [me], "by_mail": "on", "save": "1"})
    number = AlertRule.objects.get().pk
    start_job(kind="alerts.evaluate")
    work()
    client.get("/alerts")
    with django_assert_num_queries(10):  # type: ignore[attr-defined]
        text = client.get("/alerts").content.decode()
    assert (
        "1 of them is beyond" in text
        and "above the limit of 1" in text
        and "Mark 1 new finding as seen" in text
    )
    client.post("/alerts/seen")
    assert AlertNotice.objects.get().seen_at
    client.post(f"/alerts/{number}/mute", {"days": "7"})
    assert "Muted until" in client.get(f"/alerts/{number}").content.decode()
    client.post(f"/alerts/{number}/mute")
    assert AlertRule.objects.get().muted_until is None
    client.post(f"/alerts/{number}/stop")
    assert "Busy" in client.get("/alerts?tab=stopped").content.decode()
    client.post(f"/alerts/{number}/stop")
    assert AlertRule.objects.get().archived_at is None


def test_who_is_limited_sees_alerts_of_their_markets_only(
    computed: Site, signed_in: Callable[..., Client]
) -> None:
    signed_in("manager").post("/alerts/new?kind=limit", FORM | {"market": "DE", "save": "1"})
    number = AlertRule.objects.get().pk
    norwegian = signed_in("analyst", markets=["NO"])
    assert norwegian.get(f"/alerts/{number}").status_code == 404
    assert norwegian.post(f"/alerts/{number}/stop").status_code == 404
    assert "Busy" not in norwegian.get("/alerts").content.decode()
    norwegian.post("/alerts/new?kind=limit", FORM | {"market": "DE", "save": "1"})
    assert AlertRule.objects.count() == 1


def test_a_webhooks_secret_is_shown_once(site: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager")
    made = client.post(
        "/alerts/webhooks", {"name": "Chat", "url": "https://chat.example.org/in?token=x"}
    ).content.decode()
    assert "whsec_" in made and "token=x" not in made
    assert "whsec_" not in client.get("/alerts/webhooks").content.decode()
    number = Webhook.objects.get().pk
    assert "whsec_" in client.post(f"/alerts/webhooks/{number}", {"what": "secret"}).content.decode()
    client.post(f"/alerts/webhooks/{number}", {"what": "off"})
    assert Webhook.objects.get().disabled_because == "person"
    client.post(f"/alerts/webhooks/{number}", {"what": "remove"})
    assert "There is no webhook yet." in client.get("/alerts/webhooks").content.decode()


def test_an_address_inside_is_refused_at_its_field(site: Site, signed_in: Callable[..., Client]) -> None:
    text = (
        signed_in("manager")
        .post("/alerts/webhooks", {"name": "x", "url": "https://169.254.169.254/"})
        .content.decode()
    )
    assert "This address cannot be called." in text and not Webhook.objects.exists()
