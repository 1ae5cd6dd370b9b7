"""What is in the lake: tables, versions, how the lake was found."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages import data_words as words
from regulars.platform.web.pages.lake_words import said

LEVELS = {
    "fine": (gettext_lazy("As it should be"), "good"),
    "warning": (gettext_lazy("Something to do"), "warn"),
    "error": (gettext_lazy("Wrong"), "bad"),
}


@page("data.see")
@require_GET
def tables(request: Request) -> HttpResponse:
    """Tables with rows and last day, the versions that are kept, and what the last check found."""
    found = intake.tables()
    check = intake.last_check()
    context = {
        "tables": [(words.table_name(one.name), one) for one in found],
        "rows": sum(one.rows for one in found),
        "versions": [(one, said(one.note)) for one in intake.versions()[:20]],
        "check": check,
        "findings": [_found(one) for one in check.troubles] if check else [],
        "sees_all": request.user.reach.markets is None,
        "may_import": request.user.may("data.import"),
        "tab": "tables",
    }
    return render(request, "data/tables.html", context)


def _found(finding: dict[str, str]) -> tuple[Promise, str, str, str]:
    """A finding as the page shows it: how bad it is, the class of its mark, what it is, what to do."""
    return *LEVELS[finding["level"]], said(finding["what"]), said(finding["do"])


@page("data.import")
@require_POST
def check(request: Request) -> HttpResponse:
    """Have the lake looked over; the job's page shows how far it is."""
    return redirect("job", intake.start_check(by=request.user))


urls: list[URLPattern] = [
    path("data/tables", tables, name="data-tables"),
    path("data/check", check, name="data-check"),
]
