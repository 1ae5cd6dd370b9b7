"""One customer: who, what is open, what was promised; the time line of all facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.kernel.errors import InputError
from regulars.metrics.analysis import Analysis
from regulars.platform.core import api as core
from regulars.platform.customers import api as customers
from regulars.platform.customers.api import Known
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import Member, NothingYet, TooSlow, predictions
from regulars.platform.web import consent_words, customer_offers, customer_words
from regulars.platform.web.customer_facts import Fact, Facts, OpenNow, Person, Place
from regulars.platform.web.customer_words import Standing
from regulars.platform.web.guard import Request, page
from regulars.platform.web.outlook import outlook
from regulars.platform.web.people import called, group_name
from regulars.platform.web.persona_words import persona_name
from regulars.platform.web.templatetags.regulars import reader


@dataclass(frozen=True)
class Told:
    """A fact with its sentence."""

    fact: Fact
    sentence: str


@dataclass(frozen=True)
class Seen:
    """What the lake knows of the person. `trouble`: why nothing could be asked: '', 'nothing' or 'slow'."""

    trouble: str = ""
    as_of: date | None = None
    currency: str | None = None
    member: Member | None = None
    standing: Standing | None = None
    open_now: OpenNow = field(default_factory=OpenNow)
    offers: customer_offers.Shown | None = None
    facts: Facts = field(default_factory=Facts)
    prediction: predictions.Prediction | None = None
    risks: list[tuple[date, float]] = field(default_factory=list)
    persona: int | None = None

    @property
    def timeline(self) -> list[Told]:
        return [Told(fact, customer_words.fact_sentence(fact)) for fact in self.facts.page]


@page("people.see")
@require_GET
def customer(request: Request, key: str) -> HttpResponse:
    """The customer's page."""
    known = _known(key)
    place = Place.named(request.GET)
    seen = _seen(known, place)
    _refuse_beyond_reach(request, seen)
    core.record(user=request.user, action="customer.seen", customer=known.number)
    shows = request.user.may("contacts.see")
    contact = customers.contacts([known.number]).get(known.number) if shows else None
    now = seen.open_now
    made = predictions.made() if seen.as_of and not known.no_profiling and place is None else None
    persona = insights.personas.name_of(seen.persona) if seen.persona else None
    return render(request, "customer/customer.html", {
        "known": known,
        "seen": seen,
        "contact": contact,
        "name": (contact and (contact.name or contact.email)) or called(known.number),
        "place": customer_words.place_sentence(seen.member, seen.standing),
        "group": group_name(seen.member.rfm_group) if seen.member else "",
        "ahead": outlook(seen.prediction, made, seen.risks, reader(), seen.currency) if seen.prediction and made else None,
        "made": made,
        "persona": persona and (persona.number, persona_name(persona)),
        "segments": insights.segments.segments_of(known.numbers),
        "state": customer_words.standing_sentence(seen.standing) if seen.standing else "",
        "open": customer_words.open_sentences(now),
        "promised": customer_words.promised_sentences(now, seen.as_of) if seen.as_of else [],
        "consent": consent_words.consent_lines(customers.consents_of(known.numbers)),
        "channels": consent_words.CHANNELS,
        "notes": customers.notes(known.numbers, reader=request.user.pk),
        "longest": customers.LONGEST_NOTE,
        "earlier": place is not None,
        "may": {right.replace(".", "_"): request.user.may(right) for right in ("person.export", "person.erase", "worklist.change")},
    })  # fmt: skip


@page("people.see")
@require_GET
def facts(request: Request, key: str) -> HttpResponse:
    """The next page of the time line: a fragment; without script the customer's page itself shows it."""
    known = _known(key)
    place = Place.named(request.GET)
    if not request.headers.get("HX-Request") or place is None:
        return redirect(f"/customers/{key}?{request.GET.urlencode()}")
    seen = _seen(known, place)
    _refuse_beyond_reach(request, seen)
    return render(request, "customer/facts.html", {"known": known, "seen": seen})


@page("worklist.change")
@require_POST
def note(request: Request, key: str) -> HttpResponse:
    """Add a note."""
    known = within_reach(request, key)
    try:
        customers.add_note(number=known.number, text=request.POST.get("text", ""), by=request.user)
    except InputError:
        messages.error(
            request, _("Write a note of at most %(count)s characters.") % {"count": customers.LONGEST_NOTE}
        )
    return redirect("customer", known.key)


@page("worklist.change")
@require_POST
def change_note(request: Request, key: str, number: int) -> HttpResponse:
    """Change or remove one's own note."""
    known = within_reach(request, key)
    try:
        changed = customers.change_note(note=number, text=request.POST.get("text", ""), by=request.user)
    except InputError:
        messages.error(
            request, _("Write a note of at most %(count)s characters.") % {"count": customers.LONGEST_NOTE}
        )
    else:
        if not changed:
            messages.error(request, _("Only who wrote a note can change it."))
    return redirect("customer", known.key)


def _known(key: str) -> Known:
    known = customers.by_key(key.replace("\x00", ""))
    if known is None:
        raise Http404
    return known


def within_reach(request: Request, key: str) -> Known:
    """The customer, for those who may see them. Raises Http404 for others."""
    known = _known(key)
    if request.user.reach.markets is not None:
        _refuse_beyond_reach(request, _seen(known, None))
    return known


def _refuse_beyond_reach(request: Request, seen: Seen) -> None:
    """To those with limits, customers of other markets are not there; nor is anybody whose market is not known now."""
    if request.user.reach.markets is None:
        return
    if seen.member is None or not request.user.reach.allows(seen.member.market):
        raise Http404


def _seen(known: Known, place: Place | None) -> Seen:
    """Everything of the person under all numbers, from one reader."""
    if known.erased_at is not None:
        return Seen()
    try:
        with insights.asking() as analysis:
            person = Person.of(analysis, known.numbers)
            values: dict[str, Any] = {
                "as_of": analysis.as_of,
                "currency": analysis.definitions.currency,
                "member": insights.listed(analysis, [known.number]).get(known.number),
                "standing": customer_words.standing(person.order_days(), analysis.as_of),
                "open_now": person.open_now(),
                "facts": person.facts(place),
            }
            if place is None and not known.no_profiling:
                values |= _ahead(analysis, known)
                home = values["member"].market if values["member"] else None
                values["offers"] = customer_offers.offers(analysis, known, home)
    except NothingYet:
        return Seen("nothing")
    except TooSlow:
        return Seen("slow")
    return Seen(**values)


def _ahead(analysis: Analysis, known: Known) -> dict[str, Any]:
    """What the runs of predictions and personas say of the person."""
    prediction = predictions.of_customer(known.number, analysis)
    return {
        "prediction": prediction,
        "risks": predictions.risks_of(known.numbers, analysis) if prediction else [],
        "persona": insights.personas.persona_of(known.number, analysis),
    }


urls = [
    path("customers/<str:key>", customer, name="customer"),
    path("customers/<str:key>/facts", facts, name="customer-facts"),
    path("customers/<str:key>/notes", note, name="customer-note"),
    path("customers/<str:key>/notes/<int:number>", change_note, name="customer-note-change"),
]
