"""Goals: a figure, a scope, a target, a date, an owner; progress and forecast."""

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
from regulars.platform.core.api import User
from regulars.platform.insights.api import NothingYet
from regulars.platform.insights.api import goals as door
from regulars.platform.web.forms.goals import GoalForm
from regulars.platform.web.goal_picture import expects, picture
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import reader


@page("figures.see")
@require_GET
def goals(request: Request) -> HttpResponse:
    """Goals that are open, or those that are over."""
    over = request.GET.get("tab") == "over"
    found = door.goals(user=request.user, over=over)
    context = {
        "goals": found,
        "over": over,
        "lead": _lead(found) if not over else "",
        "may_change": request.user.may("goals.change"),
    }
    return render(request, "goals/goals.html", context)


def _lead(found: list[door.GoalInfo]) -> str:
    if not found:
        return _("No goal is set.")
    good = sum(1 for goal in found if goal.outlook.state == "on_track")
    if not good:
        return ngettext(
            "%(n)s goal is open, and it is not on track.",
            "%(n)s goals are open, and none of them is on track.",
            len(found),
        ) % {"n": len(found)}
    return ngettext(
        "%(n)s goal is open, and it is on track.",
        "%(n)s goals are open; on track: %(good)s.",
        len(found),
    ) % {"n": len(found), "good": good}


@page("goals.change")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a goal: it is measured and checked letter by letter before it is set."""
    if request.method == "GET":
        first = {
            name: request.GET[name]
            for name in ("figure", "market", "segment", "grain")
            if request.GET.get(name)
        }
        form = GoalForm(
            user=request.user, initial={"figure": "retention_rate", "owner": request.user.pk, **first}
        )
        return render(request, "goals/new.html", {"form": form})
    form = GoalForm(request.POST, user=request.user)
    if not form.is_valid():
        return render(request, "goals/new.html", {"form": form})
    try:
        if "set" in request.POST:
            number = door.set_goal(by=request.user, wish=form.wish(), name=form.cleaned_data["name"])
            messages.success(request, _("The goal is set."))
            return redirect("goal", number)
        return render(request, "goals/new.html", {"form": form, **_proposed(request, form)})
    except door.NotMeasured:
        return render(request, "goals/new.html", {"form": form, "measuring": True})
    except (InputError, RuleError, NothingYet) as error:
        form.add_error(*_said(error))
        return render(request, "goals/new.html", {"form": form})


def _said(error: Exception) -> tuple[str | None, str]:
    """The field, and what is wrong with it."""
    where = error.where if isinstance(error, InputError) else ""
    return {
        "market": ("market", _("You may not see these customers. Choose one of your markets.")),
        "segment": ("segment", _("There is no such segment. Choose another.")),
        "due": (
            "due",
            _("By this day no whole period after the starting point is over. Choose a later day."),
        ),
        "change": (
            "change",
            _("There is no starting point, or nothing would change. Choose a figure that is known here."),
        ),
    }.get(where, (None, _("There are no figures for this yet. Bring data first.")))


def _proposed(request: Request, form: GoalForm) -> dict[str, Any]:
    wish = form.wish()
    found = door.propose(wish, reach=request.user.reach)
    owner = User.objects.filter(pk=wish.owner).first() if wish.owner else None
    context: dict[str, Any] = {"letters": door.letters(found, str(owner or "")), "proposal": found}
    if found.aim is not None:
        context["said"] = door.target_said(wish.figure, found.aim, wish.kind, wish.change, found.currency)
        context["expected"] = door.outlook_said(wish.figure, found.outlook, found.aim, found.currency)
    baseline = found.baseline
    context["can_set"] = found.aim is not None and baseline is not None and found.period.end > baseline.end
    context["weak"] = sum(1 for letter in context["letters"] if not letter.ok)
    return context


@page("figures.see")
@require_GET
def goal(request: Request, number: int) -> HttpResponse:
    """One goal: how it stands, what is to be expected, its letters."""
    found = door.goal(user=request.user, number=number)
    if found is None:
        raise Http404
    context = {
        "goal": found,
        "picture": picture(found),
        "expects": expects(found),
        "may_change": request.user.may("goals.change"),
        "rows": [
            {
                "period": reader().period(point.start, point.end),
                "value": door.value(found.figure, point.value, found.currency),
                "complete": point.complete,
            }
            for point in list(reversed(found.points))[:24]
            if point.value is not None
        ],
    }
    return render(request, "goals/goal.html", context)


@page("goals.change")
@require_POST
def drop(request: Request, number: int) -> HttpResponse:
    """Let it go."""
    _own(request, number)
    door.drop(by=request.user, number=number)
    messages.success(request, _("The goal was let go. It can be taken up again."))
    return redirect("goal", number)


@page("goals.change")
@require_POST
def take_up(request: Request, number: int) -> HttpResponse:
    """Undo letting it go."""
    _own(request, number)
    door.take_up_again(by=request.user, number=number)
    messages.success(request, _("The goal is open again."))
    return redirect("goal", number)


def _own(request: Request, number: int) -> None:
    """Only what one may see may be changed."""
    if door.goal(user=request.user, number=number) is None:
        raise Http404


urls = [
    path("goals", goals, name="goals"),
    path("goals/new", new, name="new-goal"),
    path("goals/<int:number>", goal, name="goal"),
    path("goals/<int:number>/drop", drop, name="drop-goal"),
    path("goals/<int:number>/take-up", take_up, name="take-up-goal"),
]
