"""Today: whom to look after, why, what it is worth, what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.kernel.errors import InputError
from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import worklist
from regulars.platform.web import people, work_words
from regulars.platform.web.asked import nothing
from regulars.platform.web.first_steps import steps
from regulars.platform.web.guard import Request, page
from regulars.platform.web.teasers import teasers

REASONS = ("complaint", "late", "overdue")
WHOSE = ("all", "mine", "free", "asleep")


@dataclass(frozen=True)
class Shown:
    """An item as the list shows it."""

    item: worklist.Work
    key: str
    name: str
    why: str
    reasons: str
    step: str
    worth: str
    outcome: str

    @property
    def at_stake(self) -> bool:
        """Whether the score is what may be lost, and not all that the customer is worth."""
        return self.item.reason == "overdue" or "risk" in self.item.facts


@page()
@require_GET
def today(request: Request) -> HttpResponse:
    """The work list; for those who may not see customers, the overview."""
    if not request.user.may("people.see"):
        return redirect("overview")
    info = insights.current()
    if info is None:
        return render(request, "today/first.html", {"steps": steps(request.user)})
    if info.empty or info.as_of is None:
        return nothing(request, _("Today"))
    asked = _asked(request)
    if asked["tab"] == "done":
        return _done(request, asked, info.as_of)
    whose = asked["whose"]
    found = worklist.work(
        reach=request.user.reach, today=timezone.now().date(), user=request.user, market=asked["market"] or None,
        whose="all" if whose == "asleep" else whose, asleep=whose == "asleep", reason=asked["reason"],
        offset=asked["after"],
    )  # fmt: skip
    context = (
        _frame(request, asked, info)
        | teasers(request.user)
        | {
            "found": found,
            "items": _shown(request, found.rows, info.as_of),
            "looking": not found.total and _looking(),
            "predicted": any("risk" in row.facts for row in found.rows),
            "later": _query(asked, after=asked["after"] + worklist.PAGE)
            if asked["after"] + worklist.PAGE < found.total
            else "",
            "earlier": _query(asked, after=max(0, asked["after"] - worklist.PAGE)) or "after=0"
            if asked["after"]
            else "",
        }
    )
    return render(request, "today/today.html", context)


def _done(request: Request, asked: dict[str, Any], as_of: date) -> HttpResponse:
    """What was done, and what came of it."""
    reach, market = request.user.reach, asked["market"] or None
    rows = worklist.finished(reach=reach, market=market, offset=asked["after"], limit=worklist.PAGE + 1)
    info = insights.current()
    context = _frame(request, asked, info) | {
        "items": _shown(request, rows[: worklist.PAGE], as_of),
        "outcomes": worklist.outcomes(reach=reach, now=timezone.now(), market=market),
        "later": _query(asked, after=asked["after"] + worklist.PAGE) if len(rows) > worklist.PAGE else "",
        "earlier": _query(asked, after=max(0, asked["after"] - worklist.PAGE)) if asked["after"] else "",
    }
    return render(request, "today/done.html", context)


def _asked(request: Request) -> dict[str, Any]:
    """What the address asks for; what it names wrongly, or is out of reach, is as if it were not named."""
    market, after = request.GET.get("market", "").replace("\x00", ""), request.GET.get("after", "")
    whose = request.GET.get("whose", "")
    reason = request.GET.get("reason", "")
    return {
        "tab": "done" if request.GET.get("tab") == "done" else "",
        "whose": whose if whose in WHOSE else "all",
        "reason": reason if reason in REASONS else "",
        "market": market if market and request.user.reach.allows(market) else "",
        "after": min(int(after), 100_000) if after.isascii() and after.isdigit() and len(after) < 9 else 0,
    }


def _query(asked: dict[str, Any], **changes: Any) -> str:
    values = {**asked, "after": 0, **changes}
    return urlencode(
        {name: value for name, value in values.items() if value and (name, value) != ("whose", "all")}
    )


def _frame(request: Request, asked: dict[str, Any], info: insights.SnapshotInfo | None) -> dict[str, Any]:
    return {
        "asked": asked,
        "markets": info.codes(request.user.reach) if info else (),
        "info": info,
        "may_change": request.user.may("worklist.change"),
        "may_hand_over": request.user.may("contacts.download"),
        "whose": [
            ("all", _("All")), ("mine", _("Mine")), ("free", _("Of nobody yet")), ("asleep", _("Put off")),
        ],
        "reasons": [
            ("complaint", _("Complaint")), ("late", _("Late parcel")), ("overdue", _("Might not come back")),
        ],
    }  # fmt: skip


def _shown(request: Request, rows: Sequence[worklist.Work], as_of: date) -> list[Shown]:
    names = people.names_of([row.customer for row in rows], request.user)
    return [
        Shown(
            row, *names[row.customer], work_words.why(row, as_of), work_words.reasons(row), work_words.step(row),
            work_words.worth(row), work_words.outcome(row),
        )
        for row in rows
    ]  # fmt: skip


def _looking() -> bool:
    """Whether the list is only being made."""
    return core.Job.objects.filter(
        kind="insights.worklist", state__in=[core.Job.State.WAITING, core.Job.State.RUNNING]
    ).exists()


@page("worklist.change")
@require_GET
def change(request: Request, number: int) -> HttpResponse:
    """The forms of an item: in its place, or as a page of their own. A list of them all would be slow to draw."""
    item = worklist.one(reach=request.user.reach, number=number)
    if item is None:
        raise Http404
    [shown] = _shown(request, [item], _as_of())
    template = "today/change.html" if request.headers.get("HX-Request") else "today/changing.html"
    staff = worklist.colleagues(markets={item.market}).get(item.market, ())
    return render(request, template, {"one": shown, "staff": staff})


@page("worklist.change")
@require_POST
def done(request: Request, number: int) -> HttpResponse:
    return _answer(request, _known(worklist.finish, request, number), "done")


@page("worklist.change")
@require_POST
def reopen(request: Request, number: int) -> HttpResponse:
    return _answer(request, _known(worklist.reopen, request, number))


@page("worklist.change")
@require_POST
def assign(request: Request, number: int) -> HttpResponse:
    """Give an item to a colleague."""
    to = request.POST.get("to", "")
    try:
        return _answer(
            request,
            _known(
                worklist.assign,
                request,
                number,
                to=int(to) if to.isascii() and to.isdigit() and len(to) < 18 else None,
            ),
        )
    except InputError as error:
        return HttpResponseBadRequest(str(error))


@page("worklist.change")
@require_POST
def note(request: Request, number: int) -> HttpResponse:
    text = request.POST.get("note", "")[: worklist.LONGEST_NOTE]
    return _answer(request, _known(worklist.note, request, number, text=text))


@page("worklist.change")
@require_POST
def snooze(request: Request, number: int) -> HttpResponse:
    """Put off for so many days; 0 shows it again."""
    days = request.POST.get("days", "")
    if days not in ("0", "3", "7", "14", "30", "90"):
        return HttpResponseBadRequest()
    until = timezone.now().date() + timedelta(days=int(days)) if days != "0" else None
    return _answer(request, _known(worklist.snooze, request, number, until=until), "asleep" if until else "")


def _known(change: Any, request: Request, number: int, **values: Any) -> worklist.Work:
    try:
        found: worklist.Work = change(by=request.user, number=number, **values)
    except worklist.NoSuchWorkError:
        raise Http404 from None
    return found


def _answer(request: Request, item: worklist.Work, became: str = "") -> HttpResponse:
    """The item in place: as it is now, or what became of it with a way back."""
    if not request.headers.get("HX-Request"):
        return redirect("today")
    [shown] = _shown(request, [item], _as_of())
    template = "today/became.html" if became else "today/item.html"
    return render(request, template, {"one": shown, "became": became, "may_change": True})


def _as_of() -> date:
    info = insights.current()
    return info.as_of if info and info.as_of else timezone.now().date()


urls = [
    path("", today, name="today"),
    path("today/<int:number>", change, name="work-change"),
    path("today/<int:number>/done", done, name="work-done"),
    path("today/<int:number>/reopen", reopen, name="work-reopen"),
    path("today/<int:number>/assign", assign, name="work-assign"),
    path("today/<int:number>/note", note, name="work-note"),
    path("today/<int:number>/snooze", snooze, name="work-snooze"),
]
