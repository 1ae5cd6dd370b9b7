"""For machines: is the site alive, can it work, and its figures for Prometheus. No data of anybody."""

from __future__ import annotations

import hmac

from django.conf import settings as django_settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from regulars.platform import config
from regulars.platform.core import api as core
from regulars.platform.web.guard import public
from regulars.platform.web.meters import exposition

_LOOPBACK = ("127.0.0.1", "::1")


@public
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """The web process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@public
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether the database answers and a worker was alive within the last minute; 503 where not."""
    checks = {"database": False, "worker": False}
    try:
        age = core.worker_age(now=timezone.now())
        checks = {"database": True, "worker": age is not None and age < core.WORKER_IS_LATE_AFTER}
    except DatabaseError:
        pass
    good = all(checks.values())
    return JsonResponse({"status": "ok" if good else "not ready", **checks}, status=200 if good else 503)


@public
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures of the running site, in Prometheus' text format: for this machine, or with the bearer token."""
    if not _may_read(request):
        return HttpResponse("not for you\n", status=403, content_type="text/plain")
    return HttpResponse(exposition(timezone.now()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    token = config.METRICS_TOKEN.text()
    if token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    # A proxy on this machine asks for others: where it is not known to us, only the token counts.
    if django_settings.SECURE and not config.PROXIES.text():
        return False
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.META.get("REMOTE_ADDR") in _LOOPBACK and not forwarded


urls = [
    path("health", health, name="health"),
    path("ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
]
