"""Customers: lists by rule, group and market, and who is behind a number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.kernel.errors import RuleError
from regulars.metrics.segments import quoted
from regulars.platform.core import api as core
from regulars.platform.core.api import User
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.web import behind_words, customer_lists, people
from regulars.platform.web.asked import nothing
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.editor import examples, mistake_of
from regulars.platform.web.guard import Request, page
from regulars.platform.web.people import Question, question_of
from regulars.platform.web.rule_words import words_or_rule


@page("people.see")
@require_GET
def customers(request: Request) -> HttpResponse:
    """The list that the address asks for."""
    info = insights.current()
    if info is None or info.empty:
        return nothing(request, _("Customers"))
    question = question_of(request.GET, request.user.reach)
    context: dict[str, Any] = {
        "question": question,
        "heading": behind_words.who(question.behind) if question.behind else _("Customers"),
        "headers": people.headers(question),
        "groups": people.groups(),
        "markets": info.codes(request.user.reach),
        "examples": examples(),
        "segment": _as_segment(question, info.window_days),
        "kept": [pair for pair in question.hidden() if pair[0] not in ("rule", "group", "market")],
        "may_change_segments": request.user.may("segments.change"),
        "may_download": request.user.may("people.download"),
        "may_download_contacts": request.user.may("contacts.download"),
    }
    try:
        found = people.page_of(question, request.user.reach, info)
    except RuleError as error:
        return render(request, "customers/customers.html", context | {"mistake": mistake_of(error)})
    except TooSlow:
        return render(request, "customers/customers.html", context | {"slow": True})
    except NothingYet:
        return nothing(request, _("Customers"))
    context |= {
        "found": found,
        "rows": people.rows_of(found.page, request.user),
        "place": people.place_of(question, found),
        "words": words_or_rule(question.rule) if question.rule else "",
    }
    return render(request, "customers/customers.html", context)


def _as_segment(question: Question, window: int) -> str:
    """The address where the list becomes a segment; empty for one of everybody."""
    parts = [question.rule] if question.rule else []
    if question.behind:
        parts.append(behind_words.rule_of(question.behind, window))
    if question.group:
        parts.append(f"rfm_group = {question.group}")
    if question.market:
        parts.append(f"market = {quoted(question.market)}")
    if not question.narrowed:
        return ""
    rule = parts[0] if len(parts) == 1 else " and ".join(f"({part})" for part in parts)
    return f"{reverse('new-segment')}?{urlencode({'rule': rule})}"


@page("people.download")
@require_POST
def download(request: Request) -> HttpResponseBase:
    """The list as a file: at once where it is short, else by a job."""
    user = request.user
    question = question_of(request.POST, user.reach)
    contacts = request.POST.get("contacts") == "1"
    if contacts and not user.may("contacts.download"):
        raise PermissionDenied("contacts.download")
    core.record(user=user, action="customers.downloaded", contacts=contacts, asked=question.query(after=0))
    try:
        if (table := _short(question, user)) is not None:
            content = customer_lists.file_of(table[0], currency=table[1], contacts=contacts)
            return csv_response(_file_name(), content.header, content.rows)
    except RuleError:
        return redirect(f"{reverse('customers')}?{question.query()}")
    except (TooSlow, NothingYet):
        pass
    job = core.start_job(
        kind=customer_lists.KIND, by=user, **customer_lists.arguments(question, user, contacts=contacts)
    )
    return redirect("customers-file", job.pk)


def _short(question: Question, user: User) -> tuple[Any, str | None] | None:
    """The list as a table, and its currency; None where it is long."""
    info = insights.current()
    if info is None:
        raise NothingYet
    asked = people.asked_of(question, user.reach, info.currency)
    with insights.asking() as analysis:
        if insights.members_page(analysis, **asked, limit=0).customers > customer_lists.AT_ONCE:
            return None
        return insights.members_table(analysis, **asked), analysis.definitions.currency


@page("people.download")
@require_GET
def file(request: Request, number: int) -> HttpResponse:
    """A file that is being made, or is there to be fetched."""
    job = _job_of(request, number)
    place = _path_of(job)
    gone = job.state == core.Job.State.DONE and place is None
    return render(request, "customers/file.html", {"job": job, "ready": place is not None, "gone": gone})


@page("people.download")
@require_GET
def fetch(request: Request, number: int) -> HttpResponseBase:
    """The file itself, for who asked for it while they still may."""
    job = _job_of(request, number)
    place = _path_of(job)
    if place is None:
        raise Http404
    return FileResponse(
        place.open("rb"), as_attachment=True, filename=_file_name(), content_type="text/csv; charset=utf-8"
    )


def _job_of(request: Request, number: int) -> core.Job:
    job = core.Job.objects.filter(pk=number, kind=customer_lists.KIND, by=request.user).first()
    if job is None:
        raise Http404
    if job.arguments["contacts"] and not request.user.may("contacts.download"):
        raise PermissionDenied("contacts.download")
    return job


def _path_of(job: core.Job) -> Path | None:
    """Where the file lies; None before it is there and after it has expired."""
    name = (job.result or {}).get("file")
    found = settings.SITE.exports / name if name else None
    return found if found is not None and found.exists() else None


def _file_name() -> str:
    return f"customers-{timezone.now():%Y-%m-%d}.csv"


urls = [
    path("customers", customers, name="customers"),
    path("customers/download", download, name="customers-download"),
    path("customers/files/<int:number>", file, name="customers-file"),
    path("customers/files/<int:number>/fetch", fetch, name="customers-fetch"),
]
