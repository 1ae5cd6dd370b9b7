"""Feeds: files that come by themselves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import InputError
from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.data_imports import importer


class FeedForm(forms.Form):
    """Where the files come from, when, and how they are read."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    kind = forms.ChoiceField(
        label=gettext_lazy("The files lie"),
        choices=[
            ("folder", gettext_lazy("in a folder of this server")),
            ("url", gettext_lazy("at an https address")),
        ],
    )
    address = forms.CharField(
        label=gettext_lazy("Folder or address"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    pattern = forms.CharField(
        label=gettext_lazy("File names"),
        max_length=100,
        required=False,
        initial="*",
        help_text=gettext_lazy("Of a folder: which files are taken, such as orders*.csv."),
    )
    source = forms.RegexField(
        r"^[\w.-]{1,60}$",
        label=gettext_lazy("Source"),
        initial="shop",
        error_messages={"invalid": gettext_lazy("Use letters, digits, '-', '_' and '.', at most 60.")},
    )
    mapping = forms.ChoiceField(label=gettext_lazy("How to read the columns"), required=False)
    every = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[("day", gettext_lazy("every day")), ("hour", gettext_lazy("every hour"))],
    )
    hour = forms.IntegerField(
        label=gettext_lazy("At this hour of the day (UTC)"), min_value=0, max_value=23, initial=4
    )
    active = forms.BooleanField(label=gettext_lazy("Runs by itself"), required=False, initial=True)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mapping: Any = self.fields["mapping"]
        mapping.choices = [("", _("Find out by itself"))] + [
            (str(m.number), m.name) for m in intake.mappings()
        ]
        self.fields["address"].required = not known
        if known:
            self.fields["address"].help_text = _("Leave it empty to keep the address that is set.")
        else:
            self.fields["address"].help_text = _(
                "Folders may lie below: %(folders)s. Addresses begin with https:// and lie in the open internet."
            ) % {"folders": ", ".join(str(one) for one in intake.folders())}

    def values(self) -> intake.FeedValues:
        given = self.cleaned_data
        return intake.FeedValues(
            name=given["name"],
            kind=given["kind"],
            address=given["address"].strip(),
            source=given["source"],
            pattern=given["pattern"].strip() or "*",
            mapping=int(given["mapping"]) if given["mapping"] else None,
            every=given["every"],
            hour=given["hour"],
            active=given["active"],
        )


@page("data.see")
@require_GET
def feeds(request: Request) -> HttpResponse:
    """All feeds."""
    found = intake.feeds()
    context = {
        "feeds": found,
        "active": sum(1 for one in found if one.active),
        "may_import": request.user.reach.markets is None and request.user.may("data.import"),
        "tab": "feeds",
    }
    return render(request, "data/feeds.html", context)


@page("data.import")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    importer(request)
    return _form(request, None)


@page("data.import")
@require_http_methods(["GET", "POST"])
def change(request: Request, number: int) -> HttpResponse:
    importer(request)
    return _form(request, _found(number))


def _form(request: Request, found: intake.FeedInfo | None) -> HttpResponse:
    """Make or change a feed; a mistake is said at its field."""
    initial = None
    if found is not None:
        initial = {
            "name": found.name, "kind": found.kind, "pattern": found.pattern, "source": found.source,
            "mapping": str(found.mapping or ""), "every": found.every, "hour": found.hour, "active": found.active,
        }  # fmt: skip
    form = FeedForm(request.POST or None, initial=initial, known=found is not None)
    if request.method == "POST" and form.is_valid():
        try:
            intake.save_feed(values=form.values(), by=request.user, number=found.number if found else None)
        except InputError as error:
            form.add_error(error.where if error.where in form.fields else None, error.what)
        else:
            messages.success(request, _("The feed is saved."))
            return redirect("data-feeds")
    return render(
        request, "data/feed.html", {"form": form, "feed": found}, status=422 if form.errors else 200
    )


def _found(number: int) -> intake.FeedInfo:
    found = intake.feed(number)
    if found is None:
        raise Http404
    return found


@page("data.import")
@require_POST
def run(request: Request, number: int) -> HttpResponse:
    """Look for new files now."""
    importer(request)
    intake.run_feed(number=_found(number).number, by=request.user)
    messages.success(request, _("The feed looks for new files. What it finds stands under Imports."))
    return redirect("data-feeds")


@page("data.import")
@require_POST
def delete(request: Request, number: int) -> HttpResponse:
    """Remove a feed; what it brought stays."""
    importer(request)
    intake.delete_feed(number=number, by=request.user)
    messages.success(request, _("The feed is deleted. What it brought stays."))
    return redirect("data-feeds")


urls: list[URLPattern] = [
    path("data/feeds", feeds, name="data-feeds"),
    path("data/feeds/new", new, name="data-feed-new"),
    path("data/feeds/<int:number>", change, name="data-feed"),
    path("data/feeds/<int:number>/run", run, name="data-feed-run"),
    path("data/feeds/<int:number>/delete", delete, name="data-feed-delete"),
]
