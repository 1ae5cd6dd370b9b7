"""Scheduled reports: made once a due date, in each reader's language, mailed, kept for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from regulars.kernel.errors import InputError
from regulars.platform.core import schedules as core_schedules
from regulars.platform.core.api import User, start_job
from regulars.platform.core.models import Job, Mail
from regulars.platform.insights.api import reports
from regulars.platform.insights.models import MadeReport, ReportSchedule
from regulars.platform.site import Site
from support.postman import Postman

pytestmark = pytest.mark.django_db(transaction=True)
PLAN = reports.Plan("week", 7, "Europe/Berlin", mail="file")


@pytest.fixture
def boss(user: Callable[..., User]) -> User:
    return user("manager", language="de")


def test_a_report_is_made_once_for_its_due_date_whatever_happens(
    computed: Site, boss: User, user: Callable[..., User], work: Callable[[], None]
) -> None:
    reader = user("reader", language="en")
    number = reports.make_schedule(by=boss, plan=replace(PLAN, users=(boss.pk, reader.pk)), name="Monday")
    for _ in range(2):
        start_job(kind="reports.make", schedule=number)
        work()
    assert sorted(MadeReport.objects.values_list("language", flat=True)) == ["de", "en"]
    assert Mail.objects.count() == 2
    page = reports.reports(user=boss)[0].file.read_text(encoding="utf-8")
    assert '<html lang="de"' in page and "mail.test" not in page
    for mail in Mail.objects.all():
        assert (computed.reports / mail.attachments[0]).exists()


def test_the_report_comes_as_a_file_by_mail(
    computed: Site, boss: User, work: Callable[[], None], postman: Postman
) -> None:
    start_job(
        kind="reports.make", schedule=reports.make_schedule(by=boss, plan=replace(PLAN, users=(boss.pk,)))
    )
    work()
    (message,) = postman.got
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "text/html" and attached.get_content().startswith("<!doctype html>")
    assert message["To"] == boss.email and "/reports/" in message.get_body().get_content()


def test_half_a_report_is_made_whole_by_the_next_attempt(
    computed: Site, boss: User, work: Callable[[], None]
) -> None:
    number = reports.make_schedule(by=boss, plan=replace(PLAN, users=(boss.pk,)))
    start_job(kind="reports.make", schedule=number)
    work()
    file = reports.reports(user=boss)[0].file
    MadeReport.objects.all().delete()  # the worker died between the file and its row
    start_job(kind="reports.make", schedule=number)
    work()
    assert [one.file for one in reports.reports(user=boss)] == [file] and len(
        list(computed.reports.iterdir())
    ) == 1


def test_the_schedule_starts_it_when_it_is_due(boss: User) -> None:
    number = reports.make_schedule(by=boss, plan=PLAN)
    core_schedules.start_due(datetime(2026, 3, 3, tzinfo=UTC))
    assert not Job.objects.filter(kind="reports.make").exists()
    core_schedules.start_due(datetime(2026, 3, 9, 6, 0, 1, tzinfo=UTC))
    core_schedules.start_due(datetime(2026, 3, 9, 6, 5, tzinfo=UTC))
    assert Job.objects.get(kind="reports.make").arguments == {"schedule": number}


def test_a_changed_rhythm_is_due_anew(boss: User) -> None:
    number = reports.make_schedule(by=boss, plan=PLAN)
    core_schedules.start_due(datetime(2026, 3, 3, tzinfo=UTC))
    reports.change_schedule(by=boss, number=number, plan=replace(PLAN, weekday=3), name="Thursday")
    core_schedules.start_due(datetime(2026, 3, 4, tzinfo=UTC))
    core_schedules.start_due(datetime(2026, 3, 5, 6, 1, tzinfo=UTC))
    assert Job.objects.filter(kind="reports.make").count() == 1


def test_a_stopped_report_is_not_due(boss: User) -> None:
    number = reports.make_schedule(by=boss, plan=PLAN)
    reports.stop_schedule(by=boss, number=number)
    assert reports.schedule(user=boss, number=number).next_due is None  # type: ignore[union-attr]
    reports.stop_schedule(by=boss, number=number, again=True)
    assert reports.schedule(user=boss, number=number).next_due is not None  # type: ignore[union-attr]


def test_only_the_newest_are_kept(computed: Site, boss: User, work: Callable[[], None]) -> None:
    number = reports.make_schedule(by=boss, plan=replace(PLAN, keep=1, mail="none"))
    for day in ("2026-03-02", "2026-03-09"):
        start_job(kind="reports.make", schedule=number, due=f"{day}T06:00:00+00:00")
        work()
    assert [one.due.day for one in reports.reports(user=boss)] == [9]
    assert len(list(computed.reports.iterdir())) == 1 and not Mail.objects.exists()


def test_those_with_limits_are_refused_and_see_none(
    computed: Site, boss: User, user: Callable[..., User]
) -> None:
    german = user("analyst", markets=["DE"])
    reports.make_schedule(by=boss, plan=PLAN)
    with pytest.raises(InputError):
        reports.make_schedule(by=boss, plan=replace(PLAN, users=(german.pk,)))
    with pytest.raises(InputError):
        reports.make_schedule(by=german, plan=PLAN)
    assert reports.schedules(user=german) == [] and reports.reports(user=german) == []
    assert ReportSchedule.objects.count() == 1


def test_a_market_has_a_report_of_its_own_for_those_who_may_see_it(
    computed: Site, boss: User, user: Callable[..., User], work: Callable[[], None]
) -> None:
    german = user("analyst", markets=["DE"], language="en")
    romanian = user("reader", markets=["RO"])
    plan = replace(PLAN, market="DE", users=(german.pk,))
    with pytest.raises(InputError):
        reports.make_schedule(by=german, plan=replace(plan, users=(romanian.pk,)))
    number = reports.make_schedule(by=german, plan=plan)
    start_job(kind="reports.make", schedule=number)
    work()
    (made,) = reports.reports(user=german)
    assert (made.market, Mail.objects.get().to) == ("DE", german.email)
    page = made.file.read_text(encoding="utf-8")
    assert "Germany" in page and "Romania" not in page and "Norway" not in page
    assert 'id="bridge"' not in page and 'id="costs"' not in page and 'id="whatif"' in page
    assert reports.reports(user=romanian) == [] and reports.report(user=romanian, number=made.number) is None
    assert [one.market for one in reports.reports(user=boss)] == ["DE"]


def test_a_report_over_all_markets_stays_one_when_its_schedule_becomes_one_of_a_market(
    computed: Site, boss: User, user: Callable[..., User], work: Callable[[], None]
) -> None:
    number = reports.make_schedule(by=boss, plan=PLAN)
    start_job(kind="reports.make", schedule=number)
    work()
    reports.change_schedule(by=boss, number=number, plan=replace(PLAN, market="DE"), name="Germany")
    german = user("analyst", markets=["DE"])
    assert len(reports.schedules(user=german)) == 1 and reports.reports(user=german) == []


def test_a_report_over_all_markets_is_never_mailed_to_the_readers_of_a_market(
    computed: Site, boss: User, user: Callable[..., User], work: Callable[[], None]
) -> None:
    number = reports.make_schedule(by=boss, plan=replace(PLAN, users=(boss.pk,)))
    due = "2026-03-02T06:00:00+00:00"
    start_job(kind="reports.make", schedule=number, due=due)
    work()
    Mail.objects.all().delete()  # the worker died between the report and its mail
    german = user("analyst", markets=["DE"], language="de")
    plan = replace(PLAN, market="DE", users=(german.pk,))
    reports.change_schedule(by=boss, number=number, plan=plan, name="Germany")
    start_job(kind="reports.make", schedule=number, due=due)
    work()
    (own,) = reports.reports(user=german)
    mail = Mail.objects.get()
    assert (mail.to, mail.attachments) == (german.email, [own.file.name])
    assert "Rumänien" not in own.file.read_text(encoding="utf-8")
    whole = next(one for one in reports.reports(user=boss) if not one.market)
    assert whole.file != own.file and "Rumänien" in whole.file.read_text(encoding="utf-8")


def test_who_reads_on_when_a_report_turns_to_a_market_is_mailed_that_too(
    computed: Site, boss: User, work: Callable[[], None]
) -> None:
    number = reports.make_schedule(by=boss, plan=replace(PLAN, users=(boss.pk,)))
    for market in ("", "DE", "DE"):
        plan = replace(PLAN, market=market, users=(boss.pk,))
        reports.change_schedule(by=boss, number=number, plan=plan, name="Monday")
        start_job(kind="reports.make", schedule=number, due="2026-03-02T06:00:00+00:00")
        work()
    assert Mail.objects.count() == MadeReport.objects.count() == 2


def test_a_report_stays_about_its_market_when_that_has_few_customers_by_now(
    computed: Site, boss: User
) -> None:
    number = reports.make_schedule(by=boss, plan=replace(PLAN, market="DE"))
    ReportSchedule.objects.update(market="XX")
    reports.change_schedule(by=boss, number=number, plan=replace(PLAN, market="XX", hour=9), name="Monday")
    found = reports.schedule(user=boss, number=number)
    assert found is not None and (found.market, found.hour) == ("XX", 9)


def test_a_market_with_few_customers_has_no_report(computed: Site, boss: User) -> None:
    with pytest.raises(InputError):
        reports.make_schedule(by=boss, plan=replace(PLAN, market="XX"))


def test_who_was_limited_since_gets_none(
    computed: Site, boss: User, user: Callable[..., User], work: Callable[[], None]
) -> None:
    other = user("analyst")
    number = reports.make_schedule(by=boss, plan=replace(PLAN, users=(other.pk,)))
    User.objects.filter(pk=other.pk).update(markets=["DE"])
    start_job(kind="reports.make", schedule=number)
    work()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"zone": "Mars/Base"}, {"day": 0}, {"hour": 24}, {"every": "hour"}, {"keep": 0}, {"mail": "fax"}],
)
def test_a_rhythm_that_is_none_is_refused(boss: User, changes: dict[str, object]) -> None:
    with pytest.raises(InputError):
        reports.make_schedule(by=boss, plan=replace(PLAN, **changes))  # type: ignore[arg-type]


def test_before_anything_is_computed_nothing_is_made(
    site: Site, boss: User, work: Callable[[], None]
) -> None:
    start_job(kind="reports.make", schedule=reports.make_schedule(by=boss, plan=PLAN))
    work()
    assert not MadeReport.objects.exists()
