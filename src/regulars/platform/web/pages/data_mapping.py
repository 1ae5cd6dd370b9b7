"""A mapping made on screen: for each column its field, tried on the first rows; kept by name; or written as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import is_currency
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import RegularsError
from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages import data_words as words
from regulars.platform.web.pages.data_imports import importer
from regulars.sources.mapping.read import parse_mapping

_DAY_FIRST = {"": None, "day": True, "month": False}


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class ColumnShown:
    """One column of a file with its chooser. `id` is that of the select."""

    id: str
    name: str
    examples: tuple[str, ...]
    error: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]


@dataclass(frozen=True)
class TableShown:
    """One table of a file: what it holds, and its columns. `errors` are about the table as a whole."""

    id: str
    where: str
    facts: tuple[Option, ...]
    columns: tuple[ColumnShown, ...]
    errors: tuple[str, ...]


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
        "tables": _shown(samples, tables, mistakes),
        "reading": reading,
        "wrong": wrong,
        "toml": toml,
        "tried": _tried_shown(intake.try_out(tables=samples, mapping=toml)) if toml else [],
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
    elif not (error := _unreadable(toml)):
        if "look" in request.POST:
            return _look(request, found, toml)
        if "save" in request.POST and _saved(request, toml):
            return redirect("data-import", number)
    context = {
        "found": found,
        "toml": toml,
        "error": error,
        "tried": _tried_shown(intake.try_out(tables=samples, mapping=toml)) if toml and not error else [],
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


def _shown(
    samples: Sequence[intake.SampleTable], tables: Sequence[intake.Table], mistakes: Sequence[intake.Mistake]
) -> list[TableShown]:
    shown = []
    for t, (sample, table) in enumerate(zip(samples, tables, strict=True)):
        mine = [one for one in mistakes if one.table == t]
        at = {one.column: _said(one) for one in mine if one.column}
        columns = tuple(
            ColumnShown(
                f"t{t}_c{c}", column, tuple(sample.examples(column)), at.get(column, ""),
                _groups(table.fact, table.fields.get(column, "")),
            )
            for c, column in enumerate(sample.columns)
        )  # fmt: skip
        facts = tuple(Option(name, label, name == table.fact) for name, label in words.fact_choices())
        shown.append(
            TableShown(
                f"t{t}", sample.where, facts, columns, tuple(_said(one) for one in mine if not one.column)
            )
        )
    return shown


def _groups(fact: str, chosen: str) -> tuple[tuple[str, tuple[Option, ...]], ...]:
    """The fields that a column may be: those of the whole, then those of an order's lines."""
    names = intake.choices(fact) if fact in dict(words.fact_choices()) else []
    whole = tuple(Option(name, words.field_name(name), name == chosen) for name in names if "." not in name)
    line = tuple(
        Option(name, words.field_name(name.partition(".")[2]), name == chosen)
        for name in names
        if "." in name
    )
    groups = ((words.table_name(fact), whole), (words.table_name("order_lines"), line))
    return tuple(group for group in groups if group[1])


def _said(mistake: intake.Mistake) -> str:
    field = words.field_name(mistake.field.partition(".")[2] or mistake.field)
    if mistake.fault == "twice":
        return _("Two columns cannot both be this: %(field)s.") % {"field": field}
    if mistake.fault == "no_date":
        return _("Say which column is the time or the day of the order.")
    if mistake.fault == "no_customer":
        return _("Say which column tells who the customer is: an id, an e-mail or a phone.")
    if mistake.fault == "no_amount":
        return _("Say which column is the amount: the order's total, the goods, or the price on each line.")
    if mistake.fault == "missing":
        return _("This is needed and no column is it yet: %(field)s.") % {"field": field}
    return _("This cannot be chosen here.")


def _tried_shown(tried: Sequence[intake.Tried]) -> list[dict[str, Any]]:
    """What came of the first rows, with the fields in words."""
    return [
        {
            "where": one.where,
            "fact": words.table_name(one.fact) if one.fact else "",
            "heads": [words.field_name(name.removeprefix("line_")) for name in one.fields],
            "rows": list(zip(one.rows, one.faults, strict=True)),
            "read": one.read,
            "usable": one.usable,
            "unusable": one.read - one.usable,
            "error": one.error,
        }
        for one in tried
    ]


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


def _unreadable(toml: str) -> str:
    try:
        parse_mapping(toml, where=_("the mapping"))
    except RegularsError as error:
        return f"{error.where}: {error.what}"
    return ""


def _drawn_text(found: intake.ImportInfo, samples: Sequence[intake.SampleTable]) -> str:
    """The recognised columns as a text to begin with, where they make a mapping."""
    tables = intake.recognised(tables=samples)
    return (
        "" if intake.mistakes(tables) else intake.toml_of(tables, intake.Reading(), name=found.files[0].name)
    )


def _name(request: Request, found: intake.ImportInfo) -> str:
    return request.POST.get("name", "").strip() or (found.files[0].name if found.files else "mapping")


def _zones() -> tuple[str, ...]:
    return (
        "Europe/Oslo", "Europe/Berlin", "Europe/Vienna", "Europe/Bucharest", "Europe/London", "Europe/Paris",
        "Europe/Madrid", "Europe/Warsaw", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo", "UTC",
    )  # fmt: skip


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
    if request.method == "POST" and not (error := _unreadable(toml)):
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
    importer(request)
    try:
        intake.delete_mapping(number=number, by=request.user)
    except RegularsError as error:
        messages.error(request, f"{error.what} {error.do}")
    return redirect("data-mappings")


urls: list[URLPattern] = [
    path("data/imports/<int:number>/mapping", edit, name="data-mapping"),
    path("data/imports/<int:number>/mapping/text", edit_text, name="data-mapping-text"),
    path("data/mappings", mappings, name="data-mappings"),
    path("data/mappings/<int:number>", mapping, name="data-mapping-saved"),
    path("data/mappings/<int:number>/delete", delete, name="data-mapping-delete"),
]
