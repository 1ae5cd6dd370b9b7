"""Segments: rules with their live size, people, who entered and left."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import ConflictError, InputError, RuleError
from regulars.platform.core import api as core
from regulars.platform.insights import api as insights
from regulars.platform.insights.api import NothingYet, TooSlow
from regulars.platform.insights.api import segments as door
from regulars.platform.web import editor, people
from regulars.platform.web.guard import Request, page
from regulars.platform.web.rule_words import rule_columns, words_or_rule
from regulars.platform.web.segment_words import lead, size_picture


@page("people.see")
@require_GET
def segments(request: Request) -> HttpResponse:
    """All segments that are in use, or those that were put away."""
    archived = request.GET.get("archived") == "1"
    found = door.saved(reach=request.user.reach, archived=archived)
    context = {
        "segments": [(one, words_or_rule(one.rule)) for one in found],
        "archived": archived,
        "examples": editor.examples(),
        "may_change": request.user.may("segments.change"),
    }
    return render(request, "segments/segments.html", context)


@page("segments.change")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Write a rule and save it."""
    values = request.POST if request.method == "POST" else request.GET
    context = _form(request, values.get("name", ""), values.get("rule", ""), values.get("description", ""))
    if request.method == "POST":
        if "count" in request.POST:
            context["counted"] = editor.count(context["rule"], request.user)
            return render(request, "segments/edit.html", context)
        try:
            slug = door.make(
                by=request.user,
                name=context["name"],
                rule=context["rule"],
                description=context["description"],
            )
        except (RuleError, InputError) as error:
            return render(request, "segments/edit.html", context | _refused(error))
        messages.success(
            request, _("The segment was saved. Who enters and leaves it is remembered from now on.")
        )
        return redirect("segment", slug)
    if context["rule"].strip():
        context["counted"] = editor.count(context["rule"], request.user)
    return render(request, "segments/edit.html", context)


@page("segments.change")
@require_http_methods(["GET", "POST"])
def change(request: Request, slug: str) -> HttpResponse:
    """Change name, rule and description."""
    found = _one(request, slug)
    if request.method == "GET":
        context = _form(request, found.name, found.rule, found.description)
        context |= {"segment": found, "counted": editor.count(found.rule, request.user)}
        return render(request, "segments/edit.html", context)
    context = _form(request, *(request.POST.get(name, "") for name in ("name", "rule", "description")))
    context["segment"] = found
    if "count" in request.POST:
        context["counted"] = editor.count(context["rule"], request.user)
        return render(request, "segments/edit.html", context)
    revision = request.POST.get("revision", "")
    try:
        door.change(
            by=request.user, slug=slug, revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0,
            name=context["name"], rule=context["rule"], description=context["description"],
        )  # fmt: skip
    except ConflictError:
        context["conflict"] = True
        return render(request, "segments/edit.html", context, status=409)
    except (RuleError, InputError) as error:
        return render(request, "segments/edit.html", context | _refused(error))
    messages.success(request, _("The segment was changed."))
    return redirect("segment", slug)


def _form(request: Request, name: str, rule: str, description: str) -> dict[str, Any]:
    return {
        "name": name[:200], "rule": rule[:10_000], "description": description[:2_000], "examples": editor.examples(),
        "with_names": True, "columns": rule_columns(),
    }  # fmt: skip


def _refused(error: RuleError | InputError) -> dict[str, Any]:
    """What the form shows: a mistake in the rule, or what is wrong with the name."""
    if isinstance(error, RuleError):
        return {"mistake": editor.mistake_of(error)}
    return {"name_error": _("Give the segment a name of at most 120 characters that says who is in it.")}


@page("people.see")
@require_GET
def segment(request: Request, slug: str) -> HttpResponse:
    """One segment: who is in it, what they are worth, who entered and left."""
    found = _one(request, slug)
    reach = request.user.reach
    tab = request.GET.get("tab", "")
    sizes = door.sizes(number=found.number, reach=reach)
    context: dict[str, Any] = {
        "segment": found,
        "words": words_or_rule(found.rule),
        "lead": lead(found),
        "info": insights.current(),
        "tab": tab if tab in ("entered", "left") else "people",
        "picture": size_picture(sizes),
        "may_change": request.user.may("segments.change"),
        "may_download": request.user.may("people.download"),
        "may_download_contacts": request.user.may("contacts.download"),
        "counting": found.size is None and found.archived_at is None,
    }
    if context["tab"] == "people":
        return _with_people(request, found, context)
    return _with_changes(request, found, context)


def _with_people(request: Request, found: door.SegmentInfo, context: dict[str, Any]) -> HttpResponse:
    asked = people.question_of(request.GET, request.user.reach)
    info = context["info"]
    question = people.Question(rule=found.rule, sort=asked.sort, ascending=asked.ascending, after=asked.after)
    shown = replace(question, rule="")  # what the links of this page say: its rule is the segment's own
    try:
        members = people.page_of(question, request.user.reach, info)
    except RuleError as error:
        return render(request, "segments/segment.html", context | {"mistake": editor.mistake_of(error)})
    except TooSlow:
        return render(request, "segments/segment.html", context | {"slow": True})
    except NothingYet:
        return render(request, "segments/segment.html", context | {"nothing": True})
    context |= {
        "found": members,
        "risk": None if members.risk is None else 100 * members.risk,
        "rows": people.rows_of(members.page, request.user),
        "headers": people.headers(shown),
        "place": people.place_of(shown, members),
        "hidden": question.hidden(),
    }
    return render(request, "segments/segment.html", context)


def _with_changes(request: Request, found: door.SegmentInfo, context: dict[str, Any]) -> HttpResponse:
    text = request.GET.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    changes = door.changes(number=found.number, kind=context["tab"], reach=request.user.reach, before=before)
    names = people.names_of([one.customer for one in changes], request.user)
    context |= {
        "changes": [(one, names[one.customer]) for one in changes],
        "later": changes[-1].number if len(changes) == people.PAGE else None,
    }
    return render(request, "segments/segment.html", context)


@page("segments.change")
@require_POST
def archive(request: Request, slug: str) -> HttpResponse:
    """Put a segment away; the message offers to take it back."""
    found = _one(request, slug)
    door.archive(by=request.user, slug=slug)
    messages.success(
        request,
        format_html(
            '{} <a href="{}">{}</a>', _("The segment was put away; its history is kept."), reverse("segment", args=[slug]),
            _("Take it back"),
        ),
    )  # fmt: skip
    return redirect("segments") if found.archived_at is None else redirect("segment", slug)


@page("segments.change")
@require_POST
def restore(request: Request, slug: str) -> HttpResponse:
    """Take a segment back."""
    _one(request, slug)
    door.restore(by=request.user, slug=slug)
    messages.success(request, _("The segment is in use again. Who is in it is being counted."))
    return redirect("segment", slug)


@page("people.see")
@require_POST
def suggest(request: Request) -> HttpResponse:
    """What may stand at the cursor of a rule."""
    text = request.POST.get("rule", "")[:10_000]
    found = editor.suggestions(text, request.POST.get("at", ""), request.user)
    return render(request, "segments/suggestions.html", {"completion": found})


@page("people.see")
@require_POST
def size(request: Request) -> HttpResponse:
    """How many the rule finds, while it is being written."""
    counted = editor.count(request.POST.get("rule", "")[:10_001], request.user)
    return render(request, "segments/size.html", {"counted": counted})


@page("people.see")
@require_GET
def counted(request: Request, number: int) -> HttpResponse:
    """What counting in the background has found so far."""
    job = core.Job.objects.filter(pk=number, kind=editor.SIZE_JOB, by=request.user).first()
    if job is None:
        raise Http404
    return render(request, "segments/size.html", {"counted": editor.counted(job)})


def _one(request: Request, slug: str) -> door.SegmentInfo:
    found = door.one(slug=slug, reach=request.user.reach)
    if found is None:
        raise Http404
    return found


urls = [
    path("segments", segments, name="segments"),
    path("segments/new", new, name="new-segment"),
    path("segments/suggest", suggest, name="suggest"),
    path("segments/size", size, name="rule-size"),
    path("segments/counted/<int:number>", counted, name="rule-counted"),
    path("segments/<slug:slug>", segment, name="segment"),
    path("segments/<slug:slug>/change", change, name="change-segment"),
    path("segments/<slug:slug>/archive", archive, name="archive-segment"),
    path("segments/<slug:slug>/restore", restore, name="restore-segment"),
]
