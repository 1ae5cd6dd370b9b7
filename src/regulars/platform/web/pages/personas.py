"""Personas: the groups that customers fall into by what they do, and a portrait of each."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.kernel.errors import InputError
from regulars.metrics.segments import quoted
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import personas as door
from regulars.platform.web import persona_words as words
from regulars.platform.web import report_charts
from regulars.platform.web.asked import nothing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.templatetags.regulars import reader

_PICTURED, _SEEN = 8, 0.01  # differences in the picture: how many, and how large at least
_CLEAR = 0.2  # a small effect; weaker ones are left out (J. Cohen, Statistical Power Analysis, 1988)


@page("figures.see")
@require_GET
def personas(request: Request) -> HttpResponse:
    """All personas: how many, what they are worth, how firm they are."""
    info = insights.current()
    if info is None or info.empty:
        return nothing(request, _("Personas"))
    found = door.personas(reach=request.user.reach)
    context: dict[str, Any] = {
        "found": found,
        "info": info,
        "limited": request.user.reach.markets is not None,
    }
    if found is not None:
        context |= {"lead": words.lead(found), "lines": [_line(one, found) for one in found.rows]}
        context["picture"] = _sizes(found)
    return render(request, "personas/personas.html", context)


@page("figures.see")
@require_GET
def persona(request: Request, number: int) -> HttpResponse:
    """One persona: its portrait."""
    found, one = _one(request, number)
    name = words.persona_name(one)
    now = words.parts_name(one.parts_now)
    context = {
        "one": one,
        "name": name,
        "found": found,
        "line": _line(one, found),
        "now": now if now != name else "",
        "traits": [
            (words.trait_name(trait), *(words.trait_value(trait, value, found.currency) for value in (trait.middle, trait.rest)), trait)
            for trait in one.traits
            if abs(trait.effect) >= _CLEAR and trait.low * trait.high > 0
        ],
        "facets": _facets(one),
        "picture": _differences(one),
        "limited": request.user.reach.markets is not None,
        "people": _address("customers", one) if request.user.may("people.see") else "",
        "segment": _address("new-segment", one, name=name) if request.user.may("segments.change") else "",
        "may_change": request.user.may("segments.change"),
        "longest_name": door.LONGEST_NAME,
        "longest_note": door.LONGEST_NOTE,
    }  # fmt: skip
    return render(request, "personas/persona.html", context)


@page("segments.change")
@require_POST
def describe(request: Request, number: int) -> HttpResponse:
    """Give a persona a name, and write down what is known of it."""
    _one(request, number)
    try:
        door.describe(
            by=request.user,
            number=number,
            name=request.POST.get("name", ""),
            note=request.POST.get("note", ""),
        )
    except InputError as error:
        taken = _("Another persona has or had this name. Choose another.")
        wrong = _("Give the persona a name of at most 120 characters, and a note of at most 2,000.")
        messages.error(request, taken if error.where == "taken" else wrong)
    else:
        messages.success(request, _("Saved. Rules that were written with an earlier name go on to work."))
    return redirect("persona", number)


def _one(request: Request, number: int) -> tuple[door.Personas, door.PersonaInfo]:
    found = door.personas(reach=request.user.reach)
    one = next((row for row in found.rows if row.number == number), None) if found else None
    if found is None or one is None:
        raise Http404
    return found, one


def _line(one: door.PersonaInfo, found: door.Personas) -> dict[str, Any]:
    w = reader()
    said, tone = words.stability(one.stability)
    each = one.revenue / one.customers if one.customers else None
    money = (lambda value: w.money(value, found.currency, 0)) if found.currency else w.number
    return {
        "number": one.number,
        "name": words.persona_name(one),
        "customers": w.number(one.customers),
        "customer_share": "" if one.share is None else w.percent(100 * one.share),
        "revenue": money(one.revenue),
        "revenue_share": "" if one.revenue_share is None else w.percent(100 * one.revenue_share),
        "each": "" if each is None else money(each),
        "stability": said,
        "tone": tone,
        "agreement": w.percent(100 * one.stability),
    }


def _facets(one: door.PersonaInfo) -> list[tuple[str, list[tuple[str, str, str, str]]]]:
    """By question the lines that answer it: name, share here, share among the others, how many times."""
    w = reader()
    found = []
    for _name, heading, facets in words.FACETS:
        lines = [
            (
                words.difference_name(row),
                w.percent(100 * row.share, 1),
                w.percent(100 * row.rest, 1),
                words.times(row),
            )
            for row in one.differences
            if row.facet in facets
        ]
        if lines:
            found.append((str(heading), lines))
    return found


def _sizes(found: door.Personas) -> Any:
    rows = [
        {"name": words.persona_name(one), "value": 100 * one.share, "rest": 100 * one.revenue_share}
        for one in found.rows
        if one.share is not None and one.revenue_share is not None
    ]
    return report_charts.compared(
        rows, _("share of customers"), _("share of revenue"), reader(), _("Customers and revenue by persona")
    )


def _differences(one: door.PersonaInfo) -> Any:
    seen = (row for row in one.differences if abs(row.share - row.rest) >= _SEEN)
    largest = sorted(seen, key=lambda row: -abs(row.share - row.rest))[:_PICTURED]
    rows = [
        {"name": words.difference_name(row), "value": 100 * row.share, "rest": 100 * row.rest}
        for row in largest
    ]
    return report_charts.compared(
        rows, _("this persona"), _("all others"), reader(), _("Where they differ most")
    )


def _address(page: str, one: door.PersonaInfo, **more: str) -> str:
    """The customers of a persona, or the form that saves them as a segment."""
    return f"{reverse(page)}?{urlencode({'rule': f'persona = {quoted(one.name)}', **more})}"


urls = [
    path("personas", personas, name="personas"),
    path("personas/<int:number>", persona, name="persona"),
    path("personas/<int:number>/describe", describe, name="describe-persona"),
]
