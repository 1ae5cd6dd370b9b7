"""Data: imports, mappings, rejects, tables, freshness, health."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages import (
    data_feeds,
    data_imports,
    data_mapping,
    data_quality,
    data_saved,
    data_tables,
)
from regulars.platform.web.pages.data_words import STATES

PAGE = 50


@page("data.see")
@require_GET
def imports(request: Request) -> HttpResponse:
    """All imports, newest first, and up to which day the data reaches."""
    before = request.GET.get("before", "")
    found = intake.imports(before=int(before) if before.isdecimal() else None, limit=PAGE + 1)
    fresh = intake.freshness()
    context = {
        "imports": [(one, *STATES[one.state]) for one in found[:PAGE]],
        "older": found[PAGE - 1].number if len(found) > PAGE else None,
        "fresh": fresh,
        "last": max((one.last for one in fresh if one.last), default=None),
        "imported_at": max((one.imported_at for one in fresh if one.imported_at), default=None),
        "may_import": request.user.may("data.import"),
        "sees_all": request.user.reach.markets is None,
        "tab": "imports",
    }
    return render(request, "data/imports.html", context)


urls: list[URLPattern] = [
    path("data", imports, name="data"),
    *data_imports.urls,
    *data_mapping.urls,
    *data_saved.urls,
    *data_tables.urls,
    *data_quality.urls,
    *data_feeds.urls,
]
