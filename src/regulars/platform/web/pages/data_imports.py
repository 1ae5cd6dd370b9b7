"""Bringing files: the upload, one import from the look to the end, what could not be used."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.kernel.errors import InputError
from regulars.platform import config
from regulars.platform.core.api import get_setting, record
from regulars.platform.intake import api as intake
from regulars.platform.web.guard import Request, page
from regulars.platform.web.pages import data_words as words
from regulars.platform.web.pages.data_steps import next_step, step
from regulars.platform.web.uploading import BEYOND

FIRST_ROWS = 5


class Files(forms.FileField):
    """One file or several; the upload itself was bounded while it came in."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        several = (data if isinstance(data, list) else [data]) or [None]
        return [super(Files, self).clean(one, initial) for one in several]


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class UploadForm(forms.Form):
    """Files, the source that they come from, and how to read them where they do not say it."""

    files = Files(  # type: ignore[assignment]  # a form keeps its fields elsewhere, so the name is free
        label=gettext_lazy("Files"),
        widget=FilesInput(attrs={"class": "drop"}),
        max_length=255,
        error_messages={"empty": gettext_lazy("The file is empty. Export it again.")},
    )
    source = forms.RegexField(
        r"^[\w.-]{1,60}$",
        label=gettext_lazy("Source"),
        initial="shop",
        help_text=gettext_lazy(
            "The shop or system that the files come from. Order numbers are told apart by it, so use the same name each time."
        ),
        error_messages={"invalid": gettext_lazy("Use letters, digits, '-', '_' and '.', at most 60.")},
        widget=forms.TextInput(attrs={"list": "sources", "autocomplete": "off"}),
    )
    mapping = forms.ChoiceField(label=gettext_lazy("How to read the columns"), required=False)

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large
        saved = [(str(one.number), one.name) for one in intake.mappings()]
        field: Any = self.fields["mapping"]
        field.choices = [("", _("Find out by itself")), *saved]
        if not saved:
            del self.fields["mapping"]

    def clean(self) -> dict[str, Any] | None:
        """Where the upload was cut off at the limit, that is the one thing to say: the other fields may be lost with it."""
        if self._too_large:
            self.errors.clear()
            self.add_error("files", too_large())
        return super().clean()


def too_large() -> str:
    """What is said of an upload beyond the limit."""
    return _(
        "The files are larger than %(megabytes)s MB together. Compress them (gz or zip), or bring them one by one."
    ) % {"megabytes": config.UPLOAD_MB.whole()}


def importer(request: Request) -> None:
    """Files hold all markets, so only who may see all of them brings and reads files. Raises PermissionDenied."""
    if request.user.reach.markets is not None:
        raise PermissionDenied("data.import")


@page("data.import")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Upload files. They are stored, then looked at by a job."""
    importer(request)
    given = (request.POST, request.FILES) if request.method == "POST" else ()  # reads what comes in
    form = UploadForm(*given, too_large=bool(getattr(request, BEYOND, False)))
    if request.method == "POST" and form.is_valid():
        try:
            number = intake.upload(
                files=[(one.name, one.chunks()) for one in form.cleaned_data["files"]],
                source=form.cleaned_data["source"],
                mapping=int(form.cleaned_data.get("mapping") or 0) or None,
                by=request.user,
            )
        except InputError as error:
            form.add_error("files", f"{error.where}: {error.what} {error.do}")
        else:
            return redirect("data-import", number)
    context = {
        "form": form,
        "sources": [one.source for one in intake.freshness()],
        "days": get_setting("keep_uploads_days"),
        "megabytes": config.UPLOAD_MB.whole(),
    }
    return render(request, "data/new.html", context, status=422 if form.errors else 200)


def _found(number: int) -> intake.ImportInfo:
    found = intake.imported(number)
    if found is None:
        raise Http404
    return found


@page("data.see")
@require_GET
def one(request: Request, number: int) -> HttpResponse:
    """One import: where it is, what was understood, what was left out and why."""
    found = _found(number)
    sees_all = request.user.reach.markets is None
    may_import = sees_all and request.user.may("data.import")
    label, mark = words.STATES[found.state]
    context: dict[str, Any] = {
        "found": found,
        "label": label,
        "mark": mark,
        "lead": words.lead(found) if sees_all else label,
        "sees_all": sees_all,
        "may_import": may_import,
        "next_step": next_step(found.error),
        "step": step(found.step),
        "samples": intake.first_rows(sample=found.sample, limit=FIRST_ROWS)
        if may_import and found.is_open
        else [],
    }
    if found.summary is not None and sees_all:
        context |= {
            "files": words.files_shown(found.summary),
            "sources": words.sources_shown(found.summary),
            "remarks": words.remarks(found.summary),
            "counts": words.counts(found.summary),
            "quality": words.quality(found.summary),
        }
    return render(request, "data/import.html", context)


@page("data.see")
@require_GET
def progress(request: Request, number: int) -> HttpResponse:
    """How far it is: a fragment that asks again by itself, and has the page loaded anew when there is something to see."""
    found = _found(number)
    response = render(request, "data/progress.html", {"found": found, "step": step(found.step)})
    if found.state not in ("looking", "importing") or found.state != request.GET.get("state"):
        response["HX-Refresh"] = "true"
    return response


@page("data.import")
@require_POST
def agree(request: Request, number: int) -> HttpResponse:
    """Import what was looked at."""
    importer(request)
    if not intake.agree(number=_found(number).number, by=request.user):
        messages.warning(request, _("This import has gone on meanwhile; here is where it is."))
    return redirect("data-import", number)


@page("data.import")
@require_POST
def cancel(request: Request, number: int) -> HttpResponse:
    """End an import that is under way."""
    importer(request)
    if not intake.cancel(number=_found(number).number, by=request.user):
        messages.warning(request, _("This import had already ended."))
    return redirect("data-import", number)


@page("data.import")
@require_POST
def again(request: Request, number: int) -> HttpResponse:
    """The same files once more, looked at first, so that they can be read in another way."""
    importer(request)
    return redirect("data-import", intake.again(number=_found(number).number, by=request.user))


@page("data.import")
@require_GET
def rejects(request: Request, number: int) -> HttpResponseBase:
    """The rows that could not be used, as CSV without formulas; they are personal data, so the download is recorded."""
    importer(request)
    found = _found(number)
    file = settings.SITE.rejects / found.rejects
    if not found.rejects or not file.is_file():
        raise Http404
    record(user=request.user, action="rejects.downloaded", object=f"import {number}", rows=found.rejected)
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=f"rejects-{number}.csv",
        content_type="text/csv; charset=utf-8",
    )


urls: list[URLPattern] = [
    path("data/new", new, name="data-new"),
    path("data/imports/<int:number>", one, name="data-import"),
    path("data/imports/<int:number>/progress", progress, name="data-import-progress"),
    path("data/imports/<int:number>/agree", agree, name="data-import-agree"),
    path("data/imports/<int:number>/cancel", cancel, name="data-import-cancel"),
    path("data/imports/<int:number>/again", again, name="data-import-again"),
    path("data/imports/<int:number>/rejects.csv", rejects, name="data-import-rejects"),
]
