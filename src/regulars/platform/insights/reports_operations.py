"""Reports on a schedule: setting them up, making them, keeping the newest, mailing them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regulars.kernel.errors import InputError
from regulars.lake.durable import replace_file
from regulars.platform.core.api import Recurring, Running, User, get_setting, record, send_mail, start_job
from regulars.platform.insights.models import MadeReport, ReportSchedule, Snapshot
from regulars.platform.insights.rules.due import Rhythm, last_due, next_due
from regulars.platform.insights.segments_working import at_work, current_snapshot
from regulars.report import LANGUAGES, ReportContent, ReportOptions, build, render_html, words
from regulars.report.sentences import title

MAKE = "reports.make"


@dataclass(frozen=True)
class Plan:
    """When and for whom. `every` week: on `weekday` (0 is Monday); month: on `day`, the last one where it is shorter.

    `mail`: file, link or none. `keep`: how many reports of a language are kept. `users`: numbers. `market`: the one
    whose customers it is about; empty: all.
    """

    every: str
    hour: int
    zone: str
    weekday: int = 0
    day: int = 1
    users: tuple[int, ...] = ()
    mail: str = "link"
    keep: int = 12
    market: str = ""


def rhythm_of(row: ReportSchedule) -> Rhythm:
    return Rhythm("week" if row.every == "week" else "month", row.weekday, row.day, row.hour, row.zone)


def make_schedule(*, by: User, plan: Plan, name: str = "") -> int:
    """A report that comes again; returns its number. Raises InputError for readers who may not see what it is about."""
    users = _readers(by, plan)
    with transaction.atomic():
        row = ReportSchedule.objects.create(by=by, name=name.strip()[:160] or _("Report"), **_rhythm(plan))
        row.users.set(users)
        record(
            user=by,
            action="report.scheduled",
            object=f"report:{row.pk}",
            every=plan.every,
            market=plan.market,
        )
    return int(row.pk)


def change_schedule(*, by: User, number: int, plan: Plan, name: str) -> None:
    """Another rhythm or other readers. The next report comes by the new rhythm. It may stay about the market that it is
    about, also where that has too few customers by now."""
    users = _readers(by, plan, own=ReportSchedule.objects.filter(pk=number).values_list("market", flat=True))
    with transaction.atomic():
        ReportSchedule.objects.filter(pk=number).update(
            name=name.strip()[:160] or _("Report"), revision=F("revision") + 1, **_rhythm(plan)
        )
        ReportSchedule.objects.get(pk=number).users.set(users)
        record(user=by, action="report.changed", object=f"report:{number}", market=plan.market)


def stop_schedule(*, by: User, number: int, again: bool = False) -> None:
    """Make no more reports; those made stay. `again` undoes it, without making up for what was missed."""
    with transaction.atomic():
        ended = None if again else timezone.now()
        ReportSchedule.objects.filter(pk=number).update(archived_at=ended, revision=F("revision") + 1)
        record(user=by, action="report.resumed" if again else "report.stopped", object=f"report:{number}")


def make_now(*, by: User, number: int) -> int:
    """Make the report of this minute, beside those of its rhythm; returns the job's number."""
    due = timezone.now().replace(second=0, microsecond=0)
    with transaction.atomic():
        record(user=by, action="report.asked", object=f"report:{number}")
        job = start_job(
            kind=MAKE, key=f"report {number} {due:%Y%m%d%H%M}", by=by, schedule=number, due=due.isoformat()
        )
    return int(job.pk)


def due_schedules() -> list[Recurring]:
    """For core's schedules: every report that comes again. A changed rhythm has a name of its own, and is due anew."""
    found = []
    for row in ReportSchedule.objects.filter(archived_at=None):
        rhythm = rhythm_of(row)

        def next_after(instant: datetime, rhythm: Rhythm = rhythm) -> datetime:
            return next_due(rhythm, instant)

        found.append(Recurring(f"report:{row.pk}:{row.revision}", MAKE, next_after, {"schedule": row.pk}))
    return found


def make(job: Running) -> dict[str, object] | None:
    """The report of a due date in every reader's language, stored and mailed. Run twice, it is one report and one mail."""
    row = ReportSchedule.objects.filter(pk=job.arguments["schedule"]).first()
    snapshot = current_snapshot()
    if row is None or snapshot is None:
        return None
    asked = job.arguments.get("due")
    due = datetime.fromisoformat(asked) if asked else last_due(rhythm_of(row), timezone.now())
    readers = [user for user in row.users.filter(is_active=True) if user.reach.allows(row.market or None)]
    languages = sorted(
        {_language(user.language) for user in readers} or {_language(str(get_setting("language")))}
    )
    made = set(_made(row, due).values_list("language", flat=True))
    missing = [language for language in languages if language not in made]
    if missing:
        content = _content(row, snapshot, job)
        for language in missing:
            job.progress("drawing")
            _store(row, due, language, snapshot, content)
    if row.mail != "none":
        _mail(row, due, readers)
    _forget_old(row)
    return {"reports": len(languages)}


def _made(row: ReportSchedule, due: datetime) -> QuerySet[MadeReport]:
    """The reports of a due date about what the schedule is about now: its readers may not see those of before."""
    return MadeReport.objects.filter(schedule=row, due=due, market=row.market)


def _content(row: ReportSchedule, snapshot: Snapshot, job: Running) -> ReportContent:
    options = ReportOptions(
        name=str(get_setting("company")) or None, window_was_set=bool(snapshot.state.get("window_was_set")),
        market=row.market or None,
    )  # fmt: skip
    with at_work(snapshot, market=row.market or None) as analysis:
        return build(analysis, None, options, lambda step, share: job.progress(step, share))


def _store(
    row: ReportSchedule, due: datetime, language: str, snapshot: Snapshot, content: ReportContent
) -> None:
    """The file first, then its row: a file without one is written over by the next attempt."""
    page = render_html(content, language)
    name = _file_name(row, due, language)
    replace_file(settings.SITE.reports / name, page)
    MadeReport.objects.get_or_create(
        schedule=row, due=due, language=language, market=row.market,
        defaults={"file": name, "title": title(content, words(language))[:200], "as_of": content.as_of,
                  "lake_version": snapshot.lake_version, "size": len(page.encode())},
    )  # fmt: skip


def _file_name(row: ReportSchedule, due: datetime, language: str) -> str:
    """A name that nobody can guess and that is the same when the report is made again."""
    of = f"report {row.pk} {due.astimezone(UTC).isoformat()} {language}{_about(row)}"
    digest = hmac.new(settings.SECRET_KEY.encode(), of.encode(), hashlib.sha256).hexdigest()[:32]
    return f"report-{due:%Y-%m-%d}-{language}-{digest}.html"


def _about(row: ReportSchedule) -> str:
    """Tells reports about a market from those of the same schedule about others, or about all."""
    return f":{row.market}" if row.market else ""


def _mail(row: ReportSchedule, due: datetime, readers: Sequence[User]) -> None:
    made = {one.language: one for one in _made(row, due)}
    for user in readers:
        report = made.get(_language(user.language))
        if report is None:
            continue
        link = f"{settings.PUBLIC_URL}/reports/{report.pk}"
        with translation.override(user.language):
            if row.mail == "file":
                text = _("The report is attached. It is also here:") + f"\n{link}\n"
            else:
                text = _("The report is here:") + f"\n{link}\n"
            closing = _("You get this because you are a reader of this report.")
        send_mail(
            cause=f"report:{row.pk}:{due.astimezone(UTC):%Y%m%d%H%M}:{user.pk}{_about(row)}", to=user.email,
            subject=f"{row.name}: {report.title}", text=f"{report.title}\n\n{text}\n{closing}\n",
            attachments=[report.file] if row.mail == "file" else [],
        )  # fmt: skip


def _forget_old(row: ReportSchedule) -> None:
    """Delete reports beyond the number to keep, the file after its row: a link never leads to nothing."""
    made = MadeReport.objects.filter(schedule=row)
    for language in made.values_list("language", flat=True).distinct():
        for old in made.filter(language=language).order_by("-due", "-pk")[row.keep :]:
            path: Path = settings.SITE.reports / old.file
            old.delete()
            path.unlink(missing_ok=True)


def _readers(by: User, plan: Plan, own: Iterable[str] = ()) -> list[User]:
    """Who gets it. Those who may not see its market, or all of them where it is about all, are refused."""
    if not by.reach.allows(plan.market or None):
        raise InputError(
            "The report is about markets that you may not see.", where="market", do="Choose one that you may see.",
        )  # fmt: skip
    if plan.market and plan.market not in (*_markets(), *own):
        raise InputError(
            f"'{plan.market}' has too few customers for a report of its own.", where="market", do="Choose another.",
        )  # fmt: skip
    users = list(User.objects.filter(pk__in=plan.users, is_active=True))
    for user in users:
        if not user.reach.allows(plan.market or None):
            raise InputError(
                f"{user} may not see what the report is about.", where="users", do="Leave them out."
            )
    return users


def _markets() -> tuple[str, ...]:
    """Those with enough customers for a report of their own."""
    snapshot = current_snapshot()
    return () if snapshot is None else tuple(snapshot.state.get("cohort_markets", ()))


def _rhythm(plan: Plan) -> dict[str, object]:
    if plan.zone not in available_timezones():
        raise InputError(f"There is no time zone '{plan.zone}'.", where="zone", do="Such as Europe/Berlin.")
    right = plan.every in ("week", "month") and plan.mail in ("file", "link", "none")
    if not (
        right
        and 0 <= plan.weekday <= 6
        and 1 <= plan.day <= 31
        and 0 <= plan.hour <= 23
        and 1 <= plan.keep <= 200
    ):
        raise InputError("This rhythm is none.", where="every", do="Choose from the lists.")
    names = ("every", "weekday", "day", "hour", "zone", "mail", "keep", "market")
    return {name: getattr(plan, name) for name in names}


def _language(language: str) -> str:
    return language if language in LANGUAGES else "en"
