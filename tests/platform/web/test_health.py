"""What machines ask: health, readiness, meters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from regulars.platform.core import heartbeat


def test_health_asks_no_database(client: Client) -> None:
    assert client.get("/health").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_once_a_worker_was_seen(client: Client) -> None:
    assert client.get("/ready").status_code == 503
    heartbeat.beat(now=timezone.now())
    assert client.get("/ready").json() == {"status": "ok", "database": True, "worker": True}


@pytest.mark.django_db
def test_a_worker_that_was_last_seen_long_ago_is_late(client: Client) -> None:
    heartbeat.beat(now=timezone.now() - timedelta(minutes=2))
    assert client.get("/ready").json() == {"status": "not ready", "database": True, "worker": False}


@pytest.mark.django_db
def test_meters_are_for_this_machine(client: Client) -> None:
    client.get("/health")
    text = client.get("/metrics").content.decode()
    assert 'regulars_jobs{state="waiting"} 0' in text and 'le="+Inf"' in text
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 403


@pytest.mark.django_db
def test_with_a_token_only_the_token_counts(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_METRICS_TOKEN", "secret of the meters")
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer secret of the meters"}).status_code == 200


@pytest.mark.django_db
def test_behind_a_proxy_that_is_not_known_nobody_is_this_machine(client: Client, settings: Any) -> None:
    settings.SECURE = True
    assert client.get("/metrics").status_code == 403
