"""A customer's rights: no profiling, everything in a file, where it stands, erasure."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.platform.customers import api as customers
from regulars.platform.privacy import api as privacy
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.customer import within_reach


@page("person.erase")
@require_POST
def profiling(request: Request, key: str) -> HttpResponse:
    """Obey an objection to profiling, or take it back."""
    known = within_reach(request, key)
    allowed = request.POST.get("allowed") == "1"
    customers.set_profiling(numbers=known.numbers, allowed=allowed, by=request.user)
    messages.success(
        request,
        _(
            "Figures about groups go on; this customer is in segments and lists again after the next computation."
        )
        if allowed
        else _("This customer is in no segment and on no list from the next computation on."),
    )
    return redirect("customer", known.key)


@page("person.export")
@require_http_methods(["GET", "HEAD", "POST"])
def export(request: Request, key: str) -> HttpResponse:
    """Everything about the person: a POST has a worker write the file, the page shows how far it is."""
    known = within_reach(request, key)
    if request.method == "POST" and known.erased_at is None:
        privacy.start_export(customers.person_of(known.numbers), by=request.user)
        return redirect("customer-export", known.key)
    found = privacy.export_of(known.numbers, by=request.user)
    if found is None:
        return redirect("customer", known.key)
    return render(request, "customer/export.html", {"known": known, "found": found})


@page("person.export")
@require_GET
def fetch(request: Request, key: str) -> HttpResponseBase:
    """The file, for who asked for it."""
    found = privacy.export_of(within_reach(request, key).numbers, by=request.user)
    if found is None or found.file is None:
        raise Http404
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename="person.zip", content_type="application/zip"
    )


@page("person.erase")
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Request, key: str) -> HttpResponse:
    """Where the person's data is, as a worker has found; erased once the number of records is typed."""
    known = within_reach(request, key)
    if known.erased_at is not None:
        return redirect("customer", known.key)
    erasing = privacy.open_erasure(known.numbers)
    if erasing is not None and erasing.under_way:
        return redirect("erasure", erasing.reference)
    look = privacy.look_of(known.numbers, by=request.user)
    wrong = False
    if request.method == "POST" and look is not None and look.holdings is not None:
        if request.POST.get("records", "").strip() == str(look.records):
            person = customers.person_of(known.numbers)
            tombstone, _job = privacy.start_erasure(person, by=request.user)
            return redirect("erasure", tombstone.reference)
        wrong = True
    return render(request, "customer/erase.html", {"known": known, "look": look, "wrong": wrong})


@page("person.erase")
@require_POST
def where(request: Request, key: str) -> HttpResponse:
    """Have a worker look where the person's data is: it reads every file."""
    known = within_reach(request, key)
    if known.erased_at is None:
        privacy.start_look(customers.person_of(known.numbers), by=request.user)
    return redirect("customer-erase", known.key)


@page("person.erase")
@require_GET
def erasure(request: Request, reference: str) -> HttpResponse:
    """How far an erasure is, then its certificate."""
    found = privacy.erasure(reference)
    if found is None:
        raise Http404
    if request.GET.get("as") == "json" and found.certificate is not None:
        response = JsonResponse(found.certificate, json_dumps_params={"ensure_ascii": False, "indent": 1})
        response["Content-Disposition"] = f'attachment; filename="erasure-{found.reference}.json"'
        return response
    return render(request, "customer/erasure.html", {"erasure": found, "job": found.job})


urls = [
    path("customers/<str:key>/profiling", profiling, name="customer-profiling"),
    path("customers/<str:key>/export", export, name="customer-export"),
    path("customers/<str:key>/export/file", fetch, name="customer-export-file"),
    path("customers/<str:key>/where", where, name="customer-where"),
    path("customers/<str:key>/erase", erase, name="customer-erase"),
    path("erasures/<str:reference>", erasure, name="erasure"),
]
