"""The goals pages: written, checked, set, looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.platform.insights.models import Goal
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "figure": "retention_rate", "market": "DE", "segment": "", "grain": "quarter", "direction": "raise", "change": "10",
    "kind": "relative", "due": "2026-06-30", "owner": "", "reason": "", "name": "Keep Germany",
}  # fmt: skip


def test_an_empty_page_invites_to_set_one(site: Site, signed_in: Callable[..., Client]) -> None:
    assert "Set the first goal" in signed_in().get("/goals").content.decode()
    reader = signed_in("reader").get("/goals").content.decode()
    assert "What do you want to reach?" in reader and "Set the first goal" not in reader


def test_a_goal_is_checked_then_set_then_shown(
    computed: Site, signed_in: Callable[..., Client], django_assert_num_queries: Callable[[int], object]
) -> None:
    client = signed_in("manager")
    assert client.get("/goals/new").status_code == 200
    checked = client.post("/goals/new", FORM | {"check": "1"}).content.decode()
    assert (
        "10% more, that is" in checked
        and "Nobody is responsible yet" in checked
        and "Set this goal" in checked
    )
    assert not Goal.objects.exists()
    answer = client.post("/goals/new", FORM | {"set": "1"})
    goal = Goal.objects.get()
    assert answer.headers["Location"] == f"/goals/{goal.pk}"
    client.get("/goals")
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        listed = client.get("/goals").content.decode()
    assert "Keep Germany" in listed and "1 goal is open" in listed
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        shown = client.get(f"/goals/{goal.pk}").content.decode()
    assert "<svg" in shown and 'style="' not in shown and "Letter by letter" in shown


def test_it_must_be_said_whether_per_cent_or_points_are_meant(
    computed: Site, signed_in: Callable[..., Client]
) -> None:
    answer = signed_in("manager").post("/goals/new", {**FORM, "kind": "", "check": "1"}).content.decode()
    assert "This field is required." in answer and not Goal.objects.exists()


def test_a_day_too_near_is_said_at_its_field(computed: Site, signed_in: Callable[..., Client]) -> None:
    answer = (
        signed_in("manager").post("/goals/new", {**FORM, "due": "2024-01-31", "set": "1"}).content.decode()
    )
    assert "Choose a later day." in answer and not Goal.objects.exists()


def test_a_goal_is_let_go_and_taken_up_again(computed: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager")
    client.post("/goals/new", FORM | {"set": "1"})
    number = Goal.objects.get().pk
    assert client.get(f"/goals/{number}/drop").status_code == 405
    client.post(f"/goals/{number}/drop")
    assert "Keep Germany" in client.get("/goals?tab=over").content.decode()
    client.post(f"/goals/{number}/take-up")
    assert Goal.objects.get().state == "open"


def test_who_is_limited_sees_and_sets_goals_of_their_markets_only(
    computed: Site, signed_in: Callable[..., Client]
) -> None:
    signed_in("manager").post("/goals/new", FORM | {"set": "1"})
    number = Goal.objects.get().pk
    norwegian = signed_in("analyst", markets=["NO"])
    assert norwegian.get(f"/goals/{number}").status_code == 404
    assert norwegian.post(f"/goals/{number}/drop").status_code == 404
    assert "Keep Germany" not in norwegian.get("/goals").content.decode()
    form = norwegian.get("/goals/new").content.decode()
    assert "All markets" not in form and 'value="NO"' in form and 'value="DE"' not in form
    norwegian.post("/goals/new", FORM | {"set": "1"})
    assert Goal.objects.count() == 1


def test_in_german(computed: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager", language="de")
    client.post("/goals/new", FORM | {"set": "1"})
    text = client.get(f"/goals/{Goal.objects.get().pk}").content.decode()
    assert 'lang="de"' in text and "Q2 2026" in text
