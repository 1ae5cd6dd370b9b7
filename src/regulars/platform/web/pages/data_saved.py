"""Mappings that have a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import RegularsError
from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.data_imports import importer
from regulars.sources.mapping.read import parse_mapping


@page("data.see")
@require_GET
def mappings(request: Request) -> HttpResponse:
    """Mappings that have a name."""
    return render(
        request,
        "data/mappings.html",
        {"mappings": intake.mappings(), "tab": "mappings", "may_import": request.user.may("data.import")},
    )


@page("data.import")
@require_http_methods(["GET", "POST"])
def mapping(request: Request, number: int) -> HttpResponse:
    """One saved mapping as text."""
    importer(request)
    found = intake.mapping(number)
    if found is None:
        raise Http404
    toml = request.POST.get("toml", found.toml).replace("\r\n", "\n")
    name = request.POST.get("name", found.name).strip()
    error = ""
    if request.method == "POST" and not (error := unreadable(toml)):
        try:
            intake.save_mapping(name=name or found.name, toml=toml, by=request.user, number=number)
        except RegularsError as refused:
            error = refused.what
        else:
            messages.success(request, _("Saved."))
            return redirect("data-mappings")
    return render(
        request, "data/mapping_saved.html", {"found": found, "toml": toml, "name": name, "error": error}
    )


@page("data.import")
@require_POST
def delete(request: Request, number: int) -> HttpResponse:
    """Remove a saved mapping; imports that used it stay."""
    importer(request)
    try:
        intake.delete_mapping(number=number, by=request.user)
    except RegularsError as error:
        messages.error(request, f"{error.what} {error.do}")
    return redirect("data-mappings")


def unreadable(toml: str) -> str:
    """What is wrong with a mapping as text; empty where it can be read."""
    try:
        parse_mapping(toml, where=_("the mapping"))
    except RegularsError as error:
        return f"{error.where}: {error.what}"
    return ""


urls: list[URLPattern] = [
    path("data/mappings", mappings, name="data-mappings"),
    path("data/mappings/<int:number>", mapping, name="data-mapping-saved"),
    path("data/mappings/<int:number>/delete", delete, name="data-mapping-delete"),
]
