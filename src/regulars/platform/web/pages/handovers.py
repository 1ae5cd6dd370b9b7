"""Experiments: customers handed over to other tools, and what that added."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import ConflictError, InputError
from regulars.platform.core.api import Right
from regulars.platform.engagement import api as engagement
from regulars.platform.engagement.api import HandOverInfo
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.web import handover_effects as effects
from regulars.platform.web import handover_words as words
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.forms.handovers import CostForm, HandOverForm
from regulars.platform.web.guard import Request, page

NEEDS: Right = "contacts.download"  # names and addresses leave the house


@page("people.see")
@require_GET
def experiments(request: Request) -> HttpResponse:
    """All hand-overs whose markets one may see, the newest first."""
    found = engagement.hand_overs(user=request.user)
    names = _segment_names()
    rows = [
        {
            "one": one, "whom": words.whom(one, names.get(one.segment or 0, ("", ""))[1]), "tool": dict(words.tools())[one.tool],
            "state": words.state(one), "answer": effects.said(one.answer),
        }
        for one in found
    ]  # fmt: skip
    return render(
        request, "handovers/experiments.html", {"rows": rows, "lead": _lead(found), "may_change": request.user.may(NEEDS)}
    )  # fmt: skip


def _lead(found: list[HandOverInfo]) -> str:
    begun = [one for one in found if one.state != "draft"]
    if not begun:
        return ""
    worked = sum(1 for one in begun if one.answer == "added")
    first = ngettext("%(n)s hand-over has begun.", "%(n)s hand-overs have begun.", len(begun)) % {
        "n": len(begun)
    }
    if not worked:
        return first + " " + _("None has shown an effect so far.")
    return (
        first
        + " "
        + ngettext("%(n)s has kept customers.", "%(n)s have kept customers.", worked) % {"n": worked}
    )


def _segment_names() -> dict[int, tuple[str, str]]:
    return {number: (slug, name) for number, slug, name in insights.segments.choices()}


@page(NEEDS)
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Whom, to what tool, when, and the share that is held out. Nothing leaves yet."""
    if request.method == "GET":
        whom = request.GET.get("segment") or "today:" + request.GET.get("today", "")
        initial: dict[str, Any] = {"whom": whom}
        if segment := next((name for slug, name in _segment_names().values() if slug == whom), ""):
            initial["name"] = segment
        return render(request, "handovers/new.html", {"form": HandOverForm(initial=initial)})
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return render(request, "handovers/new.html", {"form": form})
    try:
        return redirect("experiment", engagement.propose(by=request.user, wish=form.wish()))
    except InputError as error:
        where = {"segment": "whom", "webhook": "way"}.get(error.where, error.where)
        said = _("This cannot be chosen any more. Choose another.")
        form.add_error(where if where in form.fields else None, said)
        return render(request, "handovers/new.html", {"form": form})


@page("people.see")
@require_GET
def experiment(request: Request, number: int) -> HttpResponse:
    """One hand-over: what it would be, or what it did and added."""
    return _shown(request, _one(request, number))


def _shown(request: Request, one: HandOverInfo, *, status: int = 200, **more: Any) -> HttpResponse:
    names = _segment_names()
    slug, segment = names.get(one.segment or 0, ("", ""))
    measured = one.measured
    context: dict[str, Any] = {
        "one": one,
        "slug": slug,
        "whom": words.whom(one, segment),
        "tool": dict(words.tools())[one.tool],
        "rhythm": dict(words.rhythms())[one.every],
        "state": words.state(one),
        "lead": words.lead(one),
        "share": one.share * 100,
        "counts": one.looked.get("counts"),
        "plan": words.plan(one),
        "looking": one.state == "draft" and not one.looked,
        "drawing": one.state == "open" and not any(item.ready for item in one.lists),
        "goes_on": one.every != "once" or any(not item.ready or item.sent < item.parts for item in one.lists),
        "info": insights.current(),
        "may_change": request.user.may(NEEDS),
        "webhook": _webhook_name(one),
    }
    if measured is not None:
        context |= {
            "measured": measured, "effects": effects.rows(measured), "checks": effects.checks(measured),
            "picture": effects.path_picture(measured, one.number), "returned": effects.returned(one),
        }  # fmt: skip
    if one.state != "draft" and "cost" not in more:
        context["cost"] = CostForm(initial={"cost": one.cost and f"{one.cost:.2f}"})
    return render(request, "handovers/experiment.html", context | more, status=status)


def _webhook_name(one: HandOverInfo) -> str:
    if one.webhook is None:
        return ""
    return next((hook.name for hook in insights.alerts.webhooks() if hook.number == one.webhook), "")


@page(NEEDS)
@require_POST
def begin(request: Request, number: int) -> HttpResponse:
    """Hand over: the number of customers is asked for, since people outside are touched."""
    one = _one(request, number)
    text = "".join(
        letter for letter in request.POST.get("customers", "") if letter not in " .,'\u00a0\u202f\u2019"
    )
    customers = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    try:
        engagement.begin(by=request.user, number=number, customers=customers)
    except ConflictError as error:
        if error.where == "customers":
            return _shown(request, one, status=409, wrong=True)
        if error.where == "stale":
            messages.warning(request, _("There are newer figures. It is counted again; nothing has left."))
        else:  # begun already, as by a second click
            messages.error(request, _("Somebody was quicker. Look at what is so now."))
        return redirect("experiment", number)
    if one.webhook is None:
        messages.success(
            request,
            _("It is being recorded who is handed over and who is held out. Then the file is ready here."),
        )
    else:
        messages.success(
            request, _("It is being recorded who is handed over and who is held out. Then it is sent.")
        )
    return redirect("experiment", number)


@page(NEEDS)
@require_POST
def act(request: Request, number: int) -> HttpResponse:
    """Count again, stop, go on, throw a draft away, send again."""
    _one(request, number)
    user, what = request.user, request.POST.get("what", "")
    try:
        if what == "discard":
            engagement.discard(by=user, number=number)
            return redirect("experiments")
        if what == "look":
            engagement.look_again(by=user, number=number)
        elif what == "stop":
            engagement.stop(by=user, number=number)
            messages.success(request, _("Nobody more is handed over. What it added is measured on."))
        elif what == "go_on":
            engagement.go_on(by=user, number=number)
            messages.success(request, _("It goes on with the next day that is due."))
        elif what.startswith("again:") and what[6:].isascii() and what[6:].isdigit() and len(what) < 24:
            engagement.send_again(by=user, number=number, of_day=int(what[6:]))
            messages.success(request, _("What was not taken is sent once more."))
    except (ConflictError, InputError):
        messages.error(request, _("Somebody was quicker. Look at what is so now."))
    return redirect("experiment", number)


@page(NEEDS)
@require_POST
def cost(request: Request, number: int) -> HttpResponse:
    """What the work cost."""
    one = _one(request, number)
    form = CostForm(request.POST)
    if not form.is_valid():
        return _shown(request, one, cost=form)
    try:
        engagement.set_cost(by=request.user, number=number, cost=form.cleaned_data["cost"])
    except (ConflictError, InputError):
        messages.error(request, _("The cost was not saved. Give an amount of 0 or more."))
    return redirect("experiment", number)


@page(NEEDS)
@require_POST
def download(request: Request, number: int) -> HttpResponseBase:
    """The file of a day, or of all days, made from the record while it is read."""
    one = _one(request, number)
    text = request.POST.get("list", "")
    of_day = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    try:
        leaves = engagement.file_of(user=request.user, number=number, of_day=of_day)
    except (NothingYet, TooSlow):
        messages.error(request, _("The engine is busy. Try again in a moment; nothing has changed."))
        return redirect("experiment", number)
    if leaves is None:
        raise Http404
    day = next((str(item.day) for item in one.lists if item.number == of_day), "all")
    engagement.note_download(by=request.user, number=number, day=day, customers=leaves.recorded)
    return csv_response(
        f"{one.tool}-{number}-{timezone.now():%Y-%m-%d}.csv", leaves.header, leaves.rows, mark=False
    )


def _one(request: Request, number: int) -> HandOverInfo:
    found = engagement.hand_over(user=request.user, number=number)
    if found is None:
        raise Http404
    return found


urls = [
    path("experiments", experiments, name="experiments"),
    path("experiments/new", new, name="new-experiment"),
    path("experiments/<int:number>", experiment, name="experiment"),
    path("experiments/<int:number>/begin", begin, name="begin-experiment"),
    path("experiments/<int:number>/act", act, name="change-experiment"),
    path("experiments/<int:number>/cost", cost, name="experiment-cost"),
    path("experiments/<int:number>/file", download, name="experiment-file"),
]
