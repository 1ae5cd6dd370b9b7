"""Alerts: what is watched, what was found, who is told."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import InputError, RuleError
from regulars.platform.insights.api import NothingYet
from regulars.platform.insights.api import alerts as door
from regulars.platform.web.forms.goals import AlertForm, MuteForm
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages import webhooks


@page("figures.see")
@require_GET
def alerts(request: Request) -> HttpResponse:
    """What is watched with its state, and what was found."""
    stopped = request.GET.get("tab") == "stopped"
    rules = door.alerts(user=request.user, stopped=stopped)
    found = [] if stopped else door.findings(user=request.user)
    context = {
        "rules": rules,
        "findings": found,
        "new": sum(1 for one in found if one.new),
        "stopped": stopped,
        "lead": "" if stopped else _lead(rules),
        "may_change": request.user.may("goals.change"),
        "may_webhooks": request.user.may("settings.change") and not request.user.markets,
    }
    return render(request, "alerts/alerts.html", context)


def _lead(rules: list[door.RuleInfo]) -> str:
    if not rules:
        return _("Nothing is watched.")
    out = sum(1 for rule in rules if rule.tone == "bad")
    watched = ngettext("%(n)s thing is watched.", "%(n)s things are watched.", len(rules)) % {"n": len(rules)}
    state = ngettext(
        "%(out)s of them is beyond what is usual or wanted.",
        "%(out)s of them are beyond what is usual or wanted.",
        out,
    ) % {"out": out}
    return f"{watched} {state if out else _('All is quiet.')}"


@page("goals.change")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Say what to watch; a preview says how often it would have fired."""
    kind = request.GET.get("kind") or "limit"
    if kind not in AlertForm.FIELDS:
        raise Http404
    context: dict[str, Any] = {"kind": kind, "kinds": _kinds()}
    if request.method == "GET":
        first = {
            name: request.GET[name]
            for name in ("figure", "market", "segment", "grain")
            if request.GET.get(name)
        }
        form = AlertForm(user=request.user, kind=kind, initial={"figure": "retention_rate", **first})
        return render(request, "alerts/new.html", context | {"form": form})
    form = AlertForm(request.POST, user=request.user, kind=kind)
    context["form"] = form
    if not form.is_valid():
        return render(request, "alerts/new.html", context)
    try:
        if "save" in request.POST:
            number = door.watch(by=request.user, wish=form.watch(), name=form.cleaned_data["name"])
            messages.success(request, _("This is watched from the next figures on."))
            return redirect("alert", number)
        context["preview"] = door.preview(form.watch(), user=request.user)
    except door.NotMeasured:
        context["measuring"] = True
    except (InputError, RuleError, NothingYet) as error:
        form.add_error(*_said(error, form))
    return render(request, "alerts/new.html", context)


def _kinds() -> list[tuple[str, str]]:
    return [
        ("limit", _("A figure crosses a limit")),
        ("unusual", _("A figure is unusual for the season")),
        ("size", _("A segment's size crosses a limit")),
        ("entered", _("Customers enter a segment")),
    ]


def _said(error: Exception, form: AlertForm) -> tuple[str | None, str]:
    """The field, and what is wrong with it."""
    where = error.where if isinstance(error, InputError) else ""
    field, text = {
        "market": ("market", _("You may not see these customers. Choose one of your markets.")),
        "segment": ("segment", _("There is no such segment. Choose another.")),
        "users": (
            "users",
            _(
                "Somebody among these may not see these customers. Leave them out, or choose one of their markets."
            ),
        ),
        "limit": ("limit", _("Give a number, 1 or more where customers are counted.")),
    }.get(where, (None, _("There are no figures for this yet. Bring data first.")))
    return (field if field in form.fields else None), text


@page("figures.see")
@require_GET
def alert(request: Request, number: int) -> HttpResponse:
    """One alert: what it watches, who is told, what it found."""
    found = _one(request, number)
    context = {
        "rule": found,
        "findings": door.findings(user=request.user, rule=number),
        "mute": MuteForm(),
        "may_change": request.user.may("goals.change"),
        "may_people": request.user.may("people.see"),
    }
    return render(request, "alerts/alert.html", context)


@page("goals.change")
@require_POST
def mute(request: Request, number: int) -> HttpResponse:
    """Tell nobody for a while, or tell again."""
    _one(request, number)
    form = MuteForm(request.POST)
    until = form.until() if "days" in request.POST and form.is_valid() else None
    door.mute(by=request.user, number=number, until=until)
    return redirect("alert", number)


@page("goals.change")
@require_POST
def stop(request: Request, number: int) -> HttpResponse:
    """Watch no more, or again."""
    found = _one(request, number)
    door.stop(by=request.user, number=number, again=found.stopped)
    messages.success(request, _("This is watched again.") if found.stopped else _("This is watched no more."))
    return redirect("alert", number)


@page("figures.see")
@require_POST
def seen(request: Request) -> HttpResponse:
    """Mark all that was found as seen by this user."""
    door.mark_seen(user=request.user)
    return redirect("alerts")


def _one(request: Request, number: int) -> door.RuleInfo:
    found = door.alert(user=request.user, number=number)
    if found is None:
        raise Http404
    return found


urls = [
    path("alerts", alerts, name="alerts"),
    path("alerts/new", new, name="new-alert"),
    path("alerts/seen", seen, name="seen-alerts"),
    *webhooks.urls,
    path("alerts/<int:number>", alert, name="alert"),
    path("alerts/<int:number>/mute", mute, name="mute-alert"),
    path("alerts/<int:number>/stop", stop, name="stop-alert"),
]
