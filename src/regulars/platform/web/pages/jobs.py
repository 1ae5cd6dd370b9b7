"""Progress of a job, in place."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from regulars.platform.core import api as core
from regulars.platform.web.guard import Request, page


@page()
@require_GET
def job(request: Request, number: int) -> HttpResponse:
    """How far a job is. A fragment that asks again by itself; once the job is done, the page around it is loaded anew."""
    found = _job_of(request, number)
    if not request.headers.get("HX-Request"):
        return render(request, "jobs/job.html", {"job": found, "may_cancel": may_cancel(request.user, found)})
    shown = {"job": found, "may_cancel": may_cancel(request.user, found)}
    response = render(request, "jobs/progress.html", shown)
    if found.state == core.Job.State.DONE:
        response["HX-Refresh"] = "true"
    return response


@page()
@require_POST
def cancel(request: Request, number: int) -> HttpResponse:
    """Cancel a job that waits or runs; it ends at its next step."""
    found = _job_of(request, number)
    if not may_cancel(request.user, found):
        raise PermissionDenied
    if core.cancel(number=found.pk):
        core.record(user=request.user, action="job.cancelled", object=f"job:{found.pk}", kind=found.kind)
    if not request.headers.get("HX-Request"):
        return redirect("job", number)
    found.refresh_from_db()
    return render(request, "jobs/progress.html", {"job": found})


def may_cancel(user: core.User, job: core.Job) -> bool:
    """Whether a user may cancel a job here: one's own, or any as who changes settings. An erasure is not broken off, and an
    import is cancelled on its own page, which knows what else has to end."""
    elsewhere = job.kind.startswith(("privacy.", "intake."))
    return not elsewhere and (job.by_id == user.pk or user.may("settings.change"))


def _job_of(request: Request, number: int) -> core.Job:
    """The job, for who started it and for who may see the data's state. Raises Http404 or PermissionDenied."""
    found = core.Job.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    if found.by_id != request.user.pk and not request.user.may("data.see"):
        raise PermissionDenied
    return found


urls = [
    path("jobs/<int:number>", job, name="job"),
    path("jobs/<int:number>/cancel", cancel, name="cancel-job"),
]
