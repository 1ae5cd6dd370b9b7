"""The audit log: who saw and did what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from regulars.platform.core import api as core
from regulars.platform.customers import api as customers
from regulars.platform.web.downloads import csv_response
from regulars.platform.web.guard import Request, page
from regulars.platform.web.words import ACTIONS

_HEADER = ("number", "at", "user", "action", "object", "customer", "details", "request")


class SearchForm(forms.Form):
    """What to look for. It is sent by POST: what people type into it may name somebody."""

    user = forms.TypedChoiceField(label=gettext_lazy("Who"), required=False, coerce=int, empty_value=None)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    text = forms.CharField(label=gettext_lazy("Name or object"), required=False, max_length=80)
    first = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, people: list[core.User]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        everybody = [("", gettext_lazy("Everybody"))]
        fields["user"].choices = [*everybody, *((str(user.pk), str(user)) for user in people)]
        everything = [("", gettext_lazy("Everything"))]
        fields["action"].choices = [*everything, *sorted(ACTIONS.items(), key=lambda item: str(item[1]))]

    def sought(self) -> core.Sought:
        """What is looked for; what was filled in wrongly is left out, and its field says so."""
        self.is_valid()
        values = self.cleaned_data if self.is_bound else {}
        return core.Sought(
            values.get("user"), values.get("action", ""), values.get("text", "").strip(), values.get("first"),
            values.get("last"),
        )  # fmt: skip


@page("audit.see")
@require_http_methods(["GET", "POST"])
def audit(request: Request) -> HttpResponse:
    """Fifty entries, newest first; looked for by POST."""
    people = core.people()
    form = SearchForm(request.POST or None, people=people)
    sought = form.sought()
    before = form.cleaned_data.get("before") if form.is_bound else None
    entries, more = core.audit_entries(sought=sought, before=before)
    names = {f"user:{user.pk}": str(user) for user in people}
    keys = customers.key_of([entry.customer for entry in entries if entry.customer is not None])
    context = {
        "form": form,
        "rows": [
            (entry, ACTIONS.get(entry.action, entry.action), names.get(entry.object, entry.object))
            for entry in entries
        ],
        "more": more,
        "begun": before is not None,
        "narrowed": sought != core.Sought(),
        "keys": keys if request.user.may("people.see") else {},
    }
    return render(request, "audit/audit.html", context)


@page("audit.see")
@require_POST
def export(request: Request) -> HttpResponseBase:
    """Everything that is looked for, as CSV; that it was taken is written down first."""
    sought = SearchForm(request.POST, people=core.people()).sought()
    core.record(user=request.user, action="audit.exported", narrowed=sought != core.Sought())
    return csv_response("audit.csv", _HEADER, _rows(sought))


def _rows(sought: core.Sought) -> Iterator[tuple[Any, ...]]:
    for entry in core.all_audit_entries(sought=sought):
        at = entry.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        details = "; ".join(f"{name}={value}" for name, value in entry.details.items())
        yield entry.pk, at, entry.who, entry.action, entry.object, entry.customer, details, entry.request


urls = [path("audit", audit, name="audit"), path("audit/export", export, name="export-audit")]
