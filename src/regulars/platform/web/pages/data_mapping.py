"""A mapping made on screen: for each column its field, tried on the first rows; or written as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regulars.kernel.errors import RegularsError
from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages.data_choosing import shown, tried_shown
from regulars.platform.web.pages.data_imports import importer
from regulars.platform.web.pages.data_saved import unreadable

_DAY_FIRST = {"": None, "day": True, "month": False}


@page("data.import")
@require_http_methods(["GET", "POST"])
def edit(request: Request, number: int) -> HttpResponse:
    """Say what the columns are. A change answers with the form and what it makes of the first rows."""
    importer(request)
    found, samples = _import(number)
    if request.method == "POST":
        tables, reading = _posted(request.POST, samples)
    else:
        tables, reading = _begun(found, samples, request.GET.get("from", ""))
    wrong = _wrong_reading(reading)
    mistakes = intake.mistakes(tables)
    toml = "" if mistakes or wrong else intake.toml_of(tables, reading, name=_name(request, found))
    if request.method == "POST" and toml and not request.headers.get("HX-Request"):
        if "look" in request.POST:
            return _look(request, found, toml)
        if "save" in request.POST and _saved(request, toml):
            return redirect("data-import", number)
    context = {
        "found": found,
        "tables": shown(samples, tables, mistakes),
        "reading": reading,
        "wrong": wrong,
        "toml": toml,
        "tried": tried_shown(intake.try_out(tables=_used(samples, tables), mapping=toml)) if toml else [],
        "name": request.POST.get("name", ""),
        "saved": intake.mappings(),
        "zones": _zones(),
        "expired": not samples,
        "text": False,
    }
    fragment = request.headers.get("HX-Request")
    return render(request, "data/mapping_form.html" if fragment else "data/mapping.html", context)


@page("data.import")
@require_http_methods(["GET", "POST"])
def edit_text(request: Request, number: int) -> HttpResponse:
    """The same mapping as text, for what the choosers cannot say: joins, conditions, sums."""
    importer(request)
    found, samples = _import(number)
    toml = request.POST.get("toml", "").replace("\r\n", "\n")
    error = ""
    if request.method == "GET":
        toml = found.mapping or _drawn_text(found, samples)
    elif not (error := unreadable(toml)):
        if "look" in request.POST:
            return _look(request, found, toml)
        if "save" in request.POST and _saved(request, toml):
            return redirect("data-import", number)
    context = {
        "found": found,
        "toml": toml,
        "error": error,
        "tried": tried_shown(intake.try_out(tables=samples, mapping=toml)) if toml and not error else [],
        "name": request.POST.get("name", ""),
        "expired": not samples,
        "text": True,
    }
    return render(request, "data/mapping_text.html", context)


def _import(number: int) -> tuple[intake.ImportInfo, list[intake.SampleTable]]:
    found = intake.imported(number)
    if found is None or found.state not in ("unclear", "ready"):
        raise Http404
    return found, intake.first_rows(sample=found.sample)


def _begun(
    found: intake.ImportInfo, samples: Sequence[intake.SampleTable], saved: str
) -> tuple[list[intake.Table], intake.Reading]:
    """What the form begins with: a saved mapping, the import's own, or what is recognised."""
    begun = intake.mapping(int(saved)) if saved.isdecimal() else None
    toml = begun.toml if begun else found.mapping
    return intake.recognised(tables=samples, mapping=toml)


def _used(samples: Sequence[intake.SampleTable], tables: Sequence[intake.Table]) -> list[intake.SampleTable]:
    """Those that are not passed over."""
    return [sample for sample, table in zip(samples, tables, strict=True) if table.fact]


def _posted(given: Any, samples: Sequence[intake.SampleTable]) -> tuple[list[intake.Table], intake.Reading]:
    tables = []
    for t, sample in enumerate(samples):
        fields = {
            column: given[f"t{t}_c{c}"] for c, column in enumerate(sample.columns) if given.get(f"t{t}_c{c}")
        }
        tables.append(intake.Table(sample.columns, given.get(f"t{t}_fact", "orders"), fields, sample.sheet))
    decimal = given.get("decimal", "")
    return tables, intake.Reading(
        currency=given.get("currency", "").strip().upper(),
        zone=given.get("zone", "").strip(),
        day_first=_DAY_FIRST.get(given.get("day_first", "")),
        decimal=decimal if decimal in (".", ",") else "",
    )


def _wrong_reading(reading: intake.Reading) -> dict[str, str]:
    """What is wrong with the values for all files, by field."""
    wrong = {}
    if reading.currency and not is_currency(reading.currency):
        wrong["currency"] = _("This is no currency. Use a code of three letters, such as EUR.")
    try:
        ZoneInfo(reading.zone or "UTC")
    except (KeyError, ValueError, OSError):
        wrong["zone"] = _("This is no time zone. Use a name such as Europe/Oslo.")
    return wrong


def _look(request: Request, found: intake.ImportInfo, toml: str) -> HttpResponse:
    if not intake.look_again(number=found.number, by=request.user, mapping=toml, options=found.options):
        messages.warning(request, _("This import has gone on meanwhile; here is where it is."))
    return redirect("data-import", found.number)


def _saved(request: Request, toml: str) -> bool:
    name = request.POST.get("name", "").strip()
    if not name:
        messages.error(request, _("Give the mapping a name to save it by."))
        return False
    try:
        intake.save_mapping(name=name, toml=toml, by=request.user)
    except RegularsError as error:
        messages.error(request, error.what)
        return False
    messages.success(
        request, _("The mapping is saved. You can choose it when you bring files, and in feeds.")
    )
    return True


def _drawn_text(found: intake.ImportInfo, samples: Sequence[intake.SampleTable]) -> str:
    """The recognised columns as a text to begin with, where they make a mapping."""
    tables, reading = intake.recognised(tables=samples)
    return "" if intake.mistakes(tables) else intake.toml_of(tables, reading, name=found.files[0].name)


def _name(request: Request, found: intake.ImportInfo) -> str:
    return request.POST.get("name", "").strip() or (found.files[0].name if found.files else "mapping")


def _zones() -> tuple[str, ...]:
    return (
        "Europe/Oslo", "Europe/Berlin", "Europe/Vienna", "Europe/Bucharest", "Europe/London", "Europe/Paris",
        "Europe/Madrid", "Europe/Warsaw", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo", "UTC",
    )  # fmt: skip


urls: list[URLPattern] = [
    path("data/imports/<int:number>/mapping", edit, name="data-mapping"),
    path("data/imports/<int:number>/mapping/text", edit_text, name="data-mapping-text"),
]
