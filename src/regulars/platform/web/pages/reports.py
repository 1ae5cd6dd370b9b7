"""Reports that are mailed and kept on a schedule."""

from __future__ import annotations

import base64
import hashlib
import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import InputError
from regulars.platform.core.api import mail_is_sent
from regulars.platform.insights.api import reports as door
from regulars.platform.web.forms.reports import ReportForm, report_markets
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import day as said_day
from regulars.platform.web.templatetags.regulars import reader

_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
# Attributes in the report's own drawings are styled inline; nothing else is allowed, scripts least of all.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation"


@page("figures.see")
@require_GET
def reports(request: Request) -> HttpResponse:
    """Reports that were made, and when the next ones come."""
    found = door.reports(user=request.user)
    schedules = door.schedules(user=request.user)
    context = {
        "reports": found,
        "schedules": [(one, when(one)) for one in schedules],
        "making": any(one.making for one in schedules),
        "limited": request.user.reach.markets is not None and not found and not schedules,
        "with_markets": any([one.market for one in found] + [one.market for one in schedules]),
        "lead": _lead(found),
        "may_change": request.user.may("goals.change"),
        # A market may have become too small for a new report: those that are scheduled can still be changed and stopped.
        "may_schedule": request.user.may("goals.change") and bool(report_markets(request.user)),
        "no_mail": not mail_is_sent(),
    }
    return render(request, "reports/reports.html", context)


def _lead(found: list[door.MadeInfo]) -> str:
    if not found:
        return _("No report was made yet.")
    return _("The newest report is of %(day)s: %(title)s") % {
        "day": said_day(found[0].as_of),
        "title": found[0].title,
    }


def when(one: door.ScheduleInfo) -> str:
    """'Every Monday at 07:00 (Europe/Berlin)'."""
    values = {"hour": f"{one.hour:02}:00", "zone": one.zone, "day": one.day}
    if one.every == "week":
        values["weekday"] = reader().locale.days["stand-alone"]["wide"][one.weekday]
        return _("Every week on %(weekday)s at %(hour)s (%(zone)s)") % values
    return _("Every month on day %(day)s at %(hour)s (%(zone)s)") % values


@page("goals.change")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """A report that comes again."""
    if not report_markets(request.user):
        return redirect("reports")
    form = ReportForm(request.POST or None, user=request.user, initial={"name": _("Retention report")})
    if request.method == "POST" and form.is_valid():
        try:
            door.make_schedule(by=request.user, plan=form.plan(), name=form.cleaned_data["name"])
        except InputError:
            form.add_error(
                "users", _("Somebody among these may not see all that it is about. Leave them out.")
            )
        else:
            messages.success(request, _("The report comes from now on. You can also have it made at once."))
            return redirect("reports")
    return render(request, "reports/edit.html", {"form": form})


@page("goals.change")
@require_http_methods(["GET", "POST"])
def change(request: Request, number: int) -> HttpResponse:
    """Another rhythm, other readers."""
    found = _one(request, number)
    first = {
        name: getattr(found, name)
        for name in ("name", "market", "every", "weekday", "day", "hour", "zone", "mail", "keep")
    }
    form = ReportForm(request.POST or None, user=request.user, own=found.market, initial=first)
    form.fields["users"].initial = list(found.user_numbers)
    if request.method == "POST" and form.is_valid():
        try:
            door.change_schedule(
                by=request.user, number=number, plan=form.plan(), name=form.cleaned_data["name"]
            )
        except InputError:
            form.add_error(
                "users", _("Somebody among these may not see all that it is about. Leave them out.")
            )
        else:
            messages.success(request, _("The report was changed."))
            return redirect("reports")
    return render(request, "reports/edit.html", {"form": form, "schedule": found})


@page("goals.change")
@require_POST
def now(request: Request, number: int) -> HttpResponse:
    """Make it at once, beside its rhythm."""
    _one(request, number)
    door.make_now(by=request.user, number=number)
    messages.success(request, _("The report is being made. It appears below."))
    return redirect("reports")


@page("goals.change")
@require_POST
def stop(request: Request, number: int) -> HttpResponse:
    """Make no more of them, or again."""
    found = _one(request, number)
    door.stop_schedule(by=request.user, number=number, again=found.next_due is None)
    return redirect("reports")


@page("figures.see")
@require_GET
def report(request: Request, number: int) -> HttpResponse:
    """One report as it was made, under a policy of its own; `?save=1`: as a file."""
    found = door.report(user=request.user, number=number)
    try:
        body = found.file.read_bytes() if found else b""
    except FileNotFoundError:
        found = None
    if found is None:
        raise Http404
    response = HttpResponse(body, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy(body)
    if request.GET.get("save"):
        name = f"regulars-{found.due:%Y-%m-%d}-{found.language}.html"
        response.headers["Content-Disposition"] = content_disposition_header(True, name)
    return response


def policy(body: bytes) -> str:
    """What the report may do: be styled by its own sheet, named by its hash where nothing else is styled inline."""
    if b' style="' in body:
        return _POLICY
    sheets = b"".join(_STYLE.findall(body)[:1])
    digest = base64.b64encode(hashlib.sha256(sheets).digest()).decode()
    return _POLICY.replace("'unsafe-inline'", f"'sha256-{digest}'")


def _one(request: Request, number: int) -> door.ScheduleInfo:
    found = door.schedule(user=request.user, number=number)
    if found is None:
        raise Http404
    return found


urls = [
    path("reports", reports, name="reports"),
    path("reports/new", new, name="new-report"),
    path("reports/<int:number>", report, name="report"),
    path("reports/schedules/<int:number>", change, name="change-report"),
    path("reports/schedules/<int:number>/now", now, name="report-now"),
    path("reports/schedules/<int:number>/stop", stop, name="stop-report"),
]
