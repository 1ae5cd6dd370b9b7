"""The reports pages: scheduled, made, opened under a policy of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from regulars.platform.core.api import User
from regulars.platform.insights.models import MadeReport, ReportSchedule
from regulars.platform.site import Site

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "name": "Monday", "every": "week", "weekday": "0", "day": "1", "hour": "7", "zone": "Europe/Berlin", "mail": "link",
    "keep": "12",
}  # fmt: skip


def test_an_empty_page_invites_to_schedule_one(site: Site, signed_in: Callable[..., Client]) -> None:
    assert "Have the figures come to you." in signed_in("reader").get("/reports").content.decode()


def test_a_report_is_scheduled_made_and_opened(
    computed: Site, signed_in: Callable[..., Client], work: Callable[[], None],
    django_assert_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    client = signed_in("manager")
    client.post("/reports/new", {**FORM, "users": [User.objects.get().pk]})
    number = ReportSchedule.objects.get().pk
    client.post(f"/reports/schedules/{number}/now")
    client.post(f"/reports/schedules/{number}/now")
    assert "A report is being made." in client.get("/reports").content.decode()
    work()
    report = MadeReport.objects.get()
    with django_assert_num_queries(8):  # type: ignore[attr-defined]
        text = client.get("/reports").content.decode()
    assert "Every week on Monday at 07:00 (Europe/Berlin)" in text and report.title in text
    page = client.get(f"/reports/{report.pk}")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "sandbox" in policy
    assert page.content.startswith(b"<!doctype html>") or b"<!doctype html>" in page.content[:100]
    saved = client.get(f"/reports/{report.pk}?save=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_a_schedule_is_changed_and_stopped(computed: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager")
    client.post("/reports/new", FORM)
    number = ReportSchedule.objects.get().pk
    client.post(f"/reports/schedules/{number}", FORM | {"every": "month", "day": "31"})
    assert "Every month on day 31" in client.get("/reports").content.decode()
    client.post(f"/reports/schedules/{number}/stop")
    assert "stopped" in client.get("/reports").content.decode()


def test_who_is_limited_is_told_why_there_are_none(
    computed: Site, signed_in: Callable[..., Client], work: Callable[[], None]
) -> None:
    client = signed_in("manager")
    client.post("/reports/new", FORM)
    client.post(f"/reports/schedules/{ReportSchedule.objects.get().pk}/now")
    work()
    german = signed_in("analyst", markets=["DE"])
    assert "There is no report about your markets yet." in german.get("/reports").content.decode()
    assert german.get(f"/reports/{MadeReport.objects.get().pk}").status_code == 404
    assert ">All markets<" not in german.get("/reports/new").content.decode()
    assert german.post("/reports/new", FORM).status_code == 200 and ReportSchedule.objects.count() == 1


def test_who_is_limited_schedules_a_report_about_their_market(
    computed: Site, signed_in: Callable[..., Client], work: Callable[[], None]
) -> None:
    german = signed_in("analyst", markets=["DE"])
    made = german.post("/reports/new", FORM | {"market": "DE"})
    assert made.status_code == 302
    german.post(f"/reports/schedules/{ReportSchedule.objects.get().pk}/now")
    work()
    text = german.get("/reports").content.decode()
    assert "<td>Germany</td>" in text
    assert "Germany" in german.get(f"/reports/{MadeReport.objects.get().pk}").content.decode()
    assert signed_in("manager").post("/reports/new", FORM | {"market": "XX"}).status_code == 200


def test_a_change_leaves_a_report_about_its_market_where_that_is_no_choice_any_more(
    computed: Site, signed_in: Callable[..., Client]
) -> None:
    client = signed_in("manager")
    client.post("/reports/new", FORM | {"market": "DE"})
    ReportSchedule.objects.update(market="SE")  # too few customers for a new report
    number = ReportSchedule.objects.get().pk
    text = client.get(f"/reports/schedules/{number}").content.decode()
    assert '<option value="SE" selected>Sweden</option>' in text
    assert (
        client.post(f"/reports/schedules/{number}", FORM | {"market": "SE", "hour": "9"}).status_code == 302
    )
    assert ReportSchedule.objects.values_list("market", "hour").get() == ("SE", 9)
    assert '"SE"' not in client.get("/reports/new").content.decode()
    swede = signed_in("analyst", markets=["SE"])
    text = swede.get("/reports").content.decode()
    assert f"/reports/schedules/{number}/stop" in text and "/reports/new" not in text
    assert swede.post(f"/reports/schedules/{number}/stop").status_code == 302


def test_a_report_whose_file_is_gone_is_not_there(computed: Site, signed_in: Callable[..., Client]) -> None:
    client = signed_in("manager")
    client.post("/reports/new", FORM)
    made = MadeReport.objects.create(
        schedule=ReportSchedule.objects.get(), due="2026-01-05T06:00Z", language="en", file="gone.html", title="x",
        as_of="2026-01-01", lake_version=1, size=1,
    )  # fmt: skip
    assert client.get(f"/reports/{made.pk}").status_code == 404
